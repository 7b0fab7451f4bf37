"""Keys as they are written on the keyboards of the language: ``space``, ``enter``, ``shift+tab``."""

from __future__ import annotations

from iec102_tui.words.text import N_, _

_NAMES = frozenset(
    (
        *(N_("enter"), N_("space"), N_("tab"), N_("esc"), N_("shift"), N_("backspace"), N_("delete")),
        *(N_("up"), N_("down"), N_("left"), N_("right")),
        *(N_("home"), N_("end"), N_("pageup"), N_("pagedown"), N_("pgup"), N_("pgdn")),
    )
)
_ARROWS = {"↑": "up", "↓": "down", "←": "left", "→": "right"}
"""In plain characters they would be those of other keys: ``v``, ``<``."""


def key_name(shown: str, *, plain: bool = False) -> str:
    """A key as Textual shows it, with its modifiers in front (``shift+tab``); ``plain``: with no arrow."""
    if plain:
        shown = "+".join(_ARROWS.get(part, part) for part in shown.split("+"))
    return "+".join(_(part) if part in _NAMES else part for part in shown.split("+"))
