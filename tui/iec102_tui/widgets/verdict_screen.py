"""The verdict on the meter that is read, from its readings of the last minute."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from iec102.meter.clock_difference import ClockVerdict
from iec102.meter.signals import SIGNALS
from iec102.verdict.device import EnergyPoint, judge_clock_verdict, judge_drift, judge_energy_points, judge_number
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from iec102_tui.archive.visit import number_of
from iec102_tui.meter_data.clock_drift import drift
from iec102_tui.meter_side.history import History
from iec102_tui.meter_side.session import Session
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import N_, _
from iec102_tui.words.verdict_text import VERDICT_OF, VERDICT_SPAN, judgement_line, verdict_line

if TYPE_CHECKING:
    from iec102.verdict.judgement import Judgement

_REFRESH = 1.0
_OF_ENERGY = ("power.active_total", "energy.active_imported", "energy.active_exported")
_PLACES = [next(place for place, signal in enumerate(SIGNALS) if signal.key == key) for key in _OF_ENERGY]


class VerdictScreen(ModalScreen[None]):
    """Judges again while it is open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,V", "dismiss(None)", N_("Close"), id="verdict.close", tooltip=N_("Back to the panes")),
    ]

    def __init__(self, session: Session, *, plain: bool = False) -> None:
        super().__init__()
        self._session = session
        self._plain = plain

    def compose(self) -> ComposeResult:
        connection = self._session.connection
        with Vertical(classes="dialog wide") as box:
            box.border_title = Content(_(VERDICT_OF, meter=printable(connection.name if connection else "")))
            with VerticalScroll(classes="lines"):
                yield Static("", id="verdict-lines", markup=False)
            yield Static("", id="verdict-line", markup=False)
            yield Static(_("Escape goes back"), classes="keys", markup=False)

    def on_mount(self) -> None:
        self._show()
        self.set_interval(_REFRESH, self._show)

    def _show(self) -> None:
        judgements = judgements_of(self._session)
        lines = [judgement_line(judgement, marks=not self._plain) for judgement in judgements]
        _update(self.query_one("#verdict-lines", Static), "\n".join(lines))
        _update(self.query_one("#verdict-line", Static), f"{verdict_line(judgements)} {_span(self._session)}".rstrip())


def judgements_of(session: Session) -> list[Judgement]:
    """All that the session knows: which meter it is, the wiring, and the meter's clock."""
    watch, snapshot, visit = session.wiring_watch, session.latest, session.visit
    found: list[Judgement] = []
    if visit is not None:
        found.append(judge_number(number_of(visit.identity), number_of(visit.known)))
    if watch is not None:
        found += watch.judge(session.ratios)
    verdict: ClockVerdict | None = None if snapshot is None else snapshot.clock
    if snapshot is not None and verdict is not None:
        found.append(judge_clock_verdict(verdict, snapshot.clock_difference))
    if (gained := drift(session.meter_data.known(session.connection).clock)) is not None:
        found.append(judge_drift(*gained))
    if session.history is not None:
        found.append(judge_energy_points(_energy_points(session.history)))
    return found


def _energy_points(history: History) -> list[EnergyPoint]:
    """What is kept of the last quarter of an hour."""
    found = history.together(_PLACES)
    return [EnergyPoint(at, power, imported - exported) for at, (power, imported, exported) in found]


def _span(session: Session) -> str:
    """How much it stands on."""
    readings = [] if session.wiring_watch is None else session.wiring_watch.readings
    if not readings:
        return ""
    seconds = (readings[-1].time - readings[0].time).total_seconds()
    return _(VERDICT_SPAN, count=len(readings), seconds=f"{seconds:.0f}")


def _update(shown: Static, text: str) -> None:
    if str(shown.content) != text:
        shown.update(text)
