"""How the connection stands, in words: meter, target, state with its step, last error, counters."""

from __future__ import annotations

from typing import NamedTuple

from iec102.line.state import Phase
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from iec102_tui.meter_side.read_meter import ReadMeter
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.connection.meter_rows import MeterRow, content_of, state_of
from iec102_tui.widgets.in_rows import in_rows
from iec102_tui.words import meters_text
from iec102_tui.words.counter_text import counter_pairs
from iec102_tui.words.gateway_text import gateway_words
from iec102_tui.words.plain_text import printable
from iec102_tui.words.state_text import PHASE_WORDS, state_words
from iec102_tui.words.text import _, spoken

_INDENT = 2
"""Columns at both sides, as at the header."""


class StateText(NamedTuple):
    """What is shown; empty where there is nothing to say."""

    meter: str
    target: str
    state: str
    error: str
    counters: tuple[str, ...]
    gateway: str = ""
    remark: str = ""
    """What of the error the status line does not say: an error stands once on the screen."""


def state_text(session: Session) -> StateText:
    """The state of the latest snapshot."""
    connection, snapshot = session.connection, session.latest
    if connection is None:
        return StateText(_(meters_text.NO_METER_CHOSEN), "", _(PHASE_WORDS[Phase.IDLE]), "", ())
    name, target = printable(connection.name), printable(connection.target)
    if snapshot is None:
        return StateText(name, target, _(PHASE_WORDS[Phase.OPENING]), "", ())
    told = snapshot.error or snapshot.state.error
    clock = "" if snapshot.clock is None else snapshot.clock.words
    error = spoken(told or snapshot.state.remark or snapshot.remark or clock)
    remark = "" if told else error
    if error and snapshot.state.phase is Phase.REFUSED:
        remark = _(meters_text.SENT_AGAIN_ONLY)
        error = f"{error}. {remark}"
    return StateText(
        name,
        target,
        state_words(snapshot.state, session.clock.boottime()),
        printable(error),
        tuple(counter_pairs(snapshot.counters)),
        gateway_words(session.gateway, session.gateway_problem),
        printable(remark),
    )


class ConnectionState(Vertical):
    """Three rows or more where there is room for all, else a line for each part."""

    def __init__(self, session: Session, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._session = session
        self._shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        yield Static("", id="connection-meter", markup=False)
        yield Static("", id="connection-error", markup=False)
        yield Static("", id="connection-gateway", markup=False)
        yield Static("", id="connection-counters", markup=False)

    def on_resize(self, _event: Resize) -> None:
        if self._shown:
            self.show(full=bool(self._shown[1]))

    def show(self, *, full: bool) -> None:
        """Draws again what has changed."""
        text, width = state_text(self._session), self.size.width - _INDENT
        meters = [] if full else self._meters()
        if (text, full, width, meters) == self._shown:
            return
        self._shown = (text, full, width, meters)
        meter = [text.meter, "" if text.target == text.meter else text.target, text.state]
        said: str | Content = ("   " if full else "\n").join(part for part in meter if part)
        if len(meters) > 1:
            said = Content("\n").join(content_of(row, width).split("\n")[0] for row in meters)
        self._set("connection-meter", said, seen=not full)  # the header says it already
        self._set("connection-error", f"! {text.remark}" if text.remark else "")
        self._set("connection-gateway", text.gateway)
        pairs = [Content(pair) for pair in text.counters]
        self._set("connection-counters", in_rows(pairs, width).plain)

    def _meters(self) -> list[MeterRow]:
        """Those that are read."""
        plain = self.screen.has_class("plain")
        read: list[Session | ReadMeter] = [self._session, *self._session.others]
        return [
            MeterRow(printable(meter.connection.name), state=state_of(meter, plain=plain))
            for meter in read
            if meter.connection is not None
        ]

    def _set(self, name: str, text: str | Content, *, seen: bool = True) -> None:
        """A new count of rows lays the whole pane out anew, which is much of a second's work: not for other digits."""
        part = self.query_one(f"#{name}", Static)
        part.display = bool(text) and seen
        if part.content != text or isinstance(text, Content):  # which compares without its colours
            part.update(text, layout=False)
            rows = part.get_content_height(self.size, self.app.size, part.content_size.width)
            if part.display and rows != part.content_size.height:
                part.refresh(layout=True)
