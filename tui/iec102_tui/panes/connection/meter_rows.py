"""A line of the list of meters: its state first, what it draws now, and how that has been."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, tzinfo
from pathlib import PurePath
from typing import NamedTuple, Protocol
from weakref import WeakKeyDictionary

from iec102.clock import Clock
from iec102.line.state import LineState, Phase
from iec102.meter.monitor import Snapshot
from iec102.meter.signals import SIGNALS
from iec102.open import parse_target, scheme_of, without_settings
from rich.cells import cell_len, set_cell_size
from textual.content import Content

from iec102_tui.meter_side.history import History
from iec102_tui.profiles.settings_table import Profile
from iec102_tui.widgets.sparkline import sparkline
from iec102_tui.widgets.status_cells import sign_of
from iec102_tui.words import meters_text
from iec102_tui.words.ages import age_text
from iec102_tui.words.numbers import typeset
from iec102_tui.words.plain_text import printable
from iec102_tui.words.state_text import PHASE_WORDS
from iec102_tui.words.text import _

POWER = "power.active_total"
UNCONNECTED = ("○", "faint")
_INDEX = [signal.key for signal in SIGNALS].index(POWER)
_IMPORT, _EXPORT = "↓", "↑"
_TREND_WIDTH, _TREND_SECONDS, _TREND_STEP = 8, 600.0, 10.0
_VALUE_WIDTH, _AGE_WIDTH = 12, 7
WITH_TREND, WITH_DETAIL = 44, 34
"""Columns of the list from which each line has a trend and an age, and from which it has a second row."""
_FAILED = (Phase.LOST, Phase.WRONG, Phase.WAITING, Phase.REFUSED)


class MeterState(NamedTuple):
    """How the meter on this line does; all empty for one that is not connected."""

    sign: str = UNCONNECTED[0]
    role: str = UNCONNECTED[1]
    number: str = ""
    unit: str = ""
    value_role: str = "strong"
    trend: str = ""
    trend_role: str = "import"
    age: str = ""
    age_role: str = "muted"
    words: str = ""
    """In the place of the value where there is none."""
    short: str = ""
    """The same where there is little room."""


class MeterRow(NamedTuple):
    """What the list shows of an entry. ``mark`` is a star where it is not saved as it is in the form."""

    name: str
    mark: str = " "
    detail: str = ""
    state: MeterState = MeterState()

    @property
    def label(self) -> str:
        """Mark and name."""
        return f"{self.mark}{self.name}"


class Readable(Protocol):
    """A meter that is read: the session's own, or one beside it."""

    clock: Clock

    @property
    def latest(self) -> Snapshot | None: ...

    @property
    def history(self) -> History | None: ...

    @property
    def zone(self) -> tzinfo | None: ...

    def age(self) -> float | None: ...

    def is_stale(self) -> bool: ...


def state_of(session: Readable, *, plain: bool) -> MeterState:
    """That of a meter that is connected."""
    snapshot = session.latest
    if snapshot is None:
        return MeterState(*UNCONNECTED, words=_(PHASE_WORDS[Phase.OPENING]))
    sign, role = sign_of(session, snapshot)
    if snapshot.state.phase in _FAILED:
        phase = Phase.LOST if snapshot.state.phase is Phase.WAITING else snapshot.state.phase
        words = _(PHASE_WORDS[phase])
        return MeterState(sign, role, words=_since(session, snapshot.state, words), short=words)
    age = session.age()
    value = None if snapshot.reading is None else snapshot.reading.values[POWER]
    if value is None or age is None or value.value is None or not value.valid:
        return MeterState(sign, role, words=_(PHASE_WORDS[snapshot.state.phase]))
    exported = value.value < 0
    shown = typeset(abs(value.value), value.signal.unit or "")
    return MeterState(
        sign,
        role,
        shown.text,
        f"{shown.unit} {_EXPORT if exported else _IMPORT}",
        "export" if exported else "strong",
        _trend(session, plain=plain),
        "export" if exported else "import",
        age_text(age),
        "warn" if session.is_stale() else "muted",
    )


