"""The main screen through changes of the terminal's size, and where the keys go."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import iec102_tui
import pyte
import pytest
from iec102_tui.app import MonitorApp
from iec102_tui.config import Config
from iec102_tui.main_screen import MainScreen
from iec102_tui.panes.connection.form_field import FormField
from iec102_tui.panes.connection.meter_list import MeterList
from iec102_tui.panes.frame_log.frame_list import FrameList
from iec102_tui.panes.load_profile.table import LoadProfileTable
from iec102_tui.panes.pane import Pane
from iec102_tui.profiles.connection import Connection
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.widgets.pane_switch import PaneSwitch
from support.still_meter import StillSession, add_frames, reading, snapshot
from textual._compositor import CompositorUpdate
from textual.css.model import CombinatorType
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Static

SMALL, LARGE = (80, 24), (160, 44)
Steps = Callable[[MonitorApp, "Pilot[int]"], Awaitable[None]]


class Meterless(StillSession):
    """No meter is chosen yet."""

    def __init__(self) -> None:
        super().__init__(None)
        self.connection: Connection | None = None


def drive(
    steps: Steps, session: StillSession, folder: Path, size: tuple[int, int], config: Config | None = None
) -> None:
    async def run() -> None:
        app = MonitorApp(session, None, config, store=ProfileStore(folder / "profiles.toml"))
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(app, pilot)

    asyncio.run(run())


def shown(app: MonitorApp) -> list[str | None]:
    return [pane.id for pane in app.screen.query(Pane) if pane.display]


async def resized(pilot: Pilot[int], size: tuple[int, int]) -> None:
    await pilot.resize_terminal(*size)
    await pilot.pause()
    await pilot.pause()


def test_a_terminal_that_was_small_at_the_start_shows_all_panes_once_it_is_large_enough(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        assert shown(app) == ["connection"]
        await resized(pilot, LARGE)
        assert len(shown(app)) == 5
        await pilot.press("z")
        await resized(pilot, SMALL)
        await resized(pilot, LARGE)
        assert shown(app) == ["connection"]

    drive(steps, Meterless(), tmp_path, SMALL)


def test_a_large_terminal_begins_with_the_meters_alone(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, _pilot: Pilot[int]) -> None:
        assert shown(app) == ["connection"]

    drive(steps, Meterless(), tmp_path, LARGE)


def test_where_there_is_room_for_one_pane_the_key_for_all_says_so_and_changes_nothing(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("z")
        (note,) = app._notifications
        assert note.message == ("Other panes beside this one need 100 columns and 30 rows: this terminal has fewer.")
        await resized(pilot, LARGE)
        assert len(shown(app)) == 5

    drive(steps, StillSession(snapshot(reading())), tmp_path, SMALL)


def test_the_keys_do_not_stay_with_what_is_no_longer_shown(tmp_path: Path) -> None:
    session = StillSession(snapshot(reading()))
    add_frames(session)

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("3", "z", "tab", "tab")
        assert not isinstance(app.focused, FrameList)
        await pilot.press("z")
        await pilot.pause()
        assert isinstance(app.focused, FrameList)

    drive(steps, session, tmp_path, LARGE)


def test_the_head_and_the_totals_of_the_load_profile_follow_a_new_size(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("4", "v", "v", "v")
        await pilot.pause()
        await resized(pilot, (160, 30))
        await pilot.press("v", "v")
        await pilot.pause()
        await pilot.pause()
        assert len(app.screen.query_one(LoadProfileTable).columns.channels) == 8
        head = str(app.screen.query_one("#load-profile-heading", Static).content)
        foot = str(app.screen.query_one("#load-profile-foot", Static).content)
        assert "Res2" in head
        assert "No room for" not in foot
        assert len(foot.splitlines()[0]) == len(head)

    drive(steps, StillSession(snapshot(reading())), tmp_path, SMALL)


PANES = {
    (80, 24): ["live"],
    (99, 80): ["live"],
    (100, 30): ["live", "log"],
    (119, 36): ["live", "log"],
    (120, 36): ["live", "log", "load-profile"],
    (159, 44): ["live", "log", "load-profile"],
    (160, 44): ["live", "meter-data", "log", "load-profile", "connection"],
    (240, 70): ["live", "meter-data", "log", "load-profile", "connection"],
}


@pytest.mark.parametrize("size", PANES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_overview_is_live_and_what_there_is_room_for(tmp_path: Path, size: tuple[int, int]) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        assert shown(app) == PANES[size]
        panes = app.screen.query_one("#panes")
        covered = sum(pane.region.area for pane in app.screen.query(Pane) if pane.display)
        assert covered == panes.region.area
        assert panes.region.area == size[0] * (size[1] - 4)
        for key, pane in (("1", "connection"), ("3", "log"), ("4", "load-profile"), ("5", "meter-data")):
            await pilot.press(key)
            assert shown(app) == (PANES[size] if size >= LARGE else [pane])
            assert app.focused is not None
            assert app.screen.query_one(f"#{pane}", Pane) in app.focused.ancestors_with_self
        await pilot.press("2")
        assert shown(app) == PANES[size]

    drive(steps, StillSession(snapshot(reading())), tmp_path, size)


def test_one_pane_fills_the_screen_by_a_key_until_it_is_pressed_again(tmp_path: Path) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("3")
        assert shown(app) == ["log"]
        await pilot.press("z")  # back to the overview, with the keys where they were
        assert shown(app) == PANES[120, 36]
        assert isinstance(app.focused, FrameList)
        assert app.screen.query_one(PaneSwitch).current == "F2"
        await pilot.press("z")
        assert shown(app) == ["log"]
        await resized(pilot, LARGE)
        assert shown(app) == ["log"]
        await pilot.press("z", "1", "z")
        assert shown(app) == ["connection"]
        await resized(pilot, (120, 36))
        await pilot.press("z")  # the overview has no room for it
        assert shown(app) == PANES[120, 36]

    drive(steps, StillSession(snapshot(reading())), tmp_path, (120, 36))


def test_no_size_on_the_way_loses_the_page_or_where_the_keys_are(tmp_path: Path) -> None:
    session = StillSession(snapshot(reading()))
    add_frames(session)

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("3")
        frames = app.focused
        assert isinstance(frames, FrameList)
        await pilot.press("up", "up")
        cursor = frames.cursor
        for size in ((120, 36), (100, 30), (80, 24), (60, 10), (80, 24), (120, 40), (240, 70), (100, 30), (160, 50)):
            await resized(pilot, size)
            assert app.focused is frames or size == (60, 10)
            assert frames.cursor == cursor
            assert shown(app) == ([] if size == (60, 10) else ["log"] if size == SMALL else PANES[at_most(size)])

    drive(steps, session, tmp_path, (160, 50))


def at_most(size: tuple[int, int]) -> tuple[int, int]:
    return [room for room in PANES if room[0] <= size[0] and room[1] <= size[1]][-1]


def test_the_pane_that_has_the_keys_is_known_without_colour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        for key, pane in (("1", "connection"), ("2", "live"), ("3", "log"), ("4", "load-profile")):
            await pilot.press(key)
            await pilot.pause()
            marked = [each.id for each in app.screen.query(Pane) if each.styles.border_title_style.reverse]
            assert marked == [pane]

    monkeypatch.setenv("NO_COLOR", "1")
    drive(steps, StillSession(snapshot(reading())), tmp_path, LARGE)
    monkeypatch.delenv("NO_COLOR")
    drive(steps, StillSession(snapshot(reading())), tmp_path, LARGE, Config(theme="plain"))


def test_the_focus_changes_how_boxes_look_and_nothing_of_what_is_in_them(tmp_path: Path) -> None:
    """The main screen styles only what is around the focus: `:focus-within` stands at the end of a selector."""

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("1")
        await pilot.pause()
        seen = False
        for rule in app.stylesheet.rules:
            for selectors in (each.selectors for each in rule.selector_set):
                last = max(
                    number for number, each in enumerate(selectors) if each.combinator is not CombinatorType.SAME
                )
                seen |= any("focus-within" in each.pseudo_classes for each in selectors[last:])
                assert not any("focus-within" in each.pseudo_classes for each in selectors[:last]), rule.selectors
        assert seen

    drive(steps, Meterless(), tmp_path, SMALL)


def test_a_step_of_the_focus_styles_only_what_is_around_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    styled: list[DOMNode] = []
    update = Stylesheet.update_nodes

    def noting(sheet: Stylesheet, nodes: Iterable[DOMNode], animate: bool = False) -> None:
        nodes = list(nodes)
        styled.extend(nodes)
        update(sheet, nodes, animate=animate)

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("2")
        await pilot.pause()
        monkeypatch.setattr(Stylesheet, "update_nodes", noting)
        pane = app.screen.query_one("#live", Pane)
        app.screen.set_focus(None)
        app.screen.set_focus(pane)
        assert pane in styled
        assert {*styled} <= {*pane.ancestors_with_self}

    drive(steps, StillSession(snapshot(reading())), tmp_path, LARGE)


def test_a_step_of_the_focus_draws_only_what_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not drawn again stands there as it would be drawn."""
    size = (120, 40)
    drawn: list[CompositorUpdate | None] = []
    whole: list[tuple[object, ...]] = []
    refresh = MainScreen.refresh

    def noted(screen: MainScreen, *regions: Region, **options: Any) -> MainScreen:
        if not regions and not options.get("layout"):
            whole.append(tuple(options))
        return refresh(screen, *regions, **options)

    monkeypatch.setattr(MainScreen, "refresh", noted)
    monkeypatch.setattr(MonitorApp, "_display", lambda _app, _screen, update: drawn.append(update))

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        terminal, anew = pyte.Screen(*size), pyte.Screen(*size)
        await pilot.press("2")
        await pilot.pause()
        pyte.Stream(terminal).feed("".join(each.render_segments(app.console) for each in drawn if each))
        for key in ["tab"] * 6 + ["shift+tab"] * 2:
            had, drawn[:], whole[:] = app.focused, [], []
            await pilot.press(key)
            await pilot.pause()
            assert app.focused is not had
            assert whole == []
            pyte.Stream(terminal).feed("".join(each.render_segments(app.console) for each in drawn if each))
            update = app.screen._compositor.render_update(full=True)
            assert isinstance(update, CompositorUpdate)
            pyte.Stream(anew).feed(update.render_segments(app.console))
            assert terminal.buffer == anew.buffer

    drive(steps, StillSession(snapshot(reading())), tmp_path, size)


