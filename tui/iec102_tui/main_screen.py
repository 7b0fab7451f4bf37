"""The main screen: header, tabs, the panes, the footer.

F2 is the overview: Live, and around it as many panes as there is room for. The other keys of panes fill the screen with
one; where there is room for all they move the focus, and `z` fills it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import DescendantFocus, Resize
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static

from iec102_tui.meter_side.session import Session
from iec102_tui.panes.pane import Pane
from iec102_tui.widgets.key_footer import KeyFooter
from iec102_tui.widgets.pane_switch import PaneSwitch, Tab
from iec102_tui.widgets.status_cells import error_of
from iec102_tui.widgets.status_line import ErrorRow, StatusLine
from iec102_tui.words.text import N_, _

SMALLEST = (80, 24)


class Layout(Enum):
    """How much fits on the terminal. The value is the least size, and the class of the style sheets its name."""

    TOO_SMALL = (0, 0)
    ONE = SMALLEST
    TWO = (100, 30)
    THREE = (120, 36)
    ALL = (160, 44)


def layout_for(width: int, height: int) -> Layout:
    """By the size of the terminal in cells."""
    return [layout for layout in Layout if width >= layout.value[0] and height >= layout.value[1]][-1]


def too_small_note() -> Static:
    """Stands in the place of all else where a screen has the class ``too_small``."""
    columns, rows = SMALLEST
    text = _("This terminal is too small.\nIt needs {columns} columns and {rows} rows.", columns=columns, rows=rows)
    return Static(text, id="too-small", markup=False)


_CENTRE = "live"
"""The pane that the overview is of."""


class MainScreen(Screen[None]):
    """Arranges the panes and passes the session's news to those that are visible."""

    # Textual would paint the whole screen at each step of the focus. The widgets that show it paint themselves.
    focused = Reactive[Widget | None](None, repaint=False)

    # The pane of the start gets the focus. Textual's own choice would be the first pane, which then would be shown.
    AUTO_FOCUS = ""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,1", "pane('connection')", N_("Connection"), id="pane.connection", show=False),
        Binding("f2,2", "pane('live')", N_("Live"), id="pane.live", show=False),
        Binding("f3,3", "pane('log')", N_("Frame log"), id="pane.log", show=False),
        Binding("f4,4", "pane('load-profile')", N_("Load profile"), id="pane.load_profile", show=False),
        Binding("f5,5", "pane('meter-data')", N_("Meter data"), id="pane.meter_data", show=False),
        Binding("z", "maximise", N_("Alone"), id="pane.maximise", tooltip=N_("One pane alone, or all again")),
        Binding("exclamation_mark", "error", N_("What is wrong"), id="error.show", show=False, key_display="!"),
        Binding(
            "V",
            "verdict",
            N_("Verdict"),
            id="meter.verdict",
            show=False,
            tooltip=N_("Whether the meter is wired and set right, from its last minute"),
        ),
        Binding("escape", "leave_field", N_("Leave field"), id="field.leave", show=False),
    ]

    def __init__(self, session: Session, panes: Sequence[Pane], start: str, *, alone: bool = False) -> None:
        super().__init__()
        self._session = session
        self._panes = panes
        self._current = start
        self._overview = not alone
        """The page is the overview: what else has room stands around Live."""
        self._filled = self._begun_alone = alone and len(panes) > 1
        """By `z` one pane fills the screen; the program may begin like that without that the user has asked for it."""
        self._layout: Layout | None = None
        self._had_focus: Widget | None = None

    def compose(self) -> ComposeResult:
        # What is set before the widgets are there styles each of them once, and not again.
        self._set_layout(layout_for(*self.app.size))
        self.add_class(f"of-{len(self._panes)}")
        yield StatusLine(self._session, id="status")
        yield PaneSwitch(sorted(Tab(pane.KEY, _(pane.TITLE), pane.id or "") for pane in self._panes), id="switch")
        yield ErrorRow(self._session, id="error-row")
        yield Container(*(pane for pane in self._panes if pane.display), id="panes")
        yield too_small_note()
        yield KeyFooter(id="footer")

    def on_mount(self) -> None:
        self._arrange()
        self.set_interval(1.0, self._tick)
        self._go_to(self._current)
        self.session_changed()

    async def mount_hidden(self) -> None:
        """Mounts what is not on the first picture, which does not wait for it."""
        box = self.query_one("#panes")
        for place, pane in enumerate(self._panes):
            if not pane.is_attached:
                await box.mount(pane, before=place if place < len(box.children) else None)
                if pane.display:  # by a click, or on a terminal that was enlarged meanwhile
                    pane.session_changed()
                    if pane.id == self._current:
                        pane.focus_content()
            await pane.mount_hidden()

    def on_resize(self, event: Resize) -> None:
        layout = layout_for(event.size.width, event.size.height)
        before, self._layout = self._layout, layout
        if layout is before:
            return
        if layout is Layout.TOO_SMALL:
            self._had_focus = self.focused
        if layout is Layout.ALL and before is not None and self._begun_alone:
            self._filled = self._begun_alone = False
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
        for pane in self._seen():
            pane.session_changed()

    def _update_status(self) -> None:
        self.query_one(StatusLine).update_status()
        self.query_one(ErrorRow).update_status()

    def _tick(self) -> None:
        self._update_status()
        for pane in self._seen():
            pane.tick()

    def _seen(self) -> list[Pane]:
        return [pane for pane in self._panes if pane.display and pane.is_mounted]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key goes only to a pane that is there."""
        if action == "maximise":
            return len(self._panes) > 1
        return action != "pane" or any(pane.id == parameters[0] for pane in self._panes)

    def action_pane(self, name: str) -> None:
        """Goes to a pane: to the overview, or to one that fills the screen unless there is room for all."""
        if self._layout is not Layout.ALL:
            self._overview, self._filled = name == _CENTRE, False
        elif self._begun_alone and name != self._current:
            self._overview, self._filled, self._begun_alone = True, False, False
        self._current = name
        self._arrange()
        self._go_to(name)

    def action_maximise(self) -> None:
        """The focused pane alone, or the others around it again, as far as there is room."""
        if len(self._around(self._layout_now)) < 2:
            width, height = Layout.TWO.value
            self.notify(
                _(
                    "Other panes beside this one need {columns} columns and {rows} rows: this terminal has fewer.",
                    columns=width,
                    rows=height,
                ),
                markup=False,
            )
            return
        if len(self._shown(self._layout_now)) > 1:
            self._filled = True
        else:
            self._filled, self._overview = False, True
            if self._pane(self._current) not in self._around(self._layout_now):
                self._current = _CENTRE
        self._begun_alone = False
        self._arrange()

    def _update_focus_styles(self, focused: Widget | None = None, blurred: Widget | None = None) -> None:
        """Style what a focus changes: `:focus-within` says how the boxes around it look, and no more.

        Textual would style the whole pane on each step of the focus, in a form of some hundred widgets.
        """
        around = {node for widget in (focused, blurred) if widget is not None for node in widget.ancestors_with_self}
        self.app.stylesheet.update_nodes(around, animate=True)

    def action_error(self) -> None:
        """Shows all of the sentence in the error row."""
        title, text = self._session.replayed or (_("What is wrong"), error_of(self._session))
        if text:
            from iec102_tui.widgets.text_dialog import TextScreen  # loaded when it is used

            self.app.push_screen(TextScreen(title, [text]))

    def action_verdict(self) -> None:
        """Judges the meter that is read."""
        from iec102_tui.words.verdict_text import NO_METER  # loaded when it is used

        if self._session.wiring_watch is None:
            self.notify(_(NO_METER), markup=False)
            return
        from iec102_tui.widgets.verdict_screen import VerdictScreen

        self.app.push_screen(VerdictScreen(self._session, plain=self.has_class("plain")))

    def action_leave_field(self) -> None:
        """Gives the keys back to the pane."""
        self._go_to(self._current)

    def _pane(self, name: str) -> Pane:
        return next(pane for pane in self._panes if pane.id == name)

    def _go_to(self, name: str) -> None:
        pane = self._pane(name)
        if pane.is_mounted:
            pane.focus_content()

    @property
    def _layout_now(self) -> Layout:
        return self._layout or layout_for(self.size.width, self.size.height)

    def _around(self, layout: Layout) -> list[Pane]:
        """The panes of the overview."""
        width, height = layout.value
        return [pane for pane in self._panes if pane.ROOM[0] <= width and pane.ROOM[1] <= height]

    def _shown(self, layout: Layout) -> list[Pane]:
        if layout is Layout.TOO_SMALL:
            return []
        around, current = self._around(layout), self._pane(self._current)
        page = layout is not Layout.ALL and (not self._overview or current not in around)
        return [current] if self._filled or page else around

    def _show_current(self, name: str) -> None:
        if name != self._current:
            self._current = name
            self._arrange()
        self._mark_tab()

    def _mark_tab(self) -> None:
        """In an overview of some panes its own tab: the others' would fill the screen."""
        layout = self._layout_now
        overview = layout is not Layout.ALL and len(self._shown(layout)) > 1
        self.query_one(PaneSwitch).current = self._pane(_CENTRE if overview else self._current).KEY

    def _arrange(self) -> None:
        """Shows what fits; a pane that was hidden catches up with what it has missed."""
        layout = self._layout_now
        for pane in self._set_layout(layout):
            if pane.is_mounted:
                pane.session_changed()
        self._mark_tab()
        if layout is not Layout.TOO_SMALL and self.focused is not None and not _is_shown(self.focused):
            self._go_to(self._current)

    def _set_layout(self, layout: Layout) -> list[Pane]:
        """Shows and hides; gives the panes that appear."""
        shown = self._shown(layout)
        together = len(shown) > 1
        shape = {each.name.lower(): each is layout and (together or each is Layout.TOO_SMALL) for each in Layout}
        self._take_shape({"together": together, **shape})
        appearing = [pane for pane in shown if not pane.display]
        for pane in self._panes:
            if pane in shown:  # one that is hidden has nothing to arrange, and no keys to give to another of its parts
                pane.full = not together
            pane.display = pane in shown
        return appearing

    def _take_shape(self, classes: Mapping[str, bool]) -> None:
        """Styles this screen's rows and the panes anew, and nothing in them.

        No rule asks for these classes further down, and the form of F1 alone has two hundred widgets: to style each of
        them again takes longer than all else that a change of the page does.
        """
        if all(self.has_class(name) is on for name, on in classes.items()):
            return
        self.update_classes(classes, update=False)
        if self.is_mounted:
            nodes = [self, *self.children, *self.query_one("#panes").children]
            self.app.stylesheet.update_nodes(nodes, animate=False)


class OverScreen(MainScreen):
    """Panes over another screen: Escape leaves a field, else the screen."""

    def action_leave_field(self) -> None:
        """Gives the keys back to the pane, or goes back to the screen below."""
        if isinstance(self.focused, Input):
            super().action_leave_field()
        else:
            self.dismiss()


def _is_shown(widget: Widget) -> bool:
    return all(node.display for node in widget.ancestors_with_self)
