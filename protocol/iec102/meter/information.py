"""Read everything that a meter knows besides its values: identity, configuration, tariffs, closings, events.

Every read gives a typed answer. What the meter refuses is a named ``Absence`` in the place of the answer or beside it,
and what is not understood keeps its bytes (``KeptBytes``); a line or a login that fails is raised, as everywhere. A
type that the meter lacks (cause 14), or that it never answers, is asked for once. All of it needs one login.

Long readings are asked in pieces, so that live readings get their turn in between: closings a month at a time, events
as many as take the line about a second and a half.

Meters do not treat the bounds of a range alike (REE profile reference, 5): closings and events are asked a little
beyond both, and what lies outside is dropped. Where the oldest closing does not reach back to the start, the meter may
have chosen by the start of a period instead of its end: it is asked once more for the time before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from iec102.asdu import (
    Configuration,
    ContractedPowers,
    CurrentPeriods,
    Holidays,
    Identity,
    IntegratedTotals,
    LatentActivation,
    PointParameters,
    Recorder,
    Seasons,
    SummerTimeDates,
    TariffExtension,
    read_clock,
    read_configuration,
    read_identity,
    read_point_parameters,
    read_summer_time_dates,
    read_totals,
)
from iec102.asdu.configuration import read_recorder
from iec102.asdu.summer_time import TagConversion
from iec102.asdu.tariff import read_contracted_powers, read_holidays, read_tariff_objects
from iec102.errors import InvalidSetting, UnexpectedAnswer
from iec102.load_profile.intervals import Register
from iec102.meter.absence import Absence, KeptBytes, absence_of, kept_bytes
from iec102.meter.closings import TOTAL_OBJECT, Closings, TariffTotals, tariff_totals
from iec102.meter.closings_reader import OLDEST, ClosingsReader, contract_record
from iec102.meter.device import (
    RECORDER_OBJECTS,
    DeviceConfiguration,
    MeasuringPointParameters,
    RecorderSettings,
    SummerTimeChanges,
    device_configuration,
    recorder_settings,
)
from iec102.meter.events import EVENT_RECORDS, MeterEvents
from iec102.meter.events_reader import EventsReader
from iec102.meter.inquiry import NOT_GIVEN, Inquiry
from iec102.meter.meter import Meter
from iec102.meter.reading import ClockReading
from iec102.meter.tariffs import (
    CURRENT_OBJECT,
    LATENT_OBJECT,
    SEASONS_OBJECT,
    UNKNOWN_OBJECTS,
    HolidayCalendar,
    PowersByPeriod,
    TariffTables,
    holiday_calendar,
    powers_by_period,
    season_table,
)
from iec102.sentence import Sentence

_LAST_PERIOD_OBJECT = 29
_DAY = timedelta(days=1)


class InformationReader:
    """Reads what one meter knows besides its values. Keep one for each meter: it remembers which types are lacking.

    Contracts are the numbers 1 to 3. Times come back in the meter's zone. Every method raises Iec102Error where the
    line, the link or the key fails, and never for what the meter does not have.
    """

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self._inquiry = Inquiry(meter)
        self._directions: dict[int, int | None] = {}

    def forget(self) -> None:
        """Ask again also for what the meter was found to lack."""
        self._inquiry.forget()
        self._directions.clear()

    # The meter itself

    async def read_identity(self) -> Identity | Absence | KeptBytes:
        """Read manufacturer, device and date of the standard (100)."""
        return await self._inquiry.ask_one(read_identity(self._point), Identity)

    async def read_clock(self) -> ClockReading | Absence:
        """Read the meter's date and time (103), and how far they are from this machine's."""
        request = read_clock(self._point)
        if (known := self._inquiry.lacking(request)) is not None:
            return known
        try:
            return await self.meter.read_clock()
        except NOT_GIVEN as error:
            return self._inquiry.note(request, error)

    async def read_configuration(self) -> DeviceConfiguration | Absence | KeptBytes:
        """Read model, firmware, ports, ratios, integration periods, states of the contracts (141)."""
        answer = await self._inquiry.ask_one(read_configuration(self._point), Configuration)
        return device_configuration(answer, self._conversion) if isinstance(answer, Configuration) else answer

    async def read_recorder(self, objects: tuple[int, ...] = RECORDER_OBJECTS) -> RecorderSettings | Absence:
        """Read the recorder's own configuration (156, objects 192 to 201), at once, or one by one after a cause 17.

        An Absence where the meter does not offer it (cause 14) or refuses it as a whole.
        """
        reply = await self._inquiry.ask_objects(partial(read_recorder, self._point), objects)
        if reply.absences and not reply.contents and not reply.kept and not reply.absences[0].object:
            return reply.absences[0]
        parts = [content for content in reply.contents if isinstance(content, Recorder)]
        return recorder_settings(parts, reply.absences, reply.kept)

    async def read_point_parameters(self) -> MeasuringPointParameters | Absence | KeptBytes:
        """Read link address, number of points, integration period, depth (182); the key in it prints as ``***``."""
        answer = await self._inquiry.ask_one(read_point_parameters(self._point), PointParameters)
        if not isinstance(answer, PointParameters):
            return answer
        return MeasuringPointParameters(
            answer.link_address,
            answer.points,
            answer.point_address,
            answer.key,
            answer.integration_period,
            answer.depth,
        )

    async def read_summer_time_dates(self) -> SummerTimeChanges | Absence | KeptBytes:
        """Read when summer time begins and ends, as the meter has it (185)."""
        answer = await self._inquiry.ask_one(read_summer_time_dates(self._point), SummerTimeDates)
        if not isinstance(answer, SummerTimeDates):
            return answer
        local = self._conversion.local
        return SummerTimeChanges(local(answer.begins), local(answer.ends))

    # Closings and totals

    async def read_closings(self, contract: int, start: datetime, end: datetime) -> Closings:
        """Read the stored closings (134) that end from ``start`` to ``end``, both included and aware.

        Closings without a date are always among them. Raises InvalidSetting for bounds without a zone or out of order.
        """
        start, end = self._bounds(start, end)
        return await ClosingsReader(self._inquiry, contract).between(start, end)

    async def read_last_closings(self, contract: int, count: int = 1) -> Closings:
        """Read the latest ``count`` stored closings (134), 1 and up; fewer where two years have no more."""
        return await ClosingsReader(self._inquiry, contract).latest(count)

    async def read_current_tariff(self, contract: int) -> Closings:
        """Read the billing period that runs (133), as a closing with ``is_current``."""
        return await ClosingsReader(self._inquiry, contract).current()

    async def read_tariff_totals(self, record: int = Register.DAILY) -> TariffTotals | Absence | KeptBytes:
        """Read the latest registers by tariff period (122, objects 20 to 29), by default of the daily record (21)."""
        now = self.meter.line.clock.wall()
        first, last = (self._conversion.tag(when) for when in (now - 2 * _DAY, now))
        request = read_totals(self._point, record, TOTAL_OBJECT, _LAST_PERIOD_OBJECT, first, last, incremental=False)
        reply = await self._inquiry.ask(request)
        for answer in reversed(reply.answers):
            if not isinstance(answer.content, IntegratedTotals):
                return kept_bytes(answer)
            return tariff_totals(record, answer.content.totals, self._conversion.local(answer.content.time))
        return reply.absence or absence_of(request, UnexpectedAnswer(Sentence("answer.no_data_at_end")))

    # Tariffs

    async def read_contracted_powers(
        self, contract: int, *, latent: bool = False
    ) -> PowersByPeriod | Absence | KeptBytes:
        """Read the contracted power of each tariff period (144), of the active contract or of the latent one."""
        request = read_contracted_powers(self._point, contract_record(contract, latent=latent))
        answer = await self._inquiry.ask_one(request, ContractedPowers)
        if not isinstance(answer, ContractedPowers):
            return answer
        return powers_by_period(contract, answer, self._conversion, latent=latent)

    async def read_holidays(self, contract: int) -> HolidayCalendar | Absence | KeptBytes:
        """Read the holidays of a contract (147)."""
        answer = await self._inquiry.ask_one(read_holidays(self._point, contract_record(contract)), Holidays)
        return holiday_calendar(contract, answer) if isinstance(answer, Holidays) else answer

    async def read_tariff_tables(self, contract: int, *, latent: bool = False) -> TariffTables:
        """Read seasons, latent activation, current period (150, objects 193, 196, 197) and the bytes of 192 and 195.

        194 is not asked for: it is a command.
        """
        record = contract_record(contract, latent=latent)
        request_for = partial(read_tariff_objects, self._point, record)
        known = await self._inquiry.ask_objects(request_for, (SEASONS_OBJECT, LATENT_OBJECT, CURRENT_OBJECT))
        absences, kept = list(known.absences), list(known.kept)
        if known.contents or known.kept or all(absence.object for absence in absences):
            for object_ in UNKNOWN_OBJECTS:
                more = await self._inquiry.ask_objects(request_for, (object_,))
                absences += more.absences
                kept += more.kept
        tables = TariffTables(contract, absences=tuple(absences), kept=tuple(kept))
        for content in known.contents:
            if isinstance(content, TariffExtension):
                for item in content.objects:
                    tables = self._with(tables, item)
        return tables

    async def read_direction(self, contract: int) -> int | None:
        """Read whether a contract imports (1) or exports (2), which decides its reactive energies; None: not told.

        Asked once a contract, until ``forget``.
        """
        if contract not in self._directions:
            request_for = partial(read_tariff_objects, self._point, contract_record(contract))
            reply = await self._inquiry.ask_objects(request_for, (SEASONS_OBJECT,))
            items = [item for each in reply.contents if isinstance(each, TariffExtension) for item in each.objects]
            self._directions[contract] = next((item.direction for item in items if isinstance(item, Seasons)), None)
        return self._directions[contract]

    def _with(self, tables: TariffTables, item: Seasons | LatentActivation | CurrentPeriods) -> TariffTables:
        if isinstance(item, Seasons):
            self._directions[tables.contract] = item.direction
            return tables._replace(seasons=season_table(item, self._conversion))
        time = self._conversion.local(item.time)
        if isinstance(item, LatentActivation):
            return tables._replace(latent_from=time)
        return tables._replace(current_period=item.periods[tables.contract - 1], current_time=time)

    # Events

    async def read_events(
        self, records: Sequence[int] = EVENT_RECORDS, *, start: datetime, end: datetime
    ) -> MeterEvents:
        """Read the events of some records (52 to 55, 128 to 133, 200 to 227) from ``start`` to ``end``, both included.

        Asked for by time (102); where that is lacking, the whole record (101) is asked for. Raises InvalidSetting for
        bounds without a zone or out of order.
        """
        start, end = self._bounds(start, end)
        reader = EventsReader(self._inquiry, start, end)
        for record in records:
            await reader.read(record)
        return reader.result()

    @property
    def _point(self) -> int:
        return self.meter.station.point_address

    @property
    def _conversion(self) -> TagConversion:
        return self.meter.summer_time.conversion

    def _bounds(self, start: datetime, end: datetime) -> tuple[datetime, datetime]:
        """A range of time that tags can tell. Raises InvalidSetting."""
        if start.tzinfo is None or end.tzinfo is None:
            raise InvalidSetting(Sentence("information.no_time_zone"))
        if end < start:
            raise InvalidSetting(Sentence("information.end", end=end))
        first = max(start, OLDEST)
        return first, max(first, min(end, self.meter.line.clock.wall() + _DAY))
