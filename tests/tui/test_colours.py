"""What the colours become on a terminal, read by a terminal emulator: a pilot has no terminal."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from iec102_tui.config import THEMES
from support.program import Terminal, on_terminal

COLUMNS, ROWS = 80, 24
DEFAULT = "default"
LEAST = 40
"""What text and ground must differ by, of 255: less cannot be read."""
NAMED = {"black": 0, "red": 54, "green": 150, "brown": 130, "blue": 18, "magenta": 72, "cyan": 168, "white": 229}
NAMED |= {"brightblack": 102, "brightred": 110, "brightgreen": 182, "brightbrown": 237, "brightyellow": 237}
NAMED |= {"brightblue": 105, "brightmagenta": 131, "brightcyan": 201, "brightwhite": 255}
GREY = {DEFAULT, "black", "white", "brightblack", "brightwhite"}


def brightness(colour: str) -> float:
    """0 black to 255 white."""
    if colour in NAMED:
        return NAMED[colour]
    red, green, blue = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def cells(terminal: Terminal) -> list[tuple[str, str]]:
    """Colour of the text and of the ground of every cell in which something stands."""
    return [
        (terminal.cell(x, y).fg, terminal.cell(x, y).bg)
        for x, y in itertools.product(range(COLUMNS), range(ROWS))
        if terminal.cell(x, y).data.strip()
    ]


def is_readable(colours: tuple[str, str]) -> bool:
    """The terminal's own two colours go together; one of them with another may, on a ground that is not known."""
    if DEFAULT in colours:
        return colours[0] != colours[1] or colours == (DEFAULT, DEFAULT)
    return abs(brightness(colours[0]) - brightness(colours[1])) >= LEAST


def is_coloured(colours: tuple[str, str]) -> bool:
    """Neither the terminal's own nor grey."""
    others = (colour for colour in colours if colour not in GREY)
    return any(colour in NAMED or len({colour[:2], colour[2:4], colour[4:]}) > 1 for colour in others)


def shown(theme: str, folder: Path, **environment: str) -> list[tuple[str, str]]:
    """The cells of the live pane and of the connection pane."""
    size = {"columns": COLUMNS, "rows": ROWS}
    with on_terminal("--demo", "--theme", theme, **size, HOME=str(folder), **environment) as terminal:
        terminal.wait_for("connected")
        terminal.wait_for("quit")
        live = cells(terminal)
        terminal.type(b"1")
        terminal.wait_for("Link address")
        return [*live, *cells(terminal)]


@pytest.mark.parametrize("theme", THEMES)
def test_every_cell_can_be_read_with_and_without_colours(theme: str, tmp_path: Path) -> None:
    coloured, plain = shown(theme, tmp_path), shown(theme, tmp_path, NO_COLOR="1")
    for found in (coloured, plain):
        assert len(found) > 1_000
        assert not [colours for colours in found if not is_readable(colours)]
    assert any(is_coloured(colours) for colours in coloured)
    assert not any(is_coloured(colours) for colours in plain)


@pytest.mark.parametrize("theme", ["dark", "ansi", "plain"])
@pytest.mark.parametrize("term", ["linux", "vt100", "screen"])
def test_every_kind_of_terminal_shows_it(theme: str, term: str, tmp_path: Path) -> None:
    variables: tuple[dict[str, str], ...] = ({}, {"NO_COLOR": "1"})
    for more in variables:
        home = {"HOME": str(tmp_path), **more}
        with on_terminal("--demo", "--theme", theme, columns=COLUMNS, rows=ROWS, term=term, **home) as terminal:
            terminal.wait_for("connected")
            terminal.wait_for("quit")
            found = cells(terminal)
        assert len(found) > 500
        assert not [colours for colours in found if not is_readable(colours)]
        assert any(is_coloured(colours) for colours in found) is not bool(more)


def test_an_empty_wish_for_no_colour_is_none(tmp_path: Path) -> None:
    assert any(is_coloured(colours) for colours in shown("dark", tmp_path, NO_COLOR=""))
