"""What the monitor looks like, at three sizes, on a meter and a clock that stand still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from iec102.line.state import LineState, Phase
from iec102.load_profile.download import Progress
from iec102_tui.app import MonitorApp
from iec102_tui.archive.load_profile_store import MemoryLoadProfileStore
from iec102_tui.captures.record import Capture
from iec102_tui.config import THEMES, Config
from iec102_tui.meter_side.download_job import DownloadJob
from iec102_tui.meter_side.replay import ReplaySession
from iec102_tui.profiles.connection import demo
from iec102_tui.profiles.store import ProfileStore
from support.captures import HEADER, a_line
from support.curves import local, records_of, wanted, with_quality
from support.still_meter import CONNECTED, NOW, WALL, StillSession, add_frames, changed, reading, snapshot
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

SIZES = [(80, 24), (120, 40), (160, 50)]
SnapCompare = Callable[..., bool]

WAITING = LineState(
    Phase.WAITING,
    error="127.0.0.1:40001 refused the connection: check the port number, and whether another program uses it",
    attempt=7,
    next_attempt=NOW + 12,
    since=NOW - 60,
)
OPENING = LineState(Phase.LOGIN, step="password for point 1", since=NOW)
REFUSED = LineState(
    Phase.REFUSED, error="the meter refused the password: check the password and the point address", since=NOW
)

STATES = {
    "live": snapshot(reading()),
    "stale": snapshot(reading(), age=75, state=WAITING, error=WAITING.error),
    "invalid": snapshot(
        reading(
            energy__reactive_q1=changed("energy.reactive_q1", value=17.0, valid=False),
            vi__voltage_l2=changed("vi.voltage_l2", value=None, valid=False),
        )
    ),
    "connecting": snapshot(None, state=OPENING),
    "refused": snapshot(None, state=REFUSED),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", STATES)
def test_the_monitor(snap_compare: SnapCompare, state: str, size: tuple[int, int]) -> None:
    session = StillSession(STATES[state])
    add_frames(session)
    assert snap_compare(MonitorApp(session, None), terminal_size=size)


def test_a_terminal_that_is_too_small_says_what_is_needed(snap_compare: SnapCompare) -> None:
    assert snap_compare(MonitorApp(StillSession(STATES["live"]), None), terminal_size=(70, 20))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_live_pane_alone(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    alone = [] if size == SIZES[0] else ["z"]
    assert snap_compare(MonitorApp(StillSession(STATES["live"]), None), terminal_size=size, press=["2", *alone])


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_frame_log_alone(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    session = StillSession(STATES["live"])
    add_frames(session)
    alone = [] if size == SIZES[0] else ["z"]
    assert snap_compare(MonitorApp(session, None), terminal_size=size, press=["3", *alone])


LOG_STATES = {
    "empty": (0, []),
    "paused-and-marked": (3, ["space", "up", "up", "m"]),
    "filter-typed": (3, ["f", *"dir=rx"]),
    "filter-wrong": (3, ["f", *"type=x"]),
    "filtered": (3, ["f", *"dir=rx", "enter"]),
    "garbage": (3, ["up", "up", "tab", "down"]),
    "password": (3, ["home", "down", "down", "tab", "tab", "end", "down", "down"]),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", LOG_STATES)
def test_the_frame_log(snap_compare: SnapCompare, state: str, size: tuple[int, int]) -> None:
    session = StillSession(STATES["live"])
    times, keys = LOG_STATES[state]
    for _ in range(times):
        add_frames(session)
    alone = [] if size == SIZES[0] else ["z"]
    assert snap_compare(MonitorApp(session, None), terminal_size=size, press=["3", *alone, *keys])


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_capture_in_the_frame_log(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    session = ReplaySession(Path("frames.jsonl"), Capture(HEADER, a_line()))
    assert snap_compare(MonitorApp(session, None), terminal_size=size, press=["down", "down"])


def test_primary_values_are_said_to_be_primary(snap_compare: SnapCompare) -> None:
    assert snap_compare(MonitorApp(StillSession(STATES["live"]), None), terminal_size=(80, 24), press=["p"])


def test_without_ratios_the_values_stay_secondary_and_say_so(snap_compare: SnapCompare) -> None:
    session = StillSession(STATES["live"])
    assert session.connection is not None
    session.connection = replace(session.connection, voltage_ratio=None, current_ratio=None)
    assert snap_compare(MonitorApp(session, None), terminal_size=(80, 24), press=["p"])


def test_a_long_name_and_markup_from_a_file_are_plain_text(snap_compare: SnapCompare) -> None:
    session = StillSession(snapshot(None, state=CONNECTED, error="[bold red]x[/] \x1b[31m" + "word " * 40))
    assert session.connection is not None
    session.connection = replace(session.connection, name="[blink]north[/blink]" * 5)
    assert snap_compare(MonitorApp(session, None), terminal_size=(80, 24))


def test_the_help(snap_compare: SnapCompare) -> None:
    assert snap_compare(MonitorApp(StillSession(STATES["live"]), None), terminal_size=(80, 24), press=["question_mark"])


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("look", ["table", "plot", "map"])
def test_the_load_profile_alone(snap_compare: SnapCompare, look: str, size: tuple[int, int]) -> None:
    session = StillSession(STATES["live"])
    assert session.connection is not None
    choice = wanted(local(2026, 11, 1), WALL)
    records = records_of(choice, lambda index: 100 + 90 * (index % 24) * (23 - index % 24) // 132)
    records[4] = with_quality(records[4], 1, 0x80)
    records[5] = with_quality(records[5], 2, 0x02)
    del records[7:9]
    load_profiles = session.downloads.load_profiles
    assert isinstance(load_profiles, MemoryLoadProfileStore)
    load_profiles.store(session.connection, choice).put(records)

    async def steps(pilot: Pilot[int]) -> None:
        await pilot.press("4", *(["z"] if size[0] >= 120 else []), *["v"] * ["table", "plot", "map"].index(look))
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()

    assert snap_compare(MonitorApp(session, None), terminal_size=size, run_before=steps)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("address", ["12345", "70000"])
def test_the_connection_pane_alone(
    snap_compare: SnapCompare, tmp_path: Path, address: str, size: tuple[int, int]
) -> None:
    session = StillSession(None)
    session.connection = None
    path = tmp_path / "profiles.toml"
    path.write_text('[profiles.north]\ntarget = "serial:/dev/ttyUSB0"\nbaudrate = 9600\nformat = "8E1"\npassword = 7\n')
    app = MonitorApp(session, None, store=ProfileStore(path))

    async def steps(pilot: Pilot[int]) -> None:
        await pilot.pause()
        pilot.app.screen.query_one("#field-link-address Input", Input).value = address
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=steps)


@pytest.mark.parametrize("theme", THEMES)
def test_the_themes(snap_compare: SnapCompare, theme: str) -> None:
    session = StillSession(STATES["invalid"])
    add_frames(session)
    assert snap_compare(MonitorApp(session, None, Config(theme=theme)), terminal_size=(120, 40))


def test_the_palette(snap_compare: SnapCompare) -> None:
    async def steps(pilot: Pilot[int]) -> None:
        await pilot.press("ctrl+p", *"quarter-hourly")
        for _ in range(100):
            await pilot.pause(0.02)
            if pilot.app.screen.query_one("CommandList", OptionList).option_count:
                break
        await pilot.pause(0.1)

    assert snap_compare(MonitorApp(StillSession(STATES["live"]), None), terminal_size=(80, 24), run_before=steps)


def test_the_dates(snap_compare: SnapCompare) -> None:
    assert snap_compare(MonitorApp(StillSession(STATES["live"]), None), terminal_size=(80, 24), press=["4", "t"])


def test_a_download_that_failed_says_why(snap_compare: SnapCompare) -> None:
    session = StillSession(STATES["stale"])
    choice = wanted(local(2026, 11, 1), WALL)
    job = DownloadJob(demo(), choice, session.downloads.load_profiles)
    job.progress = Progress(expected=516, records=168, fetched=168, elapsed=11.0)
    job.error = "the meter refused the password: check the password and the point address"
    job.ended = True
    session.downloads.job = job
    assert snap_compare(MonitorApp(session, None), terminal_size=(80, 24), press=["4"])
