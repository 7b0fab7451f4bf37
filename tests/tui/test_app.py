"""The monitor's keys, at 80x24 and larger, on a meter that stands still."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from iec102_tui.app import MonitorApp
from iec102_tui.config import Config
from iec102_tui.help_screen import help_lines
from iec102_tui.panes.frame_log.pane import FrameLogPane
from iec102_tui.panes.live.pane import LivePane
from iec102_tui.panes.live.signal_grid import SignalGrid
from iec102_tui.panes.load_profile.choice_line import ChoiceLine
from iec102_tui.widgets.pane_switch import PaneSwitch
from iec102_tui.words.numbers import grouped
from support.status_rows import status_lines
from support.still_meter import NOW, StillSession, add_frames, changed, reading, snapshot
from support.waiting import on_screen
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

LIVE = snapshot(reading())
Steps = Callable[[MonitorApp, "Pilot[int]", StillSession], Awaitable[None]]


def drive(steps: Steps, size: tuple[int, int] = (80, 24), config: Config | None = None) -> None:
    """Runs the monitor without a terminal."""

    async def run() -> None:
        session = StillSession(LIVE)
        add_frames(session)
        app = MonitorApp(session, None, config)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(app, pilot, session)

    asyncio.run(run())


def text_of(app: MonitorApp) -> str:
    """All that the live grid shows."""
    grid = app.screen.query_one(SignalGrid)
    return "\n".join(grid.render_line(y).text for y in range(grid.size.height))


def test_all_24_signals_are_on_the_smallest_screen_as_figures_and_as_a_list() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        values = reading().values.values()
        numbers = Counter(grouped(value.value or 0, value.signal.decimals) for value in values)
        shown = text_of(app)
        for text, count in numbers.items():
            assert len(re.findall(rf"(?<!\d )(?<![\d.]){re.escape(text)}(?= |\n|$)", shown)) >= count, text
        for title in ("Voltage V", "Current A", "Active kW", "Reactive kVAr", "Power factor"):
            assert title in shown
        await pilot.press("v")
        shown = text_of(app)
        for value in values:
            assert value.label in shown
            assert grouped(value.value or 0, value.signal.decimals) in shown
        await pilot.press("v")
        assert "Voltage V" in text_of(app)

    drive(steps)


@pytest.mark.parametrize(("key", "pane"), [("f2", "live"), ("2", "live"), ("f3", "log"), ("3", "log")])
def test_function_keys_and_digits_go_to_the_panes(key: str, pane: str) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("f3" if pane == "live" else "f2", key)
        assert app.screen.query_one(f"#{pane}").display
        assert not app.screen.query_one("#live" if pane == "log" else "#log").display
        assert app.screen.query_one(PaneSwitch).current == ("F2" if pane == "live" else "F3")

    drive(steps)


def test_a_key_maximises_the_focused_pane_and_brings_the_rest_back() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        live, log = app.screen.query_one(LivePane), app.screen.query_one(FrameLogPane)
        assert live.display
        assert log.display
        assert not live.full
        await pilot.press("f2", "v", "z")
        assert (live.display, log.display, live.full) == (True, False, True)
        assert "maximum" in text_of(app)
        await pilot.press("z")
        assert (live.display, log.display, live.full) == (True, True, False)

    drive(steps, (120, 40))


def test_resizing_keeps_pane_and_focus() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("f3")
        focused = app.screen.focused
        for size in ((70, 20), (160, 50), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert app.screen.focused is focused
        assert app.screen.query_one("#log").display

    drive(steps)


def test_freezing_holds_the_view_and_says_so_while_reading_goes_on() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        await pilot.press("f")
        other = reading(power__active_total=changed("power.active_total", value=777))
        session.show(snapshot(other)._replace(reads=43))
        await pilot.pause()
        assert "777" not in text_of(app)
        assert "FROZEN" in status_lines(session)[0]
        await pilot.press("f")
        assert "777" in text_of(app)

    drive(steps)


def test_volts_and_amperes_change_sides() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        current = reading().values["vi.current_l1"].value
        assert current is not None
        assert "secondary values" in text_of(app)
        await pilot.press("p")
        assert "primary (profile)" in text_of(app)
        assert " 1/1 500/5" in text_of(app)
        assert f" {current * 100:.0f} " in text_of(app)
        await pilot.press("v")
        assert "primary, 1/1 500/5 (profile)" in text_of(app)
        assert f" {current * 100:.0f} A " in text_of(app)
        await pilot.press("p")
        assert "secondary values" in text_of(app)

    drive(steps)


def test_values_become_stale_by_themselves_and_say_so() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        assert "stale" not in text_of(app).lower()
        session.now = NOW + 30
        app.screen._tick()  # type: ignore[attr-defined]
        await pilot.pause()
        assert "STALE, 30 s old" in text_of(app)
        await pilot.press("v")
        assert text_of(app).count("stale") == 24
        assert "VALUES STALE, 30 s old" in status_lines(session)[0]

    drive(steps)


def test_statistics_start_again_by_a_key() -> None:
    async def steps(_app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        assert session.history is not None
        assert session.history.statistics["vi.voltage_l1"].count
        await pilot.press("x")
        assert not session.history.statistics["vi.voltage_l1"].count

    drive(steps)


def test_escape_neither_quits_nor_leaves_the_pane() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("escape", "escape")
        assert app.is_running
        assert app.screen.query_one("#live").display

    drive(steps)


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
def test_q_quits_with_status_0(key: str) -> None:
    async def run() -> int | None:
        app = MonitorApp(StillSession(LIVE), None)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(key)
        return app.return_code

    assert asyncio.run(run()) == 0


def test_the_help_names_the_keys_and_the_palette_the_actions() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("question_mark")
        await pilot.pause()
        (shown,) = app.screen.query("#help Static").results(Static)
        assert str(shown.render()).startswith("Live\n")
        for words in ("Hold the view while reading goes on", "One pane alone, or all again", "Quit"):
            assert words in str(shown.render())
        await pilot.press("question_mark")
        await pilot.pause()
        assert not app.screen.query("#help")

    drive(steps)


def test_the_palette_finds_an_action_and_does_it() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("ctrl+p", *"secondary")
        await on_screen(pilot, lambda: app.screen.query_one("CommandList", OptionList).option_count)
        await pilot.press("enter")
        await pilot.pause()
        assert "primary" in text_of(app)

    drive(steps)


def test_the_palette_finds_the_actions_of_the_other_panes_and_goes_there() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("ctrl+p", *"quarter-hourly")
        await on_screen(pilot, lambda: app.screen.query_one("CommandList", OptionList).option_count)
        await pilot.press("enter")
        await on_screen(pilot, lambda: app.screen.query_one(ChoiceLine).text.startswith("quarter-hourly"))
        assert app.screen.query_one(PaneSwitch).current == "F4"
        assert app.screen.query_one(ChoiceLine).text.startswith("quarter-hourly")

    drive(steps)


def test_a_failure_tells_no_local_variable(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    app = MonitorApp(StillSession(LIVE), None)

    failing = asyncio.Event()

    def fail(_pane: LivePane) -> None:
        failing.set()
        password = "42" * 2  # noqa: F841 - what a traceback with local variables would tell
        raise ZeroDivisionError

    async def run() -> None:
        async with app.run_test(size=(80, 24)):
            monkeypatch.setattr(LivePane, "action_side", fail)
            app.simulate_key("p")  # the pilot would wait for a screen that is no longer there
            await failing.wait()

    with pytest.raises(ZeroDivisionError):
        asyncio.run(run())
    assert app.crashed
    assert "ZeroDivisionError" in caplog.text
    assert "4242" not in "".join((caplog.text, *capsys.readouterr()))


def test_the_users_own_keys_take_the_place_of_the_defaults_and_are_in_the_help() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        await pilot.press("f")
        assert session.frozen is None
        await pilot.press("f8")
        assert session.frozen is not None
        await pilot.press("question_mark")
        (lines,) = (line for line in help_lines(app.screen_stack[-2]) if "(live.freeze)" in line)
        assert lines.split()[0] == "f8"

    drive(steps, config=Config(keys={"live.freeze": "f8"}))


def test_news_that_come_while_the_program_ends_find_nobody() -> None:
    session = StillSession(LIVE)
    app = MonitorApp(session, None)
    heard: list[bool] = []

    async def run() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            app._main.session_changed = lambda: heard.append(True)  # type: ignore[method-assign]
            session.show(LIVE)
            assert heard.pop()
            await pilot.press("q")
            session.show(LIVE)
            assert not heard

    asyncio.run(run())
