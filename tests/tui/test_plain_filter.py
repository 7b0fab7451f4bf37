"""Plain characters for terminals that have no others."""

from __future__ import annotations

import string

from iec102_tui.plain_filter import PlainCharacters, plain
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color


def test_boxes_blocks_arrows_and_braille_leave_as_plain_characters_of_the_same_width() -> None:
    text = "╭─┤ ↑ ▁▃█ ⠿ 🔎 ⏎ ╯"
    assert plain(text).isascii()
    assert cell_len(plain(text)) == cell_len(text)
    assert plain("│ a ─") == "| a -"


def test_the_full_part_of_a_bar_differs_from_the_rest() -> None:
    assert plain("━━──") == "==--"


def test_what_is_plain_already_and_letters_stay() -> None:
    assert plain(string.printable) == string.printable
    assert plain("Señal año") == "Señal año"


def test_styles_and_controls_stay() -> None:
    segments = [Segment("─"), Segment("x", None, [])]
    assert PlainCharacters().apply(segments, Color(0, 0, 0)) == [Segment("-"), Segment("x", None, [])]
