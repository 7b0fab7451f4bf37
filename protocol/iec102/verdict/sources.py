"""Hold the intervals of other sources, such as a distributor's file, against the meter's.

What was compared is counted by channel. A channel that could not be compared, or not in all intervals, is named as
unknown: a file proves nothing by what it does not have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from iec102.load_profile.intervals import Register
from iec102.load_profile.records import CHANNELS, REGISTER_WORDS, LoadRecord
from iec102.sentence import Sentence, listed
from iec102.verdict.judgement import Judgement, Result
from iec102.verdict.known_month import MEASURED, Month, most_rounding, unit_of, value_of

Pairs = Sequence[tuple[LoadRecord, LoadRecord]]
"""A record of the meter and that of the other source, of the same interval."""


def others(month: Month) -> Iterator[Judgement]:
    """Each source, and each register that it has of the month."""
    for name, records in month.others.items():
        if not records:
            yield Judgement("month.file", name, Result.UNKNOWN, Sentence("reconcile.other_none", name=name), {})
        for register, theirs in sorted(records.items()):
            own = {record.end: record for record in month.of(register)}
            missing = [end for end in month.expected(register) if end not in {record.end for record in theirs}]
            if missing:
                text = Sentence(
                    "reconcile.other_gaps",
                    name=name,
                    count=len(missing),
                    kind=REGISTER_WORDS[register],
                    first=month.local(missing[0]),
                )
                yield Judgement("month.file", name, Result.REMARK, text, {"missing": len(missing)})
            yield from _other(month, name, register, [(own[each.end], each) for each in theirs if each.end in own])


class _Channel(NamedTuple):
    """The valid values of a channel of both: the end of the interval, the meter's, the file's."""

    address: int
    known: list[tuple[datetime, int, int]]
    in_file: bool

    @classmethod
    def of(cls, pairs: Pairs, address: int) -> _Channel:
        told = [(own.end, value_of(own, address), value_of(their, address)) for own, their in pairs]
        known = [(end, own, their) for end, own, their in told if own is not None and their is not None]
        return cls(address, known, any(their.total(address) is not None for _own, their in pairs))

    @property
    def name(self) -> str:
        return CHANNELS[self.address - 1]


def _other(month: Month, name: str, register: Register, pairs: Pairs) -> Iterator[Judgement]:
    kind = REGISTER_WORDS[register]
    if not pairs:
        text = Sentence("reconcile.not_compared", whole=name, parts=kind)
        yield Judgement("month.file", name, Result.UNKNOWN, text, {})
        return
    there = {total.address for pair in pairs for record in pair for total in record.totals}
    channels = [_Channel.of(pairs, address) for address in MEASURED if address in there]
    yield from _not_compared(name, kind, channels, len(pairs))
    found = [judgement for channel in channels for judgement in _differing(month, name, kind, channel)]
    compared = [channel for channel in channels if channel.known]
    if found or not compared:
        yield from found
        return
    figures = {"intervals": max(len(channel.known) for channel in compared)}
    if all(len(channel.known) == len(pairs) for channel in channels):
        text = Sentence("reconcile.other_good", name=name, count=len(pairs), kind=kind)
    else:
        values = [Sentence("reconcile.values", count=len(each.known), channel=each.name) for each in compared]
        text = Sentence("reconcile.other_agree", name=name, kind=kind, what=listed(tuple(values)))
    yield Judgement("month.file", name, Result.GOOD, text, figures)


def _not_compared(name: str, kind: str, channels: Sequence[_Channel], expected: int) -> Iterator[Judgement]:
    """Channels that the file does not have, and those of which not every value could be compared."""
    absent = tuple(channel.name for channel in channels if not channel.in_file)
    if absent:
        text = Sentence("reconcile.other_lacks", name=name, kind=kind, channels=listed(absent))
        yield Judgement("month.file", name, Result.UNKNOWN, text, {})
    for channel in channels:
        count = len(channel.known)
        if channel.in_file and count < expected:
            text = Sentence(
                "reconcile.other_partly", name=name, kind=kind, channel=channel.name, compared=count, expected=expected
            )
            figures = {"compared": count, "expected": expected}
            yield Judgement("month.file", channel.name, Result.UNKNOWN, text, figures)


def _differing(month: Month, name: str, kind: str, channel: _Channel) -> Iterator[Judgement]:
    off = [each for each in channel.known if each[1] != each[2]]
    if not off:
        return
    end, own, their = max(off, key=lambda each: abs(each[1] - each[2]))
    figures = {
        "intervals": len(off),
        "file_kwh": sum(each[2] for each in channel.known),
        "meter_kwh": sum(each[1] for each in channel.known),
    }
    apart = abs(sum(each[1] - each[2] for each in off))
    rounding = abs(own - their) <= 1 and apart <= most_rounding(2 * len(channel.known))
    count, unit = len(off), unit_of(channel.address)
    if abs(own - their) <= 1 and not rounding:
        code = "reconcile.other_one_sided"
        text = Sentence(code, name=name, count=count, kind=kind, channel=channel.name, unit=unit, apart=apart)
    else:
        text = Sentence(
            "reconcile.other_rounded" if rounding else "reconcile.other_off",
            name=name,
            count=count,
            kind=kind,
            channel=channel.name,
            worst=month.local(end),
            value=their,
            own=own,
            unit=unit,
        )
    yield Judgement("month.file", channel.name, Result.REMARK if rounding else Result.FAULT, text, figures)
