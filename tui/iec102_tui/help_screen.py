"""The help: every key of the screen, made from the bindings, those of the focused pane first."""

from __future__ import annotations

import re
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen

from iec102_tui.widgets.hanging_text import HangingLine, HangingText
from iec102_tui.words.text import N_, _

EVERYWHERE = N_("Everywhere")
_KEY_WIDTH = 12
_KEYS = re.compile(rf"(  .{{{_KEY_WIDTH}}}\S*  )(.*)")


def help_lines(screen: Screen[object]) -> list[str]:
    """The keys as they are now, the user's own included, from the focused widget up to the program."""
    sections: dict[str, dict[str, list[Binding]]] = {}
    for active in screen.active_bindings.values():
        if not active.binding.system:
            actions = sections.setdefault(_title(active.node, screen), {})
            actions.setdefault(active.binding.action, []).append(active.binding)
    lines: list[str] = []
    for title, actions in sections.items():
        lines += ["", title, *(_line(bindings, screen) for bindings in actions.values())]
    return lines[1:]


def _title(node: DOMNode, screen: Screen[object]) -> str:
    """The pane that a binding belongs to."""
    if node is screen or node is screen.app:
        return _(EVERYWHERE)
    titles = (getattr(owner, "TITLE", None) for owner in node.ancestors_with_self if owner is not screen.app)
    return _(next((title for title in titles if isinstance(title, str)), EVERYWHERE))


def _line(bindings: list[Binding], screen: Screen[object]) -> str:
    """One line an action, with all its keys, and its name for who wants other keys."""
    keys = ", ".join(dict.fromkeys(screen.app.get_key_display(binding) for binding in bindings))
    binding = bindings[0]
    name = f"  ({binding.id})" if binding.id else ""
    return f"  {keys:{_KEY_WIDTH}}  {_(binding.tooltip or binding.description)}{name}"


def hanging(line: str) -> HangingLine:
    """A key stands out, and so does the title of those that follow."""
    found = _KEYS.match(line)
    return HangingLine(line, look="bold $accent") if found is None else HangingLine(found[1], found[2], "bold $accent")


class HelpScreen(ModalScreen[None]):
    """Over the main screen; any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,escape,q,enter", "dismiss", N_("Close"), id="help.close", key_display="?"),
    ]

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help") as box:
            box.border_title = _("Keys (? or Escape closes)")
            yield HangingText([hanging(line) for line in self._lines])

    def on_mount(self) -> None:
        self.query_one("#help").focus()
