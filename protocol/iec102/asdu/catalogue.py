"""All types of the REE profile, a row each (reference, 8.1).

The exchange, the gateway, the simulated meter, the decode tree and the filter ask here what a type is. To add a type,
write its layout in the file of its family and its row here. A type without a row is a number whose bytes are kept.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from iec102.asdu.asdu import CAUSE, HEADER, NEGATIVE, TEST, Asdu, Cause
from iec102.asdu.configuration import RECORDER_REQUEST, Configuration, PointParameters, Recorder, SummerTimeDates
from iec102.asdu.content import Content, Raw
from iec102.asdu.events import Events, TimeRange
from iec102.asdu.identity import Identity
from iec102.asdu.instantaneous import InstantaneousValues, ObjectList
from iec102.asdu.layout import Layout
from iec102.asdu.session import AccessKey, ClockTime
from iec102.asdu.tariff import (
    TARIFF_EXTENSION_REQUEST,
    ContractedPowers,
    Holidays,
    TariffExtension,
    TariffInformation,
)
from iec102.asdu.totals import BlockRequest, IntegratedTotals, RangeRequest, TotalBlocks
from iec102.link.frame import Frame

_SQ = 0x80
_LONGEST_READING = 12  # of the requests whose layouts are known, those for totals by range


class Course(Enum):
    """How an exchange goes on after its request (reference, 9.2)."""

    DIRECT = "direct"
    """One ASDU with cause 5."""
    ACTIVATED = "activated"
    """Echo with cause 7, data with cause 5, echo with cause 10."""
    COMMAND = "command"
    """Echo with cause 7."""


class Row(NamedTuple):
    """What is known of a type.

    ``layout`` of its body, both of a request and of its echo; None where there is no body. ``opaque``: the layout is
    not known, or from one source alone. ``answer``: the type of the data that a request asks for. ``course``: None for
    what no reader sends, and where it is not known. ``reads``: the request changes nothing in a meter. ``bounds``:
    bytes in front of the two time tags a of a range. ``secret``: its frames carry the key.
    """

    type: int
    name: str
    layout: Layout | None = None
    answer: int | None = None
    course: Course | None = None
    reads: bool = False
    bounds: int | None = None
    opaque: bool = False
    secret: bool = False


def _data(type_: int, name: str, layout: Layout | None = None, *, secret: bool = False) -> Row:
    return Row(type_, name, layout, opaque=layout is None, secret=secret)


def _direct(type_: int, name: str, answer: int, layout: Layout | None = None) -> Row:
    return Row(type_, name, layout, answer, Course.DIRECT, reads=True)


def _activated(
    type_: int, name: str, answer: int, layout: Layout | None = None, *, bounds: int | None = None, opaque: bool = False
) -> Row:
    return Row(type_, name, layout, answer, Course.ACTIVATED, reads=True, bounds=bounds, opaque=opaque)


def _session(type_: int, name: str, layout: Layout | None = None, *, secret: bool = False) -> Row:
    return Row(type_, name, layout, type_, Course.COMMAND, reads=True, secret=secret)


def _write(type_: int, name: str, layout: Layout | None = None, *, opaque: bool = True) -> Row:
    return Row(type_, name, layout, type_, Course.COMMAND, opaque=opaque)


_ROWS = (
    _data(1, "events", Events.layout),
    _data(8, "absolute totals", IntegratedTotals.layout),
    _data(11, "incremental totals", IntegratedTotals.layout),
    _data(71, "manufacturer and device identity", Identity.layout),
    _data(72, "current date and time", ClockTime.layout),
    _direct(100, "read identity", 71),
    _activated(101, "read events, whole record", 1),
    _activated(102, "read events by time", 1, TimeRange.layout, bounds=0),
    _direct(103, "read date and time", 72),
    _activated(122, "read absolute totals by range", 8, RangeRequest.layout, bounds=2),
    _activated(123, "read incremental totals by range", 11, RangeRequest.layout, bounds=2),
    _data(128, "electronic signature of readings"),
    _data(129, "measuring point parameters", PointParameters.layout, secret=True),
    _data(130, "electronic signature of increments"),
    _data(131, "summer time change dates", SummerTimeDates.layout),
    Row(132, "load private signature key", opaque=True, secret=True),
    _activated(133, "read tariff information, current", 135),
    _activated(134, "read tariff information, stored closings", 136, TimeRange.layout, bounds=0),
    _data(135, "tariff information, current", TariffInformation.layout),
    _data(136, "tariff information, stored closing", TariffInformation.layout),
    _write(137, "close billing period"),
    _data(139, "blocks of absolute totals", TotalBlocks.layout),
    _data(140, "blocks of incremental totals", TotalBlocks.layout),
    _direct(141, "read configuration", 142),
    _data(142, "configuration", Configuration.layout),
    _write(143, "modify communication ports"),
    _direct(144, "read contracted powers", 145),
    _data(145, "contracted powers", ContractedPowers.layout),
    _write(146, "modify contracted powers", ContractedPowers.layout),
    _direct(147, "read holidays", 148),
    _data(148, "holidays", Holidays.layout),
    _write(149, "modify holidays", Holidays.layout),
    _direct(150, "read tariff extension objects", 151, TARIFF_EXTENSION_REQUEST),
    _data(151, "tariff extension objects", TariffExtension.layout),
    _direct(156, "read recorder configuration", 157, RECORDER_REQUEST),
    _data(157, "recorder configuration", Recorder.layout),
    _direct(162, "read instantaneous values", 163, ObjectList.layout),
    _data(163, "instantaneous values", InstantaneousValues.layout),
    _activated(180, "read signature of totals", 128, opaque=True),
    _write(181, "set date and time", ClockTime.layout, opaque=False),
    _direct(182, "read measuring point parameters", 129),
    _session(183, "start session, access key", AccessKey.layout, secret=True),
    _activated(184, "read signature of increments", 130, opaque=True),
    _direct(185, "read summer time change dates", 131),
    _write(186, "modify summer time change dates"),
    _session(187, "end session"),
    _activated(189, "read blocks of absolute totals", 139, BlockRequest.layout, bounds=1),
    _activated(190, "read blocks of incremental totals", 140, BlockRequest.layout, bounds=1),
)

CATALOGUE = {row.type: row for row in _ROWS}

READING_TYPES = frozenset(row.type for row in _ROWS if row.reads)
"""Requests that change nothing in a meter, and those of a session."""

SECRET_TYPES = frozenset(row.type for row in _ROWS if row.secret)
"""Types whose frames carry the key: 129 answers it, 132 loads another, 183 sends it."""

SECRET_REQUESTS = frozenset(row.type for row in _ROWS if row.secret or row.answer in SECRET_TYPES)
"""Requests that carry the key, or are answered with it."""

_DECODERS = {row.type: row.layout.decode for row in _ROWS if row.layout is not None}


def row_of(type_: int) -> Row:
    """The row of a type; one that knows nothing but the number, where there is none."""
    return CATALOGUE.get(type_) or Row(type_, f"type {type_}", opaque=True)


def type_name(type_: int) -> str:
    """The plain name of a type; an unknown one is "type N"."""
    return row_of(type_).name


def answer_to(request: Asdu, content: Content) -> Asdu:
    """Make the ASDU that answers a request. Raises ValueError for a request whose answer is not known."""
    answer = row_of(request.type).answer
    if answer is None:
        raise ValueError(f"nobody knows what answers type {request.type}")
    return Asdu(answer, Cause.REQUEST, request.point_address, request.record, content)


def fits(asdu: Asdu) -> bool:
    """Whether the body is one that a request of this type has; where that is not known, whether it is short enough."""
    row = row_of(asdu.type)
    if row.opaque:
        return not row.reads or len(asdu.content.encode_body()) <= _LONGEST_READING
    return asdu.content == Raw() if row.layout is None else not isinstance(asdu.content, Raw)


def decode_asdu(data: bytes) -> Asdu | None:
    """Decode an ASDU with its content; None where the bytes are too few for a header (six).

    Never raises, and loses nothing: a type without a known layout, and a body that does not fit the layout
    of its type exactly, keep their bytes as ``Raw``.
    """
    if len(data) < HEADER:
        return None
    count = data[1]
    body = data[HEADER:]
    decoder = _DECODERS.get(data[0])
    content: Content | None = None if decoder is None or count & _SQ else decoder(body, count)
    flags = data[2]
    return Asdu(
        data[0],
        flags & CAUSE,
        data[3] | data[4] << 8,
        data[5],
        content or Raw(body),
        flags & NEGATIVE != 0,
        flags & TEST != 0,
        count,
    )


def decode(frame: Frame) -> Asdu | None:
    """Decode the ASDU of a frame; None for a fixed frame, which has none."""
    return None if frame.asdu is None else decode_asdu(frame.asdu)
