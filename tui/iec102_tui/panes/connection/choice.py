"""One of a few values, on one row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from iec102_tui.words.text import N_, _


class Choice(Static, can_focus=True):
    """``◄ 9600 ►``: Left and Right go to the value before and the one after, and around at the ends."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left", "step(-1)", N_("Value before"), id="choice.previous", show=False, tooltip=N_("The value before")
        ),
        Binding("right,space", "step(1)", N_("Next value"), id="choice.next", show=False, tooltip=N_("The next value")),
    ]

    value: reactive[str] = reactive("", init=False)

    class Changed(Message):
        """The user has taken another value."""

    def __init__(self, values: Sequence[str], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__("", id=id, markup=False)
        self._values = values
        self.set_reactive(Choice.value, values[0])

    def on_mount(self) -> None:
        self.watch_value(self.value)

    def watch_value(self, value: str) -> None:
        before, after = ("\N{BLACK LEFT-POINTING POINTER} ", " \N{BLACK RIGHT-POINTING POINTER}")
        arrows = "$accent" if self.has_focus else "$faint"
        self.update(Content.assemble((before, arrows), _(value), (after, arrows)))

    def on_focus(self) -> None:
        self.watch_value(self.value)

    def on_blur(self) -> None:
        self.watch_value(self.value)

    def action_step(self, by: int) -> None:
        """Goes so many values on."""
        at = self._values.index(self.value) if self.value in self._values else -max(by, 0)
        self.value = self._values[(at + by) % len(self._values)]
        self.post_message(self.Changed())
