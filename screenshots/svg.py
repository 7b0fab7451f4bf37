"""A screen of the program as SVG that looks the same in every browser.

Every run of text has its place and its length, so that no font moves it; blocks, Braille dots and borders are drawn as
shapes, because fonts leave gaps between them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from html import escape
from typing import Any

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.terminal_theme import DIMMED_MONOKAI
from textual.app import App

WIDTH, HEIGHT, FONT = 10, 20, 16
MARGIN = 12
GROUND, TEXT = "#0c0c0c", "#d9d9d9"
_EIGHTHS = {chr(0x2580 + count): count for count in range(1, 9)}
# Which of the four arms a character of a border has: up, right, down, left.
_ARMS = {
    "\N{BOX DRAWINGS LIGHT HORIZONTAL}": "rl",
    "\N{BOX DRAWINGS HEAVY HORIZONTAL}": "rl",
    "\N{BOX DRAWINGS LIGHT VERTICAL}": "ud",
    "\N{BOX DRAWINGS LIGHT ARC DOWN AND RIGHT}": "rd",
    "\N{BOX DRAWINGS LIGHT ARC DOWN AND LEFT}": "ld",
    "\N{BOX DRAWINGS LIGHT ARC UP AND RIGHT}": "ru",
    "\N{BOX DRAWINGS LIGHT ARC UP AND LEFT}": "lu",
}
_ENDS = {"u": (0.5, 0.0), "r": (1.0, 0.5), "d": (0.5, 1.0), "l": (0.0, 0.5)}
# Bits of a Braille pattern: column and row of the dot.
_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))


def picture(app: App[Any], title: str) -> str:
    """The whole document."""
    columns, rows = app.size
    width, height = columns * WIDTH + 2 * MARGIN, rows * HEIGHT + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" rx="8" fill="{GROUND}"/>',
        f'<g transform="translate({MARGIN} {MARGIN})" font-size="{FONT}" shape-rendering="crispEdges" '
        'font-family="DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace">',
    ]
    under = app._background_screens  # noqa: SLF001 - there is no public way to what is drawn
    update = app.screen._compositor.render_update(full=True, screen_stack=under, simplify=True)  # noqa: SLF001
    for y, line in enumerate(update.strips):  # type: ignore[union-attr]
        x = 0
        for segment in itertools.chain.from_iterable(line):
            if not segment.control:
                parts += _segment(segment, x, y)
                x += cell_len(segment.text)
    return "\n".join([*parts, "</g>", "</svg>", ""])


def _segment(segment: Segment, x: int, y: int) -> Iterator[str]:
    style = segment.style
    fore, back = _colour(style and style.color, TEXT), _colour(style and style.bgcolor, GROUND)
    if style is not None and style.reverse:
        fore, back = back, fore
    cells = cell_len(segment.text)
    if back != GROUND:
        yield _rect(x * WIDTH, y * HEIGHT, cells * WIDTH, HEIGHT, back)
    more = ' font-weight="bold"' if style is not None and style.bold else ""
    more += ' text-decoration="underline"' if style is not None and style.underline else ""
    more += ' opacity="0.6"' if style is not None and style.dim else ""
    for drawn, run in itertools.groupby(segment.text, key=_is_drawn):
        text = "".join(run)
        if drawn:
            for place, char in enumerate(text):
                yield from _shape(char, (x + place) * WIDTH, y * HEIGHT, fore)
        elif text.strip():
            ahead = len(text) - len(text.lstrip(" "))
            words = text.strip(" ")
            yield (
                f'<text x="{(x + ahead) * WIDTH}" y="{y * HEIGHT + 15}" fill="{fore}" xml:space="preserve"'
                f' textLength="{cell_len(words) * WIDTH}" lengthAdjust="spacingAndGlyphs"{more}>{escape(words)}</text>'
            )
        x += cell_len(text)


def _is_drawn(char: str) -> bool:
    return char in _EIGHTHS or char in _ARMS or char == "\N{UPPER HALF BLOCK}" or 0x2800 <= ord(char) < 0x2900


def _shape(char: str, x: float, y: float, colour: str) -> Iterator[str]:
    if char in _EIGHTHS:
        high = HEIGHT * _EIGHTHS[char] / 8
        yield _rect(x, y + HEIGHT - high, WIDTH, high, colour)
    elif char == "\N{UPPER HALF BLOCK}":
        yield _rect(x, y, WIDTH, HEIGHT / 2, colour)
    elif char in _ARMS:
        middle = (x + WIDTH / 2, y + HEIGHT / 2)
        for arm in _ARMS[char]:
            right, down = _ENDS[arm]
            end = (x + right * WIDTH, y + down * HEIGHT)
            yield (
                f'<line x1="{middle[0]:g}" y1="{middle[1]:g}" x2="{end[0]:g}" y2="{end[1]:g}" stroke="{colour}"'
                ' stroke-width="1.4" stroke-linecap="square"/>'
            )
    else:
        for bit, (column, row) in enumerate(_DOTS):
            if (ord(char) - 0x2800) >> bit & 1:
                yield _rect(x + 1.5 + 5 * column, y + 1.5 + 5 * row, 2.4, 2.4, colour)


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{colour}"/>'


def _colour(colour: Color | None, default: str) -> str:
    if colour is None or colour.is_default:
        return default
    return colour.get_truecolor(DIMMED_MONOKAI).hex
