"""Keys that come in one burst, as over SSH or from a paste buffer, go where they would go one by one."""

from __future__ import annotations

import asyncio

import pytest
from iec102_tui.app import MonitorApp
from iec102_tui.panes.load_profile.choice_line import ChoiceLine
from support.still_meter import StillSession, reading, snapshot
from support.waiting import on_screen
from textual import events
from textual.widgets import Input, Static

LIVE = snapshot(reading())
NAMES = {"-": "minus", "=": "equals_sign"}


def burst(app: MonitorApp, *keys: str) -> None:
    """All at once, as a driver gives them from one read."""
    driver = app._driver
    assert driver is not None
    for key in keys:
        driver.send_message(events.Key(NAMES.get(key, key), key if len(key) == 1 else None))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_date_is_typed_into_the_dialog_that_the_key_before_it_opens(size: tuple[int, int]) -> None:
    async def run() -> None:
        session = StillSession(LIVE)
        app = MonitorApp(session, None)
        async with app.run_test(size=size) as pilot:
            choice = app.screen.query_one(ChoiceLine)
            burst(app, "f4", "t", "ctrl+u", *"2026-10-05", "enter", "enter")
            await on_screen(pilot, lambda: "2026-10-05 to" in choice.text)

    asyncio.run(run())


def test_a_search_is_typed_into_the_field_that_the_key_before_it_focuses() -> None:
    async def run() -> None:
        session = StillSession(LIVE)
        app = MonitorApp(session, None)
        async with app.run_test(size=(120, 40)) as pilot:
            burst(app, "f3", "f", *"type=163")
            await on_screen(pilot, lambda: isinstance(app.focused, Input) and app.focused.value == "type=163")

    asyncio.run(run())


def test_a_key_behind_the_one_that_closes_a_dialog_goes_to_the_pane() -> None:
    async def run() -> None:
        session = StillSession(LIVE)
        app = MonitorApp(session, None)
        async with app.run_test(size=(80, 24)) as pilot:
            burst(app, "question_mark", "escape", "f")
            await on_screen(pilot, lambda: session.frozen is not None)
            assert len(app.screen_stack) == 2
            burst(app, "question_mark", "f", "escape", "f")
            await on_screen(pilot, lambda: session.frozen is None)
            assert len(app.screen_stack) == 2

    asyncio.run(run())


def test_a_key_that_gets_lost_with_its_widget_holds_up_the_next_for_a_moment_only() -> None:
    async def run() -> None:
        session = StillSession(LIVE)
        app = MonitorApp(session, None)
        async with app.run_test(size=(80, 24)) as pilot:

            def lost() -> None:
                app._way = Static()

            app.on_key_passed = lost  # type: ignore[method-assign]
            burst(app, "f", "question_mark")
            await on_screen(pilot, lambda: session.frozen is not None and len(app.screen_stack) == 3)

    asyncio.run(run())
