"""The event log of the simulated meter (101, 102).

Its past is made up from the seed, in ways that hang together: a change of the clock is told as the old time and the new
one, a failure of a phase begins and ends, and the reader of the contracts at the start of a month has a session in
which the meter notes it. To that come the things that happen to it while it runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zlib import crc32

from iec102.asdu import Asdu, Cause, Event, Events, TimeRange, TimeTagB, TypeId
from iec102.asdu.catalogue import answer_to
from iec102.simulator.config import SimulatorConfig
from iec102.simulator.electrical import COMMISSIONED
from iec102.simulator.memory import DEPTH
from iec102.simulator.period_registers import first_day, next_month
from iec102.simulator.reading import MINUTE, Refused

RESTARTS, CLOCK, SESSIONS = 52, 53, 129
CONTRACT_RECORDS = (131, 132, 133)
_RECORDS = (RESTARTS, CLOCK, 54, 55, 128, SESSIONS, 130, *CONTRACT_RECORDS)

# SPA and SPQ (REE profile reference, 8.7).
STARTED = (1, 2)
OLD_TIME, NEW_TIME = (7, 9), (7, 11)
SESSION = (18, 2)
CLOSED_BY_COMMAND, CONTRACT_READ = (7, 21), (18, 21)  # of contract I; those of II and III have the next numbers
_PHASE_LOST = ((3, 1), (3, 2), (3, 3))

_THOUSAND = 1000
_IN_AN_ASDU = 20
_HOUR = timedelta(hours=1)
# After a start it finds out that a phase has no voltage.
_FOUND = timedelta(seconds=2)
_LONGEST = 1200  # seconds from the start of something to its end
# The monthly reading of the contracts: when its session begins, what is read then, and how long it lasts.
_MONTHLY = timedelta(hours=3, minutes=17)
_MONTHLY_SECONDS = 95

# By record: in how many of a thousand hours something happens, and what.
_CHANCES: dict[int, tuple[int, tuple[tuple[int, int], ...]]] = {
    RESTARTS: (8, (STARTED, *_PHASE_LOST)),
    CLOCK: (20, (OLD_TIME,)),
    54: (1, ((15, 0), (15, 1))),
    55: (1, ((19, 17),)),
    128: (1, ((18, 1),)),
    SESSIONS: (100, (SESSION,)),
    130: (1, ((16, 0),)),
}
_LASTING = frozenset((SESSION, *_PHASE_LOST))


class Happening(NamedTuple):
    """Something that has happened: the record that tells it, when, SPA and SPQ, and SPI."""

    record: int
    time: datetime
    code: tuple[int, int]
    indication: bool = True


class EventLog:
    """The same for the same seed, and what has ``happened`` since; it keeps as many days as the load profile."""

    def __init__(self, config: SimulatorConfig, happened: Iterable[Happening] = ()) -> None:
        self._seed = config.seed
        self._zone = config.tag_zone
        self._missing = config.wiring.missing
        self._happened = happened

    def answers(self, request: Asdu, now: datetime) -> Iterator[Asdu] | None:
        """The data for a request of types 101 and 102, else None. Raises Refused."""
        if request.type not in (TypeId.READ_EVENTS, TypeId.READ_EVENTS_BY_TIME):
            return None
        if request.record not in _RECORDS:
            raise Refused(Cause.UNKNOWN_RECORD)
        start, end = max(now - DEPTH, COMMISSIONED), now
        if isinstance(request.content, TimeRange):
            first, last = (tag.utc(self._zone) for tag in (request.content.start, request.content.end))
            if first is None or last is None:
                raise Refused(Cause.PERIOD_NOT_AVAILABLE)
            start, end = max(start, first), min(end, last + MINUTE - timedelta(microseconds=1))
        return self._asdus(request, start, end)

    def phases_lost(self, now: datetime) -> frozenset[int]:
        """The phases (1 to 3) whose voltage is missing now."""
        since = now - timedelta(seconds=3 * _LONGEST)
        lost: set[int] = set()
        for happening in self._made_up(RESTARTS, since, now):
            if happening.code in _PHASE_LOST:
                (lost.add if happening.indication else lost.discard)(happening.code[1])
        return frozenset(lost)

    def _asdus(self, request: Asdu, start: datetime, end: datetime) -> Iterator[Asdu]:
        waiting: list[Event] = []
        for happening in self._between(request.record, start, end):
            waiting.append(Event(*happening.code, happening.indication, TimeTagB.of(happening.time, self._zone)))
            if len(waiting) == _IN_AN_ASDU:
                yield answer_to(request, Events(tuple(waiting)))
                waiting = []
        if waiting:
            yield answer_to(request, Events(tuple(waiting)))

    def _between(self, record: int, start: datetime, end: datetime) -> Iterable[Happening]:
        """What has start <= time <= end, oldest first."""
        lately = [each for each in self._happened if each.record == record and start <= each.time <= end]
        if not lately and record not in (SESSIONS, *CONTRACT_RECORDS):
            return self._made_up(record, start, end)
        found = [*lately, *self._made_up(record, start, end), *self._monthly(record, start, end)]
        return sorted(found, key=lambda each: each.time)

    def _made_up(self, record: int, start: datetime, end: datetime) -> Iterator[Happening]:
        if record not in _CHANCES:
            return
        number = (start - COMMISSIONED) // _HOUR
        while (hour := COMMISSIONED + number * _HOUR) <= end:
            for happening in self._of_hour(record, number, hour):
                if start <= happening.time <= end:
                    yield happening
            number += 1

    def _of_hour(self, record: int, number: int, hour: datetime) -> Iterator[Happening]:
        rate, codes = _CHANCES[record]
        chance = crc32(f"{self._seed} event {record} {number}".encode())
        if chance % _THOUSAND >= rate:
            return
        chance //= _THOUSAND
        code = codes[chance % len(codes)]
        time = hour + timedelta(seconds=chance % _LONGEST)
        if code in _PHASE_LOST and code[1] in self._missing:
            return  # it has not been there to be lost
        yield Happening(record, time, code)
        if code == STARTED:
            yield from (Happening(record, time + _FOUND, _PHASE_LOST[phase - 1]) for phase in sorted(self._missing))
        if code == OLD_TIME:
            yield Happening(record, time + timedelta(seconds=1 + chance // _LONGEST % 4), NEW_TIME)
        if code in _LASTING:
            yield Happening(record, time + timedelta(seconds=1 + chance // _LONGEST % _LONGEST), code, False)

    def _monthly(self, record: int, start: datetime, end: datetime) -> Iterator[Happening]:
        """On the first of each month all contracts are read in one session."""
        month = first_day(start.astimezone(self._zone))
        while month <= end:
            begun = month + _MONTHLY
            happenings = [Happening(SESSIONS, begun, SESSION)]
            for number, of in enumerate(CONTRACT_RECORDS):
                code = (CONTRACT_READ[0], CONTRACT_READ[1] + number)
                happenings.append(Happening(of, begun + timedelta(seconds=20 * (number + 1)), code))
            happenings.append(Happening(SESSIONS, begun + timedelta(seconds=_MONTHLY_SECONDS), SESSION, False))
            for happening in happenings:
                if happening.record == record and happening.time >= COMMISSIONED and start <= happening.time <= end:
                    yield happening
            month = next_month(month)
