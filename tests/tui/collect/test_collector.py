"""The collector in virtual time: meters in memory, a broker that comes and goes, files that change."""

from __future__ import annotations

import asyncio
import itertools
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest
from iec102.load_profile.intervals import Register
from iec102.simulator.station import MeterStation
from iec102_tui.archive.contents import contents
from iec102_tui.collect.meter import CollectedMeter
from support.collecting import Scene, play
from support.living_meter import START, LivingMeter

HOUR = 3600.0


def test_everything_of_two_meters_goes_into_archive_and_broker_once(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.write_profiles(north={"collect": {"live": 60}}, south={"collect": {"live": 60, "profile": "daily"}})
        async with scene.running():
            await asyncio.sleep(3 * HOUR)
            assert scene.meter("north").state == "connected"
            assert scene.meter("north").readings in (180, 181)
            assert scene.meter("north").late == 0

    scene = play(tmp_path, story)
    for part in ("north/profile/hourly", "north/event", "north/closing", "south/profile/daily", "south/event"):
        keys = scene.keys(part)
        assert len(keys) == len(set(keys)) >= 2, part
    hours = scene.keys("north/profile/hourly")
    assert len(hours) == 2 * 24 + 2
    assert [datetime.fromisoformat(key) for key in hours] == sorted(map(datetime.fromisoformat, hours))
    archived = {
        (each.meter.identity, each.register): each.extent.records for each in contents(tmp_path / "archive.sqlite")
    }
    assert {register for _, register in archived} == {Register.HOURLY, Register.DAILY}
    assert sorted(archived.values()) == [2, len(hours)]
    assert len(list(scene.documents("north/live"))) in (180, 181)


def test_it_publishes_what_it_knows_of_the_meter_with_its_values(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.write_profiles(north={"collect": {"live": 10}})
        async with scene.running():
            await asyncio.sleep(60)

    scene = play(tmp_path, story)
    last = list(scene.documents("north/live"))[-1]
    assert last["identity"] == "251-48304838"
    assert abs(last["clock_difference"]) < 1
    info = list(scene.documents("north/info"))[-1]
    assert info["identity"] == last["identity"]
    states = [each["state"] for each in scene.documents("north/state")]
    assert "connected" in states
    assert states[-1] == "idle"
    assert [each["state"] for each in scene.documents("state")][-1] == "offline"


def test_it_publishes_how_complete_the_running_month_is(tmp_path: Path) -> None:
    def counts(scene: Scene) -> list[tuple[int, str]]:
        return [(each.get("month_gaps", -1), each.get("month_until", "")) for each in scene.documents("north/info")]

    async def story(scene: Scene) -> None:
        scene.write_profiles(north={}, south={"collect": {"profile": "daily"}})
        async with scene.running():
            await asyncio.sleep(2 * HOUR)
            scene.lines["tcp://north:1"].off = True
            await asyncio.sleep(3 * HOUR)
        before = len(counts(scene))
        async with scene.running():  # what it has is told before the meter answers
            await asyncio.sleep(60)
        assert counts(scene)[before:][-1] == (missing + 3, "2026-11-22T14:00:00+01:00")
        scene.lines["tcp://north:1"].switch_on()
        async with scene.running():
            await asyncio.sleep(HOUR / 2)

    missing = (21 * 24 + 9) - (2 * 24 - 1)  # to 9 o'clock there are those of two days
    scene = play(tmp_path, story)
    found = counts(scene)
    assert found[0] == (-1, "")
    assert sorted({*found[1:]} - {(-1, "")}) == [
        (missing, f"2026-11-22T{hour:02}:00:00+01:00") for hour in (9, 10, 14)
    ] + [(missing + 3, "2026-11-22T14:00:00+01:00")]
    assert not any("month_gaps" in each for each in scene.documents("south/info"))


def test_what_was_published_is_not_published_again_after_a_restart(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.write_profiles(north={})
        async with scene.running():
            await asyncio.sleep(HOUR / 4)
        async with scene.running():
            await asyncio.sleep(2 * HOUR)

    scene = play(tmp_path, story)
    for part, least in (("north/profile/hourly", 2 * 24 + 2), ("north/event", 3), ("north/closing", 3)):
        keys = scene.keys(part)
        assert len(keys) == len(set(keys)) >= least, part


def test_without_a_broker_nothing_is_noted_and_all_is_archived(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.write_profiles(north={})
        async with scene.running():
            await asyncio.sleep(HOUR / 4)
            assert scene.collector is not None
            assert scene.collector.status().site is None
        scene.write_config(broker=True)
        async with scene.running():
            await asyncio.sleep(2 * HOUR)

    scene = play(tmp_path, story, broker=False)
    assert len(scene.keys("north/profile/hourly")) == 2


def test_a_meter_that_is_dead_delays_no_other_and_is_read_when_it_is_back(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.write_profiles(north={"collect": {"live": 5}}, dead={"collect": {"live": 5}})
        scene.lines["tcp://dead:1"].off = True
        async with scene.running():
            await asyncio.sleep(HOUR)
            assert scene.meter("north").late == 0
            assert scene.meter("north").readings > 700
            assert scene.meter("dead").readings == 0
            assert "no answer" in str(scene.meter("dead").reason)
            scene.lines["tcp://dead:1"].switch_on()
            await asyncio.sleep(HOUR / 4)
            assert scene.meter("dead").state == "connected"

    scene = play(tmp_path, story)
    assert len(scene.keys("dead/profile/hourly")) == 48


def test_meters_behind_one_line_share_it_and_its_gateway(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        both = {"target": "tcp://line:1", "collect": {"live": 5}}
        scene.write_profiles(one=both, two={**both, "point_address": 1})
        async with scene.running():
            await asyncio.sleep(60)
            assert scene.meter("one").readings > 5
            assert scene.meter("two").readings > 5
            assert scene.meter("one").gateway == scene.meter("two").gateway is not None
        assert scene.opened == {"tcp://line:1": 1}

    play(tmp_path, story)


def test_who_is_connected_through_a_gateway_is_never_told_that_it_is_gone(tmp_path: Path) -> None:
    """Neither when a meter is added nor when it is added anew: a monitor would take the meter's own line."""
    told: list[str | None] = []

    async def story(scene: Scene) -> None:
        write = mock.patch.object(scene, "write", lambda status: told.extend(each.gateway for each in status.meters))
        scene.write_profiles(north={})
        with write:
            async with scene.running() as collector:
                await asyncio.sleep(HOUR / 4)
                scene.write_profiles(north={"poll_period": 30})
                collector.reload()
                await asyncio.sleep(HOUR / 4)

    play(tmp_path, story)
    assert len(told) > 10
    assert len(set(told)) == 1


def test_a_reload_keeps_what_did_not_change_adds_what_is_new_and_drops_what_is_gone(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.write_profiles(kept={}, gone={}, changed={}, replanned={})
        async with scene.running() as collector:
            await asyncio.sleep(HOUR / 4)
            before = scene.meter("kept")
            scene.write_profiles(kept={}, changed={"retries": 5}, new={}, replanned={"collect": {"every": "15min"}})
            collector.reload()
            await asyncio.sleep(HOUR / 4)
            assert [each.name for each in collector.status().meters] == ["kept", "replanned", "changed", "new"]
            assert scene.meter("kept").readings > before.readings
            assert scene.meter("kept").gateway == before.gateway
            assert scene.meter("new").state == "connected"
            assert scene.opened == {f"tcp://{name}:1": 1 for name in ("kept", "gone", "replanned", "new")} | {
                "tcp://changed:1": 2
            }
            due = datetime.fromisoformat(str(scene.meter("replanned").work["profile"].due))
            assert due < START + timedelta(minutes=50)
            assert scene.notes.words() == ["READY", "RELOADING", "READY"]
            states = {name: list(scene.documents(f"{name}/state"))[-1]["state"] for name in ("kept", "gone")}
            assert states == {"kept": "connected", "gone": "idle"}

    scene = play(tmp_path, story)
    assert scene.notes.words()[-1] == "STOPPING"


def test_a_reload_of_files_that_are_wrong_changes_nothing_and_says_so(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.write_profiles(north={})
        async with scene.running() as collector:
            await asyncio.sleep(60)
            scene.profiles.write_text("[profiles")
            collector.reload()
            await asyncio.sleep(60)
            assert "profiles.toml" in collector.status().problems[0]
            assert scene.meter("north").state == "connected"
            scene.write_profiles(north={})
            collector.reload()
            await asyncio.sleep(60)
            assert collector.status().problems == ()
            assert scene.opened == {"tcp://north:1": 1}

    play(tmp_path, story)


def test_a_reload_with_another_broker_publishes_there_and_leaves_the_meters_alone(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.write_profiles(north={"collect": {"live": 10}})
        async with scene.running() as collector:
            await asyncio.sleep(HOUR / 4)
            scene.write_config(broker=True, topic="other")
            collector.reload()
            await asyncio.sleep(60)
            assert scene.publishing[0].closed
            assert scene.opened == {"tcp://north:1": 1}
            live = [each.topic for each in scene.broker.received if each.topic.endswith("/live")]
            assert live[-1] == "other/box/north/live"
            assert scene.broker.retained["iec102/box/state"].startswith('{"state":"offline"')
            scene.write_config(broker=False)
            collector.reload()
            await asyncio.sleep(60)
            assert collector.status().site is None

    play(tmp_path, story)


def test_an_archive_that_cannot_be_opened_is_said_and_opened_later(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.write_profiles(north={"collect": {"live": 5}})
        (tmp_path / "archive.sqlite").mkdir()
        async with scene.running() as collector:
            await asyncio.sleep(HOUR / 4)
            assert "archive.sqlite" in str(collector.status().archive)
            assert "archive.sqlite" in str(scene.meter("north").work["events"].problem)
            assert scene.meter("north").late == 0
            (tmp_path / "archive.sqlite").rmdir()
            await asyncio.sleep(HOUR)
            assert collector.status().archive is None
            assert scene.meter("north").work["events"].problem is None

    scene = play(tmp_path, story)
    assert len(scene.keys("north/profile/hourly")) >= 48


@pytest.mark.parametrize("fault", [False, True])
def test_a_password_that_is_refused_is_sent_once(fault: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(scene: Scene) -> None:
        scene.write_profiles(north={"password": 7})
        async with scene.running():
            await asyncio.sleep(60)
            said = scene.meter("north").reason
            scene.lines["tcp://north:1"].cut()
            await asyncio.sleep(6 * HOUR)
            assert scene.meter("north").state == "refused"
            assert scene.meter("north").reason == said
            assert fault or scene.meter("north").work["profile"].failures > 3

    async def fails(_meter: CollectedMeter) -> None:
        await asyncio.sleep(HOUR)
        raise RuntimeError("a fault of the program")

    if fault:
        monkeypatch.setattr(CollectedMeter, "run", fails)
    made = []
    keep = LivingMeter.station

    def station(meter: LivingMeter) -> MeterStation:
        made.append(keep(meter))
        return made[-1]

    monkeypatch.setattr(LivingMeter, "station", station)
    play(tmp_path, story)
    assert sum(each.logins for each in made) == 1


def test_the_watchdog_is_told_often_enough(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.write_profiles(north={})
        async with scene.running():
            await asyncio.sleep(600)

    scene = play(tmp_path, story, watchdog=9.0)
    times = [at for at, word in scene.notes.told if word == "WATCHDOG"]
    assert max(b - a for a, b in itertools.pairwise(times)) <= 4.5


def test_it_ends_also_where_it_is_asked_to_read_its_files_again_in_the_same_moment(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.write_profiles(north={})
        async with scene.running() as collector:
            await asyncio.sleep(HOUR)
            collector.reload()
        assert asyncio.get_running_loop().time() < HOUR + 15

    play(tmp_path, story)


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.3, 7.0, 120.0])
def test_whenever_it_is_asked_to_end_it_ends_within_seconds(tmp_path: Path, seconds: float) -> None:
    async def story(scene: Scene) -> None:
        scene.write_profiles(north={"collect": {"live": 1}}, dead={})
        scene.lines["tcp://dead:1"].off = True
        async with scene.running():
            await asyncio.sleep(seconds)
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 15

    scene = play(tmp_path, story)
    assert scene.notes.words()[-1] == "STOPPING"


def test_a_broker_that_is_away_for_ten_hours_gets_everything_of_twenty_meters_in_order(tmp_path: Path) -> None:
    names = [f"meter{number}" for number in range(20)]
    collect = {"live": 600, "events": "never", "closings": "never"}

    async def story(scene: Scene) -> None:
        scene.back = timedelta(hours=1)
        scene.write_profiles(**{name: {"collect": collect} for name in names})
        async with scene.running() as collector:
            await asyncio.sleep(HOUR)
            scene.broker.stop("a", "b")
            await asyncio.sleep(10 * HOUR)
            away = collector.status()
            assert not away.connected
            assert away.waiting >= 20 * (60 + 9)
            scene.broker.away.clear()
            await asyncio.sleep(HOUR)
            there = collector.status()
            assert (there.connected, there.waiting, there.dropped_live, there.dropped_records) == (True, 0, 0, 0)
            for meter in there.meters:
                assert meter.late == 0
                assert meter.readings in (72, 73)
                read[meter.name] = meter.readings

    read: dict[str, int] = {}
    scene = play(tmp_path, story)
    for name in names:
        now = [each["time"] for each in scene.documents(f"{name}/live")]
        late = [each["time"] for each in scene.documents(f"{name}/live/late")]
        assert len(set(now) | set(late)) == len(now) + len(late)
        assert len(now) + len(late) - read[name] in (0, 1), "the last may come while it ends"
        assert now == sorted(now), "no old value is ever the retained one"
        assert late == sorted(late)
        hours = scene.keys(f"{name}/profile/hourly")
        assert hours == sorted(set(hours))
        assert len(hours) >= 11
