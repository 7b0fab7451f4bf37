"""The parts of the meter-data pane: boxes beside one another, or one at a time with their names above."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container

from iec102_tui.meter_data.event_filter import event_condition
from iec102_tui.meter_data.known import Known, KnownEvent
from iec102_tui.panes.meter_data.about import about_lines, as_of
from iec102_tui.panes.meter_data.clock import clock_lines
from iec102_tui.panes.meter_data.closings import closing_aside, closing_lines, closing_title
from iec102_tui.panes.meter_data.events import EventList
from iec102_tui.panes.meter_data.view import View
from iec102_tui.widgets.aside import WithAside, that_fits
from iec102_tui.widgets.picture_view import PictureView
from iec102_tui.widgets.role_line import RoleLine, Span, width_of
from iec102_tui.words import meter_data_text as words
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import _

PARTS = ("data-about", "data-clock", "data-closings", "data-events")
ABOUT, CLOCK, CLOSINGS, EVENTS = PARTS


class PicturePart(PictureView, WithAside, can_focus=True):
    """A part that is drawn as lines, which are made anew for another size."""


class Parts(Container):
    """All parts. ``events``: those that are asked for; ``asides``: what the border of each says at the right."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.events: Sequence[KnownEvent] = ()
        self.asides: Sequence[str] = ()
        self._filtered: tuple[Known, str] | None = None

    def compose(self) -> ComposeResult:
        for name in (ABOUT, CLOCK, CLOSINGS):
            yield PicturePart(id=name)
        yield EventList(id=EVENTS)

    def show(self, view: View, query: str, only: int | None) -> None:
        """Draws what there is room for: all, or ``only`` one; of the events those that ``query`` asks for."""
        self._sift(view, query)
        self.asides = self._asides(view, query)
        titles = [_(words.ABOUT), _(words.CLOCK), closing_title(view), _(words.EVENTS)]
        for number, name in enumerate(PARTS):
            part = self.query_one(f"#{name}")
            assert isinstance(part, PicturePart | EventList)
            part.display = only is None or number == only
            if part.border_title != titles[number]:
                part.border_title = titles[number]
            part.aside = self.asides[number]
        for name, lines in ((ABOUT, about_lines), (CLOCK, clock_lines)):
            picture = self.query_one(f"#{name}", PicturePart)
            if picture.display and picture.size.width:
                picture.show(lines(view, picture.size.width, picture.size.height))
        table = self.query_one(f"#{CLOSINGS}", PicturePart)
        if table.display and table.size.width:
            table.show(closing_lines(view, table.size.width))
        nothing = _(words.NONE_MATCH) if query and view.known.events else _(words.NO_EVENTS)
        self.query_one(EventList).show(self.events, nothing)

    def _asides(self, view: View, query: str) -> list[str]:
        count, shown = len(view.known.events), len(self.events)
        new = sum(each.is_new for each in view.known.events)
        events = [
            _(words.FILTERED, shown=shown, count=count) if query else str(count),
            printable(query) or _(words.ALL_KINDS),
        ]
        if new:
            events.append(_(words.NEW_COUNT, count=new))
        return [as_of(view), _(words.EVERY) if view.is_live else "", closing_aside(view), " · ".join(events)]

    def _sift(self, view: View, query: str) -> None:
        before = self._filtered
        if before is not None and before[0] is view.known and before[1] == query:
            return
        self._filtered = view.known, query
        self.events = view.known.events
        if query:
            holds = event_condition(query, view.zone)
            self.events = [each for each in self.events if holds(each)]


class PartTabs(RoleLine):
    """The names of the parts, the one that is shown marked, and what its border would say at the right."""

    GROUND = "background"

    def name_parts(self, names: Sequence[str], current: int, aside: str) -> None:
        """Draws what differs."""
        spans = [
            span
            for number, name in enumerate(names)
            for span in (
                Span(
                    f" {name} ",
                    "accent" if number == current else "muted",
                    bold=number == current,
                    reverse=number == current,
                    meaning=str(number),
                ),
                Span(" "),
            )
        ]
        aside = that_fits(aside, max(0, self.size.width - width_of(spans) - 1))
        self.show(spans, [Span(f"{aside} ", "muted")] if aside else [])
