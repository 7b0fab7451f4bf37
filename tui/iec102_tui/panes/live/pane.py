"""The live pane: the 24 signals of the meter."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from iec102.meter.signals import SIGNALS
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widgets import Static

from iec102_tui.files.text_file import dated_path
from iec102_tui.meter_side.alarms import crossings
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.live.alarm_notice import alarm_lines
from iec102_tui.panes.live.figures import age_words, side_words
from iec102_tui.panes.live.signal_grid import SignalGrid
from iec102_tui.panes.live.signal_list import grid_text, value_text
from iec102_tui.panes.live.view import HIGH, LOW, View
from iec102_tui.panes.pane import Pane
from iec102_tui.widgets.status_cells import FAULT, error_of, error_spans
from iec102_tui.words import live_text
from iec102_tui.words.plain_text import short_path
from iec102_tui.words.text import N_, _


class LivePane(Pane):
    """The grid, with the keys that change what it shows."""

    TITLE = "Live"
    KEY = "F2"
    ROOM = (80, 24)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "freeze", N_("Hold"), id="live.freeze", tooltip=N_("Hold the view while reading goes on")),
        Binding(
            "p",
            "side",
            N_("Primary"),
            id="live.side",
            tooltip=N_("Volts and amperes of the primary or the secondary side"),
        ),
        Binding(
            "v", "form", N_("List"), id="live.form", tooltip=N_("Figures and trends, or the list of all 24 signals")
        ),
        Binding(
            "enter",
            "plot",
            N_("Plot"),
            id="live.plot",
            key_display="enter",
            tooltip=N_("The last minutes of the chosen signal"),
        ),
        Binding("up", "cursor(-1)", N_("Signal up"), id="live.up", show=False, tooltip=N_("Choose the signal above")),
        Binding(
            "down", "cursor(1)", N_("Signal down"), id="live.down", show=False, tooltip=N_("Choose the signal below")
        ),
        Binding(
            "r", "record", N_("Record"), id="live.record", tooltip=N_("All readings to a CSV file, until pressed again")
        ),
        Binding(
            "y",
            "copy",
            N_("Copy"),
            id="live.copy",
            show=False,
            tooltip=N_("The chosen value, or the grid, to clipboard and file"),
        ),
        Binding(
            "Y",
            "copy_grid",
            N_("Copy grid"),
            id="live.copy_grid",
            show=False,
            tooltip=N_("The whole grid to clipboard and file"),
        ),
        Binding(
            "a", "alarms", N_("Alarms"), id="live.alarms", show=False, tooltip=N_("What has crossed the meter's limits")
        ),
        Binding(
            "x",
            "reset",
            N_("Reset statistics"),
            id="live.reset",
            show=False,
            tooltip=N_("Minimum, maximum, mean again"),
        ),
    ]

    primary: reactive[bool] = reactive(False)
    """Volts and amperes of the primary side, where the ratios are known."""

    listed: reactive[bool] = reactive(False)
    """The list of the 24 signals instead of figures and trends."""

    cursor: reactive[str | None] = reactive(None)
    """The key of the chosen signal."""

    def __init__(self, session: Session, exports: Path, *, plain: bool = False, trend_step: float = 10.0) -> None:
        super().__init__(session, id="live")
        self._exports = exports
        self._plain = plain
        self._trend_step = trend_step
        self._reads = -1
        self._changed: frozenset[str] = frozenset()
        self._values: dict[str, object] = {}

    def compose(self) -> ComposeResult:
        yield SignalGrid(id="grid")
        yield Static("", id="recording", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Values that somebody else reads are recorded there, and have no limits here."""
        if action in ("record", "alarms") and self.session.replayed is not None:
            return False
        return super().check_action(action, parameters)

    def set_plain(self, plain: bool) -> None:
        self._plain = plain
        self._show()

    def session_changed(self) -> None:
        self._notice_changes()
        self._show()

    def tick(self) -> None:
        self._show()
        self._tell_recording()

    def watch_full(self) -> None:
        if self.is_mounted:
            self._show()

    def watch_primary(self) -> None:
        if self.is_mounted:
            self._show()

    def watch_listed(self) -> None:
        if self.is_mounted:
            self._show()

    def watch_cursor(self) -> None:
        if self.is_mounted:
            self._show()

    def action_cursor(self, by: int) -> None:
        """Chooses another signal."""
        keys = [signal.key for signal in SIGNALS]
        self.cursor = keys[(keys.index(self.cursor) + by) % len(keys)] if self.cursor else keys[0 if by > 0 else -1]

    def action_plot(self) -> None:
        """Opens the plot of the chosen signal, or of the total active power."""
        from iec102_tui.panes.live.plot_screen import PlotScreen  # loaded when it is used

        view = self.query_one(SignalGrid).view
        key = self.cursor or "power.active_total"
        self.app.push_screen(PlotScreen(self.session, key, view))

    async def action_copy(self) -> None:
        """Copies the chosen value; without one, the whole grid."""
        view = self.query_one(SignalGrid).view
        value = None if view.reading is None or self.cursor is None else view.reading.values[self.cursor]
        text = grid_text(view) if value is None else value_text(view, value)
        await self.copy_out(text, self._exports, "value" if value else "grid")

    async def action_copy_grid(self) -> None:
        """Copies the whole grid."""
        await self.copy_out(grid_text(self.query_one(SignalGrid).view), self._exports, "grid")

    async def action_record(self) -> None:
        """Starts or ends the recording of all readings; one that has failed is begun again."""
        service = self.session.service
        if service is None:
            self.notify(_(live_text.NOTHING_TO_RECORD), markup=False)
            return
        recorder = service.recorder
        if recorder is not None and recorder.is_open:
            service.record(None)
            self.notify(_(live_text.RECORDED, where=recorder.words()), markup=False)
        else:
            path = dated_path(self._exports, "readings", self.session.clock.wall(), "csv")
            if (recorder := self.session.record_readings(path)) is not None:
                await self.report(recorder.opened(), path, what=_(live_text.READINGS_ARE))
        self._tell_recording()

    def _tell_recording(self) -> None:
        service = self.session.service
        recorder = None if service is None else service.recorder
        if recorder is None:
            words = ""
        else:
            seconds = int(self.session.clock.boottime() - recorder.started)
            time, path = f"{seconds // 60}:{seconds % 60:02}", short_path(recorder.path)
            words = recorder.error or _(live_text.RECORDING, time=time, path=path)
        line = self.query_one("#recording", Static)
        line.display = bool(words)
        line.update(words)

    def action_freeze(self) -> None:
        """Holds the view, or lets it go again."""
        self.session.freeze()

    def action_side(self) -> None:
        """Changes between secondary and primary volts and amperes."""
        self.primary = not self.primary

    def action_form(self) -> None:
        """Changes between figures and list."""
        self.listed = not self.listed

    def action_alarms(self) -> None:
        """Shows the alarms since the connection."""
        from iec102_tui.widgets.text_dialog import TextScreen  # loaded when it is used

        self.app.push_screen(TextScreen(_(live_text.ALARMS), alarm_lines(self.session)))

    def action_reset(self) -> None:
        """Starts the statistics again."""
        if self.session.history is not None:
            self.session.history.reset_statistics()
            self._show()

    def _crossings(self) -> dict[str, str]:
        """The signs of the signals that are beyond their limits in the reading that is shown."""
        connection, snapshot = self.session.connection, self.session.snapshot
        if connection is None or snapshot is None or not connection.limits:
            return {}
        found = crossings(connection.limits, snapshot.reading)
        return {key: HIGH if is_high else LOW for key, is_high in found.items()}

    def _notice_changes(self) -> None:
        snapshot = self.session.snapshot
        if snapshot is None or snapshot.reading is None or snapshot.reads == self._reads:
            return
        self._reads = snapshot.reads
        values: dict[str, object] = {key: value.value for key, value in snapshot.reading.values.items()}
        known = self._values
        self._changed = frozenset(key for key, value in values.items() if known and known.get(key) != value)
        self._values = values

    def _trouble(self) -> tuple[str, ...]:
        """What is wrong while there are no values or old ones: the sentence where its own row cuts it, and the key."""
        session = self.session
        error = error_of(session)
        if not error or (session.age() is not None and not session.is_stale()):
            return ()
        is_cut = len(error_spans(session, self.screen.size.width)) > 1
        return (f"{FAULT} {error}", _(live_text.WHICH_KEY)) if is_cut else (_(live_text.WHICH_KEY),)

    def _trend_until(self, shown_at: float) -> float:
        """The trends move every ``trend_step`` seconds, but do not wait for that with their first points."""
        until = shown_at // self._trend_step * self._trend_step
        since = None if self.session.history is None else self.session.history.since
        return shown_at if since is not None and since >= until else until

    def _show(self) -> None:
        session = self.session
        snapshot = session.snapshot
        now = session.clock.boottime()
        held = session.frozen
        shown_at = now if held is None or held.read_at is None else held.read_at
        until = self._trend_until(shown_at)
        view = View(
            reading=None if snapshot is None else snapshot.reading,
            age=session.age(),
            stale=session.is_stale(),
            changed=self._changed,
            primary=self.primary,
            ratios=session.ratios,
            history=session.history,
            trend_until=until,
            trend_end=(session.clock.wall() - timedelta(seconds=now - until)).astimezone(session.zone),
            longest_gap=session.stale_after,
            alarms=self._crossings(),
            contracted=session.contracted,
            wiring=None if session.wiring_watch is None else session.wiring_watch.seen(session.ratios),
            trouble=self._trouble(),
            empty=session.connection is None,
            held=held is not None,
            statistics=self.full,
            plain=self._plain,
            cursor=self.cursor,
            listed=self.listed,
            titled=not self.full,
        )
        self.query_one(SignalGrid).show(view)
        age, _mark = age_words(view)
        self.aside = f"{side_words(view)}  \N{MIDDLE DOT}  {age}" if age else ""
