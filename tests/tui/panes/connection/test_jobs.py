"""What a job takes in keystrokes; a typed value counts as one."""

from __future__ import annotations

from pathlib import Path

import pytest
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.connection.check_dialog import CheckScreen
from iec102_tui.panes.connection.form_field import FormField
from iec102_tui.widgets.pick_dialog import PickScreen
from iec102_tui.widgets.question_dialog import QuestionScreen
from support.connection_pane import Meterless, Screen, drawn, drive
from support.profile_files import content
from textual.events import Key
from textual.widgets import Input

METER = "simulated:?link_address=54321"
"""Typed in the place of the port: what a real meter needs there is one value too."""


class Counted:
    """Presses keys and counts them."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.count = 0

    async def keys(self, *keys: str) -> None:
        self.count += len(keys)
        await self.screen.press(*keys)

    async def value(self, text: str) -> None:
        """Into the field that has the focus: Textual's own input is not what is tested here."""
        self.count += 1
        field = self.screen.app.focused
        assert isinstance(field, Input)
        field.value = text
        await self.screen.pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_profile_from_a_meter_id_checked_saved_and_connected_in_twelve(size: tuple[int, int], tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    session = Session(refresh=0.01)

    async def steps(screen: Screen) -> None:
        job = Counted(screen)
        await job.keys("n")
        await screen.until(lambda: isinstance(screen.app.screen, PickScreen))
        await job.keys("down", "enter")
        await screen.until(lambda: isinstance(screen.app.focused, Input))
        await job.value(METER)
        await job.keys("enter")
        focused = screen.app.focused
        assert focused is not None
        assert any(isinstance(node, FormField) and node.key == "meter_id" for node in focused.ancestors)
        await job.value("90054321")
        await job.keys("escape", "k")
        await screen.until(lambda: "The way to this meter is good" in drawn(screen))
        assert isinstance(screen.app.screen, CheckScreen) == (size == (80, 24))
        await job.keys("s")
        await screen.until(lambda: isinstance(screen.app.screen, QuestionScreen))
        await job.value("north")
        await job.keys("enter")
        assert content(path)["profiles"]["north"]["link_address"] == 54321
        await job.keys("enter")
        await screen.until(lambda: session.latest is not None and session.latest.reading is not None)
        assert screen.app.screen.query_one("#live").display
        assert job.count == 12

    drive(steps, path, size=size, first_run=True, session=session)


def test_keys_that_come_in_one_burst_reach_the_field_that_the_preset_leaves_open(tmp_path: Path) -> None:
    async def steps(screen: Screen) -> None:
        for key in ("n", "down", "enter", "1", "2", "enter", "9", "8"):
            screen.app.post_message(Key(key, key if len(key) == 1 else None))
        await screen.until(lambda: screen.form.texts["meter_id"] == "98")
        assert screen.form.texts["port"] == "12"
        assert screen.form.texts["format"] == "8E1"

    drive(steps, tmp_path / "profiles.toml")


def test_enter_behind_the_name_connects_to_what_was_saved_under_it(tmp_path: Path) -> None:
    async def steps(screen: Screen) -> None:
        assert isinstance(screen.session, Meterless)
        for key in ("s", "a", "b", "enter", "enter"):
            screen.app.post_message(Key(key, key if len(key) == 1 else None))
        await screen.until(lambda: bool(screen.session.asked))
        assert [connection.name for connection in screen.session.asked] == ["ab"]

    drive(steps, tmp_path / "profiles.toml")
