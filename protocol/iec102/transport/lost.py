"""What is said when a transport is gone."""

from __future__ import annotations

import errno

from iec102.errors import Disconnected
from iec102.link.noise import text_in
from iec102.sentence import Sentence

# Whether an end or a reset comes first is chance where a converter closes at once: it must not be told in turns.
_CLOSED_BY = (errno.ECONNRESET, errno.EPIPE)
_CODES = {
    errno.ETIMEDOUT: "lost.silent",
    errno.EHOSTUNREACH: "lost.silent",
    errno.ENETUNREACH: "lost.silent",
    errno.EIO: "lost.port",
    errno.ENXIO: "lost.port",
    errno.ENODEV: "lost.port",
    errno.EBADF: "lost.port",
}


def closed_at_once(name: str, said: bytes) -> Sentence:
    """Why a line was closed before it could be used, with what the other side had ``said``."""
    if text := text_in(said):
        return Sentence("lost.closed_with_text", line=name, text=text)
    return Sentence("tcp.closed_at_once", line=name)


def disconnected(name: str, exc: Exception | None, said: bytes = b"") -> Disconnected:
    """For a line of this name and what its transport ended with: None where the other side closed it.

    ``said``: what came last and was no frame; converters say in a text why they close.
    """
    if isinstance(exc, Disconnected):
        return exc
    number = exc.errno if isinstance(exc, OSError) else None
    if exc is None or number in _CLOSED_BY:
        if text := text_in(said):
            return Disconnected(Sentence("lost.closed_with_text", line=name, text=text))
        return Disconnected(Sentence("lost.closed", line=name))
    if number is None:  # pyserial gives its own words without a number
        return Disconnected(Sentence("lost.port", line=name))
    if (code := _CODES.get(number)) is not None:
        return Disconnected(Sentence(code, line=name))
    return Disconnected(Sentence("lost.other", line=name, error=errno.errorcode.get(number, number)))
