"""The lines that say which meter this is, how the connection stands and how old the values are."""

from __future__ import annotations

import textwrap

from iec102.line.state import Phase
from iec102.meter.monitor import Snapshot
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from iec102_tui.meter_side.session import Session
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.ages import age_text
from iec102_tui.words.plain_text import printable, shortened
from iec102_tui.words.state_words import state_words

_LEAST_NAME = 8


class StatusLine(Widget):
    """First line: meter, state in words, age. Second: clock, rate and counters, or the error with what to check.

    An error that is longer than the line goes on below it: what to check stands at its end.
    """

    DEFAULT_CSS = """
    StatusLine { height: 2; }
    """

    def __init__(self, session: Session, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._session = session
        self._shown = ["", ""]

    def update_status(self) -> None:
        """Draws again where the words have changed."""
        width = self.size.width or 80
        first, second = status_lines(self._session, width)
        lines = [first, *_wrapped(second, width)]
        if lines != self._shown:
            if len(lines) != len(self._shown):
                self.styles.height = len(lines)
            self._shown = lines
            self.refresh()

    def on_resize(self) -> None:
        self.update_status()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        text = self._shown[y] if y < len(self._shown) else ""
        return Strip([Segment(shortened(text, width).ljust(width), self.rich_style)], width)


def _wrapped(text: str, width: int) -> list[str]:
    """Up to three lines, indented as the first; only an error is ever that long."""
    return textwrap.wrap(text.strip(), width - 1, initial_indent=" ", subsequent_indent="   ", max_lines=3) or [""]


def status_lines(session: Session, width: int | None = None) -> tuple[str, str]:
    """The two lines; where ``width`` is short the meter's name gives way, never the state or the age."""
    connection, snapshot = session.connection, session.latest
    if session.replayed is not None:
        return f" {session.replayed[0]}", f" {session.replayed[1]}"
    if connection is None:
        return " No meter chosen", " F1 chooses a meter"
    if session.failure is not None:
        state, second = f"stopped  {_age(session)}", f" ! {session.failure}"
    elif snapshot is None:
        state, second = "connecting", ""
    else:
        state = f"{state_words(snapshot.state, session.clock.boottime())}  {_age(session)}"
        second = " " + (
            _problem(snapshot) or _fault(session) or _advice(snapshot) or _figures(session, snapshot, width)
        )
    room = None if width is None else width - len(f"   {state}")
    return f" {_meter(connection, room)}  {state}", second


def _meter(connection: Connection, room: int | None) -> str:
    """The meter's name and target, or the name alone where both are too long."""
    name, target = printable(connection.name), printable(connection.target)
    both = name if name == target else f"{name} ({target})"
    if room is None or len(both) <= room:
        return both
    return shortened(name, max(room, _LEAST_NAME))


def _age(session: Session) -> str:
    age = session.age()
    if age is None:
        return "no values yet"
    if session.frozen is not None:
        return f"VIEW FROZEN, values {age_text(age)} old"
    if session.is_stale():
        return f"VALUES STALE, {age_text(age)} old"
    return f"values {age_text(age)} old"


def _problem(snapshot: Snapshot) -> str:
    error = snapshot.error or snapshot.state.error
    return f"! {printable(error)}" if error else ""


def _fault(session: Session) -> str:
    return f"! {printable(session.fault)}" if session.fault else ""


def _advice(snapshot: Snapshot) -> str:
    return "F1 and c connect again" if snapshot.state.phase is Phase.CLOSED else ""


def _figures(session: Session, snapshot: Snapshot, width: int | None) -> str:
    """Where they do not fit, the counters that are zero give way."""
    counters = snapshot.counters
    summer_time = "" if snapshot.remark is None else "summer time: see F1"
    before = [_clock(snapshot), summer_time, "" if session.is_stale() else _rate(snapshot.rate)]
    always = {"timeouts": counters.timeouts, "bad frames": counters.bad_frames}
    counts = {name: count for name, count in (always | {"reconnections": counters.reconnections}).items() if count}
    after = [f"gateway {len(session.gateway.clients)}"] if session.gateway is not None else []

    def joined(figures: dict[str, int]) -> str:
        parts = [*before, *(f"{name} {count}" for name, count in figures.items()), *after]
        return "  ".join(part for part in parts if part)

    text = joined(always | counts)
    return text if width is None or len(text) < width else joined(counts)


def _rate(readings: float) -> str:
    return f"{readings:.1f}/s" if readings < 100 else f"{readings:.0f}/s"


def _clock(snapshot: Snapshot) -> str:
    reading = snapshot.reading
    if reading is None:
        return ""
    if reading.meter_time is None:
        return "meter clock not valid"
    moment = f"meter clock {reading.meter_time:%Y-%m-%d %H:%M}"
    clock = snapshot.clock
    if clock is None:
        return moment
    return f"{moment} ({clock.short})" if clock.is_right else f"clock {clock.short}"
