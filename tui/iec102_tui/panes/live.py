"""The live pane: the 24 signals of the meter."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from iec102_tui.grid_cells import View
from iec102_tui.panes.pane import Pane
from iec102_tui.session import Session
from iec102_tui.widgets.signal_grid import SignalGrid

_TREND_SECONDS = 120.0


class LivePane(Pane):
    """The grid, with the keys that change what it shows."""

    TITLE = "Live"
    KEY = "F2"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "freeze", "Freeze", id="live.freeze", tooltip="Hold the view while reading goes on"),
        Binding("p", "side", "Primary/secondary", id="live.side", tooltip="Volts and amperes of the other side"),
        Binding("x", "reset", "Reset statistics", id="live.reset", show=False, tooltip="Minimum, maximum, mean again"),
    ]

    primary: reactive[bool] = reactive(False)
    """Volts and amperes of the primary side, where the ratios are known."""

    def __init__(self, session: Session, *, plain: bool = False, trend_step: float = 10.0) -> None:
        super().__init__(session, id="live")
        self._plain = plain
        self._trend_step = trend_step
        self._reads = -1
        self._changed: frozenset[str] = frozenset()
        self._values: dict[str, object] = {}

    def compose(self) -> ComposeResult:
        yield SignalGrid(id="grid")

    def session_changed(self) -> None:
        self._notice_changes()
        self._show()

    def tick(self) -> None:
        self._show()

    def watch_full(self) -> None:
        if self.is_mounted:
            self._show()

    def watch_primary(self) -> None:
        if self.is_mounted:
            self._show()

    def action_freeze(self) -> None:
        """Holds the view, or lets it go again."""
        self.session.freeze()

    def action_side(self) -> None:
        """Changes between secondary and primary volts and amperes."""
        self.primary = not self.primary

    def action_reset(self) -> None:
        """Starts the statistics again."""
        if self.session.history is not None:
            self.session.history.reset_statistics()
            self._show()

    def _notice_changes(self) -> None:
        snapshot = self.session.snapshot
        if snapshot is None or snapshot.reading is None or snapshot.reads == self._reads:
            return
        self._reads = snapshot.reads
        values: dict[str, object] = {key: value.value for key, value in snapshot.reading.values.items()}
        known = self._values
        self._changed = frozenset(key for key, value in values.items() if known and known.get(key) != value)
        self._values = values

    def _show(self) -> None:
        session = self.session
        snapshot, connection = session.snapshot, session.connection
        now = session.clock.boottime()
        self.query_one(SignalGrid).show(
            View(
                reading=None if snapshot is None else snapshot.reading,
                age=session.age(),
                stale=session.is_stale(),
                changed=self._changed,
                primary=self.primary,
                voltage_ratio=None if connection is None else connection.voltage_ratio,
                current_ratio=None if connection is None else connection.current_ratio,
                history=session.history,
                trend_until=now // self._trend_step * self._trend_step,
                trend_seconds=_TREND_SECONDS,
                statistics=self.full,
                plain=self._plain,
            )
        )
