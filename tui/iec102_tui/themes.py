"""The themes: a file each, all with the same roles. None of them says anything by colour alone.

A role is what a colour means (`import`, `muted`, `warn`). Each is a variable of the style sheets (`$import`), and
`role_style` gives it to what is drawn line by line. A theme that is not ours, one of Textual's own, gets its roles
from the colours that it has.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from iec102.errors import InvalidSetting
from rich.style import Style
from textual.app import App
from textual.color import Color, ColorParseError
from textual.filter import LineFilter, Monochrome, NoColor
from textual.theme import BUILTIN_THEMES, Theme

from iec102_tui.config import themes_of_user
from iec102_tui.files import toml_document
from iec102_tui.files.misspelling import misspelt
from iec102_tui.words.plain_text import printable, quoted
from iec102_tui.words.text import _

HEAT_STEPS = 6
ROLES = (
    *("strong", "muted", "faint", "line", "selected"),
    *("l1", "l2", "l3"),
    *("import", "export", "reactive"),
    *("ok", "warn", "error"),
    *(f"heat-{step}" for step in range(HEAT_STEPS)),
)
"""What has a variable of its own beside Textual's $background, $panel, $foreground and $accent.

`selected` is the ground of the row under a cursor and of the tab that is shown, `line` that of borders.
"""


class ThemeChoice(NamedTuple):
    """A theme, and whether box drawing, block and Braille characters are avoided."""

    theme: Theme
    plain: bool = False


def shipped(name: str) -> ThemeChoice:
    """Reads a theme of ours by its name in `config.toml`."""
    return from_tables(name, tomllib.loads(_shipped_text(name)))


def _shipped_text(name: str) -> str:
    return (Path(__file__).parent / "styles" / "themes" / f"{name}.toml").read_text("utf-8")


def theme_of(name: str, file: Path | None = None) -> ThemeChoice:
    """The theme of this name: the user's own before ours, then Textual's. ``file``: where the settings are.

    Raises InvalidSetting with one sentence for a file that is no theme.
    """
    if (path := themes_of_user(file).get(name)) is not None:
        return of_user(name, path)
    return ThemeChoice(BUILTIN_THEMES[name]) if name in BUILTIN_THEMES else shipped(name)


def of_user(name: str, path: Path) -> ThemeChoice:
    """Reads a theme of the user's. A role that it leaves out is that of our dark or light theme.

    Raises InvalidSetting with one sentence.
    """
    document = toml_document.read(path)
    if document.problem:
        raise InvalidSetting(document.problem)
    tables = document.tables
    colours = tables.get("colours", {})
    base = "light" if tables.get("dark") is False else "ansi" if tables.get("ansi") is True else "dark"
    known = tomllib.loads(_shipped_text(base))["colours"]
    if not isinstance(colours, dict):
        raise InvalidSetting(_("{path}: colours must be a table, [colours].", path=printable(str(path))))
    for key, value in colours.items():
        if key not in known:
            what = misspelt(key, tuple(known))
            raise InvalidSetting(_("{path}: {key} {what}", path=printable(str(path)), key=printable(key), what=what))
        given = value if isinstance(value, list) else [value]
        if len(given) != (HEAT_STEPS if key == "heat" else 1) or not all(map(_is_colour, given)):
            raise InvalidSetting(
                _(
                    "{path}: {key} is {value}; write a colour such as #4cc2ff, and six of them for heat.",
                    path=printable(str(path)),
                    key=key,
                    value=quoted(value),
                )
            )
    return from_tables(name, {**tables, "colours": known | colours})


def _is_colour(value: object) -> bool:
    try:
        return isinstance(value, str) and Color.parse(value) is not None
    except ColorParseError:
        return False


def from_tables(name: str, tables: Mapping[str, Any]) -> ThemeChoice:
    """Makes the theme of a file: ``dark``, ``ansi``, ``plain`` and the table ``colours``.

    Raises KeyError for a missing role.
    """
    colours = tables["colours"]
    roles = {role: colours[role] for role in ROLES if not role.startswith("heat-")}
    roles |= {f"heat-{step}": colours["heat"][step] for step in range(HEAT_STEPS)}
    ansi = tables.get("ansi", False)
    theme = Theme(
        name=name,
        primary=colours["accent"],
        secondary=colours["reactive"],
        accent=colours["accent"],
        foreground=colours["text"],
        background=colours["ground"],
        surface=colours["panel"],
        panel=colours["panel"],
        boost="ansi_default" if ansi else None,
        warning=colours["warn"],
        error=colours["error"],
        success=colours["ok"],
        dark=tables.get("dark", True),
        ansi=ansi,
        variables=roles | _widget_colours(colours, ansi=ansi),
    )
    return ThemeChoice(theme, tables.get("plain", False))


def _widget_colours(colours: Mapping[str, str], *, ansi: bool) -> dict[str, str]:
    """What Textual's own widgets use beside the roles."""
    ground = "ansi_black" if ansi else colours["ground"]
    terminal = {"ansi-background": "ansi_black", "ansi-foreground": "ansi_white"} if ansi else {}
    return terminal | {
        "border": colours["accent"],
        "border-blurred": colours["line"],
        "block-cursor-background": colours["accent"],
        "block-cursor-foreground": ground,
        "block-cursor-text-style": "bold",
        "footer-background": colours["panel"],
        "footer-foreground": colours["text"],
        "footer-description-foreground": colours["text"],
        "footer-key-foreground": colours["accent"],
        "input-cursor-background": colours["accent"],
        "input-cursor-foreground": ground,
        "scrollbar": colours["line"],
        "scrollbar-background": colours["panel"],
    }


