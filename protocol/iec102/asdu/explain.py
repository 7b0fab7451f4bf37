"""Any bytes of the line as a tree of fields: frames, their link fields, the ASDU's header and body."""

from __future__ import annotations

from iec102.asdu import layout
from iec102.asdu.asdu import HEADER
from iec102.asdu.body import Bits, Body, Field
from iec102.asdu.catalogue import row_of, type_name
from iec102.asdu.layout import Leaf, Several
from iec102.asdu.leaves import number, packed
from iec102.asdu.names import CAUSES, named, record_name
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
_TRAILER = 2  # checksum and end


def _cause_bits(cause: tuple[int, int, int]) -> Bits:
    _, negative, test = cause
    return (("P/N", "1: negative" if negative else "0: positive"), ("T", "1: test" if test else "0"))


_HEADER = Several(
    ("type", Leaf(1, meaning=lambda type_: f"{type_}: {type_name(type_)}")),
    ("objects (N)", packed(7, 1, meaning=lambda n: str(n[0]), bits=lambda n: (("SQ", str(int(n[1]))),))),
    ("cause", packed(6, 1, 1, meaning=lambda cause: named(cause[0], CAUSES), bits=_cause_bits)),
    ("measuring point", number(2)),
    ("record", number(1, meaning=record_name)),
)
_LENGTHS = Several(("length", number(1, "bytes")), ("length, repeated", number(1, "bytes")))
_LINK_ADDRESS = number(2)


def explain(item: Frame | Garbage) -> Field:
    """The tree of a frame or of garbage; its leaves cover every byte exactly once. Never raises."""
    if isinstance(item, Garbage):
        leaf = Field("bytes", 0, len(item.data), item.reason)
        return Field("garbage", 0, len(item.data), item.reason, children=(leaf,))
    data = item.encode()
    fields: list[Field] = []
    body = Body(data, 0, len(data), fields=fields)
    if item.asdu is None:
        body.field("start", 1, "fixed frame")
        _link(body, item)
        title = _service(item)
    else:
        body.field("start", 1, "variable frame")
        _LENGTHS.read(body)
        body.field("start, repeated", 1)
        _link(body, item)
        _asdu(body, item.asdu, len(data) - _TRAILER)
        title = type_name(item.asdu[0]) if item.asdu else "empty ASDU"
    body.field("checksum", 1, f"0x{data[body.position]:02X}")
    body.field("end", 1)
    direction = "request, reader to meter" if item.request else "answer, meter to reader"
    return Field(title, 0, len(data), direction, children=tuple(fields))


def _service(frame: Frame) -> str:
    return named(frame.function, _REQUESTS if frame.request else _ANSWERS)


def _link(body: Body, frame: Frame) -> None:
    names = ("1: from the reader", "FCB", "FCV") if frame.request else ("0: from the meter", "ACD", "DFC")
    flags = zip(names[1:], (str(frame.control >> 5 & 1), str(frame.control >> 4 & 1)), strict=True)
    body.field("control", 1, _service(frame), bits=(("PRM", names[0]), *flags))
    _LINK_ADDRESS.read(body, "link address")


def _asdu(body: Body, asdu: bytes, stop: int) -> None:
    if len(asdu) < HEADER:
        body.field("ASDU", len(asdu), "shorter than a header")
        return
    with body.group("header"):
        _HEADER.read(body)
    inner = Body(body.data, body.position, stop, asdu[1] & 0x7F, body.fields)
    layout.explain(row_of(asdu[0]).layout, inner)
    body.position = stop
