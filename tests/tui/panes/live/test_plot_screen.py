"""The plot of a signal: what is old is said, time goes on, and a gap stays one."""

from __future__ import annotations

import asyncio
import itertools
import re

from iec102.meter.signals import SIGNALS
from iec102_tui.app import MonitorApp
from iec102_tui.meter_side.history import History
from iec102_tui.panes.live.plot_screen import PlotScreen
from iec102_tui.panes.live.signal_grid import CellGrid
from support.still_meter import NOW, StillSession, changed, reading, snapshot
from textual.pilot import Pilot
from textual.widgets import Static

VOLTAGE = next(index for index, signal in enumerate(SIGNALS) if signal.key == "vi.voltage_l3")
LONGEST_GAP = 4.0


def title(app: MonitorApp) -> str:
    return str(app.screen.query_one("#plot-title", Static).render())


def drawn(app: MonitorApp) -> str:
    plot = app.screen.query_one("#plot", CellGrid)
    return "\n".join(plot.render_line(y).text for y in range(plot.size.height))


async def opened(pilot: Pilot[int]) -> None:
    await pilot.press("up", "enter")
    await pilot.pause()
    await pilot.pause()


def test_the_plot_says_stale_and_goes_on_in_time_without_new_readings() -> None:
    session = StillSession(snapshot(reading()))

    async def run() -> None:
        app = MonitorApp(session, None)
        async with app.run_test(size=(80, 24)) as pilot:
            await opened(pilot)
            assert isinstance(app.screen, PlotScreen)
            before = drawn(app)
            assert "STALE" not in title(app)
            session.now = NOW + 30
            app.screen._draw()
            await pilot.pause()
            assert title(app) == " STALE, 30 s old: Voltage phase 3, V, last 2 minutes"
            assert drawn(app) != before
            session.now = NOW + 1_000
            app.screen._draw()
            assert "no valid values in these minutes" in drawn(app)

    asyncio.run(run())


def test_a_view_that_is_frozen_does_not_make_the_plot_stale() -> None:
    session = StillSession(snapshot(reading(), age=0.1))

    async def run() -> None:
        app = MonitorApp(session, None)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("f")
            await opened(pilot)
            session.now = NOW + 30
            session.shown = snapshot(reading())._replace(read_at=NOW + 29.8, reads=43)
            assert isinstance(app.screen, PlotScreen)
            app.screen._draw()
            assert "STALE" not in title(app)

    asyncio.run(run())


def test_a_gap_in_time_and_an_invalid_value_end_a_line() -> None:
    history = History()
    for at in (0.0, 1.0, 2.0, 20.0, 21.0, 22.0, 23.0):
        broken = {"vi__voltage_l3": changed("vi.voltage_l3", value=1.0, valid=False)} if at == 22.0 else {}
        history.add(reading(**broken), at)
    runs = history.runs(VOLTAGE, 0.0, LONGEST_GAP)
    assert [[at for at, _value in run] for run in runs] == [[0.0, 1.0, 2.0], [20.0, 21.0], [23.0]]
    assert [[at for at, _value in run] for run in history.runs(VOLTAGE, 1.5, 18.0)] == [[2.0, 20.0, 21.0], [23.0]]


def test_no_line_goes_over_a_gap() -> None:
    session = StillSession(snapshot(reading()))
    gap = History()
    for ago in (*range(118, 80, -1), *range(30, 0, -1)):
        gap.add(reading(vi__voltage_l3=changed("vi.voltage_l3", value=230.0)), NOW - ago)
    session._history = gap

    async def run() -> None:
        app = MonitorApp(session, None)
        async with app.run_test(size=(100, 24)) as pilot:
            await opened(pilot)
            assert any(
                re.search("[\u2801-\u28ff][ \N{MIDDLE DOT}]{8,}[\u2801-\u28ff]", line)
                for line in drawn(app).splitlines()
            )

    asyncio.run(run())


def test_all_of_a_unit_are_told_apart_without_colour_and_stand_on_round_ticks() -> None:
    session = StillSession(snapshot(reading()))

    async def run() -> None:
        app = MonitorApp(session, None)
        async with app.run_test(size=(100, 30)) as pilot:
            await opened(pilot)
            await pilot.press("o", "w", "w")
            await pilot.pause()
            rows = drawn(app).splitlines()
            for number in "123":
                assert f"{number} Voltage phase {number}" in rows[0]
                assert any(re.search(f"{number}.{{0,12}}$", row[9:]) for row in rows[1:-1])
            ticks = [int(row[:9]) for row in rows[1:-1] if row[:9].strip()]
            assert ticks[0] >= 253
            assert ticks[-1] <= 207
            assert {one - other for one, other in itertools.pairwise(ticks)} in ({2}, {5}, {10}, {20})
            assert re.search(r"12:1[56] .* 12:30", rows[-1])

    asyncio.run(run())
