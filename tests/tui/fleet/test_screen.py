"""The screen of the fleet: as text at two sizes, and its keys."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from iec102_tui.config import Config, Folders
from iec102_tui.fleet.meter_screen import MeterScreen
from iec102_tui.fleet.subscriber import Away, BrokerStatus
from iec102_tui.help_screen import help_lines
from iec102_tui.main_screen import MainScreen
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.widgets.pick_dialog import PickScreen
from iec102_tui.widgets.status_line import ErrorRow
from support.fleet_boxes import Box
from support.fleet_screen import StillFleet, still_fleet
from support.screens import difference, screen_of, screen_text
from support.spoken import LONGER, spoken_in
from support.waiting import on_screen
from textual.pilot import Pilot
from textual.widgets import Static

SCREENS = Path(__file__).parent / "screens"
Steps = Callable[[Pilot[Any]], Awaitable[None]]


def run(fleet: StillFleet, steps: Steps, size: tuple[int, int] = (120, 40)) -> None:
    async def go() -> None:
        async with fleet.app.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(pilot)

    asyncio.run(go())


@pytest.fixture
def kept(request: pytest.FixtureRequest) -> Callable[[str], None]:
    def compare(shown: str) -> None:
        name = request.node.name.removeprefix("test_").replace("[", "-").replace("]", "").replace("_", "-")
        path = SCREENS / f"{name}.txt"
        if request.config.getoption("--update-screens"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(shown, encoding="utf-8")
        elif differs := difference(path, shown):
            pytest.fail(differs, pytrace=False)

    return compare


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("count", [6, 100, 1000])
def test_the_fleet(kept: Callable[[str], None], count: int, size: tuple[int, int]) -> None:
    kept(screen_of(still_fleet(count, minutes=3 if count > 100 else 20).app, terminal_size=size))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)], ids=["80x24", "120x40", "160x50"])
def test_its_states(kept: Callable[[str], None], size: tuple[int, int]) -> None:
    kept(screen_of(still_fleet(6).app, terminal_size=size, press=["i", "down"]))


@pytest.mark.parametrize("theme", ["plain", "ansi"])
def test_the_fleet_in(kept: Callable[[str], None], theme: str) -> None:
    kept(screen_of(still_fleet(6, Config(theme=theme)).app, terminal_size=(100, 20 + 10)))


@pytest.mark.parametrize("language", ["es", LONGER])
def test_the_fleet_in_another_language(kept: Callable[[str], None], language: str) -> None:
    with spoken_in(language):
        kept(screen_of(still_fleet(6).app))


def test_without_a_meter_it_says_what_it_is(kept: Callable[[str], None]) -> None:
    kept(screen_of(StillFleet().app))


@pytest.mark.parametrize("page", ["live", "data"])
def test_one_meter(kept: Callable[[str], None], page: str) -> None:
    fleet = still_fleet(6)
    key = {"live": "enter", "data": "f5"}[page]
    kept(screen_of(fleet.app, terminal_size=(120, 40), press=["down", "down", "down", "down", key]))


def rows_of(fleet: StillFleet) -> list[str]:
    return [row.name for row in fleet.screen.rows.rows]


def text_of(fleet: StillFleet, selector: str) -> str:
    widget = fleet.screen.query_one(selector)
    return str(widget.content) if isinstance(widget, Static) else widget.text  # type: ignore[attr-defined]


def test_a_filter_is_asked_for_and_given_up() -> None:
    fleet = still_fleet(20)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("slash", *"state=lost", "enter")
        assert rows_of(fleet) == ["Cantera El Cerro", "Puerto"]
        assert "2 of 20 pass the filter" in text_of(fleet, "#fleet-place")
        await pilot.press("x")
        assert len(rows_of(fleet)) == 20
        await pilot.press("f", *"kW>90000", "enter")
        assert rows_of(fleet) == []
        assert "x shows all" in text_of(fleet, "#fleet-empty")

    run(fleet, steps)


def test_it_is_sorted_by_any_column_and_turned_round() -> None:
    fleet = still_fleet(20)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("s")
        assert isinstance(fleet.app.screen, PickScreen)
        await pilot.press("down", "enter")
        await pilot.pause()
        assert rows_of(fleet)[0] == "Bodega Ruiz"
        await pilot.press("S")
        assert rows_of(fleet)[-1] == "Bodega Ruiz"
        fleet.screen.sort_by("power")
        powers = [row.power or 0 for row in fleet.screen.rows.rows]
        assert powers == sorted(powers, reverse=True)
        assert "sorted by kW, largest first" in text_of(fleet, "#fleet-sums")

    run(fleet, steps)


def test_rows_that_are_sorted_by_a_number_stand_still_for_a_while() -> None:
    fleet = still_fleet(20)

    async def steps(pilot: Pilot[Any]) -> None:
        fleet.screen.sort_by("power")
        first, last = rows_of(fleet)[0], rows_of(fleet)[-1]
        box = next(Box(number) for number in range(20) if Box(number).name == last)
        fleet.live(box, **{"power.active_total": 9_000})
        await fleet.news(pilot)
        assert rows_of(fleet)[0] == first
        fleet.at += 5
        fleet.live(box, **{"power.active_total": 9_000})
        await fleet.news(pilot)
        assert rows_of(fleet)[0] == last

    run(fleet, steps)


def test_the_cursor_stays_on_its_meter() -> None:
    fleet = still_fleet(20)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("end")
        current = fleet.screen.rows.current
        assert current is not None
        fleet.screen.sort_by("meter")
        fleet.screen.action_turn()
        assert fleet.screen.rows.current == current
        assert fleet.screen.rows.cursor_row is not None
        await pilot.press("home", "down", "pagedown", "up")
        assert fleet.screen.rows.cursor_row == 19 - 1

    run(fleet, steps)


def test_what_is_marked_is_exported(tmp_path: Path) -> None:
    fleet = still_fleet(20, Config(folders=Folders(exports=tmp_path)))

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("m", "down", "m", "e")
        await pilot.app.workers.wait_for_complete()
        await on_screen(pilot, lambda: fleet.session.exports.idle and fleet.session.written)
        (file,) = fleet.session.written
        fleet.screen._exports = file  # where nothing can be below
        await pilot.press("e")
        await on_screen(pilot, lambda: any("cannot be written: " in note.message for note in fleet.app._notifications))

    run(fleet, steps)
    (path,) = fleet.session.written
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["meter"] for row in rows] == ["Cantera El Cerro", "Bodega Ruiz"]
    assert rows[0]["line_state"] == "offline"


def test_a_broker_that_is_away_is_said_with_the_time_of_the_values_and_the_gap_afterwards() -> None:
    fleet = still_fleet(20)

    async def steps(pilot: Pilot[Any]) -> None:
        since = fleet.wall.timestamp()
        fleet.at += 90
        problem = "nothing listens at broker.example:1883"
        fleet.subscriber.status = BrokerStatus(False, "", problem, 1, Away(since))
        await fleet.news(pilot)
        assert "broker away, values of 12:30: nothing listens" in text_of(fleet, "#fleet-message")
        assert "18 stale" in text_of(fleet, "#fleet-status")
        await pilot.press("r")
        assert fleet.subscriber.tries == 1
        fleet.subscriber.inbox.connected()
        fleet.subscriber.status = BrokerStatus(True, "", None, 2, Away(since, fleet.wall.timestamp()))
        for number in range(20):
            fleet.live(Box(number))
        await fleet.news(pilot)
        assert "away from 12:30:05 to 12:31:35" in text_of(fleet, "#fleet-message")
        assert "20 live" in text_of(fleet, "#fleet-status")

    run(fleet, steps)


def test_a_meter_of_the_broker_is_live_and_says_when_it_is_stale() -> None:
    fleet = still_fleet(20)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("slash", *"centro", "enter", "enter")
        screen = fleet.app.screen
        assert isinstance(screen, MeterScreen)
        box = next(Box(number) for number in range(20) if Box(number).name == "Centro de datos")
        fleet.live(box, **{"power.active_total": 4321})
        fleet.feed.take()
        screen._news()
        await pilot.pause()
        assert "4 321" in screen_text(fleet.app).replace("\N{NO-BREAK SPACE}", " ") or fleet.app.screen is screen
        reading = screen._of_meter.latest
        assert reading is not None
        assert reading.reading is not None
        assert reading.reading.values["power.active_total"].value == 4321
        assert not screen._of_meter.is_stale()
        fleet.at += 300
        screen._tick()
        assert screen._of_meter.is_stale()
        assert "5 min old" in screen._of_meter.replayed[0]
        fleet.live(box)
        fleet.say(box.site_topic, '{"state": "offline"}')
        fleet.feed.take()
        screen._tick()
        await pilot.press("enter")
        await pilot.pause()
        assert str(fleet.app.screen.query_one("#plot-title", Static).content).startswith(
            " STALE, <2 s old: Active total"
        )
        await pilot.press("escape")
        await pilot.press("f5")
        await pilot.pause()
        assert "point address" in screen_text(fleet.app)
        await pilot.press("escape")
        await pilot.pause()
        assert fleet.screen is not None

    run(fleet, steps)


def test_a_meter_says_all_of_why_the_broker_is_away_and_nothing_of_its_line() -> None:
    fleet = still_fleet(6)
    problem = "nothing listens at broker.example:1883: check url in [broker], and whether the broker runs there"

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("end", "enter")
        screen = fleet.app.screen
        assert isinstance(screen, MeterScreen)
        assert "connected" in screen._of_meter.replayed[1]
        offered = {key.binding.action for key in screen.active_bindings.values()}
        assert "freeze" in offered
        assert not offered & {"record", "alarms"}  # there is nothing here that reads it
        fleet.subscriber.status = BrokerStatus(False, "", problem, 1, Away(fleet.wall.timestamp()))
        fleet.at += 60
        fleet.feed.take()
        screen._news()
        await pilot.pause()
        row = screen.query_one(ErrorRow).text
        assert "broker away, values of 12:30" in row
        assert "connected" not in row
        assert "... ! shows all" in " ".join(row.split())
        await pilot.press("exclamation_mark")
        await pilot.pause()
        assert "whether the broker runs there" in " ".join(screen_text(fleet.app).split())

    run(fleet, steps, (80, 24))


def test_through_the_gateway_of_its_box() -> None:
    fleet = still_fleet(6, whole=True)
    boxes = [Box(number) for number in range(6)]

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("end", "g")
        assert any("does not say where its gateway is" in note.message for note in fleet.app._notifications)
        current = fleet.screen.rows.current
        assert current is not None
        box = next(box for box in boxes if box.name == current.name)
        fleet.say(box.of("info"), box.info(gateway="192.0.2.7:40001"))
        await fleet.news(pilot)
        await pilot.press("g")
        await pilot.pause()
        assert fleet.app.screen.id != "fleet"  # the password is asked for
        assert any(isinstance(screen, MainScreen) for screen in fleet.app.screen_stack)

    run(fleet, steps)


def test_back_to_this_box_and_to_the_broker_again(tmp_path: Path) -> None:
    saved = tmp_path / "profiles.toml"
    saved.write_text('[profiles.north]\ntarget = "tcp://127.0.0.1:1"\n')
    fleet = StillFleet(store=ProfileStore(saved))
    fleet.fill([Box(1)], minutes=1)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("t")
        assert isinstance(fleet.app.screen, MainScreen)
        await pilot.app.workers.wait_for_complete()
        await pilot.press("t")
        assert rows_of(fleet) == [Box(1).name]

    run(fleet, steps)


def test_every_key_is_in_the_help() -> None:
    fleet = still_fleet(6)

    async def steps(pilot: Pilot[Any]) -> None:
        text = "\n".join(help_lines(fleet.app.screen))
        for name in ("open", "filter", "all", "sort", "turn", "states", "mark", "export", "gateway", "leave", "retry"):
            assert f"(fleet.{name})" in text, name

    run(fleet, steps)


def test_what_was_not_taken_is_counted_and_told() -> None:
    fleet = still_fleet(6)

    async def steps(pilot: Pilot[Any]) -> None:
        fleet.say("iec102/box/meter/live", "no json")
        await fleet.news(pilot)
        assert "1 message refused" in text_of(fleet, "#fleet-place")
        await pilot.press("R")
        await pilot.pause()
        assert "no JSON object" in screen_text(fleet.app)

    run(fleet, steps)


def test_names_from_outside_are_text() -> None:
    fleet = still_fleet(6)

    async def steps(pilot: Pilot[Any]) -> None:
        evil = Box(7)
        fleet.say(evil.of("info"), evil.info(name="[red]x[/] \x1b[2J\N{RIGHT-TO-LEFT OVERRIDE}"))
        fleet.live(evil)
        await fleet.news(pilot)
        assert "[red]x[/] \\x1b[2J" in screen_text(fleet.app)

    run(fleet, steps)


def test_only_visible_rows_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = still_fleet(1000, minutes=1)

    async def steps(pilot: Pilot[Any]) -> None:
        rows = fleet.screen.rows
        made: list[object] = []
        strip = rows._strip
        monkeypatch.setattr(rows, "_strip", lambda row: made.append(row) or strip(row))
        fleet.at += 1
        for number in range(1000):
            fleet.live(Box(number))
        await fleet.news(pilot)
        assert 0 < len(made) <= 3 * rows.size.height

    run(fleet, steps)


def test_a_value_that_changes_draws_its_part_of_the_row_alone() -> None:
    fleet = still_fleet(6)

    async def steps(pilot: Pilot[Any]) -> None:
        rows, (values, ages, _hour) = fleet.screen.rows, fleet.screen._parts
        drawn: list[tuple[object, int]] = []
        for widget in (rows, values, ages):
            refresh = widget.refresh

            def seen(*regions: Any, widget: Any = widget, refresh: Any = refresh, **more: Any) -> Any:
                drawn.extend((widget, region.y) for region in regions)
                return refresh(*regions, **more)

            widget.refresh = seen  # type: ignore[method-assign]
        box = Box(5)
        place = next(number for number, row in enumerate(rows.rows) if row.key == (box.site, box.meter))
        fleet.live(box, **{"power.active_total": -77})
        await fleet.news(pilot)
        assert drawn == [(values, place)]

    run(fleet, steps)


def test_another_theme_draws_every_row_anew() -> None:
    fleet = still_fleet(6)

    async def steps(pilot: Pilot[Any]) -> None:
        before = screen_text(fleet.app).split("styles")[1]
        fleet.app.show_theme("light")
        await pilot.pause()
        after = screen_text(fleet.app).split("styles")[1]
        assert "#10141b" in before  # the ground of the dark theme
        assert "#10141b" not in after

    run(fleet, steps)


def test_another_size_lays_it_out_anew() -> None:
    fleet = still_fleet(6)

    async def steps(pilot: Pilot[Any]) -> None:
        for size in ((160, 50), (80, 24), (79, 24), (100, 23), (100, 30)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            placed = fleet.screen.rows.columns[-1]
            too_small = size[0] < 80 or size[1] < 24
            text = screen_text(fleet.app)
            assert ("too small" in text, "Puerto" in text) == (too_small, not too_small)
            assert too_small or placed.x + placed.width <= size[0]

    run(fleet, steps)
