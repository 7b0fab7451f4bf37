"""A letter on each target of the screen: the letter is pressed, and the keys are there."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key, Resize
from textual.geometry import Region, Size
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

from iec102_tui.panes.pane import Pane
from iec102_tui.widgets.pane_switch import PaneSwitch
from iec102_tui.words.text import N_

# Those under the fingers come first. Not what a broken arrow key leaves on a slow line: A B C D F H O.
_LETTERS = "sjklgeirutwnmpvxyzq" + string.digits


class Target(NamedTuple):
    """Where the letter stands, and what gets the keys: a widget, or the pane of a tab."""

    region: Region
    widget: Widget | None = None
    pane: str = ""


def targets_of(screen: Screen[Any]) -> Iterator[Target]:
    """The tabs, then what can take the keys, from the upper left to the lower right."""
    tabs = screen.query_one(PaneSwitch)
    for x, pane in tabs.places():
        yield Target(Region(tabs.region.x + x, tabs.region.y, 1, 1), pane=pane)
    seen = set()
    for widget in sorted(screen.focus_chain, key=lambda one: (one.region.y, one.region.x)):
        if isinstance(widget, Pane) and any(other in widget.query("*") for other in screen.focus_chain):
            continue  # what is in it is meant
        place = widget.region.intersection(screen.region)
        if place.area and place.offset not in seen:
            seen.add(place.offset)
            yield Target(place, widget)


class JumpScreen(ModalScreen[Target | None]):
    """Gives the target of the letter that is pressed; None for any other key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", N_("Back"), id="jump.back", tooltip=N_("Back to where the keys are")),
    ]
    DEFAULT_CSS = """
    JumpScreen { background: transparent; }
    JumpScreen Static { position: absolute; width: 3; height: 1; text-style: bold reverse; }
    JumpScreen Static { color: $accent; background: $background; }
    """

    def __init__(self, targets: Sequence[Target]) -> None:
        super().__init__()
        self._targets = dict(zip(_LETTERS, targets, strict=False))
        self._room: Size | None = None

    def compose(self) -> ComposeResult:
        for letter, target in self._targets.items():
            mark = Static(f" {letter} ", markup=False)
            mark.styles.offset = (target.region.x, target.region.y)
            yield mark

    def on_resize(self, event: Resize) -> None:
        """What the letters stand on has moved."""
        if self._room not in (None, event.size):
            self.dismiss(None)
        self._room = event.size

    def on_key(self, event: Key) -> None:
        """A letter chooses."""
        if event.key != "escape":
            event.stop()
            self.dismiss(self._targets.get(event.character or ""))
