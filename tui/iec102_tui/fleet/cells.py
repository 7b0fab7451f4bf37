"""What stands in the cells of the fleet, and in which role: pure functions of a row and the time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

from iec102.line.state import Phase

from iec102_tui.fleet.meter import Row, Status
from iec102_tui.widgets.sparkline import sparkline
from iec102_tui.words import fleet_text as words
from iec102_tui.words.ages import age_text
from iec102_tui.words.numbers import grouped
from iec102_tui.words.state_text import PHASE_WORDS
from iec102_tui.words.text import _, ngettext

SIGNS = {Status.LIVE: ("●", "ok"), Status.STALE: ("▲", "warn"), Status.LOST: ("✖", "error"), Status.OFF: ("○", "muted")}
IMPORT, EXPORT = "↓", "↑"
NUMBER = 7
"""Characters of a power: 999 999."""
_STEP = 5
_HOUR = 3600.0
_COUNT_HOLDS = 26 * _HOUR
"""Seconds for which a count of the month is taken for that of now: there are boxes that read profiles once a day."""
_UNDER_WAY = (Phase.OPENING, Phase.STARTING, Phase.LOGIN)


class Piece(NamedTuple):
    """Text in a role of the theme; ``short`` stands in its place where there is no room for it."""

    text: str
    role: str = "foreground"
    bold: bool = False
    short: str = ""


class Moment(NamedTuple):
    """Now, by the age clock and by the wall clock, and the zone that times are told in (None: this machine's)."""

    at: float
    wall: float
    zone: tzinfo | None = None
    plain: bool = False


def piece_instead(row: Row, now: Moment) -> Piece | None:
    """What is wrong, of a row whose values are not those of a meter that is read; None for all others."""
    if row.status in (Status.LOST, Status.OFF):
        return state_piece(row, now)
    return Piece(_(words.NO_VALUES), SIGNS[row.status][1]) if row.heard_at is None else None


def state_piece(row: Row, now: Moment) -> Piece:
    """Where the line stands; in short without its time, of which no part may be left out."""
    is_known = row.trusted or row.box_offline
    short = state_words(row._replace(since=None), now) if is_known else _(words.BOX_UNKNOWN_SHORT)
    return Piece(state_words(row, now), SIGNS[row.status][1], short=short)


def doubt_words(row: Row) -> str:
    """Why its ages are not to be trusted; empty where they are."""
    if row.clock_off is not None:
        return _(words.CLOCK_OFF, time=seconds_piece(row.clock_off).text)
    return _(words.UNDATED) if row.is_undated else ""


def state_words(row: Row, now: Moment) -> str:
    """Where the line stands, and since when; an attempt to connect begins again and again."""
    if row.box_offline:
        if row.since is None:
            return _(words.OFFLINE)
        return _(words.OFFLINE_SINCE, time=time_words(row.since, now))
    if not row.trusted:
        return _(words.BOX_UNKNOWN)
    state = row.phase_text if row.phase is None else _(PHASE_WORDS[row.phase])
    if row.since is None or row.status is Status.LIVE or row.phase in _UNDER_WAY:
        return state
    return _(words.STATE_SINCE, state=state, time=time_words(row.since, now))


def time_words(at: float, now: Moment) -> str:
    """A time of this day as hours and minutes, any other with its date."""
    when, today = (datetime.fromtimestamp(each, now.zone) for each in (at, now.wall))
    return f"{when:%H:%M}" if when.date() == today.date() else f"{when:%Y-%m-%d %H:%M}"


def trend_text(points: Sequence[tuple[float, float]], at: float, width: int, *, plain: bool) -> str:
    """The last hour, from 0 to its greatest value; it moves by whole cells."""
    step = _HOUR / max(1, width)
    end = (at // step + 1) * step
    shown = [(when, abs(value)) for when, value in points]
    highest = max((value for _when, value in shown), default=0.0)
    return sparkline(shown, end - _HOUR, end, width, high=highest or 1.0, plain=plain)


# Cells


def power_words(value: float | None) -> tuple[str, str]:
    """A power without its sign and its arrow, in MW with an M behind it where it would be too long."""
    if value is None:
        return "-", " "
    shown = grouped(abs(value))
    if len(shown) > NUMBER:
        shown = f"{grouped(abs(value) / 1000)} M"
        if len(shown) > NUMBER:
            shown = "*" * 3
    return shown, EXPORT if value < 0 else IMPORT if value else " "


def power_pieces(row: Row) -> Iterator[Piece]:
    """The number, and its arrow."""
    text, arrow = power_words(row.power)
    exported = (row.power or 0) < 0
    fresh = row.status is Status.LIVE
    role = "export" if exported else "strong"
    yield Piece(text, role if fresh else "muted", bold=fresh)
    yield Piece(f" {arrow}", ("export" if exported else "import") if fresh else "muted")


def measured(value: float | None, decimals: int, role: str, row: Row) -> Piece:
    """A value, or a dash."""
    return Piece("-" if value is None else grouped(value, decimals), role if row.status is Status.LIVE else "muted")


def age_piece(row: Row, now: Moment) -> Piece:
    """How old its values are."""
    age = row.age(now.at)
    doubt = "!" if row.clock_off is not None or row.is_undated else ""
    if age is None:
        return Piece("?", "warn")
    if row.status is Status.LIVE and age < 60:
        # In steps: an age that counts seconds costs more bytes than all values together.
        return Piece(f"{doubt}<{(int(age) // _STEP + 1) * _STEP} s", "warn" if doubt else "muted")
    text = age_text(age)
    if row.status is Status.LIVE:
        return Piece(doubt + text, "warn" if doubt else "muted")
    return Piece(doubt + _(words.OLD, age=text), "warn", short=doubt + text)


def month_piece(row: Row, now: Moment) -> Piece:
    """Whether all hours of the month are there; a count of days ago says nothing of that."""
    if row.gaps is None:
        return Piece("-", "faint")
    if row.month_until is not None and not -_HOUR <= now.wall - row.month_until <= _COUNT_HOLDS:
        return Piece("?", "warn")
    if row.gaps:
        return Piece(ngettext(*words.GAPS, row.gaps), "warn")
    return Piece(_(words.COMPLETE if row.complete else words.NO_GAPS), "muted")


def new_piece(row: Row, _now: Moment) -> Piece:
    """How many events are new."""
    return Piece("" if not row.new_events else str(min(row.new_events, 999)), "accent", bold=True)


def seconds_piece(value: float | None) -> Piece:
    """How far a clock is off."""
    if value is None:
        return Piece("-", "faint")
    sign, size = "-" if round(value, 1) < 0 else "+", abs(value)
    text = f"{size:.1f} s" if size < 10 else age_text(size)
    return Piece(sign + text, "warn" if size >= 5 else "muted")


def stated_piece(row: Row, now: Moment) -> Piece:
    """How old the values are by the clock of the box."""
    return Piece("?", "faint") if row.stated is None else plain_age(now.wall - row.stated)


def plain_age(age: float) -> Piece:
    """An age as it is, also one in the future."""
    return Piece(age_text(age) if age >= 0 else f"-{age_text(-age).lstrip('<')}", "muted" if age < 60 else "warn")
