"""The event log of the simulated meter (101, 102): what happens to a meter in a year, made up from the seed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zlib import crc32

from iec102.asdu import Asdu, Cause, Event, Events, TimeRange, TimeTagB, TypeId
from iec102.asdu.catalogue import answer_to
from iec102.simulator.config import SimulatorConfig
from iec102.simulator.electrical import COMMISSIONED
from iec102.simulator.memory import DEPTH
from iec102.simulator.reading import MINUTE, Refused

# By record: in how many of a thousand hours something happens, and what: SPA, SPQ, and whether it begins and ends
# (REE profile reference, 8.7).
_KINDS: dict[int, tuple[int, tuple[tuple[int, int, bool], ...]]] = {
    52: (8, ((1, 2, False), (3, 1, True), (3, 2, True), (3, 3, True))),
    53: (20, ((7, 9, False), (7, 11, False))),
    54: (1, ((15, 0, False), (15, 1, False))),
    55: (1, ((19, 17, False),)),
    128: (1, ((18, 1, False),)),
    129: (100, ((18, 2, True),)),
}
_THOUSAND = 1000
_IN_AN_ASDU = 20
_HOUR = timedelta(hours=1)
_LONGEST = 1200  # seconds from the start of something to its end


class EventLog:
    """The same for the same seed; it keeps as many days as the load profile."""

    def __init__(self, config: SimulatorConfig) -> None:
        self._seed = config.seed
        self._zone = config.tag_zone

    def answers(self, request: Asdu, now: datetime) -> Iterator[Asdu] | None:
        """The data for a request of types 101 and 102, else None. Raises Refused."""
        if request.type not in (TypeId.READ_EVENTS, TypeId.READ_EVENTS_BY_TIME):
            return None
        if request.record not in _KINDS:
            raise Refused(Cause.UNKNOWN_RECORD)
        start, end = max(now - DEPTH, COMMISSIONED), now
        if isinstance(request.content, TimeRange):
            first, last = (tag.utc(self._zone) for tag in (request.content.start, request.content.end))
            if first is None or last is None:
                raise Refused(Cause.PERIOD_NOT_AVAILABLE)
            start, end = max(start, first), min(end, last + MINUTE - timedelta(microseconds=1))
        return self._asdus(request, start, end)

    def _asdus(self, request: Asdu, start: datetime, end: datetime) -> Iterator[Asdu]:
        waiting: list[Event] = []
        for event in self._events(request.record, start, end):
            waiting.append(event)
            if len(waiting) == _IN_AN_ASDU:
                yield answer_to(request, Events(tuple(waiting)))
                waiting = []
        if waiting:
            yield answer_to(request, Events(tuple(waiting)))

    def _events(self, record: int, start: datetime, end: datetime) -> Iterator[Event]:
        """Those with start <= time <= end, oldest first."""
        number = (start - COMMISSIONED) // _HOUR
        while (hour := COMMISSIONED + number * _HOUR) <= end:
            for time, event in self._of_hour(record, number, hour):
                if start <= time <= end:
                    yield event
            number += 1

    def _of_hour(self, record: int, number: int, hour: datetime) -> Iterator[tuple[datetime, Event]]:
        rate, kinds = _KINDS[record]
        chance = crc32(f"{self._seed} event {record} {number}".encode())
        if chance % _THOUSAND >= rate:
            return
        chance //= _THOUSAND
        address, qualifier, lasts = kinds[chance % len(kinds)]
        time = hour + timedelta(seconds=chance % _LONGEST)
        yield time, self._event(address, qualifier, True, time)
        if lasts:
            ended = time + timedelta(seconds=1 + chance // _LONGEST % _LONGEST)
            yield ended, self._event(address, qualifier, False, ended)

    def _event(self, address: int, qualifier: int, begins: bool, time: datetime) -> Event:
        return Event(address, qualifier, begins, TimeTagB.of(time, self._zone))
