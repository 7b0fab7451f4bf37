"""The screen of the fleet: a line a meter of the broker, its state first."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static

from iec102_tui.files.text_file import dated_path, write_text
from iec102_tui.fleet import bars
from iec102_tui.fleet.bars import Choice
from iec102_tui.fleet.cells import Moment, doubt_words, state_words
from iec102_tui.fleet.columns import SORTED, STATES, VALUES, heading, in_order
from iec102_tui.fleet.export import csv_of
from iec102_tui.fleet.feed import Feed
from iec102_tui.fleet.meter import Key, Row
from iec102_tui.fleet.model import summary_of
from iec102_tui.fleet.query import Filter, completions, parse, sift
from iec102_tui.fleet.row_list import RowList, RowPart
from iec102_tui.main_screen import Layout, layout_for, too_small_note
from iec102_tui.meter_side.session import Session
from iec102_tui.widgets.key_footer import KeyFooter
from iec102_tui.widgets.pane_switch import PaneSwitch, Tab
from iec102_tui.widgets.query_bar import QueryBar
from iec102_tui.widgets.report import report
from iec102_tui.widgets.role_line import RoleLine, Span, width_of
from iec102_tui.widgets.status_cells import with_more
from iec102_tui.words import fleet_text as words
from iec102_tui.words.plain_text import short_path
from iec102_tui.words.text import N_, _

PARTS = 3
_REORDER = 3.0
"""Seconds between two sortings by a number: rows that jump at each reading cannot be read."""
_TICK = 1.0


class Bar(RoleLine):
    """A row on the ground of the screen."""

    GROUND: ClassVar[str] = "background"

    async def on_click(self, event: object) -> None:
        """Words that mean a key are as good as it."""
        span = self.span_at(getattr(event, "x", -1))
        if span is not None and span.meaning:
            await self.run_action(span.meaning)


class FleetScreen(Screen[None]):
    """Pulls what it shows from the feed. ``opened`` shows one meter, ``through`` connects to one."""

    CSS_PATH = "fleet.tcss"
    TITLE = words.TITLE
    AUTO_FOCUS = ""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "open('live')", N_("Open"), id="fleet.open", tooltip=N_("Live and meter data, from the broker")
        ),
        Binding(
            "slash,f",
            "filter",
            N_("Search"),
            id="fleet.filter",
            key_display="/",
            tooltip=N_("Show only some, such as state=lost or kW>500"),
        ),
        Binding("x", "all", N_("All meters"), id="fleet.all", show=False, tooltip=N_("No filter: all meters again")),
        Binding("s", "sort", N_("Sort"), id="fleet.sort", tooltip=N_("Sort by a column")),
        Binding("S", "turn", N_("Turn round"), id="fleet.turn", show=False, tooltip=N_("Sort the other way round")),
        Binding(
            "i", "states", N_("States"), id="fleet.states", tooltip=N_("States, clocks, identities; or values again")
        ),
        Binding("m", "mark", N_("Mark"), id="fleet.mark", tooltip=N_("Mark it, or take the mark away")),
        Binding(
            "e", "export", N_("Export"), id="fleet.export", tooltip=N_("To a CSV file: what is marked, else shown")
        ),
        Binding(
            "g", "gateway", N_("Gateway"), id="fleet.gateway", tooltip=N_("Connect through the gateway of its box")
        ),
        Binding("t", "leave", N_("This box"), id="fleet.leave", tooltip=N_("Back to the meters of this box")),
        Binding("r", "retry", N_("Try again"), id="fleet.retry", show=False, tooltip=N_("Try the broker now")),
        Binding("f2,2", "open('live')", N_("Live"), id="fleet.live", show=False, tooltip=N_("Its live values")),
        Binding(
            "f5,5", "open('meter-data')", N_("Meter data"), id="fleet.data", show=False, tooltip=N_("Its meter data")
        ),
        Binding(
            "exclamation_mark",
            "problem",
            N_("What is wrong"),
            id="fleet.problem",
            show=False,
            key_display="!",
            tooltip=N_("What is wrong with the meter or the broker, in full"),
        ),
        Binding(
            "R", "refused", N_("Refused"), id="fleet.refused", show=False, tooltip=N_("Messages that were not taken")
        ),
        Binding("less_than_sign,greater_than_sign,ctrl+o", "nothing", "", show=False, system=True),
        Binding("escape", "leave_field", N_("Leave field"), id="fleet.leave_field", show=False),
    ]

    def __init__(self, feed: Feed, session: Session, exports: Path, *, plain: bool = False) -> None:
        super().__init__(id="fleet")
        self._feed = feed
        self._session = session
        self._exports = exports
        self._plain = plain
        self._choice = Choice()
        self._accepts: Filter | None = None
        self._states = False
        self._order: list[Key] = []
        self._sorted_as: object = None
        self._sorted_at = float("-inf")
        self._drawn_at = float("-inf")
        parts = [RowPart(number) for number in range(1, PARTS + 1)]
        self.rows = RowList(feed.model.trend, parts)
        self._parts = parts
        self._bar = QueryBar(parse, completions, id="fleet-query")

    def compose(self) -> ComposeResult:
        yield RoleLine(id="fleet-status")
        tabs = [Tab("F1", _(words.METERS_TAB), "meters"), Tab("F2", _(N_("Live")), "live")]
        yield PaneSwitch([*tabs, Tab("F5", _(N_("Meter data")), "meter-data")], id="fleet-switch")
        yield Bar(id="fleet-message")
        with Vertical(id="fleet-body"):
            yield Bar(id="fleet-sums")
            yield self._bar
            yield Static("", id="fleet-heading", markup=False)
            with Horizontal(id="fleet-list"):
                yield self.rows
                yield from self._parts
            yield Static("", id="fleet-empty", markup=False)
            yield Bar(id="fleet-place")
        yield too_small_note()
        yield KeyFooter(id="footer")

    def on_mount(self) -> None:
        self.query_one(PaneSwitch).current = "F1"
        self.rows.use(VALUES)
        self.rows.focus()
        self._feed.attach(self.update)
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.rows.refresh_all())
        self.set_interval(_TICK, self._tick)

    def on_unmount(self) -> None:
        self._feed.detach()

    def on_screen_resume(self) -> None:
        """It is seen again: what was missed is caught up with."""
        self._feed.attach(self.update)
        self.rows.refresh_all()
        self.update()

    def on_resize(self, event: Resize) -> None:
        self.set_class(layout_for(*event.size) is Layout.TOO_SMALL, "too_small")
        self.rows.lay_out()
        self._head()
        self.call_after_refresh(self.update)

    # What is shown

    @property
    def now(self) -> Moment:
        """The time of both clocks."""
        clock = self._feed.clock
        wall = clock.wall()
        zone = None if wall.utcoffset() is None or not wall.utcoffset() else wall.tzinfo
        return Moment(clock.boottime(), wall.timestamp(), zone, self._plain)

    def _tick(self) -> None:
        """Ages go on where nothing comes."""
        if self._feed.clock.boottime() - self._drawn_at >= _TICK * 0.6:
            self.update()

    def update(self) -> None:
        """Draws what has changed."""
        if not self.is_mounted or self.app.screen is not self:
            return
        now = self.now
        self._drawn_at = now.at
        every = self._feed.model.rows(now.at)
        shown = sift(every, self._accepts, now.at, self.rows.marks)
        shown = self._in_order(shown, now.at)
        summary = summary_of(shown)
        width = self.size.width
        whole = summary if self._accepts is None else summary_of(every)
        settings, status = self._feed.settings, self._feed.status
        self.query_one("#fleet-status", RoleLine).show(*bars.header(settings, status, len(every), whole, width))
        message = bars.message(settings, status, self._feed.last_heard, now)
        self.query_one("#fleet-message", Bar).show([each for span in message for each in with_more(span, width)])
        self.query_one("#fleet-sums", Bar).show(bars.sums(summary, self._choice, len(shown), width))
        self._say_empty(every, shown)
        self.rows.show(shown, now)
        self._say_place(len(every))

    def _in_order(self, shown: list[Row], at: float) -> list[Row]:
        """Sorted; by a number only now and then, and what is new stands at the end meanwhile."""
        by = self._choice.by
        asked = (by, self._choice.turned, self._choice.filter)
        still = by in ("state", "meter", "box", "what") or at - self._sorted_at >= _REORDER or asked != self._sorted_as
        if still:
            self._sorted_as, self._sorted_at = asked, at
            shown = in_order(shown, by, turned=self._choice.turned, now=at)
            self._order = [row.key for row in shown]
            return shown
        places = {key: place for place, key in enumerate(self._order)}
        return sorted(shown, key=lambda row: places.get(row.key, len(places)))

    def _say_empty(self, every: list[Row], shown: list[Row]) -> None:
        empty = self.query_one("#fleet-empty", Static)
        empty.display = not shown
        self.query_one("#fleet-list").display = bool(shown)
        if not shown:
            topic, url = self._feed.settings.site.topic, bars.url_of(self._feed.settings, self._feed.status)
            title, *rest = words.EMPTY
            lines = [_(title), *(_(each, url=url, topic=topic) if "{" in each else _(each) for each in rest)]
            empty.update("\n".join(lines) if not every else _(words.NOTHING_PASSES))

    def _say_place(self, total: int) -> None:
        """Where in the list it is, and why the meter under the cursor is as it is."""
        rows, model = self.rows, self._feed.model
        refused = sum(model.refused.values()) + self._feed.subscriber.inbox.dropped
        left = bars.place(rows.rows, rows.top, rows.size.height, total, len(rows.marks), refused)
        current = rows.current
        room = self.size.width - width_of(left) - 4
        reason = "" if current is None else current.reason
        if cell_len(reason) > room:
            reason = set_cell_size(reason, max(0, room - 1)) + ">"
        right = [Span(f"{reason} ", "muted", meaning="screen.problem")] if reason else []
        self.query_one("#fleet-place", Bar).show(left, right)

    def _head(self) -> None:
        self.query_one("#fleet-heading", Static).update(heading(self.rows.columns))

    @on(RowList.Moved)
    def _moved(self, event: RowList.Moved) -> None:
        event.stop()
        self._say_place(len(self._feed.model))

    # Actions

    def action_pane(self, name: str) -> None:
        """A click on a tab."""
        if name != "meters":
            self.action_open(name)

    def action_open(self, page: str) -> None:
        """Shows the meter under the cursor."""
        if (row := self.rows.current) is None:
            return
        from iec102_tui.fleet.meter_screen import meter_screen  # loaded when it is used

        self._feed.model.seen(row.key)
        screen = meter_screen(self._feed, row.key, page, self._session, self._exports, plain=self._plain)
        self.app.push_screen(screen)

    def action_filter(self) -> None:
        """Asks which meters to show."""
        self._bar.open(_(words.FILTER), self._choice.filter)

    def action_all(self) -> None:
        """Shows all meters again."""
        self._set_filter("")

    def _set_filter(self, text: str) -> None:
        self._choice = self._choice._replace(filter=text.strip())
        self._accepts = parse(text) if text.strip() else None
        self.update()

    @on(QueryBar.Asked)
    def _asked(self, event: QueryBar.Asked) -> None:
        event.stop()
        self._set_filter(event.text)
        if event.final:
            self.rows.focus()

    @on(QueryBar.Left)
    def _left(self, event: QueryBar.Left) -> None:
        event.stop()
        self.action_all()
        self.rows.focus()

    def action_leave_field(self) -> None:
        """Back to the rows."""
        self.rows.focus()

    def action_sort(self) -> None:
        """Asks by which column; the one that it is already turns the order round."""
        from iec102_tui.widgets.pick_dialog import PickScreen  # loaded when it is used

        columns = list({column.id: column for column in SORTED if column.id != "hour"}.values())
        lines = [_(column.head) for column in columns]
        chosen = next((place for place, column in enumerate(columns) if column.id == self._choice.by), 0)

        def picked(number: int | None) -> None:
            if number is not None:
                self.sort_by(columns[number].id)

        self.app.push_screen(PickScreen(_(words.SORT_TITLE), lines, chosen=chosen), picked)

    def sort_by(self, name: str) -> None:
        """By a column; by the same one again: the other way round."""
        turned = name == self._choice.by and not self._choice.turned
        self._choice = self._choice._replace(by=name, turned=turned)
        self.update()

    def action_turn(self) -> None:
        """The other way round."""
        self.sort_by(self._choice.by)

    def action_states(self) -> None:
        """Changes between values and states."""
        self._states = not self._states
        self.rows.use(STATES if self._states else VALUES)
        self._head()
        self.update()

    def action_mark(self) -> None:
        """Marks the meter under the cursor."""
        self.rows.toggle_mark()
        self.update()

    async def action_export(self) -> None:
        """Writes what is marked, else what is shown, as it is shown."""
        rows = [row for row in self.rows.rows if row.key in self.rows.marks] or list(self.rows.rows)
        if not rows:
            self.notify(_(words.NOTHING_TO_EXPORT), markup=False)
            return
        text = csv_of(rows, self.now.at)
        path = dated_path(self._exports, "fleet", self._feed.clock.wall(), "csv")
        writing = self._session.exports.run(partial(write_text, path, text))
        done = _(words.EXPORTED, count=len(rows), path=short_path(path))
        await report(self, writing, self._session.written, path, done, _(words.FLEET_IS))

    def action_gateway(self) -> None:
        """Connects to the meter under the cursor by the gateway of its box."""
        from iec102_tui.fleet.gateway import connect_through  # loaded when it is used

        if (row := self.rows.current) is not None:
            connect_through(self.app, self._feed, row.key)  # type: ignore[arg-type]

    def action_leave(self) -> None:
        """Back to the meters of this box."""
        self.dismiss()

    def action_nothing(self) -> None:
        """The meters of this box are not changed from here."""

    def action_retry(self) -> None:
        """Tries the broker now."""
        if not self._feed.status.is_connected:
            self._feed.subscriber.retry()

    def action_problem(self) -> None:
        """Shows in full what is wrong with the broker, and with the meter under the cursor."""
        from iec102_tui.widgets.text_dialog import TextScreen  # loaded when it is used

        row, problem = self.rows.current, self._feed.status.problem
        gap = bars.gap_words(self._feed.status, self.now)
        lines = [_(words.AWAY, why=problem), ""] if problem else [gap, ""] if gap else []
        if row is not None:
            lines += filter(None, (row.name, row.reason or state_words(row, self.now), doubt_words(row)))
        if lines:
            self.app.push_screen(TextScreen(_(N_("What is wrong")), lines))

    def action_refused(self) -> None:
        """Shows why messages were not taken."""
        from iec102_tui.widgets.text_dialog import TextScreen  # loaded when it is used

        found = [f"{count:8} {_(why)}" for why, count in self._feed.model.refused.most_common()]
        if dropped := self._feed.subscriber.inbox.dropped:
            found.append(f"{dropped:8} {_(words.DROPPED)}")
        self.app.push_screen(TextScreen(_(words.NOT_TAKEN), found or [_(words.NONE_REFUSED)]))
