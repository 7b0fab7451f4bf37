"""What a meter tells of some months, read into the archive: load profiles, closings, calendar, powers, events."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from iec102.asdu import Identity
from iec102.asdu.summer_time import SummerTime
from iec102.errors import ContentTimeout, RegisterNotAvailable, RequestRefused
from iec102.load_profile.intervals import Register
from iec102.meter.device import CONTRACTS, DeviceConfiguration
from iec102.meter.information import InformationReader
from iec102.meter.meter import Meter
from iec102.meter.same_meter import SameMeter

from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.meter_data import documents
from iec102_tui.meter_data.known import CLOSINGS, CONFIGURATION, EVENTS, IDENTITY, of_contract
from iec102_tui.meter_data.month import EVENT_RECORDS_NEEDED
from iec102_tui.meter_side.download import LoadProfileDownload
from iec102_tui.meter_side.event_reading import read_record_of
from iec102_tui.meter_side.keeping import Keeper
from iec102_tui.profiles.connection import Connection

if TYPE_CHECKING:
    from iec102_tui.archive.archive import Archive
    from iec102_tui.archive.contents import MeterKey
    from iec102_tui.archive.meter_data_store import MeterDataStore

_REGISTERS = (Register.QUARTER_HOURLY, Register.HOURLY, Register.DAILY)
_PATIENCE = 5
_DAY = timedelta(days=1)


class MonthReading:
    """Reads (``start``, ``end``] of one meter into an archive. ``key`` and ``mode`` are there when it is over.

    ``mode``: how the times of its records were converted. ``on_progress`` is given the download that runs.
    """

    def __init__(
        self,
        connection: Connection,
        path: Path,
        start: datetime,
        end: datetime,
        *,
        on_progress: Callable[[LoadProfileDownload], None] = lambda _download: None,
    ) -> None:
        self.key: MeterKey | None = None
        self.mode = SummerTime.BIT
        self._connection = connection
        self._path = path
        self._start, self._end = start, end
        self._on_progress = on_progress

    async def run(self, meter: Meter) -> None:
        """Downloads and asks. Raises Iec102Error where line, link or key fail, and ArchiveError."""
        from iec102_tui.archive.archive import Archive  # loads SQLite, which a monitor without downloads does not need
        from iec102_tui.archive.meter_data_store import MeterDataStore

        meter = SameMeter.like(meter)
        archive, store = await asyncio.to_thread(Archive, self._path), MeterDataStore(self._path)
        try:
            for register in _REGISTERS:
                await self._download(meter, archive, register)
            self.mode = meter.summer_time.conversion.mode
            await self._ask(meter, store)
        finally:
            await asyncio.to_thread(archive.close)
            await asyncio.to_thread(store.close)

    async def _download(self, meter: Meter, archive: Archive, register: Register) -> None:
        """What the meter does not have of a register is not compared."""
        from iec102_tui.archive.load_profile_store import ArchiveLoadProfileStore

        wanted = Wanted(self._start, self._end, "", register, True)
        store = ArchiveLoadProfileStore(self._path, archive)
        download = LoadProfileDownload(self._connection, wanted, store, patience=_PATIENCE)
        with contextlib.suppress(RequestRefused, RegisterNotAvailable, ContentTimeout):
            await download.run(meter, lambda: self._on_progress(download))

    async def _ask(self, meter: Meter, store: MeterDataStore) -> None:
        """The closings and the calendar of each contract that is billed, and the events."""
        from iec102_tui.archive.contents import key_of_address, key_of_identity

        reader = InformationReader(meter)
        identity = await reader.read_identity()
        station = meter.station
        key = key_of_identity(identity, station) if isinstance(identity, Identity) else key_of_address(station)
        self.key = key
        store.remember(self._connection.target, self._connection.station, key)
        keeper = Keeper(store, key, lambda: meter.line.clock.wall().astimezone(meter.zone))
        keeper.answer(IDENTITY, identity, Identity, documents.identity)
        configuration = await reader.read_configuration()
        keeper.answer(CONFIGURATION, configuration, DeviceConfiguration, documents.configuration)
        active = configuration.active_contracts if isinstance(configuration, DeviceConfiguration) else ()
        contracts = active or CONTRACTS
        for contract in contracts:
            found = await reader.read_closings(contract, self._start, self._end + _DAY)
            keeper.closings(contract, found, of_contract(CLOSINGS, contract))
            if active or found.closings or contract == contracts[0]:
                keeper.tables(contract, await reader.read_tariff_tables(contract))
                keeper.powers(contract, await reader.read_contracted_powers(contract))
                keeper.holidays(contract, await reader.read_holidays(contract))
        for record in EVENT_RECORDS_NEEDED:
            events = await read_record_of(reader, store, key, record, self._start, self._end)
            if events is not None:
                refused = [absence for absence in events.absences if not absence.is_empty]
                keeper.lack(f"{EVENTS}-{record}", (*refused, *events.kept))
