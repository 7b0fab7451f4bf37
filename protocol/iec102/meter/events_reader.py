"""Ask for the events of a meter by time, as many a request as take the line about a second and a half."""

from __future__ import annotations

from datetime import datetime, timedelta

from iec102.asdu import Events, read_events
from iec102.asdu.events import read_event_record
from iec102.asdu.exchange import GivenUpExchange
from iec102.meter.absence import Absence, KeptBytes, kept_bytes
from iec102.meter.events import MeterEvent, MeterEvents, by_time, meter_events
from iec102.meter.inquiry import Inquiry, Reply

_MINUTE = timedelta(minutes=1)
# Seconds of line that a piece is made for.
_AIM = 1.5
# How long the first piece is, the shortest, and how much longer or shorter the next one may be.
_FIRST_SPAN = timedelta(days=7)
_SHORTEST_SPAN = timedelta(hours=1)
_GROWTH = 16.0


class EventsReader:
    """One reading of events, from ``start`` to ``end`` (both included)."""

    def __init__(self, inquiry: Inquiry, start: datetime, end: datetime) -> None:
        self._inquiry = inquiry
        self._meter = inquiry.meter
        self._start = start
        self._end = end
        self._events: list[MeterEvent] = []
        self._absences: list[Absence] = []
        self._kept: list[KeptBytes] = []
        self._is_unfinished = False

    async def read(self, record: int) -> None:
        """Ask for the events of one record (52 to 55, 128 to 133, 200 to 227)."""
        replies = await self._by_time(record)
        if replies and (refused := replies[-1].absence) is not None and refused.is_lacking:
            request = read_event_record(self._meter.station.point_address, record)
            replies = [*replies[:-1], await self._inquiry.ask(request, GivenUpExchange)]
        answers = [answer for reply in replies for answer in reply.answers]
        given = [event for each in answers if isinstance(each.content, Events) for event in each.content.events]
        conversion = self._meter.summer_time.conversion
        events = meter_events(record, given, conversion, self._start, self._end)
        self._events += events
        self._kept += [kept_bytes(answer) for answer in answers if not isinstance(answer.content, Events)]
        self._is_unfinished |= any(reply.is_unfinished for reply in replies)
        refusals = [reply.absence for reply in replies if reply.absence is not None]
        others = [absence for absence in refusals if not absence.is_empty]
        self._absences += others[:1] or ([] if events else refusals[:1])

    def result(self) -> MeterEvents:
        """What has come."""
        return MeterEvents(by_time(self._events), tuple(self._absences), tuple(self._kept), self._is_unfinished)

    async def _by_time(self, record: int) -> list[Reply]:
        """In pieces, up to the first that is refused for another reason than that it has no events."""
        replies: list[Reply] = []
        at, span = self._start, _FIRST_SPAN
        while True:
            last = min(at + span, self._end)
            reply = await self._piece(record, at, last)
            replies.append(reply)
            if last >= self._end or (reply.absence is not None and not reply.absence.is_empty):
                return replies
            growth = _AIM / reply.seconds if reply.seconds else _GROWTH
            span = max(_SHORTEST_SPAN, span * min(max(growth, 1 / _GROWTH), _GROWTH))
            at = last

    async def _piece(self, record: int, start: datetime, end: datetime) -> Reply:
        """A minute beyond both ends: tags have whole minutes, and meters do not treat bounds alike."""
        conversion = self._meter.summer_time.conversion
        first, last = conversion.tag(start - _MINUTE), conversion.tag(end + _MINUTE)
        request = read_events(self._meter.station.point_address, record, first, last)
        return await self._inquiry.ask(request, GivenUpExchange)
