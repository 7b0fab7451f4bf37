"""A frame as a JSON object: what it is, and every field with its bytes."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from iec102.asdu import Asdu, ClockTime, IntegratedTotals, decode_asdu, type_name
from iec102.asdu.body import Field
from iec102.link import Garbage
from iec102.transport.tap import TapRecord

from iec102_tui.captures.frame_text import explained, hex_bytes, masked, tells
from iec102_tui.captures.text import NO_TIME

# A good frame around less than the header of an ASDU has the same keys as any other.
_TOO_SHORT = dict.fromkeys(("type", "cause", "negative", "point_address", "record")) | {"name": "too short for an ASDU"}


def document(record: TapRecord, zone: tzinfo, *, fields: bool = False) -> dict[str, Any]:
    """The keys of the contract; ``masked`` only where some bytes are in no capture. ``fields``: every field too."""
    return _frame(record, zone) | (_explained(record, zone) if fields else {})


def captured(record: TapRecord, zone: tzinfo) -> str | None:
    """When, as ISO 8601; None for frames that were given without a time."""
    return None if record.wall == NO_TIME else record.wall.astimezone(zone).isoformat(timespec="milliseconds")


def _frame(record: TapRecord, zone: tzinfo) -> dict[str, Any]:
    item = record.item
    if isinstance(item, Garbage):
        shown = "".join(hex_bytes(record)).lower()
        return {"kind": "garbage", "hex": shown, "reason": explained(record).meaning} | _masked(record)
    found: dict[str, Any] = {
        "kind": "fixed" if item.asdu is None else "variable",
        "request": item.request,
        "link_address": item.address,
        "function": item.function,
        "fcb": item.fcb,
    }
    if item.asdu is None:
        return found
    asdu = decode_asdu(item.asdu)
    return found | (_TOO_SHORT if asdu is None else _asdu(asdu, zone)) | _masked(record)


def _masked(record: TapRecord) -> dict[str, bool]:
    return {"masked": True} if record.hidden else {}


def _asdu(asdu: Asdu, zone: tzinfo) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": asdu.type,
        "cause": asdu.cause,
        "negative": asdu.negative,
        "point_address": asdu.point_address,
        "record": asdu.record,
    }
    content = asdu.content
    if isinstance(content, IntegratedTotals):
        found["objects"] = [
            {"address": total.address, "value": total.value, "quality": total.quality} for total in content.totals
        ]
    if isinstance(content, IntegratedTotals | ClockTime):
        instant = content.time.local(zone)
        found["time"] = None if instant is None else instant.isoformat()
    return found | {"name": type_name(asdu.type)}


def _explained(record: TapRecord, zone: tzinfo) -> dict[str, Any]:
    """When and which way, as captured, and the tree."""
    shown, hidden = hex_bytes(record), masked(record)
    return {
        "captured": captured(record, zone),
        "direction": str(record.direction),
        "repeat": record.repeat,
        "note": record.note,
        "fields": [_field(field, shown, hidden) for field in explained(record).children],
    }


def _field(field: Field, shown: list[str], hidden: frozenset[int]) -> dict[str, Any]:
    secret = tells(field, hidden)
    found: dict[str, Any] = {
        "name": field.name,
        "offset": field.start,
        "hex": " ".join(shown[field.start : field.stop]),
        "meaning": "***" if secret else field.meaning,
        "unit": field.unit,
        "verified": field.verified,
    }
    if field.bits and not secret:
        found["bits"] = dict(field.bits)
    if field.children:
        found["fields"] = [_field(child, shown, hidden) for child in field.children]
    return found
