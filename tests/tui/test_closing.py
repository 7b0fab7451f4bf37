"""What is under way while the monitor closes, or a screen does, ends before the widgets that it is about."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import iec102_tui
import pytest
from iec102_tui.app import MonitorApp
from iec102_tui.capture_screen import CaptureScreen
from iec102_tui.captures.export import FrameFormat, export_frames
from iec102_tui.captures.reading import open_capture
from iec102_tui.config import Config, Folders
from iec102_tui.files.file_thread import FileThread
from iec102_tui.main_screen import MainScreen
from iec102_tui.panes.connection.pane import ConnectionPane
from iec102_tui.panes.frame_log.pane import FrameLogPane
from iec102_tui.panes.live.pane import LivePane
from iec102_tui.panes.load_profile.pane import LoadProfilePane
from iec102_tui.panes.pane import Pane
from iec102_tui.profiles.store import ProfileStore
from support.captures import HEADER, a_line
from support.known_meter import known_session
from support.screen_states import load_profile
from support.still_meter import StillSession, add_frames
from textual._context import active_message_pump, message_hook
from textual.css.query import NoMatches
from textual.events import Compose, Mount, Unmount
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

T = TypeVar("T")
PROFILES = '[profiles.north]\ntarget = "tcp://192.0.2.1:40001"\npassword = 7\n'
SIZE = (80, 24)
ALL = 1_000_000


class Held:
    """Threads answer only when they are let go: when so many widgets of a screen have gone, or all of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, widgets: int, *, of: type[Screen[Any]] = MainScreen) -> None:
        self.waiting = 0
        self.ended = 0
        self.holds = self._closes = False
        self._left, self._screen = widgets, of
        self._go = asyncio.Event()
        run, to_thread = FileThread.run, asyncio.to_thread
        monkeypatch.setattr(FileThread, "run", lambda thread, *work: self._hold(run(thread, *work)))
        monkeypatch.setattr(asyncio, "to_thread", lambda *work, **named: self._hold(to_thread(*work, **named)))

    async def _hold(self, done: Awaitable[T]) -> T:
        try:
            result = await done
            if self.holds:
                self.waiting += 1
                await self._go.wait()
            return result
        finally:
            self.ended += 1

    def close(self) -> None:
        """From now on widgets go."""
        self._closes = True
        self._gone(0)

    def sees(self, message: Message) -> None:
        if self._closes and isinstance(message, Unmount):
            self._gone(ALL if isinstance(active_message_pump.get(), self._screen) else 1)

    def _gone(self, widgets: int) -> None:
        self._left -= widgets
        if self._left <= 0:
            self._go.set()


def monitor(folder: Path, pane: str = "") -> MonitorApp:
    """On a meter of which something is known, with a saved meter."""
    file = folder / "profiles.toml"
    file.write_text(PROFILES)
    session: Any = known_session() if pane == "5" else load_profile("map", SIZE).app._session
    for _ in range(3):
        add_frames(session)
    config = Config(file=folder / "config.toml", folders=Folders(exports=folder, captures=folder))
    return MonitorApp(session, None, config, store=ProfileStore(file))


async def until(condition: Callable[[], object]) -> None:
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it has not come to that")


# Work by the keys that begin it, and how many widgets have gone before it ends.
WORK = {
    "serial ports": (["1", "o"], 20),
    "the saved meters are read": (["2", "1"], ALL),
    "a meter is copied": (["1", "y"], ALL),
    "a meter is deleted": (["1", "x"], ALL),
    "values are copied": (["2", "y"], ALL),
    "frames are exported": (["3", "e", "enter", "enter"], 20),
    "intervals are loaded": (["2", "4"], 20),
    "a plot is drawn": (["4", "v"], 20),
    "findings are looked for": (["4", "m"], 0),
    "a load profile is exported": (["4", "e"], ALL),
    "meter data are loaded": (["2", "5"], 20),
    "meter data are exported": (["5", "e", "enter"], 20),
    "an option is saved": (["2", "f9", "down", "down", "down", "enter"], ALL),
}


