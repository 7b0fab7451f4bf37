"""The main screen: status, the panes, the footer; all panes together where there is room, else one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import DescendantFocus, Resize
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from iec102_tui.meter_side.session import Session
from iec102_tui.panes.pane import Pane
from iec102_tui.widgets.key_footer import KeyFooter
from iec102_tui.widgets.pane_switch import PaneSwitch, Tab
from iec102_tui.widgets.status_cells import error_of
from iec102_tui.widgets.status_line import ErrorRow, StatusLine
from iec102_tui.words.text import _

SMALLEST = (80, 24)
ROOM_FOR_ALL = (120, 40)


class Layout(Enum):
    """How much fits on the terminal."""

    TOO_SMALL = "too-small"
    ONE = "one"
    ALL = "all"


def layout_for(width: int, height: int) -> Layout:
    """By the size of the terminal in cells."""
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return Layout.TOO_SMALL
    if width >= ROOM_FOR_ALL[0] and height >= ROOM_FOR_ALL[1]:
        return Layout.ALL
    return Layout.ONE


class MainScreen(Screen[None]):
    """Arranges the panes and passes the session's news to those that are visible."""

    # The pane of the start gets the focus. Textual's own choice would be the first pane, which then would be shown.
    AUTO_FOCUS = ""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,1", "pane('connection')", "Connection", id="pane.connection", show=False),
        Binding("f2,2", "pane('live')", "Live", id="pane.live", show=False),
        Binding("f3,3", "pane('log')", "Frame log", id="pane.log", show=False),
        Binding("f4,4", "pane('load-profile')", "Load profile", id="pane.load_profile", show=False),
        Binding("z", "maximise", "Alone", id="pane.maximise", tooltip="One pane alone, or all again"),
        Binding("exclamation_mark", "error", "What is wrong", id="error.show", show=False, key_display="!"),
        Binding("escape", "leave_field", "Leave field", id="field.leave", show=False),
    ]

    def __init__(self, session: Session, panes: Sequence[Pane], start: str, *, maximised: bool = False) -> None:
        super().__init__()
        self._session = session
        self._panes = panes
        self._current = start
        self._maximised = maximised
        self._begun_alone = maximised and len(panes) > 1
        """One pane is alone because the program began like that: the user has not asked for it."""
        self._layout: Layout | None = None
        self._had_focus: Widget | None = None

    def compose(self) -> ComposeResult:
        # What is set before the widgets are there styles each of them once, and not again.
        self._set_layout(layout_for(*self.app.size))
        yield StatusLine(self._session, id="status")
        yield PaneSwitch(sorted(Tab(pane.KEY, pane.TITLE, pane.id or "") for pane in self._panes), id="switch")
        yield ErrorRow(self._session, id="error-row")
        yield Container(*self._panes, id="panes")
        yield Static(
            f"This terminal is too small.\nIt needs {SMALLEST[0]} columns and {SMALLEST[1]} rows.",
            id="too-small",
            markup=False,
        )
        yield KeyFooter(id="footer")

    def on_mount(self) -> None:
        self._arrange()
        self.set_interval(1.0, self._tick)
        self._pane(self._current).focus_content()
        self.session_changed()

    def on_resize(self, event: Resize) -> None:
        layout = layout_for(event.size.width, event.size.height)
        before, self._layout = self._layout, layout
        if layout is before:
            return
        if layout is Layout.TOO_SMALL:
            self._had_focus = self.focused
        if layout is Layout.ALL and before is not None and self._begun_alone:
            self._maximised = self._begun_alone = False
        self._arrange()
        if before is Layout.TOO_SMALL and self._had_focus is not None:
            self.set_focus(self._had_focus)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Focus that moves by Tab takes its pane with it, unless it has moved on meanwhile."""
        for pane in self._panes:
            if event.widget is self.focused and pane in event.widget.ancestors_with_self:
                self._show_current(pane.id or "")

    def session_changed(self) -> None:
        """There is news from the meter."""
        self._update_status()
        for pane in self._panes:
            if pane.display:
                pane.session_changed()

    def _update_status(self) -> None:
        self.query_one(StatusLine).update_status()
        self.query_one(ErrorRow).update_status()

    def _tick(self) -> None:
        self._update_status()
        for pane in self._panes:
            if pane.display:
                pane.tick()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key goes only to a pane that is there."""
        return action != "pane" or any(pane.id == parameters[0] for pane in self._panes)

    def action_pane(self, name: str) -> None:
        """Goes to a pane."""
        self._current = name
        self._arrange()
        self._pane(name).focus_content()

    def action_maximise(self) -> None:
        """The focused pane alone, or all of them again, where there is room for all."""
        if self._layout is Layout.ONE:
            width, height = ROOM_FOR_ALL
            self.notify(f"All panes need {width} columns and {height} rows: this terminal has fewer.", markup=False)
            return
        self._maximised, self._begun_alone = not self._maximised, False
        self._arrange()

    def action_error(self) -> None:
        """Shows all of the sentence in the error row."""
        if error := error_of(self._session):
            from iec102_tui.widgets.text_dialog import TextScreen  # loaded when it is used

            self.app.push_screen(TextScreen(_("What is wrong"), [error]))

    def action_leave_field(self) -> None:
        """Gives the keys back to the pane."""
        self._pane(self._current).focus_content()

    def _pane(self, name: str) -> Pane:
        return next(pane for pane in self._panes if pane.id == name)

    def _show_current(self, name: str) -> None:
        if name != self._current:
            self._current = name
            self._arrange()
        self.query_one(PaneSwitch).current = self._pane(name).KEY

    def _arrange(self) -> None:
        """Shows what fits; a pane that was hidden catches up with what it has missed."""
        layout = self._layout or layout_for(self.size.width, self.size.height)
        for pane in self._set_layout(layout):
            pane.session_changed()
        self.query_one(PaneSwitch).current = self._pane(self._current).KEY
        if layout is not Layout.TOO_SMALL and self.focused is not None and not _is_shown(self.focused):
            self._pane(self._current).focus_content()

    def _set_layout(self, layout: Layout) -> list[Pane]:
        """Shows and hides; gives the panes that appear."""
        together = layout is Layout.ALL and not self._maximised
        self.set_class(together, "together")
        self.set_class(layout is Layout.TOO_SMALL, "too-small")
        appearing = []
        for pane in self._panes:
            shown = layout is not Layout.TOO_SMALL and (together or pane.id == self._current)
            if shown and not pane.display:
                appearing.append(pane)
            pane.full = not together
            pane.display = shown
        return appearing


def _is_shown(widget: Widget) -> bool:
    return all(node.display for node in widget.ancestors_with_self)
