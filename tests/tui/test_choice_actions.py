"""Themes with their preview, options, other meters, jump letters: chosen from wherever the user is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from iec102_tui.app import MonitorApp
from iec102_tui.config import TEXTUAL_THEMES, THEMES, Config, load
from iec102_tui.files.file_thread import FileThread
from iec102_tui.jump_screen import JumpScreen
from iec102_tui.panes.frame_log.frame_list import FrameList
from iec102_tui.profiles.connection import Connection
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.theme_screen import ThemeScreen
from iec102_tui.widgets.filtered_list import FilteredList
from support.still_meter import StillSession, add_frames, reading, snapshot
from support.waiting import on_screen
from textual.pilot import Pilot
from textual.theme import BUILTIN_THEMES
from textual.widgets import Input

Steps = Callable[[MonitorApp, "Pilot[int]"], Awaitable[None]]
METERS = """
[profiles.north]
target = "tcp://192.0.2.1:40001"
password = 1

[profiles.south]
target = "tcp://192.0.2.2:40001"
password = 1

[profiles.west]
target = "tcp://192.0.2.3:40001"
"""
OWN = """# my own
dark = true
[colours]
accent = "#ff00ff"
"""


class Asked(StillSession):
    """Notes which meter it is asked for."""

    def __init__(self) -> None:
        super().__init__(snapshot(reading()))
        self.asked: list[str] = []

    def connect(self, connection: Connection, *, asked: bool = True) -> None:
        self.asked.append(connection.name)
        self.connection = connection


def drive(steps: Steps, folder: Path, session: StillSession | None = None, size: tuple[int, int] = (80, 24)) -> None:
    async def run() -> None:
        config, said = load({}, {}, folder / "config.toml")
        assert not said
        (folder / "profiles.toml").write_text(METERS)
        shown = session or StillSession(snapshot(reading()))
        app = MonitorApp(shown, None, config, store=ProfileStore(folder / "profiles.toml"))
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(app, pilot)
        shown.files.close()

    asyncio.run(run())


async def saved(app: MonitorApp, pilot: Pilot[int]) -> None:
    await app.workers.wait_for_complete()
    await pilot.pause()


def test_the_themes_of_textual_are_those_that_the_library_has() -> None:
    assert set(TEXTUAL_THEMES) == set(BUILTIN_THEMES)


def test_a_theme_is_seen_while_the_cursor_is_on_it_and_remembered_when_taken(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('# mine\ntheme = "dark"  # at night\n')
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "own.toml").write_text(OWN)

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("ctrl+t")
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, ThemeScreen)
        assert {row.name for row in screen._rows} == {*THEMES, *TEXTUAL_THEMES, "own"}
        await pilot.press("down")
        await pilot.pause()
        assert app.theme == "light"
        await pilot.press("escape")
        await pilot.pause()
        assert app.theme == "dark"
        assert "at night" in file.read_text()
        await pilot.press("ctrl+t", *"own")
        await pilot.pause()
        assert app.theme_variables["accent"].lower() == "#ff00ff"
        await pilot.press("enter")
        await saved(app, pilot)

    drive(steps, tmp_path)
    assert file.read_text() == '# mine\ntheme = "own"  # at night\n'
    assert load({}, {}, file)[0].theme == "own"


@pytest.mark.parametrize("name", ["plain", "nord", "ansi-light"])
def test_every_kind_of_theme_can_be_taken_while_the_program_runs(tmp_path: Path, name: str) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        app.show_theme(name)
        await pilot.pause()
        assert app.theme == name
        assert app.screen.has_class("plain") is (name == "plain")
        shown = app.export_screenshot()
        assert ("\N{BLACK CIRCLE}" in shown) is (name != "plain")
        app.show_theme("dark")
        await pilot.pause()
        assert "\N{BLACK CIRCLE}" in app.export_screenshot()

    drive(steps, tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[colours\n", "not valid TOML"),
        ('[colours]\naccemt = "#ff00ff"\n', "did you mean accent"),
        ('[colours]\naccent = "reddish"\n', "write a colour such as"),
        ('[colours]\nheat = ["#ffffff"]\n', "six of them for heat"),
        ("colours = 5\n", "must be a table"),
    ],
)
def test_a_theme_that_is_none_is_named_and_ours_holds(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "own.toml").write_text(text)
    (tmp_path / "config.toml").write_text('theme = "own"\n')

    async def steps(app: MonitorApp, _pilot: Pilot[int]) -> None:
        assert app.theme == "dark"
        (note,) = app._notifications
        assert says in note.message
        assert "own.toml" in note.message

    drive(steps, tmp_path)


def test_options_are_changed_in_the_program_and_written_with_the_comments_kept(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('# my settings\nframes = 2000  # enough\n\n[folders]\n# a stick\nexports = "/data"\n')

    async def change(pilot: Pilot[int], search: str, *keys: str) -> None:
        app = pilot.app
        assert isinstance(app, MonitorApp)
        await pilot.press("f9")
        await pilot.pause()
        field = app.screen.query_one(Input)
        field.value = search
        await pilot.pause()
        await pilot.press("enter", *keys)
        await saved(app, pilot)
        assert isinstance(app.screen, FilteredList)
        await pilot.press("escape")
        await pilot.pause()

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("f9")
        await pilot.pause()
        assert isinstance(app.screen, FilteredList)
        listed = {row.name for row in app.screen._rows}
        assert {"theme", "folders.log", "keys.app.options", "keys.pane.live", "keys.live.freeze"} <= listed
        await pilot.press("escape")
        await pilot.pause()
        await change(pilot, "bell")
        await change(pilot, "kept in memory", "ctrl+u", *"5000", "enter")
        await change(pilot, "keys.live.freeze", "ctrl+u", *"f8", "enter")
        session = app._session
        await pilot.press("f8")
        assert session.frozen is not None

    drive(steps, tmp_path)
    assert file.read_text() == (
        '# my settings\nframes = 5000  # enough\nbell = true\n\n[folders]\n# a stick\nexports = "/data"\n\n'
        '[keys]\n"live.freeze" = "f8"\n'
    )
    config, said = load({}, {}, file)
    assert not said
    assert (config.bell, config.frames, config.keys) == (True, 5000, {"live.freeze": "f8"})


def test_an_option_that_a_disk_does_not_take_in_time_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def stuck(_thread: FileThread, _work: Callable[[], object], _patience: float = 0.0) -> None:
        raise TimeoutError(None, "the disk does not answer")

    monkeypatch.setattr(FileThread, "run", stuck)

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("f9", *"bell", "enter")
        path = tmp_path / "config.toml"
        told = f"{path} cannot be written: the disk does not answer."
        await on_screen(pilot, lambda: told in [note.message for note in app._notifications])

    drive(steps, tmp_path)


def test_a_value_that_will_not_do_is_not_taken(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("f9", *"kept", "enter", "ctrl+u", *"12", "enter")
        await pilot.pause()
        assert app.screen.query_one("Input", Input).value == "12"
        assert app._config == Config()

    drive(steps, tmp_path)
    assert not (tmp_path / "config.toml").exists()


def test_the_next_meter_is_two_keys_away_and_any_other_its_name(tmp_path: Path) -> None:
    session = Asked()

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("3", "ctrl+o", "enter")
        await pilot.pause()
        assert session.asked == ["north"]
        assert app.screen.query_one("#live").display
        await pilot.press("ctrl+o", "enter")
        await pilot.pause()
        await pilot.press("ctrl+o", *"nor", "enter")
        await pilot.pause()
        assert session.asked == ["north", "south", "north"]
        await pilot.press("greater_than_sign")
        await pilot.pause()
        await pilot.press("less_than_sign")
        await pilot.pause()
        assert session.asked == ["north", "south", "north", "south", "north"]
        await pilot.press("less_than_sign")  # the one before the first is the last, whose password is asked for
        await pilot.pause()
        assert "west" not in session.asked
        assert app.screen.query("PasswordScreen Input, .dialog Input")

    drive(steps, tmp_path, session)


def test_a_letter_jumps_to_each_place_that_takes_keys(tmp_path: Path) -> None:
    session = StillSession(snapshot(reading()))
    add_frames(session)

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("ctrl+g")
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, JumpScreen)
        letters = {target.widget or target.pane: letter for letter, target in screen._targets.items()}
        assert not set(letters.values()) & set("[OABCDHF")
        frames = app.screen_stack[1].query_one(FrameList)
        await pilot.press(letters[frames])
        await pilot.pause()
        assert app.focused is frames
        await pilot.press("ctrl+g")
        await pilot.pause()
        await pilot.press(letters["live"])
        await pilot.pause()
        assert app.focused is not frames
        await pilot.press("ctrl+g", "escape")
        assert len(app.screen_stack) == 2

    drive(steps, tmp_path, session, (160, 50))
