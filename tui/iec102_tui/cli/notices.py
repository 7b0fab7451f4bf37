"""What changes on a line, on standard error."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Container
from typing import TYPE_CHECKING

import click
from iec102.line.state import LineState, Phase
from iec102.meter.clock_difference import NO_TIME, ClockVerdict
from iec102.meter.meter import Meter

from iec102_tui.archive.visit import Visit, number_of
from iec102_tui.cli.run import located, sentence
from iec102_tui.diagnostics import log_state
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.state_text import another_meter
from iec102_tui.words.text import _

if TYPE_CHECKING:
    from iec102_tui.archive.contents import MeterKey


class ClockNotices:
    """Says on standard error how far a meter's clock is off, each kind once."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._said: set[object] = set()

    def verdict(self, verdict: ClockVerdict | None) -> None:
        """What is known of it now; None where the meter gave no valid time."""
        kind = None if verdict is None else verdict.kind
        words = NO_TIME if verdict is None else verdict.words
        if words and kind not in self._said:
            self._said.add(kind)
            tell(words, self._name)


def tell(remark: str | None, name: str) -> None:
    """A remark on a meter or its line, on standard error."""
    if remark:
        click.echo(sentence(located(remark, name)), err=True)


async def tell_another(meter: Meter, known: MeterKey | None, name: str) -> None:
    """Says so where another meter answers than the ``known`` one of this place; asks only where one is.

    Raises Iec102Error where the line fails.
    """
    if known is None or number_of(known.identity) is None:
        return
    from iec102_tui.archive.contents import ask_who  # loads SQLite, which most commands do not need

    visit = Visit((await ask_who(meter)).identity, known.identity)
    if visit.is_another:
        tell(another_meter(number_of(visit.identity), number_of(visit.known)), name)


def last_there(chosen: Connection) -> MeterKey | None:
    """The meter that answered there at the last visit; None where there was none. Raises ArchiveError."""
    from iec102_tui.archive.contents import default_path, recall

    path = default_path()
    return recall(path, chosen.target, chosen.station) if path.exists() else None


_TOLD = (
    "step.dialling",
    "step.call_answered",
    "step.awaiting_call",
    "step.no_telnet",
    "step.not_allowed",
    "step.not_identified",
    "step.no_identification",
    "step.called",
)


class StepNotices:
    """Says on standard error what is done that takes its time: a call, and a meter that is awaited."""

    def __init__(self, name: str) -> None:
        self._name = name.partition("?")[0]
        self._said = ""

    def state(self, state: LineState) -> None:
        """The line has another state."""
        log_state(state)
        self.step(state.step)

    def step(self, step: str) -> None:
        """What is done now."""
        if step != self._said and getattr(step, "code", "") in _TOLD:
            tell(step, self._name)
        self._said = step


class StateNotices:
    """Says on standard error what has changed, each in one line and once.

    ``ends``: phases with which the command ends, by an error that says it already.
    """

    def __init__(self, name: str, ends: Container[Phase] = ()) -> None:
        self._name = name
        self._ends = ends
        self._said: str | None = None
        self._remark = ""
        self._steps = StepNotices(name)

    def state(self, state: LineState) -> None:
        """The line has another state."""
        self._steps.state(state)
        self._remark = f"; {state.remark}" if state.remark else ""
        if state.phase in self._ends:
            return
        if state.error is not None:
            self.trouble(state.error)
        elif state.connected:
            self.well()

    def well(self) -> None:
        self._say(_("connected to {name}", name=self._name.rstrip(":")) + self._remark)

    def trouble(self, error: object) -> None:
        self._say(located(error, self._name))

    def _say(self, words: str) -> None:
        if words != self._said:
            self._said = words
            click.echo(sentence(words), err=True)


class ProgressLine:
    """How far something is, on one line of standard error, again and again; nothing where that is no terminal."""

    def __init__(self) -> None:
        self._shown = False

    def show(self, words: str) -> None:
        """Instead of what stands there."""
        if sys.stderr is not None and sys.stderr.isatty():
            columns = shutil.get_terminal_size().columns - 1
            click.echo(f"\r{words[:columns]:{columns}}", nl=False, err=True)
            self._shown = True

    def end(self) -> None:
        """Other lines follow."""
        if self._shown:
            click.echo(err=True)
            self._shown = False
