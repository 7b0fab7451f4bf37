"""A password that a meter has refused is not sent again by the collector, whatever changes beside it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from iec102.simulator import SimulatorConfig
from iec102.simulator.station import MeterStation
from support.collecting import Scene, play
from support.living_meter import LivingMeter

HOUR = 3600.0


@pytest.fixture
def stations(monkeypatch: pytest.MonkeyPatch) -> list[MeterStation]:
    """What has counted the logins of each connection."""
    made: list[MeterStation] = []
    keep = LivingMeter.station

    def station(meter: LivingMeter) -> MeterStation:
        made.append(keep(meter))
        return made[-1]

    monkeypatch.setattr(LivingMeter, "station", station)
    return made


def logins(stations: list[MeterStation]) -> int:
    return sum(each.logins for each in stations)


@pytest.mark.parametrize("quirks", [set(), {"silent-login"}])
def test_it_stays_refused_until_the_meter_or_its_password_changes(
    quirks: set[str], stations: list[MeterStation], tmp_path: Path
) -> None:
    """Also one that was not answered counts as refused."""
    changes: list[dict[str, Any]] = [{"timeout": 2000}, {"retries": 1}, {"poll_period": 30}, {"autoconnect": True}]

    async def story(scene: Scene) -> None:
        config = SimulatorConfig(quirks=frozenset(quirks))
        scene.write_profiles(north={"password": 7, "config": config})
        async with scene.running() as collector:
            await asyncio.sleep(HOUR)
            assert logins(stations) == 1
            for change in changes:
                scene.write_profiles(north={"password": 7, **change})
                collector.reload()
                await asyncio.sleep(HOUR)
                assert logins(stations) == 1
                assert scene.meter("north").state == "refused"
                assert "password" in str(scene.meter("north").reason)
            scene.write_profiles(north={"password": 1})
            collector.reload()
            await asyncio.sleep(HOUR)
            assert scene.meter("north").state == "connected"

    play(tmp_path, story)
