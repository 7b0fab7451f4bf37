"""What is chosen, in one row: register, period, channel; at the right how much of it is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import ClassVar

from iec102.load_profile.intervals import Register

from iec102_tui.load_profile.load_profile import LoadProfile, Wanted
from iec102_tui.panes.load_profile.figures import UNIT_WORDS
from iec102_tui.widgets.role_line import RoleLine, Span, width_of
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.numbers import grouped
from iec102_tui.words.text import _

_REGISTERS = {
    Register.HOURLY: words.HOURLY,
    Register.QUARTER_HOURLY: words.QUARTER_HOURLY,
    Register.DAILY: words.DAILY,
}
_WIDE = 110
_BACK, _ON = "\N{BLACK LEFT-POINTING POINTER}", "\N{BLACK RIGHT-POINTING POINTER}"


class ChoiceLine(RoleLine):
    """The registers, of which the chosen one stands out; ``,`` and ``.`` turn the month between the triangles."""

    GROUND: ClassVar[str] = "background"

    def say(
        self, wanted: Wanted, zone: tzinfo, channel: int, load_profile: LoadProfile | None, here: datetime | None
    ) -> None:
        """``here``: in the month that is shown, where it is one of several."""
        wide = self.size.width >= _WIDE
        left = [Span(" "), *_registers(wanted, wide=wide)]
        left += [
            Span(f"  {_BACK} ", "muted"),
            Span(range_words(wanted, zone, here), "strong", bold=True),
            Span(f" {_ON}  ", "muted"),
        ]
        named = _channel(words.channel(channel), channel)
        if width_of([*left, named]) > self.size.width:
            named = _channel(words.short_channel(channel), channel)
        right = _known(wanted, load_profile, wide=wide)
        period = Span(f"({wanted.words})  ", "muted")
        if wanted.words and width_of([*left, period, named, *right]) < self.size.width:
            left.append(period)
        left.append(named)
        if width_of(left) + width_of(right) > self.size.width:
            right = _known(wanted, load_profile, wide=False)
        self.show(left, right)


def _channel(name: str, channel: int) -> Span:
    return Span(name, words.CHANNEL_ROLES[channel], bold=True)


def _registers(wanted: Wanted, *, wide: bool) -> Iterator[Span]:
    for register, name in _REGISTERS.items():
        if register is wanted.register:
            yield Span(f"{_(name)} ", "accent", bold=True)
        elif wide:
            yield Span(f"{_(name)} ", "muted")
    if not wanted.incremental:
        yield Span(f"{_(words.ABSOLUTE):{len(_(words.INCREMENTAL))}} ", "accent", bold=True)
    elif wide:
        yield Span(f"{_(words.INCREMENTAL)} ", "muted")


def _known(wanted: Wanted, load_profile: LoadProfile | None, *, wide: bool) -> list[Span]:
    if load_profile is None or not load_profile.ends or load_profile.empty:
        return []
    known = len(load_profile.rows)
    typeset = (grouped(known), grouped(len(load_profile.ends)))
    text = words.shorter(known, len(load_profile.ends), typeset)
    if wide:
        text = words.how_much(known, len(load_profile.ends), typeset, UNIT_WORDS[wanted.register])
    return [Span(f" {text} ", "ok" if known == len(load_profile.ends) else "warn")]


def range_words(wanted: Wanted, zone: tzinfo, here: datetime | None = None) -> str:
    """``November 2026`` where it is that month, as far as it has come; else the dates, after the month of ``here``."""
    start, end = wanted.start.astimezone(zone), wanted.end.astimezone(zone)
    first = start.replace(day=1, hour=0, minute=0)
    if start == first and end - timedelta(seconds=1) < (first + timedelta(days=31)).replace(day=1):
        return words.month_of_year(start.month, start.year)
    whole = words.from_to(_moment(start), _moment(end))
    if here is None:
        return whole
    inside = here.astimezone(zone) - timedelta(seconds=1)
    return words.of_range(words.month_of_year(inside.month, inside.year), whole)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}" if moment.hour == moment.minute == 0 else f"{moment:%Y-%m-%d %H:%M}"
