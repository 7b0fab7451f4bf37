"""A reading of what a meter knows besides its values: run by the engine beside live reading, watched by the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from iec102.asdu import Identity
from iec102.asdu.names import CONTRACT_NAMES
from iec102.errors import AnotherMeter
from iec102.meter.device import CONTRACTS, DeviceConfiguration, RecorderSettings, contracts_of
from iec102.meter.events import EVENT_RECORDS
from iec102.meter.information import InformationReader
from iec102.meter.meter import Meter
from iec102.meter.reading import ClockReading
from iec102.meter.same_meter import SameMeter

from iec102_tui.meter_data import documents
from iec102_tui.meter_data.known import (
    CLOCK,
    CLOSINGS,
    CONFIGURATION,
    CURRENT,
    EVENTS,
    HOLIDAYS,
    IDENTITY,
    POINT,
    POWERS,
    RECORDER,
    SEASONS,
    SUMMER_TIME,
    of_contract,
)
from iec102_tui.meter_side.event_reading import read_record, settle_tags
from iec102_tui.meter_side.keeping import Keeper
from iec102_tui.profiles.connection import Connection
from iec102_tui.words import meter_data_text as words
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
        try:
            await self._read_all(meter, news)
        except AnotherMeter:
            self.reader = None  # what it knows is of the one before
            raise

    async def _read_all(self, meter: Meter, news: Callable[[], None]) -> None:
        self._news = news
        if self.reader is None or self.reader.meter.line is not meter.line:
            self.reader = InformationReader(SameMeter.like(meter, _(words.WHO)))
        elif isinstance(self.reader.meter, SameMeter):
            await self.reader.meter.ask_who()  # the reader asks no more for what its meter does not tell
        reader = self.reader
        identity = await self._asked(_(words.STEPS[IDENTITY]), reader.read_identity())
        key = await asyncio.to_thread(self._place, reader.meter, identity)
        keeper = Keeper(self._store, key, lambda: self._now, lambda: self._news())
        keeper.answer(IDENTITY, identity, Identity, documents.identity)
        await settle_tags(reader.meter)
        contracts = await self._read_device(reader, keeper)
        self.steps -= _PER_CONTRACT * (len(CONTRACTS) - len(contracts))
        for contract in contracts:
            await self._read_contract(reader, keeper, contract)
        await self._read_events(reader, keeper)
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

    async def _read_device(self, reader: InformationReader, keeper: Keeper) -> tuple[int, ...]:
        """What the meter says of itself; gives the contracts to ask for."""
        answer = await self._asked(_(words.STEPS[CONFIGURATION]), reader.read_configuration())
        keeper.answer(CONFIGURATION, answer, DeviceConfiguration, documents.configuration)
        clock = await self._asked(_(words.STEPS[CLOCK]), reader.read_clock())
        keeper.answer(CLOCK, clock, ClockReading, documents.clock)
        if isinstance(clock, ClockReading) and not clock.repeated:
            self._store.keep_clock(keeper.key, clock.local, clock.difference)
        recorder = await self._asked(_(words.STEPS[RECORDER]), reader.read_recorder())
        keeper.answer(RECORDER, recorder, RecorderSettings, documents.recorder)
        point = await self._asked(_(words.STEPS[POINT]), reader.read_point_parameters())
        keeper.answer(POINT, point, object, documents.point_parameters)
        changes = await self._asked(_(words.STEPS[SUMMER_TIME]), reader.read_summer_time_dates())
        keeper.answer(SUMMER_TIME, changes, object, documents.summer_time)
        return contracts_of(answer)

    async def _read_contract(self, reader: InformationReader, keeper: Keeper, contract: int) -> None:
        name = CONTRACT_NAMES[contract]

        def step(kind: str) -> str:
            return _(words.STEPS[kind], contract=name)

        keeper.powers(contract, await self._asked(step(POWERS), reader.read_contracted_powers(contract)))
        keeper.tables(contract, await self._asked(step(SEASONS), reader.read_tariff_tables(contract)))
        keeper.holidays(contract, await self._asked(step(HOLIDAYS), reader.read_holidays(contract)))
        current = await self._asked(step(CURRENT), reader.read_current_tariff(contract))
        keeper.closings(contract, current, of_contract(CURRENT, contract))
        count = _ALL_CLOSINGS if self.thorough else _LAST_CLOSINGS
        closings = await self._asked(step(CLOSINGS), reader.read_last_closings(contract, count))
        keeper.closings(contract, closings, of_contract(CLOSINGS, contract))
        whole = [each for each in closings.closings if each.is_whole]
        latest = documents.moment(whole[-1].end) if whole else None
        keeper.tell(of_contract(CLOSINGS, contract), {"latest": latest})
        self.is_unfinished |= keeper.is_unfinished

    async def _read_events(self, reader: InformationReader, keeper: Keeper) -> None:
        """Each record from where it is known on."""
        for record in EVENT_RECORDS:
            reading = read_record(reader, self._store, keeper.key, record, thorough=self.thorough)
            found = await self._asked(_(words.STEPS[EVENTS], record=record), reading)
            refused = [absence for absence in found.absences if not absence.is_empty]
            keeper.lack(f"{EVENTS}-{record}", (*refused, *found.kept))
            self.is_unfinished |= found.is_unfinished

    @property
    def _now(self) -> datetime:
        assert self.reader is not None
        return self.reader.meter.line.clock.wall().astimezone(self.connection.zone)
