"""The themes: every role in each of them, and text that can be read on its ground."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from iec102_tui.app import MonitorApp
from iec102_tui.config import THEMES, Config
from iec102_tui.meter_side.session import Session
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.themes import LEAST_CONTRAST, ROLES, contrast, derived_roles, from_tables, role_style, shipped
from rich.style import Style
from support.still_meter import StillSession
from support.waiting import on_screen
from textual.color import Color
from textual.theme import BUILTIN_THEMES
from textual.widgets import OptionList

OWN_COLOURS = [name for name in THEMES if not shipped(name).theme.ansi]
TEXT = (
    *(role for role in ROLES if not role.startswith("heat-") and role not in ("faint", "line", "selected")),
    "foreground",
    "accent",
)
LEAST_OF_LABELS = 3.0


def colour(name: str, role: str) -> Color:
    theme = shipped(name).theme
    return Color.parse((theme.to_color_system().generate() | theme.variables)[role])


@pytest.mark.parametrize("ground", ["background", "panel", "selected"])
@pytest.mark.parametrize("name", OWN_COLOURS)
def test_text_can_be_read_on_its_ground(name: str, ground: str) -> None:
    found = {role: contrast(colour(name, role), colour(name, ground)) for role in (*TEXT, "faint")}
    assert not {role: ratio for role, ratio in found.items() if ratio < LEAST_OF_LABELS}
    del found["faint"]
    assert not {role: ratio for role, ratio in found.items() if ratio < LEAST_CONTRAST}


@pytest.mark.parametrize("name", THEMES)
def test_the_steps_of_the_heat_map_differ(name: str) -> None:
    steps = [colour(name, f"heat-{step}") for step in range(6)]
    assert len({str(step) for step in steps}) == 6


@pytest.mark.parametrize("theme", BUILTIN_THEMES.values(), ids=BUILTIN_THEMES)
def test_a_theme_of_textual_gets_every_role(theme: object) -> None:
    roles = derived_roles(theme)  # type: ignore[arg-type]
    assert set(roles) == set(ROLES)
    for role in roles.values():
        Color.parse(role)


def test_a_theme_without_a_role_is_refused() -> None:
    with pytest.raises(KeyError, match="strong"):
        from_tables("mine", {"colours": {"ground": "#000000"}})


def test_a_role_is_drawn_with_the_colour_of_the_theme_that_is_chosen() -> None:
    asyncio.run(role_follows_the_theme())


async def role_follows_the_theme() -> None:
    session = Session()
    app = MonitorApp(session, None, Config(theme="light"))
    async with app.run_test() as pilot:
        light = role_style(app, "import", on="panel", bold=True)
        app.theme = "textual-dark"
        await pilot.pause()
        dark = role_style(app, "import")
    session.close()
    assert (light.color and light.color.triplet) == Color.parse("#0f5f9e").rich_color.triplet
    assert light.bold
    assert light.bgcolor != dark.bgcolor
    assert light.color != dark.color


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("first_run", [True, False], ids=["first-run", "list"])
def test_the_row_under_the_cursor_is_seen_in_every_theme(name: str, first_run: bool, tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    if not first_run:
        path.write_text('[profiles.north]\ntarget = "serial:/dev/ttyUSB0"\n')
    session = StillSession(None)
    session.connection = None

    async def drive() -> None:
        app = MonitorApp(session, None, Config(theme=name), store=ProfileStore(path))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("1")
            await on_screen(pilot, lambda: isinstance(app.focused, OptionList) and bool(app.focused.option_count))
            assert isinstance(app.focused, OptionList)
            chosen, other = app.focused.render_line(0), app.focused.render_line(app.focused.size.height - 1)
            looks = [{looked(segment.style) for segment in row if segment.text.strip()} for row in (chosen, other)]
            assert looks[0].isdisjoint(looks[1])

    asyncio.run(drive())


def looked(style: Style | None) -> tuple[object, ...]:
    """Ground and attributes: the colour of a text says other things."""
    assert style is not None
    return style.bgcolor, style.underline, style.reverse
