"""A meter that is replaced while the collector reads it: what the new one says is kept as its own."""

from __future__ import annotations

import asyncio
from itertools import combinations
from pathlib import Path

import pytest
from iec102.asdu import Identity
from iec102.simulator import LineSpeed, SimulatorConfig, knowledge
from iec102_tui.archive.contents import ArchivedLoadProfile, contents
from support.collecting import Scene, play
from support.living_meter import LivingMeter

HOUR = 3600.0


@pytest.mark.parametrize("after", [150.0, 200.0])
def test_no_record_of_the_new_meter_is_kept_as_one_of_the_old_and_reading_goes_on(after: float, tmp_path: Path) -> None:
    first, second = (SimulatorConfig(seed=seed, line=LineSpeed.parse("1200-8E1")) for seed in (1, 2))

    async def story(scene: Scene) -> None:
        scene.write_profiles(north={"config": first})
        async with scene.running():
            await asyncio.sleep(after)
            scene.lines["tcp://north:1"].meter = LivingMeter(second)
            scene.lines["tcp://north:1"].cut()
            await asyncio.sleep(6 * HOUR)
            status = scene.meter("north")
            assert {name: each.problem for name, each in status.work.items()} == dict.fromkeys(status.work)

    play(tmp_path, story)
    path = tmp_path / "archive.sqlite"
    kept = []
    for each in contents(path):
        profile = ArchivedLoadProfile(path, each.meter, each.register, each.incremental, each.summer_time)
        kept.append({record.end: record.totals for record in profile.records(each.extent.first, each.extent.last)})
    assert len(kept[-1]) > 24
    assert not any(one[end] == other[end] for one, other in combinations(kept, 2) for end in one.keys() & other.keys())


def test_a_meter_that_tells_something_else_of_itself_is_read_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its number is the same, the date of the standard is that of another program."""
    monkeypatch.setattr(knowledge, "_identity_of", lambda config: Identity(2002, config.seed, 251, 4711))

    async def story(scene: Scene) -> None:
        scene.write_profiles(north={"config": SimulatorConfig(seed=4)})
        async with scene.running():
            await asyncio.sleep(HOUR)
            scene.lines["tcp://north:1"].meter = LivingMeter(SimulatorConfig(seed=5))
            scene.lines["tcp://north:1"].cut()
            await asyncio.sleep(6 * HOUR)
            status = scene.meter("north")
            assert {name: each.problem for name, each in status.work.items()} == dict.fromkeys(status.work)

    play(tmp_path, story)
