"""What the monitor looks like, at four sizes, on a meter and a clock that stand still: screens as text.

``pytest tests/tui/test_screens.py --update-screens`` writes ``screens/`` anew; read the difference before it is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from iec102.load_profile.download import Progress
from iec102.sentence import Sentence
from iec102_tui.app import MonitorApp
from iec102_tui.captures.record import Capture
from iec102_tui.config import THEMES, Config
from iec102_tui.meter_side.download_job import DownloadJob
from iec102_tui.meter_side.replay import ReplaySession
from iec102_tui.profiles.connection import demo
from support.captures import HEADER, a_line
from support.curves import local, wanted
from support.known_meter import known_session
from support.screen_states import (
    DATA_PARTS,
    LOG,
    MONITOR,
    SIZES,
    VIEWS,
    Size,
    State,
    alone,
    connection_form,
    frame_log,
    load_profile,
    meter_data,
    monitor,
    still,
)
from support.screens import difference, screen_of
from support.still_meter import CONNECTED, WALL, StillSession, add_frames, snapshot
from support.still_meters import meters
from support.waiting import on_screen
from support.wired_session import wired
from textual.pilot import Pilot
from textual.widgets import OptionList

SCREENS = Path(__file__).parent / "screens"
Kept = Callable[..., None]
at_sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def file_of(item: pytest.Item) -> Path:
    name = item.name.removeprefix("test_").replace("[", "-").replace("]", "").replace("_", "-")
    return SCREENS / f"{name}.txt"


@pytest.fixture
def kept(request: pytest.FixtureRequest) -> Kept:
    """Compares the screen of a state with the file of this test."""

    def compare(state: State, size: Size = SIZES[0]) -> None:
        shown = screen_of(state.app, press=state.press, terminal_size=size, run_before=state.run_before)
        path = file_of(request.node)
        if request.config.getoption("--update-screens"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(shown, encoding="utf-8")
        elif differs := difference(path, shown):
            pytest.fail(differs, pytrace=False)

    return compare


@at_sizes
@pytest.mark.parametrize("state", MONITOR)
def test_the_monitor(kept: Kept, state: str, size: Size) -> None:
    kept(monitor(state), size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("count", [6, 100])
def test_the_list_of_meters(kept: Kept, count: int, size: Size, tmp_path: Path) -> None:
    kept(meters(tmp_path, count), size)


def test_a_terminal_that_is_too_small_says_what_is_needed(kept: Kept) -> None:
    kept(State(MonitorApp(still(), None)), (70, 20))


@at_sizes
def test_the_live_pane_alone(kept: Kept, size: Size) -> None:
    kept(State(MonitorApp(still(), None), alone(size, "2")), size)


@at_sizes
def test_the_frame_log_alone(kept: Kept, size: Size) -> None:
    session = still()
    add_frames(session)
    kept(State(MonitorApp(session, None), alone(size, "3")), size)


@at_sizes
@pytest.mark.parametrize("state", LOG)
def test_the_frame_log(kept: Kept, state: str, size: Size) -> None:
    kept(frame_log(state, size), size)


@at_sizes
def test_a_capture_in_the_frame_log(kept: Kept, size: Size) -> None:
    session = ReplaySession(Path("frames.jsonl"), Capture(HEADER, a_line()))
    kept(State(MonitorApp(session, None), ["down", "down"]), size)


@at_sizes
@pytest.mark.parametrize("keys", ["", "V"], ids=["live", "verdict"])
def test_a_meter_that_is_wired_wrong(kept: Kept, keys: str, size: Size) -> None:
    kept(State(MonitorApp(wired(1, "ct-reversed=L2"), None), [*keys]), size)


def test_primary_values_are_said_to_be_primary(kept: Kept) -> None:
    kept(State(MonitorApp(still(), None), ["p"]))


def test_without_ratios_the_values_stay_secondary_and_say_so(kept: Kept) -> None:
    session = still()
    assert session.connection is not None
    session.connection = session.connection.with_settings(voltage_ratio=None, current_ratio=None)
    kept(State(MonitorApp(session, None), ["p"]))


def test_a_long_name_and_markup_from_a_file_are_plain_text(kept: Kept) -> None:
    session = StillSession(snapshot(None, state=CONNECTED, error="[bold red]x[/] \x1b[31m" + "word " * 40))
    assert session.connection is not None
    session.connection = replace(session.connection, name="[blink]north[/blink]" * 5)
    kept(State(MonitorApp(session, None)))


def test_the_help(kept: Kept) -> None:
    kept(State(MonitorApp(still(), None), ["question_mark"]))


@at_sizes
@pytest.mark.parametrize("view", VIEWS)
def test_the_load_profile_alone(kept: Kept, view: str, size: Size) -> None:
    kept(load_profile(view, size), size)


@pytest.mark.parametrize(
    ("part", "size"),
    [*((part, size) for part in DATA_PARTS for size in SIZES[:2]), *(("closings", size) for size in SIZES[2:])],
    ids=lambda value: value if isinstance(value, str) else f"{value[0]}x{value[1]}",
)
def test_the_meter_data(kept: Kept, part: str, size: Size) -> None:
    kept(meter_data(part, size), size)


@at_sizes
def test_the_meter_data_unknown(kept: Kept, size: Size) -> None:
    kept(State(MonitorApp(still(), None), alone(size, "5")), size)


def test_the_meter_data_beside_other_panes(kept: Kept) -> None:
    kept(State(MonitorApp(known_session(), None)), SIZES[-1])


@at_sizes
@pytest.mark.parametrize("theme", ["dark", "plain"])
def test_a_month_of_the_load_profile_as_a_line(kept: Kept, theme: str, size: Size) -> None:
    kept(load_profile("plot", size, "minus", config=Config(theme=theme)), size)


@at_sizes
@pytest.mark.parametrize("theme", ["dark", "plain"])
@pytest.mark.parametrize("signals", ["one", "all"])
def test_the_plot_of_signals(kept: Kept, signals: str, theme: str, size: Size) -> None:
    async def steps(pilot: Pilot[int]) -> None:
        await pilot.press("up", "enter", *["o"] * (signals == "all"))
        await pilot.pause()

    kept(State(MonitorApp(still(), None, Config(theme=theme)), run_before=steps), size)


@at_sizes
@pytest.mark.parametrize("address", ["12345", "70000"])
def test_the_connection_pane_alone(kept: Kept, tmp_path: Path, address: str, size: Size) -> None:
    kept(connection_form(tmp_path, address), size)


@pytest.mark.parametrize("theme", THEMES)
def test_the_themes(kept: Kept, theme: str) -> None:
    kept(monitor("invalid", Config(theme=theme)), (120, 40))


def test_the_palette(kept: Kept) -> None:
    async def steps(pilot: Pilot[int]) -> None:
        await pilot.press("ctrl+p", *"quarter-hourly")
        await on_screen(pilot, lambda: pilot.app.screen.query_one("CommandList", OptionList).option_count)
        await pilot.pause()

    kept(State(MonitorApp(still(), None), run_before=steps))


def test_the_dates(kept: Kept) -> None:
    kept(State(MonitorApp(still(), None), ["4", "t"]))


def test_a_download_that_failed_says_why(kept: Kept) -> None:
    session = still("stale")
    choice = wanted(local(2026, 11, 1), WALL)
    job = DownloadJob(demo(), choice, session.downloads.load_profiles)
    job.progress = Progress(expected=516, records=168, fetched=168, elapsed=11.0)
    job.error = Sentence("access.refused", cause=7)
    job.ended = True
    session.downloads.job = job
    kept(State(MonitorApp(session, None), ["4"]))


def test_no_screen_is_left_over(request: pytest.FixtureRequest) -> None:
    items: list[Any] = [item for item in request.session.items if item.path == request.path]
    tests = {name for name, what in globals().items() if name.startswith("test_") and isinstance(what, FunctionType)}
    if {item.originalname for item in items} != tests:
        pytest.skip("only when all of this file runs")
    of_tests = {file_of(item) for item in items if "kept" in item.fixturenames}
    left_over = set(SCREENS.iterdir()) - of_tests
    if request.config.getoption("--update-screens"):
        for path in left_over:
            path.unlink()
    else:
        assert not left_over
