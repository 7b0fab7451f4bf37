"""How many keys the usual jobs take; a value that is typed counts as one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from iec102_tui.app import MonitorApp
from iec102_tui.archive.load_profile_store import MemoryLoadProfileStore
from iec102_tui.config import Config, Folders
from iec102_tui.meter_side.downloads import Downloads
from iec102_tui.meter_side.session import Session
from iec102_tui.profiles.connection import Connection, connection_of, demo
from iec102_tui.profiles.last_meter import remember
from iec102_tui.profiles.store import ProfileStore
from support.still_meter import StillSession, reading, snapshot
from support.waiting import on_screen
from textual.pilot import Pilot

METERS = "".join(
    f'[profiles.{name}]\ntarget = "tcp://192.0.2.{number}:40001"\npassword = 1\n'
    for number, name in enumerate(("north", "south", "west"), 1)
)


class Noting(StillSession):
    """Notes which meters it is asked for, and shows none of them."""

    def __init__(self, *, chosen: bool) -> None:
        super().__init__(snapshot(reading()) if chosen else None)
        self.asked: list[str] = []
        if not chosen:
            self.connection = None  # type: ignore[assignment]

    def connect(self, connection: Connection, *, asked: bool = True) -> None:
        self.asked.append(connection.name)
        self.connection = connection


class Fingers:
    """Presses keys and counts them."""

    def __init__(self, app: MonitorApp, pilot: Pilot[int]) -> None:
        self.app, self._pilot, self.count = app, pilot, 0

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.count += 1
            await self._pilot.press(key)
            await self._pilot.pause()

    async def type(self, text: str) -> None:
        self.count += 1
        await self._pilot.press(*text)
        await self._pilot.pause()

    async def until(self, condition: Callable[[], bool]) -> None:
        await on_screen(self._pilot, condition)

    @property
    def sees_live(self) -> bool:
        live = self.app.screen.query_one("#live")
        return bool(live.display) and live.region.area > 0


def do(
    job: Callable[[Fingers], Awaitable[None]],
    session: Session,
    folder: Path,
    meters: str = "",
    config: Config | None = None,
) -> int:
    """Gives how many keys the job took."""
    path = folder / "profiles.toml"
    if meters:
        path.write_text(meters)

    async def run() -> int:
        app = MonitorApp(session, None, config, store=ProfileStore(path))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            fingers = Fingers(app, pilot)
            await job(fingers)
            return fingers.count

    try:
        return asyncio.run(run())
    finally:
        session.close()


def test_the_first_demo_takes_one_key(tmp_path: Path) -> None:
    session = Noting(chosen=False)

    async def job(fingers: Fingers) -> None:
        await fingers.press("enter")
        await fingers.until(lambda: session.asked == ["demo"] and fingers.sees_live)

    assert do(job, session, tmp_path) == 1


def test_last_month_is_downloaded_seen_and_exported_by_seven_keys(tmp_path: Path) -> None:
    session = Session(downloads=Downloads(MemoryLoadProfileStore()))

    async def job(fingers: Fingers) -> None:
        session.connect(connection_of("demo", demo().profile))
        await fingers.until(lambda: session.latest is not None and session.latest.reads > 0)
        await fingers.press("4", "p", "down", "enter", "g")
        await fingers.until(lambda: session.downloads.job is not None and session.downloads.job.ended)
        assert session.downloads.job is not None
        assert not session.downloads.job.error
        await fingers.press("e", "enter")
        await fingers.until(lambda: len([*tmp_path.glob("*.csv")]) == 1)

    folders = Folders(exports=tmp_path)
    assert do(job, session, tmp_path, config=Config(folders=folders)) == 7
    (exported,) = tmp_path.glob("*.csv")
    assert len(exported.read_text().splitlines()) > 28 * 24


def test_the_next_meter_takes_two_keys_and_one_by_its_name_three(tmp_path: Path) -> None:
    session = Noting(chosen=True)

    async def following(fingers: Fingers) -> None:
        await fingers.press("ctrl+o", "enter")
        await fingers.until(lambda: session.asked == ["north"] and fingers.sees_live)

    assert do(following, session, tmp_path, METERS) == 2

    async def named(fingers: Fingers) -> None:
        await fingers.press("ctrl+o")
        await fingers.type("west")
        await fingers.press("enter")
        await fingers.until(lambda: session.asked == ["north", "west"])

    assert do(named, session, tmp_path, METERS) == 3


def test_back_after_a_closed_terminal_takes_one_key(tmp_path: Path) -> None:
    """Or none: ``--last`` opens that meter by itself."""
    remember(connection_of("south", demo().profile))
    session = Noting(chosen=False)

    async def job(fingers: Fingers) -> None:
        await fingers.press("enter")
        await fingers.until(lambda: session.asked == ["south"] and fingers.sees_live)

    assert do(job, session, tmp_path, METERS) == 1
