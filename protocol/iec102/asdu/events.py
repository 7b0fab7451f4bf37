"""Events: 101 and 102, answered by 1; the time range that 134 shares (REE profile reference, 8.3 and 8.7)."""

from __future__ import annotations

from typing import NamedTuple

from iec102.asdu.asdu import Asdu, Cause, TypeId
from iec102.asdu.content import Content
from iec102.asdu.layout import Layout, Listed, N, Part
from iec102.asdu.leaves import TIME_A, TIME_B, many, number, packed, span
from iec102.asdu.names import event_name, event_sense
from iec102.asdu.timetag import TimeTagA, TimeTagB


class TimeRange(Content):
    """102 and 134 and their echoes: from, to (time tags a). ``count`` is N: 0 in 102, 1 in 134."""

    start: TimeTagA
    end: TimeTagA
    count: int = 0


TIME_RANGE = Layout(
    TimeRange,
    Part("start", "from", TIME_A),
    Part("end", "to", TIME_A),
    Part("count", "", N()),
    brief=lambda asked: span(asked.start, asked.end),
)


class Event(NamedTuple):
    """One event: SPA, then SPQ (7 bits) over SPI (1 bit), time tag b.

    What SPI 0 and 1 mean is not settled: a real meter's order contradicts the sources (reference, 8.7).
    """

    address: int
    qualifier: int
    indication: bool
    time: TimeTagB


EVENT = Layout(
    Event,
    Part("address", "SPA", number(1), told=lambda event: {"meaning": event_name(event.address, event.qualifier)}),
    Part(
        "indication qualifier",
        "SPQ and SPI",
        packed(1, 7, meaning=lambda bits: f"SPQ {bits[1]}"),
        told=lambda event: {
            "bits": (("SPI (unverified)", event_sense(event.address, event.qualifier, int(event.indication))),)
        },
    ),
    Part("time", "time", TIME_B),
)


class Events(Content):
    """1: N events, at most 27, in the order in which the meter sends them."""

    events: tuple[Event, ...]


def _brief(content: Events) -> str:
    if not content.events:
        return ""
    first, last = content.events[0].time.minutes, content.events[-1].time.minutes
    return f"{many(len(content.events), 'event')}, {span(first, last)}"


EVENTS = Layout(Events, Part("events", "event #", Listed(EVENT)), brief=_brief)


def read_events(point_address: int, record: int, start: TimeTagA, end: TimeTagA) -> Asdu:
    """C_SP_NB_2."""
    return Asdu(TypeId.READ_EVENTS_BY_TIME, Cause.ACTIVATION, point_address, record, TimeRange(start, end))
