"""The heat map with what stands beside it: each part fills the room that it has in the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from iec102_tui.panes.load_profile.hours_page import HoursPage
from support.screen_states import load_profile
from support.screens import screen_of

SIZE = (120, 40)


def shown() -> str:
    state = load_profile("map", SIZE)
    return screen_of(state.app, press=state.press, terminal_size=SIZE, run_before=state.run_before)


def test_what_was_drawn_before_it_had_its_room_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual may lay out only behind what was to be called after that."""

    def at_once(page: HoursPage, draw: Callable[[], object]) -> None:
        draw()

    expected = shown()
    monkeypatch.setattr(HoursPage, "call_after_refresh", at_once)
    assert shown() == expected
