"""A list over the main screen that is narrowed by typing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from iec102_tui.widgets.paged_list import PagedList
from iec102_tui.words.text import N_, _


class Row(NamedTuple):
    """``name`` is what the list gives, ``text`` what stands in its line, ``about`` below the list under the cursor."""

    name: str
    text: str
    about: str = ""


class FilteredList(ModalScreen[str | None]):
    """Gives the name of the row that was taken; None when the user goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", N_("Back"), id="filtered.back", tooltip=N_("Back without a choice")),
        Binding("down", "move(1)", N_("Down"), id="filtered.down", show=False),
        Binding("up", "move(-1)", N_("Up"), id="filtered.up", show=False),
        Binding("pagedown", "move(10)", N_("Page down"), id="filtered.page_down", show=False),
        Binding("pageup", "move(-10)", N_("Page up"), id="filtered.page_up", show=False),
    ]

    def __init__(
        self, title: str, rows: Sequence[Row], cursor: str | None = None, *, nothing: str = "", wide: bool = False
    ) -> None:
        super().__init__()
        self._title = title
        self._rows = rows
        self._cursor = cursor
        self._nothing = nothing
        self._wide = wide
        self._shown: list[Row] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog filtered wide" if self._wide else "dialog filtered") as box:
            box.border_title = Content(self._title)  # as a string it would be markup
            field = Input(placeholder=_("type to search"), max_length=100, compact=True)
            field.cursor_blink = False
            yield field
            yield PagedList(markup=False, compact=True)
            yield Static(self._nothing, classes="text", markup=False)
            about = Static("", classes="about", markup=False)
            about.display = any(row.about for row in self._rows)
            yield about
            yield Static(_("Enter takes it, Escape goes back"), classes="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(PagedList).can_focus = False
        self.query_one(Input).focus()
        self._fill(self._cursor)

    @on(Input.Changed)
    def _narrow(self, _event: Input.Changed) -> None:
        self._fill(self.current)

    @property
    def current(self) -> str | None:
        """The name under the cursor."""
        at = self.query_one(PagedList).highlighted
        return None if at is None or at >= len(self._shown) else self._shown[at].name

    def _fill(self, cursor: str | None) -> None:
        """All rows that have every typed word in them."""
        words = self.query_one(Input).value.lower().split()
        self._shown = [row for row in self._rows if all(word in f"{row.text} {row.about}".lower() for word in words)]
        rows = self.query_one(PagedList)
        rows.set_options([Option(row.text) for row in self._shown])
        names = [row.name for row in self._shown]
        rows.highlighted = None if not names else names.index(cursor) if cursor in names else 0
        self.query_one(".text").display = not names and bool(self._nothing)
        self._tell()

    @on(OptionList.OptionHighlighted)
    def _tell(self) -> None:
        """More of the row under the cursor than its line has room for."""
        at = self.query_one(PagedList).highlighted
        row = None if at is None or at >= len(self._shown) else self._shown[at]
        self.query_one(".about", Static).update("" if row is None else row.about)

    def action_move(self, by: int) -> None:
        """Moves the cursor."""
        rows = self.query_one(PagedList)
        if self._shown:
            rows.highlighted = max(0, min((rows.highlighted or 0) + by, len(self._shown) - 1))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.current is not None:
            self.dismiss(self.current)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._shown[event.option_index].name)

    def action_back(self) -> None:
        """Goes back without a choice."""
        self.dismiss(None)
