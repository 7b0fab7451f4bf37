"""A row of a form: what it is, the value, and beside it a hint or what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from iec102_tui.panes.connection.choice import Choice

_LONGEST = 4096
_LONG = 60
"""A reason with more characters has rows of its own, below the field."""
WRONG = "\N{HEAVY MULTIPLICATION X}"


class FormField(Vertical):
    """A text, or one of some values. Its id is ``field-KEY``. ``hint`` stands beside the value where there is room."""

    def __init__(
        self, key: str, label: str, *, values: Sequence[str] = (), secret: bool = False, hint: str = ""
    ) -> None:
        super().__init__(id=f"field-{key.replace('_', '-')}")
        self.key = key
        self.reason = ""
        self.label = label
        self.control: Input | Choice = (
            Choice(values) if values else Input(password=secret, max_length=_LONGEST, compact=True)
        )
        if isinstance(self.control, Input):
            self.control.cursor_blink = False
        self._hint = Static(hint, classes="hint", markup=False)
        self._beside = Static("", classes="reason beside", markup=False)
        self._below = Static("", classes="reason below", markup=False)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(self.label, classes="label", markup=False)
            yield self.control
            yield self._hint
            yield self._beside
        yield self._below

    @property
    def text(self) -> str:
        """The value as text."""
        return self.control.value

    def fill(self, text: str) -> None:
        """Sets the value, which is no change by the user."""
        if self.control.value != text:
            with self.control.prevent(Input.Changed):
                self.control.value = text

    def say(self, reason: str) -> None:
        """Shows what is wrong with the value; empty when nothing is."""
        if reason == self.reason:
            return
        self.reason = reason
        self.set_class(bool(reason), "wrong")
        self.set_class(len(reason) > _LONG, "long")
        for part in (self._beside, self._below):
            part.update(f"{WRONG} {reason}" if reason else "")


class FieldRow(Horizontal):
    """Two fields beside each other under one label; below each other while something is wrong with one."""

    def __init__(self, label: str, fields: Sequence[FormField]) -> None:
        super().__init__()
        self._label = label
        self._fields = fields

    def compose(self) -> ComposeResult:
        yield Static(self._label, classes="label of-both", markup=False)
        yield from self._fields

    def settle(self) -> None:
        """After something about its fields has changed."""
        shown = [field for field in self._fields if field.display]
        self.display = bool(shown)
        self.set_class(len(shown) == 1 or any(field.reason for field in shown), "stacked")
