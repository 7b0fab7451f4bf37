"""The way to a meter, walked while one looks on."""

from __future__ import annotations

from typing import ClassVar

from iec102.open import parse_target
from iec102.search.check import Check, Step
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from iec102_tui.meter_side.background_task import BackgroundTask
from iec102_tui.meter_side.session import Session
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.check_text import STEP_WORDS, is_told, outcome_words, verdict
from iec102_tui.words.plain_text import printable

_REFRESH = 0.25


class CheckScreen(ModalScreen[None]):
    """Leaving the screen ends the check."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss(None)", "Close", id="check.close", tooltip="Stop, and back to the panes"),
    ]

    def __init__(self, session: Session, connection: Connection) -> None:
        super().__init__()
        self._session = session
        self._connection = connection
        self._check = Check(
            parse_target(connection.target), connection.settings, connection.station, zone=connection.zone
        )
        self._work: BackgroundTask | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = Content(f"Check of {printable(self._connection.name)}")
            with VerticalScroll(classes="lines"):
                yield Static("trying", id="check-lines", markup=False)
            yield Static("Escape stops and goes back", classes="keys", markup=False)

    def on_mount(self) -> None:
        self._work = self._session.run_work(self._check.run)
        self.set_interval(_REFRESH, self._show)

    def on_unmount(self) -> None:
        """The line is given back."""
        if self._work is not None:
            self._work.stop()

    def _show(self) -> None:
        work = self._work
        if work is None:
            return
        if work.over:
            last = f"! {printable(work.failure)}" if work.failure else verdict(self._check.outcomes)
            self._note_refusal()
        else:
            last = f"trying {STEP_WORDS[step]}" if (step := self._check.step) else "trying"
        lines: list[str] = []
        for outcome in tuple(self._check.outcomes):
            lines.append(outcome_words(outcome))
            if said := outcome.error or outcome.remark:
                lines.append(f"! {printable(said)}")
        if (remark := self._check.remark) and not is_told(remark, self._check.outcomes):
            lines.append(f"! {printable(remark)}")
        text = "\n".join((*lines, last))
        shown = self.query_one("#check-lines", Static)
        if str(shown.content) != text:
            shown.update(text)

    def _note_refusal(self) -> None:
        failed = self._check.failed
        if failed is not None and failed.step is Step.KEY:
            self._session.remember_refusal(self._connection)
