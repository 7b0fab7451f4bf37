"""One measuring point: reads its values, its clock and its load profile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import TypeVar

from iec102.asdu import (
    MADRID,
    Asdu,
    Cause,
    ClockTime,
    Exchange,
    Identity,
    InstantaneousValues,
    IntegratedTotals,
    ObjectList,
    Recorder,
    SummerTimeDates,
    TotalBlocks,
    TransformerRatios,
    TypeId,
    ratios_of,
    read_blocks,
    read_clock,
    read_configuration,
    read_identity,
    read_instantaneous,
    read_recorder_ratios,
    read_summer_time_dates,
    read_totals,
)
from iec102.asdu.repeated_label import TotalsExchange
from iec102.asdu.summer_time import SummerTime, SummerTimeState, touches_summer
from iec102.errors import Iec102Error, InvalidSetting, ReadingUnfinished, RequestRefused, UnexpectedAnswer
from iec102.line import Answered, Line
from iec102.line.dialogue import MakeExchange
from iec102.load_profile.intervals import Register, checked_range, expected_ends
from iec102.load_profile.planner import RangePlanner, answers
from iec102.load_profile.reader import LoadProfileReader, TimedTotals
from iec102.load_profile.records import LoadRecord
from iec102.load_profile.summer_time_inquiry import settle
from iec102.meter.clock_difference import NO_TIME
from iec102.meter.objects import ObjectReader
from iec102.meter.reading import ClockReading, Reading
from iec102.meter.signals import signal_values
from iec102.sentence import Sentence
from iec102.settings import Station

# Bytes around an ASDU: four at the head, control field, address, checksum, end.
_FRAME = 9
T = TypeVar("T")

FIRST_OBJECT, LAST_OBJECT = 1, 8

# Object of 156 that says whether the clock changes by itself, and its values (REE profile reference, 8.5).
_AUTOMATIC_CHANGE, _AUTOMATIC_MASK = 193, 0x03
_AUTOMATIC = {1: False, 2: True}


class Meter:
    """Reads one measuring point behind a line. Every method raises Iec102Error; times come back in ``zone``.

    ``summer_time``: how the meter's time tags are converted, or the state of another Meter of the same meter.
    """

    def __init__(
        self,
        line: Line,
        station: Station,
        *,
        zone: tzinfo = MADRID,
        who: str = "meter",
        summer_time: SummerTime | SummerTimeState = SummerTime.AUTO,
    ) -> None:
        self.line = line
        self.station = station
        self.zone = zone
        self.who = who
        self.summer_time = SummerTimeState(zone, summer_time) if isinstance(summer_time, SummerTime) else summer_time
        self._objects = ObjectReader(self._ask_objects)

    async def read_instantaneous(self) -> Reading:
        """Read the 24 signals, with one request (162, objects 192, 193 and 194).

        A meter that refuses that is asked for each object alone: once, and from then on for what it offers, or one by
        one for good where it never gives several at once. The times are then those of the last answer.
        """
        answers = await self._objects.read()
        answered = answers[-1]
        parts = [part for each in answers for part in _all(each, InstantaneousValues)]
        values = InstantaneousValues(tuple(item for part in parts for item in part.objects))
        tag = next((tag for tag in values.times if tag.utc(self.zone) is not None), None)
        time = self._wall_at(answered.received)
        meter_time, summer = (None, None) if tag is None else self.summer_time.clock_time(tag, time)
        return Reading(
            time=time,
            meter_time=meter_time,
            link_address=self.station.link_address,
            point_address=self.station.point_address,
            values=signal_values(values),
            summer=summer,
        )

    async def read_identity(self) -> Identity:
        """Read manufacturer and device (100)."""
        return _only(await self.ask(read_identity(self.station.point_address)), Identity)

    async def read_clock(self) -> ClockReading:
        """Read the meter's date and time (103), and how far they are from this machine's."""
        answered = await self.ask(read_clock(self.station.point_address))
        tag = _only(answered, ClockTime).time
        round_trip = answered.received - answered.sent
        local = self._wall_at(answered.received - round_trip / 2)
        meter, summer = self.summer_time.clock_time(tag, local)
        if meter is None:
            raise UnexpectedAnswer(NO_TIME)
        # In one zone a difference is that of what the clocks show, an hour off over a change of clocks.
        difference = (meter.astimezone(UTC) - local).total_seconds()
        return ClockReading(meter, local, difference, round_trip, answered.repeated, summer)

    async def read_totals(
        self,
        start: datetime,
        end: datetime,
        *,
        register: int = Register.HOURLY,
        incremental: bool = True,
        objects: tuple[int, int] = (FIRST_OBJECT, LAST_OBJECT),
        block: int | None = None,
    ) -> list[IntegratedTotals]:
        """Read one piece of a load profile, as the meter gives it for the bounds ``start`` and ``end`` (both aware).

        Totals of the ``objects`` from the first to the last (1 to 8) by range (122, 123), or the totals of a ``block``
        object (9, 10 or 11) by blocks (189, 190). A time is the end of its interval. Meters do not treat the bounds
        alike: some include the first, some the last. Raises ReadingUnfinished where the answer does not end as it must.
        """
        request = self._range_request(start, end, register, incremental, objects, block)
        return _records(await self._ask_range(request))

    async def timed_totals(
        self,
        start: datetime,
        end: datetime,
        *,
        register: int = Register.HOURLY,
        incremental: bool = True,
        objects: tuple[int, int] = (FIRST_OBJECT, LAST_OBJECT),
        block: int | None = None,
    ) -> TimedTotals:
        """Read as ``read_totals`` does, with what it took on the line; an answer that does not end says so itself."""
        request = self._range_request(start, end, register, incremental, objects, block)
        began = asyncio.get_running_loop().time()
        try:
            answered, unfinished = await self._ask_range(request), None
        except ReadingUnfinished as error:
            came = tuple(asdu for asdu in error.answers if isinstance(asdu, Asdu))
            answered, unfinished = Answered(came, began, asyncio.get_running_loop().time()), error.reason
        records = _records(answered)
        for record in records:
            if not record.time.invalid:
                self.summer_time.saw(record.time)
        octets = sum(_FRAME + len(asdu.encode()) for asdu in answered.answers)
        repeated = answered.repeated or unfinished is not None
        return TimedTotals(records, answered.received - answered.sent, octets, unfinished, repeated)

    def _range_request(
        self,
        start: datetime,
        end: datetime,
        register: int,
        incremental: bool,
        objects: tuple[int, int],
        block: int | None,
    ) -> Asdu:
        if start.tzinfo is None or end.tzinfo is None:
            raise InvalidSetting(Sentence("load_profile.no_time_zone"))
        conversion = self.summer_time.conversion
        first, last = conversion.tag(start), conversion.tag(end)
        point = self.station.point_address
        if block is None:
            return read_totals(point, register, *objects, first, last, incremental=incremental)
        return read_blocks(point, register, block, first, last, incremental=incremental)

    async def read_load_profile(
        self, start: datetime, end: datetime, *, register: Register = Register.HOURLY, incremental: bool = True
    ) -> AsyncIterator[LoadRecord]:
        """Read the records of the intervals that end in (``start``, ``end``], oldest first, by the fastest read method.

        Both bounds are aware. An interval that the meter does not give is left out. The next piece is asked for when
        the records before it have been taken. Where the line fails, what has come is given before that is raised.
        """
        expected = expected_ends(register, *checked_range(start, end), self.zone)
        await self.settle_summer_time(start, end)
        conversion = self.summer_time.conversion
        reader = LoadProfileReader(self, register, incremental=incremental, zone=self.zone, conversion=conversion)
        planner = RangePlanner(expected, expected, now=self.line.clock.wall())
        waiting: dict[datetime, LoadRecord] = {}
        place = 0
        failure: Iec102Error | None = None
        try:
            async for answer in answers(reader, planner):
                waiting.update((record.end, record) for record in answer.records)
                while place < len(expected) and (expected[place] in waiting or expected[place] in planner.gaps):
                    if (record := waiting.pop(expected[place], None)) is not None:
                        yield record
                    place += 1
        except Iec102Error as error:
            failure = error
        for end in sorted(waiting):
            yield waiting[end]
        if failure is not None:
            raise failure

    async def settle_summer_time(self, start: datetime, end: datetime) -> None:
        """Find out whether the meter keeps the summer time bit, where records of this time need it.

        Asks nothing where that is known or set, and once where the meter does not tell. Raises Iec102Error.
        """
        if touches_summer(start, end, self.zone):
            await settle(self, self.summer_time)

    async def note_clock(self) -> datetime:
        """Read the meter's time, which may tell whether it keeps the summer time bit; gives this machine's time."""
        try:
            return (await self.read_clock()).local
        except (RequestRefused, UnexpectedAnswer):
            return self.line.clock.wall()

    async def automatic_change(self) -> bool | None:
        """Read whether the meter changes its clock by itself (156 object 193, else 185); None where it is not told."""
        point = self.station.point_address
        objects = ObjectList((_AUTOMATIC_CHANGE,))
        for request in (
            Asdu(TypeId.READ_RECORDER, Cause.REQUEST, point, content=objects),
            read_summer_time_dates(point),
        ):
            try:
                answered = await self.ask(request)
            except RequestRefused:
                continue
            for asdu in answered.answers:
                if isinstance(asdu.content, Recorder) and (data := asdu.content.data(_AUTOMATIC_CHANGE)):
                    automatic = _AUTOMATIC.get(data[0] & _AUTOMATIC_MASK)
                    if automatic is not None:
                        return automatic
                if isinstance(asdu.content, SummerTimeDates):
                    begins, ends = asdu.content.begins.utc(self.zone), asdu.content.ends.utc(self.zone)
                    if begins is not None and ends is not None and begins != ends:
                        return True
        return None

    async def read_ratios(self) -> TransformerRatios | None:
        """Read the ratios of the measuring transformers (141, else 156); None where the meter does not tell them."""
        point = self.station.point_address
        for request in (read_configuration(point), read_recorder_ratios(point)):
            try:
                answered = await self.ask(request)
            except RequestRefused:
                continue
            for asdu in answered.answers:
                ratios = ratios_of(asdu)
                if ratios is not None:
                    return ratios
        return None

    async def _ask_objects(self, objects: tuple[int, ...], enough: frozenset[int]) -> Answered:
        request = read_instantaneous(self.station.point_address, objects)
        make = partial(Exchange, enough=enough)
        return await self.line.timed_exchange(self.station, request, who=self.who, make=make)

    async def _ask_range(self, request: Asdu) -> Answered:
        """Read by range. Raises ReadingUnfinished, with what has come, where the answer does not end with cause 10."""
        latest = TotalsExchange(request, self.zone)

        def make(asked: Asdu) -> Exchange:
            nonlocal latest
            latest = TotalsExchange(asked, self.zone)
            return latest

        try:
            return await self.ask(request, make)
        except Iec102Error as error:
            if not latest.answers:
                raise
            raise ReadingUnfinished(tuple(latest.answers), error) from error

    async def ask(self, request: Asdu, make: MakeExchange = Exchange) -> Answered:
        """Ask any request to this point; gives the answers and the time on the line. ``make``: another ``Exchange``.

        Takes note of who answers where that is asked (100).
        """
        asks_who = request.type == TypeId.READ_IDENTITY
        try:
            answered = await self.line.timed_exchange(self.station, request, who=self.who, make=make)
        except (RequestRefused, UnexpectedAnswer):
            if asks_who:
                self._note_identity(None)
            raise
        if asks_who:
            told = (asdu.content for asdu in answered.answers if isinstance(asdu.content, Identity))
            self._note_identity(next(told, None))
        return answered

    def _note_identity(self, identity: Identity | None) -> None:
        """Note who answers; one that does not tell (None) is one as well."""
        self.summer_time.belongs_to(identity)

    def _wall_at(self, loop_time: float) -> datetime:
        """This machine's date and time at a time of the event loop that has passed just now."""
        ago = asyncio.get_running_loop().time() - loop_time
        # Subtracted in UTC: in a zone the hour that comes twice would become its first one.
        return (self.line.clock.wall().astimezone(UTC) - timedelta(seconds=ago)).astimezone(self.zone)


def _only(answered: Answered, content: type[T]) -> T:
    """The content of an answer of one ASDU."""
    return _all(answered, content)[0]


def _all(answered: Answered, content: type[T]) -> list[T]:
    """The contents of an answer, of one ASDU at least. Raises UnexpectedAnswer."""
    found: list[T] = []
    for asdu in answered.answers:
        if not isinstance(asdu.content, content):
            raise _misfit(asdu)
        found.append(asdu.content)
    if not found:
        raise UnexpectedAnswer(Sentence("answer.no_data_at_end"))
    return found


def _records(answered: Answered) -> list[IntegratedTotals]:
    """The records of a load profile in an answer."""
    records: list[IntegratedTotals] = []
    for asdu in answered.answers:
        if isinstance(asdu.content, IntegratedTotals):
            records.append(asdu.content)
        elif isinstance(asdu.content, TotalBlocks):
            records.extend(part.integrated_totals() for part in asdu.content.blocks)
        else:
            raise _misfit(asdu)
    return records


def _misfit(asdu: Asdu) -> UnexpectedAnswer:
    return UnexpectedAnswer(Sentence("answer.misfit", type=asdu.type, length=len(asdu.content.encode_body())))
