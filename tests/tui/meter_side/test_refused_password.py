"""A password that was refused, or not answered, goes out once, whatever else is asked of the meter or happens to it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from iec102.errors import AccessError
from iec102.line.state import Phase
from iec102.load_profile.intervals import Register
from iec102.meter.meter import Meter
from iec102_tui.archive.contents import ask_who
from iec102_tui.archive.load_profile_store import MemoryLoadProfileStore
from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.meter_side.download_job import DownloadJob
from iec102_tui.meter_side.event_reading import settle_tags
from iec102_tui.meter_side.meter_service import MeterService
from iec102_tui.meter_side.meters import Meters
from support.scripted_meter import NOW, ScriptedMeter, virtual_clock
from support.scripted_wires import HERE, Wires, saved
from support.virtual_time import run


@pytest.mark.parametrize("login", ["refuse", "silent"])
def test_whatever_is_asked_and_happens_it_is_sent_once(login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wires = Wires(monkeypatch)
    meter = ScriptedMeter(1, key=7)
    meter.login = login
    wires.behind[HERE] = [meter, ScriptedMeter(2)]

    async def main() -> None:
        meters = Meters(clock=virtual_clock())
        north = MeterService(saved("north", current_ratio=None), clock=virtual_clock())
        meters.add(north)
        meters.add(MeterService(saved("south", address=2), clock=virtual_clock()))  # for it the line is opened again
        await asyncio.sleep(60)
        assert phase(north) is Phase.REFUSED

        job = DownloadJob(
            north.connection, Wanted(NOW - timedelta(days=1), NOW, "", Register.HOURLY, True), MemoryLoadProfileStore()
        )
        north.download(job)
        failures: list[str] = []
        for work in (Meter.read_instantaneous, Meter.read_clock, ask_who, settle_tags):
            north.submit(lambda each, work=work: _wait_for(work(each)), failed=failures.append)  # type: ignore[misc]
        await asyncio.sleep(60)
        assert job.ended
        assert job.error is not None
        assert len(failures) == 4

        for _ in range(3):
            wires.lines[0].cut()
            north.hurry()
            await asyncio.sleep(40)
            twin = MeterService(saved("twin"), clock=virtual_clock())
            meters.add(twin, asked=False)
            await asyncio.sleep(60)
            assert phase(twin) is Phase.REFUSED
            await meters.remove(twin)
            with pytest.raises(AccessError):
                await wires_line(meters, north)
        assert phase(north) is Phase.REFUSED
        await meters.close()

    run(main())
    assert len(meter.keys) == 1


async def wires_line(meters: Meters, service: MeterService) -> None:
    """As an application of its gateway asks that has the same password."""
    shared = meters.line_of(service)
    assert shared is not None
    await shared.line.log_in(service.connection.station, who="127.0.0.1:1")


async def _wait_for(work: object) -> None:
    await work  # type: ignore[misc]


def phase(meter: MeterService) -> Phase | None:
    return None if meter.snapshot is None else meter.snapshot.state.phase
