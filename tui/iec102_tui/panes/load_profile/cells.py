"""The table of a load profile as text: columns that fit, rows, totals, and a row in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import NamedTuple

from iec102.asdu.qualifier import Qualifier
from iec102.load_profile.records import CHANNELS, LoadRecord

from iec102_tui.load_profile.load_profile import LONG_NAMES, LoadProfile
from iec102_tui.words.library_text import qualifier_text
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import N_, _, ngettext

_TIME = 22
_LEAST = 7
_SIGNS = 1
LEGEND = N_("A+ imported (grid -> site), A- exported (site -> grid), kWh; Ri, Rc kVArh")


class Columns(NamedTuple):
    """``channels`` of the table, 0 to 7, each ``width`` characters wide and one for a sign behind it."""

    channels: tuple[int, ...]
    width: int

    @property
    def hidden(self) -> tuple[str, ...]:
        """The names of those for which there is no room."""
        return tuple(name for channel, name in enumerate(CHANNELS) if channel not in self.channels)


def columns_for(load_profile: LoadProfile, width: int) -> Columns:
    """As many channels as fit, from the first on; at least one."""
    numbers = [number for number in load_profile.totals if number is not None]
    numbers += [maximum[0] for maximum in load_profile.maxima if maximum is not None]
    digits = max((len(str(number)) for number in numbers), default=1)
    each = max(_LEAST, digits)
    count = (width - _TIME) // (each + 1 + _SIGNS)
    return Columns(tuple(range(max(1, min(count, len(CHANNELS))))), each)


def heading(columns: Columns) -> str:
    """The names above the columns."""
    names = "".join(f" {CHANNELS[channel]:>{columns.width}} " for channel in columns.channels)
    return f" {_('end of interval'):{_TIME - 1}}{names}"


def row_text(load_profile: LoadProfile, index: int, columns: Columns, *, chosen: bool = False) -> str:
    """One interval. ``*`` behind a value: its qualifier says something of it."""
    end = load_profile.ends[index]
    text = f"{'>' if chosen else ' '}{time_text(end, load_profile.zone):{_TIME - 1}}"
    record = load_profile.record(index)
    if record is None:
        reason = load_profile.reasons.get(end)
        return text + " " + (_("not downloaded") if reason is None else _("missing: {why}", why=printable(reason)))
    return text + "".join(_cell(record, channel, columns.width) for channel in columns.channels)


def column_ranges(columns: Columns) -> Iterator[tuple[int, slice]]:
    """Each channel and where its value stands in a row, the sign behind it left out."""
    for place, channel in enumerate(columns.channels):
        start = _TIME + place * (columns.width + 1 + _SIGNS)
        yield channel, slice(start, start + columns.width + 1)


def total_text(load_profile: LoadProfile, columns: Columns) -> str:
    """The sums of incremental values, of absolute ones what was added in the range."""
    name = _("total") if load_profile.wanted.incremental else _("last minus first")
    return f" {name:{_TIME - 1}}" + "".join(
        f" {_number(load_profile.totals[channel]):>{columns.width}} " for channel in columns.channels
    )


def maximum_text(load_profile: LoadProfile, columns: Columns) -> str:
    """The highest value of each channel."""
    values = (load_profile.maxima[channel] for channel in columns.channels)
    cells = "".join(f" {_number(None if value is None else value[0]):>{columns.width}} " for value in values)
    return f" {_('maximum'):{_TIME - 1}}{cells}"


def words_of(load_profile: LoadProfile, index: int) -> list[str]:
    """An interval in words, one line a channel, with what its qualifier says."""
    end = load_profile.ends[index]
    lines = [
        _("{kind}, interval that ends at {end}", kind=load_profile.wanted.kind, end=time_text(end, load_profile.zone))
    ]
    record = load_profile.record(index)
    if record is None:
        reason = load_profile.reasons.get(end)
        return [*lines, _("Not downloaded.") if reason is None else _("Missing: {why}.", why=printable(reason))]
    for channel, name in enumerate(map(_, LONG_NAMES)):
        total = record.total(channel + 1)
        if total is None:
            lines.append(_("{name}: not given by the meter", name=name))
        else:
            words = qualifier_text(total.quality) or _("valid")
            lines.append(
                _(
                    "{name}: {value} ({words}; qualifier {quality:02x})",
                    name=name,
                    value=total.value,
                    words=words,
                    quality=total.quality,
                )
            )
    return lines


def maxima_words(load_profile: LoadProfile) -> list[str]:
    """The maximum of each channel with its time, and how many values were left out as invalid."""
    lines = [
        _(
            "Maximum of {name}: {value} at {end}",
            name=_(LONG_NAMES[channel]),
            value=maximum[0],
            end=time_text(maximum[1], load_profile.zone),
        )
        for channel, maximum in enumerate(load_profile.maxima)
        if maximum is not None
    ]
    if load_profile.invalid:
        lines.append(
            ngettext(
                "{count} invalid value is in no total and no maximum.",
                "{count} invalid values are in no total and no maximum.",
                load_profile.invalid,
            )
        )
    return lines


def time_text(end: datetime, zone: tzinfo) -> str:
    """With the offset: an autumn day has one hour twice."""
    local = end.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M} {local:%z}"[:-2]


def _cell(record: LoadRecord, channel: int, width: int) -> str:
    total = record.total(channel + 1)
    if total is None:
        return f" {'-':>{width}} "
    if total.quality & Qualifier.IV:
        return f" {_('invalid'):>{width}}*"
    return f" {total.value:>{width}}{'*' if total.quality else ' '}"


def _number(value: int | None) -> str:
    return "-" if value is None else str(value)
