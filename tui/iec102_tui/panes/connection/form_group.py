"""A part of the form that opens and closes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from iec102_tui.words.text import N_

CLOSED, OPEN = "\N{BLACK RIGHT-POINTING SMALL TRIANGLE}", "\N{BLACK DOWN-POINTING SMALL TRIANGLE}"


class GroupHead(Static, can_focus=True):
    """Its title, and in a few words what is in it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "turn", N_("Open, close"), id="group.toggle", tooltip=N_("More or fewer settings")),
        Binding("right", "turn(True)", N_("Open"), id="group.open", show=False, tooltip=N_("Show these settings")),
        Binding("left", "turn(False)", N_("Close"), id="group.close", show=False, tooltip=N_("Hide these settings")),
    ]

    class Toggled(Message):
        """The user opens or closes it; None: whichever it is not."""

        def __init__(self, head: GroupHead, opened: bool | None) -> None:
            super().__init__()
            self.head = head
            self.opened = opened

    def action_turn(self, opened: bool | None = None) -> None:
        """Opens or closes."""
        self.post_message(self.Toggled(self, opened))

    def on_click(self, event: Click) -> None:
        """As Enter does."""
        event.stop()
        self.action_turn()


class FormGroup(Vertical):
    """Rows under a head that opens them; without a title they are always there."""

    def __init__(self, name: str, title: str, rows: Sequence[Widget]) -> None:
        super().__init__(id=f"group-{name}", classes="form-group")
        self._title = title
        self._summary = ""
        self._rows = Vertical(*rows, classes="rows")
        self.head = GroupHead("", classes="head", markup=False)
        self._rows.display = not title

    def compose(self) -> ComposeResult:
        if self._title:
            yield self.head
        yield self._rows

    def on_mount(self) -> None:
        self._show()

    @property
    def opened(self) -> bool:
        """Its rows are shown."""
        return self._rows.display

    def open(self, opened: bool | None = True) -> None:
        """Shows its rows, or hides them; None: the other way round."""
        if self._title:
            self._rows.display = (not self.opened) if opened is None else opened
            self._show()

    def summarise(self, text: str) -> None:
        """What is in it, for as long as it is closed."""
        if text != self._summary:
            self._summary = text
            self._show()

    def _show(self) -> None:
        if self._title:
            sign = OPEN if self.opened else CLOSED
            said = "" if self.opened else f"  {self._summary}"
            self.head.update(Content.assemble((f"{sign} ", "$accent"), self._title, (said, "$faint")))

    def on_group_head_toggled(self, event: GroupHead.Toggled) -> None:
        event.stop()
        self.open(event.opened)
