"""Whoever leaves a meter or the program is asked while something goes on with it, and told where the files are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from iec102.gateway import GatewayStatus
from iec102.gateway.status import ClientStatus
from iec102.load_profile.download import Progress
from iec102_tui.app import MonitorApp
from iec102_tui.archive.load_profile_store import MemoryLoadProfileStore
from iec102_tui.config import Config, Folders
from iec102_tui.meter_side.download_job import DownloadJob
from iec102_tui.meter_side.downloads import Downloads
from iec102_tui.meter_side.session import Session
from iec102_tui.profiles.connection import Connection, demo
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.widgets.pick_dialog import PickScreen
from support.curves import local, wanted
from support.program import on_terminal
from support.still_meter import StillSession, reading, snapshot
from support.waiting import on_screen
from textual.pilot import Pilot
from textual.widgets import Static

NOVEMBER = wanted(local(2026, 11, 1), local(2026, 11, 3))
FILES = {"Readings are in": "readings-*", "A copy is in": "grid-*", "frames are in": "frames-*"}
Steps = Callable[[MonitorApp, "Pilot[int]", Session], Coroutine[Any, Any, None]]


class Sharing(StillSession):
    """One application is connected to the gateway."""

    @property
    def service(self) -> Any:
        return self

    recorder = None
    is_running = True

    @property
    def gateway(self) -> GatewayStatus | None:
        return GatewayStatus("tcp://127.0.0.1:40102", (ClientStatus("127.0.0.1:40312", 0.0),))


def drive(steps: Steps, folder: Path, session: Session, connection: Connection | None = None) -> None:
    async def run() -> None:
        config = Config(folders=Folders(exports=folder, captures=folder))
        app = MonitorApp(session, connection, config, store=ProfileStore(folder / "profiles.toml"))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            try:
                await steps(app, pilot, session)
            finally:
                session.close()

    asyncio.run(run())


def asked(app: MonitorApp) -> str:
    """The text of the question, empty where nothing is asked."""
    found = app.screen.query(".text").results(Static) if isinstance(app.screen, PickScreen) else ()
    return "".join(str(text.content) for text in found)  # which are not there at once


@pytest.mark.parametrize("key", ["c", "d"])
def test_a_meter_is_not_left_with_a_recording_without_a_question(key: str, tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: Session) -> None:
        await on_screen(pilot, lambda: session.latest is not None and session.latest.reads > 0)
        await pilot.press("r", "1")
        before = session.service
        await pilot.press(key)
        await on_screen(pilot, lambda: "Readings are being recorded to" in asked(app))
        await pilot.press("down", "enter")
        await pilot.pause()
        assert session.service is before
        await pilot.press(key)
        await on_screen(pilot, lambda: bool(asked(app)))
        await pilot.press("enter")
        await on_screen(pilot, lambda: session.service is not before)
        (path,) = tmp_path.glob("readings-*.csv")
        assert any("were recorded to" in note.message and path.name in note.message for note in app._notifications)
        assert session.written == {path: "Readings are"}

    drive(steps, tmp_path, Session(), demo())


def test_a_meter_that_only_reads_is_left_at_once(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: Session) -> None:
        await on_screen(pilot, lambda: session.latest is not None and session.latest.reads > 0)
        before = session.service
        await pilot.press("1", "c")
        await on_screen(pilot, lambda: session.service is not before)

    drive(steps, tmp_path, Session(), demo())


def test_a_running_download_is_asked_about_before_the_meter_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: Session) -> None:
        await on_screen(pilot, lambda: session.latest is not None and session.latest.reads > 0)
        monkeypatch.setattr(Downloads, "runs", lambda _downloads, _connection: True)
        await pilot.press("1", "c")
        await on_screen(pilot, lambda: "A download is running" in asked(app))

    drive(steps, tmp_path, Session(), demo())


def test_the_progress_of_another_meter_is_not_shown(tmp_path: Path) -> None:
    session = StillSession(snapshot(reading()))

    async def steps(app: MonitorApp, pilot: Pilot[int], _session: Session) -> None:
        job = DownloadJob(demo(), NOVEMBER, MemoryLoadProfileStore())
        job.progress = Progress(expected=48, records=20)
        session.downloads.job = job
        await pilot.press("4")
        await pilot.pause()
        shown = app.screen.query_one("#load-profile-progress", Static)
        assert "20 of 48" in str(shown.content)
        session.connection = replace(demo().with_settings(target="tcp://192.0.2.1:40001"), name="other")
        session.show(snapshot(reading()))
        await pilot.pause()
        assert str(shown.content) == "g downloads this range"

    drive(steps, tmp_path, session)


def test_q_asks_while_an_application_uses_the_gateway(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: Session) -> None:
        await pilot.press("q")
        assert asked(app) == "1 application reads the meter through the gateway."
        await pilot.press("escape")
        assert app.return_code is None
        await pilot.press("q", "enter")
        await pilot.pause()
        assert app.return_code == 0

    drive(steps, tmp_path, Sharing(snapshot(reading())))


def test_all_files_that_were_written_are_named_at_the_end(tmp_path: Path) -> None:
    with on_terminal("--demo", columns=80, rows=24, HOME=str(tmp_path)) as terminal:
        terminal.wait_for("connected")
        terminal.type(b"r")
        terminal.wait_for("REC 0:")
        terminal.type(b"Y3c")
        terminal.wait_for("REC")
        terminal.type(b"q")
        assert terminal.end() == 0
        end = terminal.drawn.rpartition(b"\x1b[?1049l")[2].decode()
    for words, pattern in (
        ("Readings are in", "readings-*"),
        ("A copy is in", "grid-*"),
        ("frames are in", "frames-*"),
    ):
        (path,) = tmp_path.rglob(pattern)
        assert f"{words} {path}" in end


@pytest.mark.parametrize(("keys", "size", "pane"), [(b"r", (120, 40), slice(78)), (b"3c", (160, 50), slice(96, 160))])
def test_where_a_recording_goes_can_be_read_beside_the_other_panes(
    keys: bytes, size: tuple[int, int], pane: slice, tmp_path: Path
) -> None:
    home = tmp_path / "a-folder-with-a-rather-long-name"
    with on_terminal("--demo", columns=size[0], rows=size[1], HOME=str(home)) as terminal:
        terminal.wait_for("connected")
        terminal.type(keys)
        terminal.wait_for("REC")
        (path,) = (path for path in home.rglob("*-*-*") if path.suffix in (".csv", ".jsonl"))

        def told() -> str:
            shown = "".join(line[pane] for line in terminal.screen().splitlines())
            return "".join(char for char in shown if char.isalnum() or char in "-_./")

        assert terminal.until(lambda: str(path.relative_to(home)) in told()), terminal.screen()