def _since(session: Readable, state: LineState, words: str) -> str:
    since = session.clock.wall() - timedelta(seconds=max(0.0, session.clock.boottime() - state.since))
    return _(meters_text.SINCE, state=words, time=since.astimezone(session.zone))


def _trend(session: Readable, *, plain: bool) -> str:
    """The last minutes, moving every ten seconds: what does not change is not drawn again."""
    history = session.history
    if history is None:
        return ""
    end = session.clock.boottime() // _TREND_STEP * _TREND_STEP
    drawn = _drawn.get(history)
    if drawn is None or drawn[:2] != (end, plain):
        drawn = _drawn[history] = (end, plain, _sparkline(history, end, plain=plain))
    return drawn[2]


_drawn: WeakKeyDictionary[History, tuple[float, bool, str]] = WeakKeyDictionary()


def _sparkline(history: History, end: float, *, plain: bool) -> str:
    points = [(at, abs(value)) for at, value in history.series(_INDEX, end - _TREND_SECONDS)]
    highest = max((value for _at, value in points), default=0.0)
    return sparkline(points, end - _TREND_SECONDS, end, _TREND_WIDTH, high=highest or 1.0, plain=plain)


def detail_of(profile: Profile, *, address: bool = True) -> str:
    """``serial ttyUSB0  9600-8E1  54321``: where the meter is, and its link ``address``."""
    scheme = scheme_of(profile.target)
    if scheme is None:
        return printable(profile.target)
    said = parse_target(profile.target).settings
    profile = replace(profile, target=without_settings(profile.target, said), **said)
    parts = scheme.split(profile.target)
    place = ":".join(parts[key] for key in ("host", "tcp_port", "listen_host", "listen_port") if parts.get(key))
    place = place or PurePath(parts.get("port", "")).name
    words = [f"{scheme.name} {place}".strip()]
    if profile.dial:
        words.append(profile.dial)
    if parse_target(profile.target).has_format or "baudrate" in scheme.settings:
        words.append(f"{profile.baudrate}-{profile.format}")
    if address:
        words.append(str(profile.link_address))
    return printable("  ".join(words))


def content_of(row: MeterRow, width: int) -> Content:
    """The row as it stands in a list of so many columns."""
    state = row.state
    right = _right(state, with_trend=width >= WITH_TREND, short=width < WITH_DETAIL)
    room = width - 3 - sum(cell_len(text) for text, _role in right)
    if right and (over := min(cell_len(row.name) - room, _blanks(right[0][0]))) > 0:  # the name takes what is empty
        right[0] = (right[0][0][over:], right[0][1])
        room += over
    name = row.name if cell_len(row.name) <= room else set_cell_size(row.name, max(0, room - 1)) + ">"
    name += " " * (room - cell_len(name))
    live = bool(state.number)
    parts: list[tuple[str, str]] = [
        (state.sign, f"${state.role}"),
        (row.mark, "$warn"),
        (name, "bold $strong" if live else "$foreground"),
        *((text, f"${role}") for text, role in right),
        (" ", ""),
    ]
    if width >= WITH_DETAIL:
        parts.append(("\n  " + row.detail[: width - 3], "$faint"))
    return Content.assemble(*parts)


def _blanks(text: str) -> int:
    """Those in front that are more than a gap."""
    return len(text) - len(text.lstrip()) - 1


def _right(state: MeterState, *, with_trend: bool, short: bool) -> list[tuple[str, str]]:
    if not state.number:
        words = state.short if short and state.short else state.words
        return [(f" {words}", state.role)] if words else []
    value = [(f"{state.number:>{_VALUE_WIDTH - len(state.unit) - 1}} ", state.value_role), (state.unit, "muted")]
    if not with_trend:
        return value
    trend = f"  {state.trend:{_TREND_WIDTH}}"
    return [*value, (trend, state.trend_role), (f"{state.age:>{_AGE_WIDTH}}", state.age_role)]
