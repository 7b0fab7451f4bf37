"""For terminals that lack box drawing, blocks and arrows: whatever a widget draws leaves in plain characters."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_LEVEL, _UPRIGHT = "─═╌╍┄┅╴╶▔▁", "│┃║╎╏┆┇▏▕▎▌▐"
_CORNERS = "┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝╠╣╦╩╬┏┓┗┛"
_PLAIN = {
    **dict.fromkeys(_LEVEL, "-"),
    **dict.fromkeys(_UPRIGHT, "|"),
    **dict.fromkeys(_CORNERS, "+"),
    "━": "=",  # the full part of a bar
    **dict.fromkeys("█▇▆▅▄▃▂▀", "#"),
    "↑": "^",
    "↓": "v",
    "←": "<",
    "→": ">",
    "⏎": "<",
    "…": ".",
    "\N{NO-BREAK SPACE}": " ",
    "•": "*",
    "●": "*",
    "○": "o",
    **dict.fromkeys("✓✔√", "+"),
    **dict.fromkeys("✖✗", "x"),
    "\N{BOX DRAWINGS LIGHT DIAGONAL CROSS}": "X",
    "▲": "!",
    "↻": "R",
    "◄": "<",
    "►": ">",
    "▴": "^",
    "▸": "+",
    "▾": "-",
    "·": ".",
    "🔎": "> ",
}


def plain(text: str) -> str:
    """The same width in plain characters. Letters stay, also those with accents."""
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(char: str) -> str:
    if char.isascii() or char.isalnum():
        return char
    return _PLAIN.get(char) or "?" * cell_len(char)


class PlainCharacters(LineFilter):
    """Applied to every line before it goes to the terminal."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same styles."""
        return [Segment(plain(text), style, control) for text, style, control in segments]
