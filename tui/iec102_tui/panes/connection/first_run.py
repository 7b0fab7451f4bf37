"""The first run: no meter is saved yet, and these are the ways to begin."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from iec102_tui.widgets.paged_list import PagedList
from iec102_tui.words import meters_text
from iec102_tui.words.key_names import key_name
from iec102_tui.words.text import N_, _


class Beginning(Enum):
    """A way to begin; the value is its key."""

    SIMULATED = "t"
    FIND = "f"
    NEW = "n"
    CAPTURE = "l"


_WORDS = {
    Beginning.SIMULATED: meters_text.TRY_SIMULATED,
    Beginning.FIND: meters_text.FIND_METER,
    Beginning.NEW: meters_text.SET_UP_METER,
    Beginning.CAPTURE: meters_text.OPEN_CAPTURE,
}
_KEY_WIDTH = 6
_WITH_BLANKS = 16
"""Rows of the pane from which a blank row stands between two ways."""


class _Ways(PagedList):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", N_("Choose"), id="first_run.choose", tooltip=N_("Begin like that")),
    ]


class FirstRun(Vertical):
    """Enter takes the way under the cursor, the first at once; each has a letter too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "t",
            "begin('SIMULATED')",
            N_("Try the simulated meter"),
            id="first_run.simulated",
            show=False,
            tooltip=N_("No hardware is needed"),
        ),
        Binding(
            "f", "begin('FIND')", N_("Find"), id="first_run.find", show=False, tooltip=N_("Search the serial ports")
        ),
        Binding("n", "begin('NEW')", N_("New meter"), id="first_run.new", show=False, tooltip=N_("Fill in the form")),
        Binding(
            "l",
            "begin('CAPTURE')",
            N_("Open a capture"),
            id="first_run.capture",
            show=False,
            tooltip=N_("Frames of a file"),
        ),
    ]

    class Begun(Message):
        """The user has chosen a way."""

        def __init__(self, way: Beginning) -> None:
            super().__init__()
            self.way = way

    def __init__(self, utilities: Sequence[str], *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._utilities = utilities
        self._ways = _Ways(markup=False, compact=True, id="first-run-ways")

    def compose(self) -> ComposeResult:
        with Vertical(id="first-run-page"):
            yield Static(_(meters_text.WELCOME), id="first-run-title", markup=False)
            yield self._ways
            yield Static(_(meters_text.WHERE_NUMBERS_ARE), id="first-run-hint", markup=False)

    def on_mount(self) -> None:
        self._show(0)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.height < _WITH_BLANKS, "low")

    def focus_ways(self) -> None:
        """Goes to the list."""
        self._ways.focus()

    def _show(self, current: int) -> None:
        for number, way in enumerate(Beginning):
            prompt = self._prompt(way, under_cursor=number == current)
            if self._ways.option_count <= number:
                self._ways.add_option(Option(prompt))
            else:
                self._ways.replace_option_prompt_at_index(number, prompt)
        self._ways.highlighted = current

    def _prompt(self, way: Beginning, *, under_cursor: bool) -> Content:
        title, text = _WORDS[way]
        enter = key_name("enter") if self.screen.has_class("plain") else "⏎"
        key = f"{enter if under_cursor else way.value:^{_KEY_WIDTH}}"
        *others, last = self._utilities or ("",)
        utilities = _(meters_text.UTILITIES, others=", ".join(others), last=last)
        said = _(text, utilities=utilities) if way is Beginning.NEW else _(text)
        indent = " " * _KEY_WIDTH
        return Content.assemble(
            (key, "bold $accent"),
            (_(title), "bold $strong" if under_cursor else "$foreground"),
            "\n" + indent,
            (said, "$muted"),
            "\n",
        )

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show(event.option_index)

    @on(OptionList.OptionSelected)
    def _taken(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Begun(list(Beginning)[event.option_index]))

    def action_begin(self, way: str) -> None:
        """Begins in one of the ways."""
        self.post_message(self.Begun(Beginning[way]))
