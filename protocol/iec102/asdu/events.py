"""Events: 101 and 102, answered by 1; the time range that 134 shares (REE profile reference, 8.3 and 8.7)."""

from __future__ import annotations

from iec102.asdu.asdu import Asdu, Cause, TypeId
from iec102.asdu.content import Content, Struct, field, shared
from iec102.asdu.layout import Listed, N
from iec102.asdu.leaves import TIME_A, TIME_B, many, number, packed, span
from iec102.asdu.names import event_name, event_sense
from iec102.asdu.timetag import TimeTagA, TimeTagB


class TimeRange(Content):
    """102 and 134 and their echoes: from, to (time tags a). ``count`` is N: 0 in 102, 1 in 134."""

    start: TimeTagA = field("from", TIME_A)
    end: TimeTagA = field("to", TIME_A)
    count: int = field("", N(), default=0)

    def brief(self) -> str:
        return span(self.start, self.end)


_SPQ_SPI = packed(7, 1, highest_first=True, meaning=lambda bits: f"SPQ {bits[0]}")


def _meaning(event: Event) -> dict[str, str]:
    return {"meaning": event_name(event.address, event.qualifier)}


def _sense(event: Event) -> dict[str, object]:
    return {"bits": (("SPI (unverified)", event_sense(event.address, event.qualifier, int(event.indication))),)}


class Event(Struct):
    """One event: SPA, then SPQ (7 bits) over SPI (1 bit), time tag b.

    What SPI 0 and 1 mean is not settled: a real meter's order contradicts the sources (reference, 8.7).
    """

    address: int = field("SPA", number(1), from_record=_meaning)
    qualifier: int = field("SPQ and SPI", _SPQ_SPI, from_record=_sense)
    indication: bool = shared()
    time: TimeTagB = field("time", TIME_B)


class Events(Content):
    """1: N events, at most 27, in the order in which the meter sends them."""

    events: tuple[Event, ...] = field("event #", Listed(Event.layout))

    def brief(self) -> str:
        if not self.events:
            return ""
        times = span(self.events[0].time.minutes, self.events[-1].time.minutes)
        return f"{many(len(self.events), 'event')}, {times}"


def read_events(point_address: int, record: int, start: TimeTagA, end: TimeTagA) -> Asdu:
    """C_SP_NB_2."""
    return Asdu(TypeId.READ_EVENTS_BY_TIME, Cause.ACTIVATION, point_address, record, TimeRange(start, end))


def read_event_record(point_address: int, record: int) -> Asdu:
    """C_SP_NA_2: all events of a record, for meters that refuse 102. Whether its cause is 5 or 6 is not verified."""
    return Asdu(TypeId.READ_EVENTS, Cause.ACTIVATION, point_address, record)
