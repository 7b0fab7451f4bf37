"""Header, tabs, error row and footer: one row each, that takes the mouse and draws only what has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from iec102_tui.app import MonitorApp
from iec102_tui.config import THEMES, Config
from iec102_tui.panes.pane import Pane
from iec102_tui.widgets.key_footer import KeyFooter
from iec102_tui.widgets.pane_switch import PaneSwitch
from iec102_tui.widgets.role_line import RoleLine, Span
from iec102_tui.widgets.status_line import ErrorRow, StatusLine
from support.still_meter import StillSession, reading, snapshot
from textual.geometry import Region
from textual.pilot import Pilot

ROWS: tuple[type[RoleLine], ...] = (StatusLine, PaneSwitch, ErrorRow, KeyFooter)
Steps = Callable[[MonitorApp, "Pilot[int]", StillSession], Awaitable[None]]


def drive(steps: Steps, size: tuple[int, int] = (80, 24), theme: str = "dark") -> None:
    async def run() -> None:
        session = StillSession(snapshot(reading()))
        app = MonitorApp(session, None, Config(theme=theme))
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(app, pilot, session)

    asyncio.run(run())


async def click(pilot: Pilot[int], row: RoleLine, words: str) -> None:
    await pilot.click(row, offset=(row.render_line(0).text.index(words), 0))
    await pilot.pause()


def test_a_click_on_a_tab_goes_to_its_pane() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        tabs = app.screen.query_one(PaneSwitch)
        for title, key in (("Frame log", "F3"), ("F4", "F4"), ("Live", "F2")):
            await click(pilot, tabs, title)
            assert tabs.current == key

    drive(steps)


def test_a_click_on_a_key_of_the_footer_presses_it() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        footer = app.screen.query_one(KeyFooter)
        await click(pilot, footer, "hold")
        assert session.frozen is not None
        await click(pilot, footer, "all keys")
        assert app.screen.query("#help")

    drive(steps)


def test_the_footer_always_says_how_to_leave_and_where_all_keys_are() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        for key in ("f1", "f2", "f3", "f4", "f5"):
            await pilot.press(key)
            await pilot.pause()
            row = app.screen.query_one(KeyFooter).render_line(0).text
            assert "q quit" in row
            assert row.endswith("? all keys ")

    drive(steps)


def test_a_cut_error_is_shown_whole_by_a_key_and_by_a_click() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        await pilot.press("exclamation_mark")
        assert len(app.screen_stack) == 2
        session.show(snapshot(None, error="the port is gone: " + "plug it in, " * 20))
        await pilot.pause()
        row = app.screen.query_one(ErrorRow)
        await pilot.press("exclamation_mark")
        assert len(app.screen_stack) == 3
        await pilot.press("escape")
        await click(pilot, row, "shows all")
        assert len(app.screen_stack) == 3

    drive(steps)


def test_nothing_jumps_when_something_goes_wrong() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        before = [(pane.id, pane.region) for pane in app.screen.query(Pane)]
        session.show(snapshot(None, error="the port is gone: " + "plug it in, " * 20))
        await pilot.pause()
        assert [(pane.id, pane.region) for pane in app.screen.query(Pane)] == before

    drive(steps, (120, 40))


@pytest.mark.parametrize("theme", THEMES)
def test_the_tab_that_is_shown_is_known_without_colour(theme: str) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        for key in ("f1", "f2", "f3", "f4", "f5"):
            await pilot.press(key)
            strip = app.screen.query_one(PaneSwitch).render_line(0)
            reversed_ = [part.text.strip() for part in strip if part.style is not None and part.style.reverse]
            assert reversed_ == [key.upper()]

    drive(steps, theme=theme)


class Probe(RoleLine):
    """Keeps what it was asked to draw again."""

    drawn: list[Region]

    def refresh(self, *regions: Region, **options: Any) -> Any:
        self.drawn = [*regions]
        return super().refresh(*regions, **options)


def test_only_changed_cells_are_drawn_again() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        probe = Probe()
        await app.screen.mount(probe)
        await pilot.pause()
        probe.show([Span("meter 12:30:05  and a long way to 1.0/s")])
        probe.show([Span("meter 12:30:06  and a long way to 1.1/s")])
        assert probe.drawn == [Region(13, 0, 1, 1), Region(36, 0, 1, 1)]
        probe.drawn = []
        probe.show([Span("meter 12:30:06  and a long way to 1.1/s")])
        assert probe.drawn == []
        probe.show([Span("meter 東京:06  and a long way to 1.1/s")])
        await pilot.pause()
        assert probe.render_line(0).cell_length == 80

    drive(steps)


def test_the_aside_of_a_pane_stands_in_its_border_and_draws_only_that() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        pane = app.screen.query_one("#log", Pane)
        pane.aside = "1 s ago"
        await pilot.pause()
        top = pane.render_lines(pane.size.region.at_offset((0, 0)).expand((1, 1)).at_offset((0, 0)))[0].text
        assert top.endswith(" 1 s ago ─╮")
        assert len(top) == pane.outer_size.width
        pane.aside = f"{'x' * 20} \N{MIDDLE DOT} {'y' * 200}"
        await pilot.pause()
        top = pane.render_lines(pane.outer_size.region)[0].text
        assert top.endswith(f" {'x' * 20} ─╮")
        pane.aside = "x" * 200
        await pilot.pause()
        assert pane.TITLE in pane.render_lines(pane.outer_size.region)[0].text

    drive(steps, (160, 50))
