"""What `verify` asks of a meter beside its values, and what the archive knows of its clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import NamedTuple

from iec102.asdu import TransformerRatios
from iec102.asdu.summer_time import Keeping
from iec102.meter.absence import Absence, KeptBytes
from iec102.meter.closings import Closing
from iec102.meter.device import DeviceConfiguration, MeasuringPointParameters, RecorderSettings
from iec102.meter.information import InformationReader
from iec102.meter.reading import ClockReading
from iec102.settings import Station
from iec102.verdict.device import (
    judge_address,
    judge_closings,
    judge_drift,
    judge_meter_clock,
    judge_settings,
    judge_summer_bit,
)
from iec102.verdict.judgement import Judgement

from iec102_tui.archive import ArchiveError
from iec102_tui.archive.contents import MeterKey, default_path
from iec102_tui.archive.meter_data_store import MeterDataStore
from iec102_tui.meter_data.clock_drift import Drift, drift
from iec102_tui.meter_side.event_reading import settle_tags


class Settings(NamedTuple):
    """How a meter is set. ``closings``: the last one of each active contract; ``drift``: None where not known yet."""

    configuration: DeviceConfiguration | Absence | KeptBytes
    recorder: RecorderSettings | Absence
    point: MeasuringPointParameters | Absence | KeptBytes
    clock: ClockReading | Absence
    closings: dict[int, Closing | None]
    keeping: Keeping | None
    drift: Drift | None

    @property
    def ratios(self) -> TransformerRatios | None:
        """Of 142, else of 157."""
        for told, kind in ((self.configuration, DeviceConfiguration), (self.recorder, RecorderSettings)):
            if isinstance(told, kind) and told.ratios is not None:
                ratios: TransformerRatios = told.ratios
                return ratios
        return None

    def judge(self, station: Station, now: datetime) -> list[Judgement]:
        """All but the ratios, which belong to the wiring."""
        found = [judge_meter_clock(self.clock)]
        found.append(judge_drift(None, 0) if self.drift is None else judge_drift(*self.drift))
        found.append(judge_summer_bit(self.keeping))
        found += judge_address(self.point, station.link_address, station.point_address)
        found += judge_settings(self.configuration, self.recorder)
        return found + judge_closings(self.closings, now)


async def ask_settings(reader: InformationReader, key: MeterKey | None) -> Settings:
    """``key``: who answers, whose clock difference is kept; None: nobody knows. Raises Iec102Error."""
    clock = await reader.read_clock()
    known = await asyncio.to_thread(_drift, key, clock)
    configuration, recorder = await reader.read_configuration(), await reader.read_recorder()
    point = await reader.read_point_parameters()
    await settle_tags(reader.meter)
    active = configuration.active_contracts if isinstance(configuration, DeviceConfiguration) else ()
    closings: dict[int, Closing | None] = {}
    for contract in active:
        told = (await reader.read_last_closings(contract)).closings
        closings[contract] = told[-1] if told else None
    return Settings(configuration, recorder, point, clock, closings, reader.meter.summer_time.found, known)


def _drift(key: MeterKey | None, clock: ClockReading | Absence) -> Drift | None:
    """By the differences that are kept, with this one. What the archive cannot do is no reason to judge nothing."""
    if key is None:
        return None
    store = MeterDataStore(default_path())
    try:
        if isinstance(clock, ClockReading) and not clock.repeated:
            store.keep_clock(key, clock.local, clock.difference)
            store.close()
        return drift(store.known(key, UTC).clock)
    except ArchiveError:
        return None