@pytest.mark.parametrize("work", WORK)
def test_what_ends_while_the_monitor_closes_is_no_failure(
    work: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, *between, last), widgets = WORK[work]

    async def run() -> MonitorApp:
        app = monitor(tmp_path, "5" if "5" in (first, last) else "")
        held = Held(monkeypatch, widgets)
        async with app.run_test(size=SIZE, message_hook=held.sees) as pilot:
            await pilot.press(first)
            await app.workers.wait_for_complete()
            await pilot.press(*between)
            held.holds = True
            app.simulate_key(last)
            await until(lambda: held.waiting)
            held.close()
        await until(lambda: held.ended >= held.waiting)
        return app

    assert not asyncio.run(run()).crashed


def test_what_ends_while_a_screen_closes_is_no_failure_and_the_monitor_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "frames.jsonl"
    export_frames(path, a_line(), FrameFormat.JSON_LINES, HEADER)

    async def run() -> None:
        app = monitor(tmp_path)
        held = Held(monkeypatch, 10, of=CaptureScreen)
        async with app.run_test(size=SIZE, message_hook=held.sees) as pilot:
            await pilot.pause()
            app.screen.query_one(ConnectionPane).post_message(ConnectionPane.CaptureOpened(path, open_capture(path)))
            await until(lambda: isinstance(app.screen, CaptureScreen))
            await pilot.pause()
            pane = app.screen.query_one(FrameLogPane)

            async def work() -> None:
                await asyncio.to_thread(int)
                pane.query_one("#log-count", Static).update("late")

            held.holds = True
            pane.run_worker(work)
            await until(lambda: held.waiting)
            held.close()
            await pilot.press("escape")
            await until(lambda: held.ended)
            await pilot.pause()
            assert not app.crashed
            assert isinstance(app.screen, MainScreen)

    asyncio.run(run())


@pytest.mark.parametrize("pane", [LivePane, FrameLogPane, LoadProfilePane, ConnectionPane])
def test_the_monitor_may_be_ended_before_all_of_it_is_there(pane: type[Pane]) -> None:
    async def run() -> MonitorApp:
        app = MonitorApp(StillSession(), None)

        def sees(message: Message) -> None:
            if isinstance(message, (Compose, Mount)) and isinstance(active_message_pump.get(), pane):
                app.exit(0)

        message_hook.set(sees)
        await app.run_async(headless=True, size=SIZE)
        return app

    assert not asyncio.run(run()).crashed


def failing(error: type[Exception], *, closing: bool) -> MonitorApp:
    """A monitor in which something fails while it is open, or while it closes."""

    async def run() -> MonitorApp:
        app = MonitorApp(StillSession(), None)
        go = asyncio.Event()

        class Fails(Static):
            async def on_key_typed(self) -> None:
                await go.wait()
                raise error

        async with app.run_test(size=SIZE):
            widget = Fails()
            await app.screen.mount(widget)
            widget.call_later(widget.on_key_typed)
            app.begin_to_close() if closing else None
            go.set()
            await until(lambda: not widget.is_running or app.crashed)
        return app

    return asyncio.run(run())


def test_an_action_that_finds_nothing_any_more_is_no_failure_once_the_monitor_closes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    assert not failing(NoMatches, closing=True).crashed
    assert "ended after the monitor had begun to close: NoMatches" in caplog.text


@pytest.mark.parametrize(
    ("error", "closing"), [(NoMatches, False), (ZeroDivisionError, False), (ZeroDivisionError, True)]
)
def test_every_other_failure_is_one(error: type[Exception], *, closing: bool) -> None:
    with pytest.raises(error):
        failing(error, closing=closing)


def test_work_is_begun_in_one_place() -> None:
    folder = Path(iec102_tui.__file__).parent
    found = [path for path in folder.rglob("*.py") if ".run_worker(" in path.read_text(encoding="utf-8")]
    assert [path.relative_to(folder) for path in found] == [Path("closing.py")]
