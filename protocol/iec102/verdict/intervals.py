"""Judge the intervals of a month by themselves: gaps, sums of registers, marks, clock, other sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from iec102.asdu.qualifier import Qualifier, qualifier_words
from iec102.load_profile.intervals import Register, before
from iec102.load_profile.records import CHANNELS, REGISTER_WORDS, LoadRecord
from iec102.load_profile.sums import PARTS, Difference, comparisons
from iec102.meter.events import MeterEvent
from iec102.sentence import Sentence, listed
from iec102.verdict.judgement import Judgement, Result
from iec102.verdict.known_month import MEASURED, Month, most_rounding, unit_of

_SUPPLY_LOST, _STARTED = {(3, 0)}, {(1, 1), (1, 2)}
_OLD_TIME, _CLOCK_SET = (7, 9), (7, 11)
_ORDINARY = 30.0
"""Seconds by which a clock may be set without a remark: by more it was not right."""
_NONE, _SOON, _FAR = timedelta(), timedelta(seconds=10), timedelta(hours=12)
_QUARTERS, _HOURS = 4, 24
_MOST_FAILURES = 3
"""Failures of supply that are named."""


def complete(month: Month, register: Register) -> Judgement:
    """Gaps, and the failures of supply that explain them."""
    expected = month.expected(register)
    there = {record.end for record in month.of(register)}
    missing = [end for end in expected if end not in there]
    kind = REGISTER_WORDS[register]
    figures = {"expected": len(expected), "missing": len(missing)}
    if not there:
        text = Sentence("reconcile.none", kind=kind)
        return Judgement("month.complete", register.name.lower(), Result.UNKNOWN, text, figures)
    if not missing:
        text = Sentence("reconcile.complete", expected=len(expected), kind=kind)
        return Judgement("month.complete", register.name.lower(), Result.GOOD, text, figures)
    text = _explained(month, register, _gaps(month, register, missing), missing)
    return Judgement("month.complete", register.name.lower(), Result.FAULT, text, figures)


def _explained(month: Month, register: Register, what: Sentence, ends: Sequence[datetime]) -> Sentence:
    """With the failures of supply over which most of the intervals lie."""
    found = [
        (since, until, sum(before(register, end, month.zone) < until and since < end for end in ends))
        for since, until in _failures(month.events)
    ]
    longest = sorted(found, key=lambda failure: failure[2], reverse=True)[:_MOST_FAILURES]
    for since, until, count in longest:
        if count:
            supply = Sentence("reconcile.no_supply", since=month.local(since), until=month.local(until), count=count)
            what = Sentence("reconcile.explained", what=what, why=supply)
    return what


def _failures(events: Sequence[MeterEvent]) -> Iterator[tuple[datetime, datetime]]:
    """From each failure of supply to the start behind it."""
    since: datetime | None = None
    for time, code in sorted((each.time, (each.address, each.qualifier)) for each in events if each.time is not None):
        if code in _SUPPLY_LOST:
            since = since or time
        elif code in _STARTED and since is not None:
            yield since, time
            since = None


def sums(month: Month) -> Iterator[Judgement]:
    """Hours against quarter-hours, days against hours. Of the channels, that which is billed comes first."""
    for whole, code in ((Register.HOURLY, "month.quarter_hours"), (Register.DAILY, "month.days")):
        wholes, parts = month.of(whole), month.of(PARTS[whole])
        if not wholes or not parts:
            text = Sentence("reconcile.not_compared", whole=REGISTER_WORDS[whole], parts=REGISTER_WORDS[PARTS[whole]])
            yield Judgement(code, "", Result.UNKNOWN, text, {})
            continue
        if whole is Register.DAILY:  # gaps of hours are judged already
            yield from _absent(month, code, whole)
        there = {month.active, *(total.address for record in (*wholes, *parts) for total in record.totals)}
        billed_first = sorted(there.intersection(MEASURED), key=lambda address: (address != month.active, address))
        compared: dict[int, list[Difference]] = {address: [] for address in billed_first}
        for each in comparisons(whole, wholes, parts, zone=month.zone):
            if each.address in compared:
                compared[each.address].append(each)
        yield from _partly(month, code, whole, compared)
        for address, found in compared.items():
            if found and (address == month.active or any(each.value != each.of_parts for each in found)):
                yield _sum(code, whole, address, found, month)


def _absent(month: Month, code: str, register: Register) -> Iterator[Judgement]:
    """Intervals that are not there at all."""
    expected, there = month.expected(register), {record.end for record in month.of(register)}
    if missing := [end for end in expected if end not in there]:
        figures = {"expected": len(expected), "missing": len(missing)}
        yield Judgement(code, "", Result.UNKNOWN, _gaps(month, register, missing), figures)


def _gaps(month: Month, register: Register, missing: Sequence[datetime]) -> Sentence:
    return Sentence(
        "reconcile.gaps",
        count=len(missing),
        expected=len(month.expected(register)),
        kind=REGISTER_WORDS[register],
        first=month.local(missing[0]),
    )


def _partly(
    month: Month, code: str, register: Register, compared: Mapping[int, Sequence[Difference]]
) -> Iterator[Judgement]:
    """Of which channels not every interval could be compared; those that lack the same are named together."""
    expected = len({record.end for record in month.of(register)})
    alike: dict[frozenset[datetime], list[int]] = defaultdict(list)
    for address, found in compared.items():
        alike[frozenset(each.end for each in found)].append(address)
    for ends, addresses in alike.items():
        count = expected - len(ends)
        if not count:
            continue
        text = Sentence("reconcile.partly", count=count, expected=expected, whole=REGISTER_WORDS[register])
        if len(alike) > 1:
            channels = listed(tuple(CHANNELS[address - 1] for address in sorted(addresses)))
            text = Sentence("reconcile.of_channels", channels=channels, what=text)
        subject = CHANNELS[month.active - 1] if month.active in addresses else ""  # then it confirms nothing
        yield Judgement(code, subject, Result.UNKNOWN, text, {"compared": len(ends), "expected": expected})


def _sum(code: str, register: Register, address: int, compared: Sequence[Difference], month: Month) -> Judgement:
    """One channel, of the intervals that could be compared: no difference, rounding, or a fault."""
    whole, parts = REGISTER_WORDS[register], REGISTER_WORDS[PARTS[register]]
    channel, value = CHANNELS[address - 1], sum(each.value for each in compared)
    found = [each for each in compared if each.value != each.of_parts]
    off = sum(each.of_parts - each.value for each in found)
    worst = max(found, key=lambda each: abs(each.of_parts - each.value), default=None)
    unit = unit_of(address)
    figures = {"whole_kwh": value, "parts_kwh": value + off, "intervals": len(found)}
    if worst is not None and abs(worst.of_parts - worst.value) > 1:
        text = Sentence(
            "reconcile.sums_off",
            count=len(found),
            whole=whole,
            parts=parts,
            channel=channel,
            worst=month.local(worst.end),
            value=worst.value,
            of_parts=worst.of_parts,
            unit=unit,
        )
        return Judgement(code, channel, Result.FAULT, text, figures)
    good = abs(off) <= 1
    if good or abs(off) > _most_rounding(register, len(compared)):
        text = Sentence(
            "reconcile.sums_good" if good else "reconcile.sums_one_sided",
            whole=whole,
            parts=parts,
            channel=channel,
            value=value,
            of_parts=value + off,
            unit=unit,
        )
        return Judgement(code, channel, Result.GOOD if good else Result.FAULT, text, figures)
    text = Sentence(
        "reconcile.sums_rounded",
        count=len(found),
        whole=whole,
        parts=parts,
        channel=channel,
        value=value,
        of_parts=value + off,
        unit=unit,
    )
    return Judgement(code, channel, Result.REMARK, text, figures)


def _most_rounding(register: Register, count: int) -> float:
    """What the roundings of so many intervals and of their parts make together."""
    return most_rounding(count * (1 + (_QUARTERS if register is Register.HOURLY else _HOURS)))


def marks(month: Month) -> Iterator[Judgement]:
    """Qualifiers and what they mean for the sums, and values that were given twice."""
    marked = {register: [each for each in month.of(register) if any(_bits(each))] for register in Register}
    if not month.of(Register.HOURLY):
        text = Sentence("reconcile.not_judged", what=Sentence("reconcile.what_marks"), why=_no_hours())
        yield Judgement("month.qualifiers", "", Result.UNKNOWN, text, {})
    elif not any(marked.values()):
        yield Judgement("month.qualifiers", "", Result.GOOD, Sentence("reconcile.qualifiers_good"), {})
    for register, records in marked.items():
        if records:
            yield _marked(month, register, records)
    if month.differing:
        text = Sentence("reconcile.differing", count=month.differing)
        yield Judgement("month.differing", "", Result.FAULT, text, {"intervals": month.differing})


def _marked(month: Month, register: Register, marked: Sequence[LoadRecord]) -> Judgement:
    """Hours are what is billed: of the others, values that are not valid were not compared."""
    bits = 0
    for record in marked:
        for quality in _bits(record):
            bits |= quality
    values = sum(bool(quality & Qualifier.IV) for record in marked for quality in _bits(record))
    words = listed(tuple(dict.fromkeys(qualifier_words(bits))))
    hours = register is Register.HOURLY
    text = Sentence("reconcile.qualifiers", count=len(marked), words=words)
    if not hours:
        text = Sentence("reconcile.of_channels", channels=REGISTER_WORDS[register], what=text)
    if values:
        why = Sentence("reconcile.not_in_sums", count=values)
        text = Sentence("reconcile.explained", what=text, why=why)
    text = _explained(month, register, text, [record.end for record in marked])
    figures = {"intervals": len(marked), "not_valid": values}
    subject = "" if hours else register.name.lower()
    result = Result.FAULT if values and hours else Result.REMARK
    return Judgement("month.qualifiers", subject, result, text, figures)


def clock(month: Month) -> Iterator[Judgement]:
    """How often the meter's clock was set, and how far at most."""
    if not month.events_known:
        yield Judgement("month.events", "", Result.UNKNOWN, Sentence("reconcile.events_unknown"), {})
    set_to, before_ = (
        sorted(each.time for each in month.events if (each.address, each.qualifier) == code and each.time is not None)
        for code in (_CLOCK_SET, _OLD_TIME)
    )
    if not set_to:
        if month.events_known:
            yield Judgement("month.clock", "", Result.GOOD, Sentence("reconcile.clock_steady"), {"changes": 0})
        return
    first, count = month.local(set_to[0]), len(set_to)
    if len(before_) != count:
        text = Sentence("reconcile.clock_changes", count=count, first=first)
        yield Judgement("month.clock", "", Result.REMARK, text, {"changes": count})
        return
    largest = max(_settings(before_, set_to)) / timedelta(seconds=1)
    text = Sentence("reconcile.clock_set", count=count, first=first, largest=largest)
    result = Result.GOOD if largest <= _ORDINARY else Result.REMARK
    yield Judgement("month.clock", "", result, text, {"changes": count, "largest_s": round(largest, 1)})


def _settings(before_: Sequence[datetime], set_to: Sequence[datetime]) -> Iterator[timedelta]:
    """By how much the clock was set each time, at most: old and new times in their order.

    A clock that was set far and back again soon looks like two small settings far apart, since events tell only times:
    where both may be, the larger one counts.
    """
    pairs = list(zip(before_, set_to, strict=True))
    for old, new in pairs:
        yield abs(new - old)
    for (old, new), (next_old, next_new) in pairwise(pairs):
        forward, back = (new - old, next_old - next_new) if new > old else (next_new - next_old, old - new)
        if forward > _NONE and back >= _SOON and next_old - old < _FAR:
            yield max(abs(next_new - old), abs(next_old - new))


def _bits(record: LoadRecord) -> list[int]:
    """The qualifiers of the measured channels."""
    return [total.quality for total in record.totals if total.address in MEASURED]


def _no_hours() -> Sentence:
    return Sentence("reconcile.none", kind=REGISTER_WORDS[Register.HOURLY])