def contrast(one: Color, other: Color) -> float:
    """How well one can be read on the other, 1 to 21 (WCAG 2, relative luminance)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    parts = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized)
    red, green, blue = parts
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def derived_roles(theme: Theme) -> dict[str, str]:
    """The roles of a theme that has only Textual's colours."""
    if theme.ansi:
        return {role: colour for role, colour in shipped("ansi").theme.variables.items() if role in ROLES}
    made = theme.to_color_system().generate()
    ground, text = Color.parse(made["background"]), Color.parse(made["foreground"])

    def mixed(share: float) -> str:
        return ground.blend(text, share, alpha=1.0).hex

    def readable(name: str) -> str:
        """The colour, nearer to the text's until it is read on this ground."""
        colour = Color.parse(made[name])
        while contrast(colour, ground) < LEAST_CONTRAST and colour != text:
            nearer = colour.blend(text, 0.15, alpha=1.0)
            if nearer == colour:
                break
            colour = nearer
        return colour.hex

    heat = (made["panel"], made["primary"], made["secondary"], made["success"], made["warning"], made["error"])
    return {
        "strong": text.hex,
        "muted": mixed(0.75),
        "faint": mixed(0.55),
        "line": mixed(0.3),
        "selected": mixed(0.12),
        "l1": readable("warning"),
        "l2": mixed(0.85),
        "l3": readable("secondary"),
        "import": readable("primary"),
        "export": readable("warning"),
        "reactive": readable("accent"),
        "ok": readable("success"),
        "warn": readable("warning"),
        "error": readable("error"),
        **{f"heat-{step}": Color.parse(colour).hex for step, colour in enumerate(heat)},
    }


LEAST_CONTRAST = 4.5
"""Between text and its ground (WCAG 2, AA)."""


def role_style(app: App[Any], role: str, *, on: str | None = None, bold: bool = False) -> Style:
    """How Rich draws ``role`` (or any variable of the theme), on the colour of ``on`` where one is given."""
    ground = None if on is None else _colour(app, on).rich_color
    return Style(color=_colour(app, role).rich_color, bgcolor=ground, bold=bold or None)


def _colour(app: App[Any], role: str) -> Color:
    return Color.parse(app.theme_variables[role])


def without_colour(filters: Sequence[LineFilter], *, ansi: bool) -> list[LineFilter]:
    """The filters of a program under NO_COLOR.

    Grey needs colours that this program sets itself. Of the terminal's own it does not know what they look like, and
    grey of them is black on black: there nothing but the terminal's default colours is left.
    """
    others = [part for part in filters if not isinstance(part, Monochrome | NoColor)]
    return [*others, NoColor() if ansi else Monochrome()]