def test_another_page_does_not_style_what_is_in_the_panes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are two hundred widgets in the form of F1: to style them took longer than all else."""

    async def steps(app: MonitorApp, pilot: Pilot[int]) -> None:
        await pilot.press("f1")
        while not app.screen.query(MeterList) or not isinstance(app.focused, MeterList):
            await pilot.pause()
        styled: list[str | None] = []
        apply = Stylesheet.apply

        def noted(stylesheet: Stylesheet, node: DOMNode, **options: Any) -> None:
            if isinstance(node, FormField):
                styled.append(node.id)
            apply(stylesheet, node, **options)

        monkeypatch.setattr(Stylesheet, "apply", noted)
        for key, panes in (("f2", ["live", "log", "load-profile"]), ("f3", ["log"]), ("f1", ["connection"])):
            await pilot.press(key)
            while shown(app) != panes:
                await pilot.pause()
        assert styled == []

    drive(steps, StillSession(snapshot(reading())), tmp_path, (120, 40))


def subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


def test_every_dialog_has_its_place(tmp_path: Path) -> None:
    """One that no style sheet places stands in the upper left, over the state of the meter."""
    for module in pkgutil.walk_packages(iec102_tui.__path__, "iec102_tui."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    dialogs = {kind for kind in subclasses(ModalScreen) if kind.__module__.startswith("iec102_tui.")}

    async def steps(app: MonitorApp, _pilot: Pilot[int]) -> None:
        placed = {
            selectors[0].name
            for rule in app.stylesheet.rules
            if rule.styles.has_rule("align_horizontal")
            for selectors in (each.selectors for each in rule.selector_set)
            if len(selectors) == 1
        }
        assert {kind.__name__ for kind in dialogs if not kind._css_type_names & placed} == {"JumpScreen"}

    drive(steps, StillSession(snapshot(reading())), tmp_path, SMALL)
