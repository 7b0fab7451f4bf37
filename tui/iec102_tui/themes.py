"""The looks of the monitor. None of them says anything by colour alone."""

from __future__ import annotations

from typing import NamedTuple

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


class Look(NamedTuple):
    """A theme of Textual's, and whether box drawing, block and Braille characters are avoided."""

    theme: str
    plain: bool = False


# By the names of config.toml. "ansi" leaves all colours to the terminal: 16 of them are enough.
LOOKS = {
    "dark": Look("textual-dark"),
    "light": Look("textual-light"),
    "high-contrast": Look(HIGH_CONTRAST.name),
    "ansi": Look("ansi-dark"),
    "plain": Look("ansi-dark", plain=True),
}
