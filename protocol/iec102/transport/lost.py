"""What is said when a transport is gone."""

from __future__ import annotations

import errno

from iec102.errors import Disconnected
from iec102.link.noise import text_in

# Whether an end or a reset comes first is chance where a converter closes at once: it must not be told in turns.
_CLOSED = "the other side closed the connection{}: check the converter, its cable, and whether another program uses it"
_SILENT = "the other side no longer answers: check the network and the converter's power"
_PORT_GONE = "the port is gone, or another program reads from it too: check the cable and the adapter"
_MEANINGS = {
    errno.ETIMEDOUT: _SILENT,
    errno.EHOSTUNREACH: _SILENT,
    errno.ENETUNREACH: _SILENT,
    errno.EIO: _PORT_GONE,
    errno.ENXIO: _PORT_GONE,
    errno.ENODEV: _PORT_GONE,
    errno.EBADF: _PORT_GONE,
}


def disconnected(name: str, exc: Exception | None, said: bytes = b"") -> Disconnected:
    """For a line of this name and what its transport ended with: None where the other side closed it.

    ``said``: what came last and was no frame; converters say in a text why they close.
    """
    text = text_in(said)
    closed = _CLOSED.format(f' after it had said "{text}"' if text else "")
    if exc is None:
        return Disconnected(f"{name}: {closed}")
    number = exc.errno if isinstance(exc, OSError) else None
    if number is None:  # pyserial gives its own words without a number
        return Disconnected(f"{name}: {_PORT_GONE}")
    if number in (errno.ECONNRESET, errno.EPIPE):
        return Disconnected(f"{name}: {closed}")
    other = f"the connection was lost ({errno.errorcode.get(number, number)}): check the converter and the cable"
    return Disconnected(f"{name}: {_MEANINGS.get(number, other)}")
