"""A walk through all that the monitor shows, in one program: each place with the rows of its screen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from iec102_tui.app import MonitorApp
from iec102_tui.archive.load_profile_store import MemoryLoadProfileStore
from iec102_tui.config import Config, Folders
from iec102_tui.profiles.store import ProfileStore
from support.curves import local, records_of, wanted, with_quality
from support.known_meter import fill
from support.screen_states import Size
from support.screens import rows_of
from support.still_meter import WALL, StillSession, add_frames
from support.wired_session import wired
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import OptionList

_PROFILE = '[profiles.north]\ntarget = "serial:/dev/ttyUSB0"\nbaudrate = 9600\nformat = "8E1"\npassword = 7\n'
_PATIENCE = 60.0
"""Seconds for what a key opens, on a machine that has much to do."""


class Place(NamedTuple):
    """The keys that lead to it from the place before, and the screen on which it is."""

    name: str
    keys: str
    screen: str = "MainScreen"


WITH_A_METER: Sequence[tuple[str, str]] = (
    ("live", "2"),
    ("live, primary", "p"),
    ("live, list", "p v"),
    ("live, plot", "v enter"),
    ("live, plot of a unit", "o"),
    ("live, alarms", "escape a"),
    ("verdict", "escape V"),
    ("help of live", "escape question_mark"),
    ("frames", "escape 3"),
    ("frames, held and marked", "space up up m"),
    ("frames, filter", "f d i r"),
    ("frames, wrong filter", "equals_sign x"),
    ("frames, search", "escape slash t"),
    ("frames, export", "escape e"),
    ("frames, fields", "escape up up tab down"),
    ("load profile, map", "4"),
    ("load profile, plot", "v"),
    ("load profile, line", "minus"),
    ("load profile, table", "v"),
    ("load profile, an interval", "down down down down enter"),
    ("load profile, dates", "escape t"),
    ("load profile, period", "escape p"),
    ("load profile, maxima", "escape m"),
    ("load profile, export", "escape e"),
    ("meter data, about", "escape 5"),
    ("meter data, about in words", "enter"),
    ("meter data, clock", "escape tab"),
    ("meter data, closings", "tab"),
    ("meter data, closings in words", "enter"),
    ("meter data, events", "escape tab"),
    ("meter data, an event", "enter"),
    ("meter data, filter", "escape f"),
    ("meter data, export", "escape e"),
    ("connection", "escape 1"),
    ("connection, new meter", "n"),
    ("gateway", "escape W"),
    ("themes", "escape ctrl+t"),
)
"""Places by their names, each with the keys that lead on to it from the one before."""

WITHOUT_A_METER: Sequence[tuple[str, str]] = (
    ("first start", "1"),
    ("live, no meter", "2"),
    ("frames, none", "3"),
    ("load profile, none", "4"),
    ("meter data, none", "5"),
    ("options", "ctrl+p"),
)


def meter_of_everything() -> StillSession:
    """A session with values, frames, a load profile and meter data."""
    session = wired(1, "ct-reversed=L2")
    fill(session.meter_data, session)
    for _time in range(3):
        add_frames(session)
    assert session.connection is not None
    choice = wanted(local(2026, 11, 1), WALL)
    records = records_of(choice, lambda index: 100 + 90 * (index % 24) * (23 - index % 24) // 132)
    records[4] = with_quality(records[4], 1, 0x80)
    records[5] = with_quality(records[5], 2, 0x02)
    del records[7:9]
    assert isinstance(session.downloads.load_profiles, MemoryLoadProfileStore)
    session.downloads.load_profiles.store(session.connection, choice).put(records)
    return session


WITH_A_METER: Sequence[Place] = (
    Place("live", "2"),
    Place("live, primary", "p"),
    Place("live, list", "p v"),
    Place("live, plot", "v enter", "PlotScreen"),
    Place("live, plot of a unit", "o", "PlotScreen"),
    Place("live, alarms", "escape a", "TextScreen"),
    Place("verdict", "escape V", "VerdictScreen"),
    Place("help", "escape question_mark", "HelpScreen"),
    Place("frames", "escape 3"),
    Place("frames, held and marked", "space up up m"),
    Place("frames, filter", "f d i r"),
    Place("frames, wrong filter", "equals_sign x"),
    Place("frames, search", "escape slash t"),
    Place("frames, export", "escape e", "PickScreen"),
    Place("frames, fields", "escape up up tab down"),
    Place("load profile, map", "4"),
    Place("load profile, plot", "v"),
    Place("load profile, line", "minus"),
    Place("load profile, table", "v"),
    Place("load profile, an interval", "down down down down enter", "TextScreen"),
    Place("load profile, dates", "escape t", "DatesScreen"),
    Place("load profile, period", "escape p", "PickScreen"),
    Place("load profile, maxima", "escape m", "TextScreen"),
    Place("load profile, export", "escape e", "PickScreen"),
    Place("meter data, about", "escape 5"),
    Place("meter data, about in words", "enter", "TextScreen"),
    Place("meter data, clock", "escape tab"),
    Place("meter data, closings", "tab"),
    Place("meter data, closings in words", "enter", "TextScreen"),
    Place("meter data, events", "escape tab"),
    Place("meter data, an event", "enter", "TextScreen"),
    Place("meter data, filter", "escape f"),
    Place("meter data, export", "escape e", "PickScreen"),
    Place("connection", "escape 1"),
    Place("connection, search", "slash"),
    Place("connection, rename", "escape r", "QuestionScreen"),
    Place("connection, new meter", "escape n", "PickScreen"),
    Place("connection, form", "enter"),
    Place("gateway", "escape W", "GatewayScreen"),
    Place("themes", "escape ctrl+t", "ThemeScreen"),
)
WITHOUT_A_METER: Sequence[Place] = (
    Place("first start", "1"),
    Place("live, no meter", "2"),
    Place("frames, none", "3"),
    Place("load profile, none", "4"),
    Place("meter data, none", "5"),
    Place("options", "f9", "FilteredList"),
    Place("actions", "escape ctrl+p", "CommandPalette"),
)


def with_a_meter(folder: Path) -> MonitorApp:
    """A meter that is wired wrong, with values, frames, a load profile and meter data, and one more in the file."""
    path = folder / "profiles.toml"
    path.write_text(_PROFILE)
    return MonitorApp(meter_of_everything(), None, store=ProfileStore(path))


def without_a_meter(folder: Path) -> MonitorApp:
    """As it starts for the first time."""
    session = StillSession(None)
    session.connection = None
    folders = Folders(**{name: Path("/srv", name) for name in ("exports", "captures", "archive", "log")})
    return MonitorApp(session, None, Config(folders=folders), store=ProfileStore(folder / "profiles.toml"))


def walk(app: MonitorApp, places: Sequence[Place], size: Size) -> dict[str, list[str]]:
    """The rows of each place by its name."""

    async def steps() -> dict[str, list[str]]:
        shown = {}
        async with app.run_test(size=size) as pilot:
            for place in places:
                await pilot.press(*place.keys.split())
                try:
                    await asyncio.wait_for(_arrive(pilot, place), _PATIENCE)
                except TimeoutError:
                    raise AssertionError(f"{place.name}: it is {type(app.screen).__name__} that is shown") from None
                shown[place.name] = _in_front(app, rows_of(app))
        return shown

    return asyncio.run(steps())


def _in_front(app: MonitorApp, rows: list[str]) -> list[str]:
    """Of a dialog its box alone: what is behind it may still be drawn."""
    if not isinstance(app.screen, ModalScreen):
        return rows
    boxes = [each.region for each in app.screen.children if each.region]
    if not boxes:
        return rows
    box = Region.from_union(boxes)
    return [row[box.x : box.right].rstrip() for row in rows[box.y : box.bottom]]


async def _arrive(pilot: Pilot[int], place: Place) -> None:
    """Until the screen is there, and what works for it has ended: a dialog that is waited for keeps a worker."""
    app = pilot.app
    while type(app.screen).__name__ != place.screen:
        await pilot.pause(0.01)
    if place.screen == "MainScreen":
        await app.workers.wait_for_complete()
    if place.screen == "CommandPalette":
        while not app.screen.query_one("CommandList", OptionList).option_count:
            await pilot.pause(0.01)
    await pilot.wait_for_scheduled_animations()
    before: list[str] = []
    while before != (rows := _in_front(app, rows_of(app))):  # the footer is laid out behind all else
        before = rows
        await pilot.pause(0.05)
