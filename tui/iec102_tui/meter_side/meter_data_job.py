"""A reading of what a meter knows besides its values: run by the engine beside live reading, watched by the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from iec102.asdu import Identity
from iec102.meter.absence import Absence, KeptBytes
from iec102.meter.closings import Closings
from iec102.meter.device import CONTRACTS, DeviceConfiguration, RecorderSettings
from iec102.meter.events import EVENT_RECORDS
from iec102.meter.information import InformationReader
from iec102.meter.meter import Meter
from iec102.meter.reading import ClockReading
from iec102.meter.tariffs import HolidayCalendar, PowersByPeriod

from iec102_tui.meter_data import documents
from iec102_tui.meter_data.known import (
    CLOCK,
    CLOSINGS,
    CONFIGURATION,
    CURRENT,
    EVENTS,
    HOLIDAYS,
    IDENTITY,
    NOW,
    POINT,
    POWERS,
    RECORDER,
    SEASONS,
    SUMMER_TIME,
    of_contract,
)
from iec102_tui.meter_side.event_reading import read_record, settle_tags
from iec102_tui.profiles.connection import Connection
from iec102_tui.words import meter_data_text as words
from iec102_tui.words.meter_text import CONTRACT_NAMES
from iec102_tui.words.text import _

if TYPE_CHECKING:
    from iec102_tui.archive.contents import MeterKey
    from iec102_tui.archive.meter_data_store import MeterDataStore

_LAST_CLOSINGS, _ALL_CLOSINGS = 3, 24
_BEFORE_CONTRACTS = 6
_PER_CONTRACT = 5


class MeterDataJob:
    """One reading. The screen reads its properties; it runs on the engine's loop.

    ``thorough``: the closings of two years and the events of one, instead of the latest. ``placed`` is called when it
    is known which meter answers.
    """

    def __init__(
        self,
        connection: Connection,
        store: MeterDataStore,
        reader: InformationReader | None,
        placed: Callable[[MeterKey], None],
        *,
        thorough: bool = False,
    ) -> None:
        self.connection = connection
        self.thorough = thorough
        self.reader = reader
        self.step = ""
        """What is being asked for, in words."""
        self.done = 0
        self.steps = _BEFORE_CONTRACTS + _PER_CONTRACT * len(CONTRACTS) + len(EVENT_RECORDS)
        self.error: str | None = None
        """Why it ended before its end, in one sentence."""
        self.is_unfinished = False
        """The meter did not end an answer, so that closings or events may be missing."""
        self.ended = False
        self._store = store
        self._placed = placed
        self._news: Callable[[], None] = lambda: None

    @property
    def is_running(self) -> bool:
        """It has begun and not ended."""
        return not self.ended

    async def run(self, meter: Meter, news: Callable[[], None]) -> None:
        """Reads everything, a piece after the other. Who runs it calls ``fail`` with what it raises."""
        self._news = news
        if self.reader is None or self.reader.meter.line is not meter.line:
            own = Meter(meter.line, meter.station, zone=meter.zone, who=_(words.WHO), summer_time=meter.summer_time)
            self.reader = InformationReader(own)
        reader = self.reader
        identity = await self._asked(_(words.STEPS[IDENTITY]), reader.read_identity())
        key = await asyncio.to_thread(self._place, reader.meter, identity)
        self._keep(key, IDENTITY, identity, Identity, documents.identity)
        await settle_tags(reader.meter)
        contracts = await self._read_device(reader, key)
        self.steps -= _PER_CONTRACT * (len(CONTRACTS) - len(contracts))
        for contract in contracts:
            await self._read_contract(reader, key, contract)
        await self._read_events(reader, key)
        self.ended = True
        news()

    def fail(self, sentence: str) -> None:
        """It has ended before its end."""
        self.error = self.error or sentence
        self.ended = True

    async def _asked(self, step: str, answer: Awaitable[Any]) -> Any:
        self.step = step
        self._news()
        found = await answer
        self.done += 1
        return found

    def _place(self, meter: Meter, identity: object) -> MeterKey:
        """Not on the loop: the archive is opened here."""
        from iec102_tui.archive.contents import key_of_address, key_of_identity

        station = meter.station
        key = key_of_identity(identity, station) if isinstance(identity, Identity) else key_of_address(station)
        self._store.remember(self.connection.target, self.connection.station, key)
        self._placed(key)
        return key

    async def _read_device(self, reader: InformationReader, key: MeterKey) -> tuple[int, ...]:
        """What the meter says of itself; gives the contracts to ask for."""
        answer = await self._asked(_(words.STEPS[CONFIGURATION]), reader.read_configuration())
        self._keep(key, CONFIGURATION, answer, DeviceConfiguration, documents.configuration)
        active = answer.active_contracts if isinstance(answer, DeviceConfiguration) else ()
        clock = await self._asked(_(words.STEPS[CLOCK]), reader.read_clock())
        self._keep(key, CLOCK, clock, ClockReading, documents.clock)
        if isinstance(clock, ClockReading) and not clock.repeated:
            self._store.keep_clock(key, clock.local, clock.difference)
        recorder = await self._asked(_(words.STEPS[RECORDER]), reader.read_recorder())
        self._keep(key, RECORDER, recorder, RecorderSettings, documents.recorder)
        point = await self._asked(_(words.STEPS[POINT]), reader.read_point_parameters())
        self._keep(key, POINT, point, object, documents.point_parameters)
        changes = await self._asked(_(words.STEPS[SUMMER_TIME]), reader.read_summer_time_dates())
        self._keep(key, SUMMER_TIME, changes, object, documents.summer_time)
        return active or CONTRACTS

    async def _read_contract(self, reader: InformationReader, key: MeterKey, contract: int) -> None:
        name = CONTRACT_NAMES[contract]

        def step(kind: str) -> str:
            return _(words.STEPS[kind], contract=name)

        powers = await self._asked(step(POWERS), reader.read_contracted_powers(contract))
        self._keep(key, of_contract(POWERS, contract), powers, PowersByPeriod, documents.powers)
        tables = await self._asked(step(SEASONS), reader.read_tariff_tables(contract))
        self._lack(key, of_contract(SEASONS, contract), (each for each in tables.absences if not each.object))
        if tables.seasons is not None:
            self._tell(key, of_contract(SEASONS, contract), documents.seasons(tables.seasons))
        if tables.current_period is not None:
            time = documents.moment(tables.current_time)
            told = {"current_period": tables.current_period, "current_time": time}
            self._tell(key, of_contract(NOW, contract), told)
        holidays = await self._asked(step(HOLIDAYS), reader.read_holidays(contract))
        self._keep(
            key,
            of_contract(HOLIDAYS, contract),
            holidays,
            HolidayCalendar,
            lambda answer: {"days": documents.holidays(answer)},
        )
        current = await self._asked(step(CURRENT), reader.read_current_tariff(contract))
        self._keep_closings(key, contract, current, of_contract(CURRENT, contract))
        count = _ALL_CLOSINGS if self.thorough else _LAST_CLOSINGS
        closings = await self._asked(step(CLOSINGS), reader.read_last_closings(contract, count))
        self._keep_closings(key, contract, closings, of_contract(CLOSINGS, contract))

    async def _read_events(self, reader: InformationReader, key: MeterKey) -> None:
        """Each record from where it is known on."""
        for record in EVENT_RECORDS:
            reading = read_record(reader, self._store, key, record, thorough=self.thorough)
            found = await self._asked(_(words.STEPS[EVENTS], record=record), reading)
            refused = [absence for absence in found.absences if not absence.is_empty]
            self._lack(key, f"{EVENTS}-{record}", (*refused, *found.kept))
            self.is_unfinished |= found.is_unfinished

    # What becomes of an answer

    @property
    def _now(self) -> datetime:
        assert self.reader is not None
        return self.reader.meter.line.clock.wall().astimezone(self.connection.zone)

    def _keep(
        self, key: MeterKey, kind: str, answer: Any, wanted: type[Any], document: Callable[[Any], documents.Document]
    ) -> None:
        if isinstance(answer, Absence | KeptBytes):
            self._lack(key, kind, [answer])
        elif isinstance(answer, wanted):
            if told := document(answer):
                self._tell(key, kind, told)
            if isinstance(answer, RecorderSettings):
                for absence in answer.absences:
                    self._lack(key, f"{kind}-{absence.object}", [absence])

    def _keep_closings(self, key: MeterKey, contract: int, found: Closings, kind: str) -> None:
        self._lack(key, kind, (*(each for each in found.absences if not each.is_empty), *found.kept))
        self.is_unfinished |= found.is_unfinished
        told = [documents.closing(each) for each in found.closings]
        if kind.startswith(CLOSINGS):
            self._store.keep_closings(key, contract, told)
            self._tell(key, of_contract(CLOSINGS, contract), {"latest": told[-1]["end"] if told else None})
        elif told:
            self._tell(key, kind, told[-1])
        self._news()

    def _tell(self, key: MeterKey, kind: str, document: documents.Document) -> None:
        self._store.keep_told(key, kind, document, self._now)
        self._news()

    def _lack(self, key: MeterKey, kind: str, lacks: Iterable[Absence | KeptBytes]) -> None:
        """The first says enough of a kind."""
        for lack in lacks:
            document = documents.absence(lack) if isinstance(lack, Absence) else documents.kept(lack)
            self._store.keep_lack(key, kind, document, self._now)
            break
        self._news()
