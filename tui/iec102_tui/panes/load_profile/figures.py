"""The interval at the cursor, its day and its month in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from math import hypot
from typing import NamedTuple

from iec102.asdu.qualifier import Qualifier
from iec102.load_profile.intervals import Register

from iec102_tui.load_profile.load_profile import LoadProfile
from iec102_tui.panes.load_profile.bars import LENGTHS
from iec102_tui.panes.load_profile.window import Zoom, window
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.library_text import qualifier_text
from iec102_tui.words.numbers import grouped, typeset
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import _

UNIT_WORDS = {Register.HOURLY: words.HOURS, Register.QUARTER_HOURLY: words.QUARTERS, Register.DAILY: words.DAYS}
_SHOWN_CHANNELS = 6


class Figure(NamedTuple):
    """A name, what it is, and the role of its colour; ``amount`` and ``unit`` where it is an energy."""

    name: str
    value: str
    role: str = "foreground"
    amount: int | None = None
    unit: str = ""

    def short(self, width: int) -> str:
        """``A+ 27 411 kWh`` in so many characters, without the unit or in MWh where it would be longer.

        Never a part of a number.
        """
        name = self.name.split(" ")[0]
        if self.amount is None:
            first, _dot, _rest = self.value.partition(" \N{MIDDLE DOT} ")
            texts = [f"{name} {self.value}", self.value, self.value.rpartition(" ")[0], first]
        else:
            texts = [f"{name} {grouped(self.amount)} {self.unit}", f"{name} {grouped(self.amount)}"]
            texts += [f"{name} {' '.join(typeset(self.amount, self.unit, room=room))}" for room in (6, 5, 4)]
        return next((text for text in texts if len(text) <= width), "\N{HORIZONTAL ELLIPSIS}")


class Interval(NamedTuple):
    """The interval at the cursor: ``12:00-13:00``, its value, what is known of it."""

    day: date
    times: str
    value: str
    state: str
    role: str


def interval(load_profile: LoadProfile, channel: int, index: int) -> Interval:
    """In words, with what its qualifier says."""
    end = load_profile.ends[index].astimezone(load_profile.zone)
    inside = (load_profile.ends[index] - timedelta(seconds=1)).astimezone(load_profile.zone)
    start = (load_profile.ends[index] - LENGTHS[load_profile.wanted.register]).astimezone(load_profile.zone)
    times = "" if load_profile.wanted.register is Register.DAILY else f"{start:%H:%M}-{end:%H:%M}"
    value, quality = load_profile.value(index, channel), load_profile.quality(index, channel)
    text = "" if value is None else f"{grouped(value)} {words.UNITS[channel]}".strip()
    if load_profile.ends[index] not in load_profile.rows:
        reason = load_profile.reasons.get(load_profile.ends[index])
        state = _(words.NOT_DOWNLOADED) if reason is None else _(words.MISSING, why=printable(reason))
        return Interval(inside.date(), times, text, state, "muted" if reason is None else "error")
    if quality & Qualifier.IV:
        return Interval(inside.date(), times, text, _(words.INVALID), "error")
    if value is None:
        return Interval(inside.date(), times, text, _(words.NOT_GIVEN), "muted")
    if quality:
        return Interval(inside.date(), times, text, _(words.DOUBTFUL, words=qualifier_text(quality)), "warn")
    return Interval(inside.date(), times, text, _(words.VALID), "ok")


def total_of(load_profile: LoadProfile, channel: int, shown: Iterable[int]) -> int | None:
    """Of the valid values; of absolute ones what was added. None without any."""
    values = [value for index in shown if (value := load_profile.value(index, channel)) is not None]
    if not values:
        return None
    return sum(values) if load_profile.wanted.incremental else values[-1] - values[0]


def month_figures(load_profile: LoadProfile, channel: int, cursor: int) -> list[Figure]:
    """Of the month of the cursor: energies, power factor, the highest interval, what is missing or to be checked."""
    shown = window(load_profile, cursor, Zoom.MONTH)
    totals = [total_of(load_profile, number, shown) for number in range(_SHOWN_CHANNELS)]
    found = [
        _energy(number, total) for number, total in enumerate(totals) if total is not None and (total or number < 2)
    ]
    active, reactive = totals[0], totals[2]
    if load_profile.wanted.incremental and active and reactive is not None:
        found.append(Figure(_(words.POWER_FACTOR), grouped(active / hypot(active, reactive), 3), "reactive"))
    if load_profile.wanted.incremental and (highest := _highest(load_profile, channel, shown)) is not None:
        found.append(highest)
    known = sum(load_profile.ends[index] in load_profile.rows for index in shown)
    unit = UNIT_WORDS[load_profile.wanted.register]
    said = words.how_much(known, len(shown), (grouped(known), grouped(len(shown))), unit)
    found.append(Figure(_(words.INTERVALS), said, "ok" if known == len(shown) else "warn"))
    return [*found, *_qualities(load_profile, channel, shown)]


def _energy(channel: int, total: int) -> Figure:
    unit = words.UNITS[channel]
    name, role = _(words.CHANNEL_NAMES[channel]), words.CHANNEL_ROLES[channel]
    return Figure(name, f"{grouped(total)} {unit}", role, total, unit)


def _highest(load_profile: LoadProfile, channel: int, shown: range) -> Figure | None:
    values = [(value, index) for index in shown if (value := load_profile.value(index, channel)) is not None]
    if not values:
        return None
    value, index = max(values, key=lambda pair: pair[0])
    found = interval(load_profile, channel, index)
    when = f"{found.day.day} {words.short_month(found.day.month)} {found.times}".strip()
    unit = words.UNITS[channel]
    return Figure(_(words.HIGHEST), words.most(grouped(value), unit, when), "strong", value, unit)


def _qualities(load_profile: LoadProfile, channel: int, shown: range) -> list[Figure]:
    """How many values are invalid, and how many have which warning."""
    counted: Counter[int] = Counter()
    for index in shown:
        quality = load_profile.quality(index, channel)
        counted.update([quality & Qualifier.IV or quality] if quality else [])
    invalid = counted.pop(int(Qualifier.IV), 0)
    found = [Figure(_(words.INVALID_VALUES), grouped(invalid), "error")] if invalid else []
    if counted:
        found.append(Figure(_(words.CHECK_VALUES), grouped(sum(counted.values())), "warn"))
    return found
