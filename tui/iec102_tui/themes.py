"""The looks of the monitor. None of them says anything by colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.filter import LineFilter, Monochrome, NoColor
from textual.theme import Theme

HIGH_CONTRAST = Theme(
    name="high-contrast",
    primary="#ffffff",
    secondary="#ffff00",
    accent="#ffff00",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    warning="#ffff00",
    error="#ff8080",
    success="#80ff80",
    dark=True,
    variables={"footer-key-foreground": "#ffff00", "block-cursor-text-style": "reverse"},
)


class ThemeChoice(NamedTuple):
    """A theme of Textual's, and whether box drawing, block and Braille characters are avoided."""

    theme: str
    plain: bool = False


# By the names of config.toml. "ansi" leaves all colours to the terminal: 16 of them are enough.
LOOKS = {
    "dark": ThemeChoice("textual-dark"),
    "light": ThemeChoice("textual-light"),
    "high-contrast": ThemeChoice(HIGH_CONTRAST.name),
    "ansi": ThemeChoice("ansi-dark"),
    "plain": ThemeChoice("ansi-dark", plain=True),
}


def without_colour(filters: Sequence[LineFilter], *, ansi: bool) -> list[LineFilter]:
    """The filters of a program under NO_COLOR.

    Grey needs colours that this program sets itself. Of the terminal's own it does not know what they look like, and
    grey of them is black on black: there nothing but the terminal's default colours is left.
    """
    others = [part for part in filters if not isinstance(part, Monochrome | NoColor)]
    return [*others, NoColor() if ansi else Monochrome()]
