"""A frame in one line of plain words."""

from __future__ import annotations

from iec102.asdu.asdu import ERROR_CAUSES, Asdu
from iec102.asdu.catalogue import decode, type_name
from iec102.asdu.names import CAUSES
from iec102.link.frame import Frame, Garbage

_REQUESTS = {0: "reset link", 3: "user data", 9: "link status?", 11: "class 2 data?"}
_ANSWERS = {0: "ACK", 1: "NACK, busy", 8: "user data", 9: "no data yet", 11: "link status"}
_OUTCOMES = {7: "confirmed", 10: "ended"}


def summary(item: Frame | Garbage) -> str:
    """What a frame says, or why bytes are none. Never raises."""
    if isinstance(item, Garbage):
        return f"garbage: {item.reason}"
    asdu = decode(item)
    if asdu is None:
        names = _REQUESTS if item.request else _ANSWERS
        return names.get(item.function, f"function {item.function}")
    return _asdu(asdu)


def _asdu(asdu: Asdu) -> str:
    parts = [type_name(asdu.type)]
    if asdu.record:
        parts.append(f"record {asdu.record}")
    if brief := asdu.content.brief():
        parts.append(brief)
    if asdu.cause in ERROR_CAUSES:
        parts.append(f"REFUSED: {CAUSES[asdu.cause]}")
    elif asdu.negative:
        parts.append("REFUSED")
    elif asdu.cause in _OUTCOMES:
        parts.append(_OUTCOMES[asdu.cause])
    return ", ".join(parts)
