"""A password that a meter has refused is not sent again by the collector, whatever changes beside it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from iec102.asdu import Password
from iec102.errors import AccessError, KeyRefused
from iec102.simulator import SimulatorConfig
from iec102.simulator.station import MeterStation
from iec102_tui.collect.refused import RefusedFile
from iec102_tui.profiles.connection import Connection, connection_of
from iec102_tui.profiles.settings_table import Profile
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


@pytest.mark.parametrize("quirks", [set(), {"silent-login"}])
@pytest.mark.parametrize(("is_asked", "password", "sent"), [(False, 7, 1), (True, 7, 2), (False, 1, 2)])
def test_who_is_started_again_by_itself_does_not_send_it_again(
    quirks: set[str],
    is_asked: bool,
    password: int,
    sent: int,
    stations: list[MeterStation],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that was killed is, at once; a person who has ended it wants it to be sent."""
    path = tmp_path / "refused.json"

    async def story(scene: Scene) -> None:
        nothing = {"collect": {"profile": "none", "events": "never", "closings": "never"}}
        north = {"config": SimulatorConfig(quirks=frozenset(quirks)), **nothing}
        scene.write_profiles(north={"password": 7, **north}, south=nothing)
        async with scene.running(refused=RefusedFile(path)):
            await asyncio.sleep(300)
            assert scene.meter("north").state == "refused"
            first, left = logins(stations), path.read_text()
        assert len(json.loads(left)["refused"]) == 1
        assert not path.exists()
        if not is_asked:
            path.write_text(left)
        scene.write_profiles(north={"password": password, **nothing}, south=nothing)
        async with scene.running(refused=RefusedFile(path)):
            await asyncio.sleep(300)
            assert logins(stations) - first == sent  # one of them is that of the other meter
            assert scene.meter("south").state == "connected"
            assert scene.meter("north").state == ("connected" if password == 1 else "refused")

    play(tmp_path, story)


class _SlowFile(RefusedFile):
    """Writes what it is to keep only when it may."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.keeping, self.may_write = asyncio.Event(), threading.Event()
        self._loop = asyncio.get_running_loop()

    def keep(self, refusals: Iterable[tuple[Connection, AccessError]]) -> None:
        found = list(refusals)
        if found:
            self._loop.call_soon_threadsafe(self.keeping.set)
            assert self.may_write.wait(10)
        super().keep(found)


def test_what_is_being_written_at_an_end_that_was_asked_for_is_forgotten_too(tmp_path: Path) -> None:
    path = tmp_path / "refused.json"

    async def story(scene: Scene) -> None:
        async def end_later() -> None:
            await file.keeping.wait()
            ending.set()
            for _ in range(20):
                await asyncio.sleep(0)
            file.may_write.set()

        file, ending = _SlowFile(path), asyncio.Event()
        scene.write_profiles(north={"password": 7})
        end = asyncio.create_task(end_later())
        async with scene.running(refused=file):
            await ending.wait()
        await end
        assert not path.exists()

    play(tmp_path, story)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"version": 1}', '{"version": 1, "salt": "", "refused": {}}', "[" * 9999, "\x00"],
    ids=lambda text: text[:20],
)
def test_a_file_that_cannot_be_read_is_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "refused.json"
    path.write_text(text)
    north = connection_of("north", Profile(target="tcp://north:1", password=Password(7)))
    file = RefusedFile(path)
    assert file.refusal_of(north) is None
    file.keep([(north, KeyRefused("refused", 9))])
    again = RefusedFile(path)
    refusal = again.refusal_of(north)
    assert isinstance(refusal, KeyRefused)
    assert refusal.cause == 9
    assert again.refusal_of(north.with_settings(target="tcp://south:1")) is None
    again.keep([])
    assert RefusedFile(path).refusal_of(north) is None


def test_where_nothing_can_be_written_it_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file = RefusedFile(tmp_path / "file" / "refused.json")
    file.keep([(connection_of("north", Profile(target="tcp://north:1", password=Password(7))), KeyRefused("refused"))])
    file.forget()
