"""Any bytes of the line as a tree of fields: frames, their link fields, the ASDU's header and body."""

from __future__ import annotations

from collections.abc import Callable

from iec102.application.asdu import type_name
from iec102.explain import readings, station, tariff
from iec102.explain.body import Body, TooShort
from iec102.explain.field import Field
from iec102.explain.names import CAUSES, named, record_name
from iec102.link.frame import Frame, Garbage

_REQUESTS = {
    0: "reset of the remote link",
    3: "user data, confirm expected",
    9: "request link status",
    11: "request class 2 data",
}
_ANSWERS = {
    0: "ACK",
    1: "NACK, link busy",
    8: "user data",
    9: "requested data not available yet",
    11: "status of the link",
}
_HEADER = 6

Layout = Callable[[Body], None]
CountedLayout = Callable[[Body, int], None]


def _plain(layout: Layout) -> CountedLayout:
    return lambda body, _count: layout(body)


def _nothing(_body: Body) -> None:
    """A request without objects."""


_LAYOUTS: dict[int, CountedLayout] = {
    1: readings.events,
    8: readings.totals,
    11: readings.totals,
    71: _plain(station.identity),
    72: _plain(station.clock),
    100: _plain(_nothing),
    101: _plain(_nothing),
    102: _plain(readings.time_range),
    103: _plain(_nothing),
    122: _plain(readings.totals_range),
    123: _plain(readings.totals_range),
    129: _plain(station.point_parameters),
    131: _plain(station.summer_time_dates),
    133: _plain(_nothing),
    134: _plain(readings.time_range),
    135: tariff.closings,
    136: tariff.closings,
    139: readings.blocks,
    140: readings.blocks,
    141: _plain(_nothing),
    142: _plain(station.configuration),
    144: _plain(_nothing),
    145: tariff.contracted_powers,
    146: tariff.contracted_powers,
    147: _plain(_nothing),
    148: tariff.holidays,
    149: tariff.holidays,
    150: tariff.extension_request,
    151: tariff.extension,
    156: station.recorder_request,
    157: station.recorder,
    162: readings.object_list,
    163: readings.instantaneous,
    180: _plain(_nothing),
    181: _plain(station.clock),
    182: _plain(_nothing),
    183: _plain(station.access_key),
    184: _plain(_nothing),
    185: _plain(_nothing),
    187: _plain(_nothing),
    189: _plain(readings.blocks_range),
    190: _plain(readings.blocks_range),
}


def explain(item: Frame | Garbage) -> Field:
    """The tree of a frame or of garbage; its leaves cover every byte exactly once. Never raises."""
    if isinstance(item, Garbage):
        leaf = Field("bytes", 0, len(item.data), item.reason)
        return Field("garbage", 0, len(item.data), item.reason, children=(leaf,))
    data = item.encode()
    body = Body(data, 0, len(data))
    if item.asdu is None:
        body.field("start", 1, "fixed frame")
        _link(body, item)
        title = _service(item)
    else:
        body.field("start", 1, "variable frame")
        body.number("length", 1, "bytes")
        body.number("length, repeated", 1, "bytes")
        body.field("start, repeated", 1)
        _link(body, item)
        _asdu(body, item.asdu)
        title = type_name(item.asdu[0]) if item.asdu else "empty ASDU"
    body.field("checksum", 1, f"0x{body.peek():02X}")
    body.field("end", 1)
    return Field(title, 0, len(data), _direction(item), children=tuple(body.fields))


def _direction(frame: Frame) -> str:
    return "request, reader to meter" if frame.request else "answer, meter to reader"


def _service(frame: Frame) -> str:
    return named(frame.function, _REQUESTS if frame.request else _ANSWERS)


def _link(body: Body, frame: Frame) -> None:
    flags: tuple[tuple[str, str], ...] = (("PRM", "1: from the reader" if frame.request else "0: from the meter"),)
    if frame.request:
        flags += (("FCB", str(frame.control >> 5 & 1)), ("FCV", str(frame.control >> 4 & 1)))
    else:
        flags += (("ACD", str(frame.control >> 5 & 1)), ("DFC", str(frame.control >> 4 & 1)))
    body.field("control", 1, _service(frame), bits=flags)
    body.number("link address", 2)


def _asdu(body: Body, asdu: bytes) -> None:
    if len(asdu) < _HEADER:
        if asdu:
            body.field("ASDU", len(asdu), "shorter than a header")
        return
    type_, count = asdu[0], asdu[1] & 0x7F
    body.group("header", _header)
    inner = Body(asdu, _HEADER, len(asdu))
    layout = _LAYOUTS.get(type_)
    offset = body.position - _HEADER
    if layout is not None:
        try:
            layout(inner, count)
        except TooShort:
            inner.rest("bytes", "the frame ends before this type's layout does")
    inner.rest()
    body.fields += [_moved(field, offset) for field in inner.fields]
    body.position += len(asdu) - _HEADER


def _moved(field: Field, by: int) -> Field:
    children = tuple(_moved(child, by) for child in field.children)
    return Field(
        field.name, field.start + by, field.stop + by, field.meaning, field.unit, field.verified, field.bits, children
    )


def _header(body: Body) -> None:
    body.field("type", 1, f"{body.peek()}: {type_name(body.peek())}")
    qualifier = body.peek()
    body.field("objects (N)", 1, str(qualifier & 0x7F), bits=(("SQ", str(qualifier >> 7)),))
    cause = body.peek()
    bits = (("P/N", "1: negative" if cause & 0x40 else "0: positive"), ("T", "1: test" if cause & 0x80 else "0"))
    body.field("cause", 1, named(cause & 0x3F, CAUSES), bits=bits)
    body.number("measuring point", 2)
    body.field("record", 1, record_name(body.peek()))
