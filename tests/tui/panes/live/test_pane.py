"""The live pane's keys: choosing, plotting, copying, recording."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from iec102.meter.monitor import Snapshot
from iec102_tui.app import MonitorApp
from iec102_tui.config import Config, Folders
from iec102_tui.meter_side import reading_recorder as live_recorder
from iec102_tui.meter_side.history import History
from iec102_tui.meter_side.reading_recorder import HEADER, Recorder
from iec102_tui.panes.live.pane import LivePane
from iec102_tui.panes.live.plot_screen import PlotScreen
from iec102_tui.panes.live.signal_grid import SignalGrid
from iec102_tui.panes.live.signal_list import grid_text
from iec102_tui.panes.live.trend import reduced
from iec102_tui.panes.live.view import View
from iec102_tui.widgets.sparkline import sparkline
from support.still_meter import NOW, StillSession, changed, reading, snapshot
from support.waiting import until
from textual.pilot import Pilot
from textual.widgets import Static

Steps = Callable[[MonitorApp, "Pilot[int]"], Awaitable[None]]


REFUSED = (
    "tcp://192.0.2.10:40001: the connection was refused: check the port number, and whether another program uses the "
    "converter"
)


def drive(steps: Steps, folder: Path, size: tuple[int, int] = (80, 24)) -> None:
    async def run() -> None:
        config = Config(folders=Folders(exports=folder))
        app = MonitorApp(StillSession(snapshot(reading())), None, config)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(app, pilot)

    asyncio.run(run())


def only(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def test_the_cursor_marks_a_signal_without_colour(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("v", "down", "down")
        grid = app.screen.query_one(SignalGrid)
        assert "Active exported>" in grid.render_line(2).text
        await pilot.press("up")
        assert "Active imported>" in grid.render_line(1).text
        await pilot.press("up")
        assert app.screen.query_one(LivePane).cursor == "vi.voltage_l3"

    drive(steps, tmp_path)


def test_enter_opens_the_plot_of_the_chosen_signal_and_escape_closes_it(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("up", "enter")
        await pilot.pause()
        assert isinstance(app.screen, PlotScreen)
        title = app.screen.query_one("#plot-title", Static)
        assert str(title.render()) == " Voltage phase 3, V, last 2 minutes"
        await pilot.press("w", "down")
        assert str(title.render()) == " Active imported, kWh, last 5 minutes"
        await pilot.press("o")
        assert str(title.render()) == " all of this unit, kWh, last 5 minutes"
        await pilot.press("escape")
        assert not isinstance(app.screen, PlotScreen)

    drive(steps, tmp_path)


def test_a_value_and_the_grid_are_copied_to_a_file_too(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("down", "y")
        value = reading().values["energy.active_imported"].value
        written = only(tmp_path, "value-*.txt")
        assert written.read_text() == f"Active imported {value} kWh\n" == app.clipboard + "\n"
        await pilot.press("Y")
        written = only(tmp_path, "grid-*.txt")
        assert written.read_text().count("\n") == 28

    drive(steps, tmp_path)


def test_a_folder_that_cannot_be_written_is_said_and_nothing_breaks(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("y")
        await pilot.pause()
        (notification,) = app._notifications
        assert "cannot be written" in notification.message

    drive(steps, blocked)


def test_recording_without_a_meter_says_what_to_do(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("r")
        (notification,) = app._notifications
        assert "connect" in notification.message

    drive(steps, tmp_path)


def test_a_recording_has_every_reading_and_names_what_is_invalid(tmp_path: Path) -> None:
    path = tmp_path / "new" / "readings.csv"
    recorder = Recorder(path, NOW)
    recorder.add(reading())
    recorder.add(
        reading(
            vi__voltage_l1=changed("vi.voltage_l1", value=230.0, valid=False),
            vi__voltage_l2=changed("vi.voltage_l2", value=None, valid=False),
        )
    )
    recorder.close()
    header, first, second = csv.reader(path.read_text().splitlines())
    assert tuple(header) == HEADER
    assert first[2] == str(reading().values["energy.active_imported"].value)
    assert first[-1] == ""
    assert second[header.index("vi.voltage_l1")] == "230.0"
    assert second[header.index("vi.voltage_l2")] == ""
    assert second[-1] == "vi.voltage_l1"


def test_an_existing_recording_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "readings.csv"
    path.write_text("mine")
    recorder = Recorder(path, NOW)
    with pytest.raises(FileExistsError):
        asyncio.run(recorder.opened())
    recorder.close()
    assert path.read_text() == "mine"


def test_after_a_fault_of_the_disk_a_recording_takes_nothing_more_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    recorder = Recorder(tmp_path / "file" / "readings.csv", NOW)
    until(lambda: not recorder.is_open)
    for _ in range(20):
        recorder.reading(reading())
    assert not recorder._items
    said = recorder.error
    recorder.close()
    assert recorder.error == said
    assert said == f"{tmp_path / 'file'} cannot be written: File exists"


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), ValueError("secret")])
def test_what_fails_while_it_is_written_ends_a_recording_in_words(
    fault: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_reading: object) -> list[object]:
        raise fault

    monkeypatch.setattr(live_recorder, "row", fail)
    recorder = Recorder(tmp_path / "readings.csv", NOW)
    recorder.reading(reading())
    recorder.close()
    assert recorder.error is not None
    assert "secret" not in recorder.error
    assert recorder.error.startswith(("recording ended: No space left", "The recording has failed (ValueError)"))


def test_the_copied_grid_says_which_side_it_shows() -> None:
    assert "V-I  secondary values" in grid_text(View(reading=reading()))


# Trends and plots


def test_a_trend_is_on_the_scale_that_is_given_and_shows_gaps() -> None:
    points = [(0.5, 1.0), (1.5, 2.0), (3.5, 3.0)]
    assert sparkline(points, 0.0, 4.0, 4, low=1.0, high=3.0) == "▁▅ █"
    assert sparkline(points, 0.0, 4.0, 4, high=4.0) == "▃▅ ▆"
    assert sparkline(points, 0.0, 4.0, 4, high=4.0, plain=True).isascii()
    assert sparkline([(0.5, -7.0), (1.5, 70.0)], 0.0, 2.0, 2, high=8.0) == "▁█"
    assert sparkline([], 0.0, 4.0, 4, high=1.0) == "    "


def test_a_long_series_keeps_its_highest_and_lowest_point() -> None:
    points = [(float(number), float(number % 100)) for number in range(35_040)]
    points[20_000] = (20_000.0, 999.0)
    points[30_000] = (30_000.0, -999.0)
    few = reduced(points, 100)
    assert len(few) <= 202
    assert few == sorted(few)
    assert (20_000.0, 999.0) in few
    assert (30_000.0, -999.0) in few


def test_the_empty_pane_says_what_it_is_which_key_fills_it_and_an_example() -> None:
    async def run() -> None:
        session = StillSession(None)
        session.connection = None
        app = MonitorApp(session, None)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("f2")
            grid = app.screen.query_one(SignalGrid)
            shown = " ".join(" ".join(grid.render_line(y).text for y in range(grid.size.height)).split())
            assert "24 signals" in shown
            assert "F1 goes to the meters" in shown
            assert "iec102-tui --demo" in shown
            assert "kVArh" not in shown

    asyncio.run(run())


def test_a_view_that_is_held_holds_its_trends_too(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        session = app.screen.query_one(LivePane).session
        assert isinstance(session, StillSession)
        grid = app.screen.query_one(SignalGrid)

        def shown() -> list[str]:
            return [grid.render_line(y).text for y in range(4, grid.size.height)]

        await pilot.press("f")
        before = shown()
        session.now += 60
        app.screen.query_one(LivePane).tick()
        assert shown() == before
        await pilot.press("f")
        app.screen.query_one(LivePane).tick()
        assert shown() != before

    drive(steps, tmp_path)


def test_the_trend_begins_with_the_first_reading(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        session = app._session
        assert isinstance(session, StillSession)
        nothing, found = "no valid values in these minutes", History()
        session._history = found
        session._changed()
        assert nothing in drawn(app)
        found.add(reading(), session.now)
        session.now += 1.0  # the trend moves only every ten seconds
        session._changed()
        assert nothing not in drawn(app)

    drive(steps, tmp_path)


def drawn(app: MonitorApp) -> str:
    """The text of the grid."""
    grid = app.screen.query_one(SignalGrid)
    return "\n".join(grid.render_line(row).text for row in range(grid.size.height))


@pytest.mark.parametrize("shown", [snapshot(None, error=REFUSED), snapshot(reading(), age=60.0, error=REFUSED)])
def test_where_its_row_cuts_it_what_is_wrong_stands_whole_in_the_plot_with_the_key_that_helps(
    shown: Snapshot, tmp_path: Path
) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        session = app._session
        assert isinstance(session, StillSession)
        session.show(shown)
        text = " ".join(drawn(app).replace("\N{MIDDLE DOT}", " ").split())
        assert "the connection was refused: check" in text
        assert "uses the converter" in text
        assert "F1, then k tests the connection" in text
        session.show(snapshot(reading()))
        assert "F1" not in drawn(app)

    drive(steps, tmp_path)


def test_before_the_first_values_the_plot_says_that_there_are_none_yet(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        session = app._session
        assert isinstance(session, StillSession)
        session._history = History()
        session.show(snapshot(None))
        assert "no values yet" in drawn(app)

    drive(steps, tmp_path)
