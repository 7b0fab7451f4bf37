"""Judge a month: whether hours, quarter-hours, days and the closing say the same, and what is above the contract.

The problem: every one of these numbers is rounded by the meter, so that a sum of them is rarely equal to the last
digit. The rule, said in each judgement: a difference of 1 in total proves the month; one of 1 in single intervals is
rounding and a remark; between a closing and the sum of its hours, rounding makes no more than 1.2 times the root of
their number (four standard deviations of so many roundings). Anything beyond is a fault. A maximum is four times a
quarter-hour, and is off by its rounding, 4 kW.

Energies are judged, never prices. Limits of reactive energy: 33 % of A+ for Q1 in the periods 1 to 5, 20.3 % for Q4 in
period 6 (REE profile reference, 13).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple

from iec102.asdu.qualifier import Qualifier, qualifier_words
from iec102.load_profile.intervals import Register, before, expected_ends
from iec102.load_profile.records import CHANNELS, REGISTER_WORDS, LoadRecord
from iec102.load_profile.sums import PARTS, Difference, comparisons
from iec102.meter.closings import EXPORT, Closing, ClosingPeriod
from iec102.meter.events import MeterEvent
from iec102.meter.tariffs import HolidayCalendar, PowersByPeriod, SeasonTable
from iec102.sentence import Sentence, listed
from iec102.verdict.judgement import Judgement, Result

A_PLUS, A_MINUS, Q1, Q2, Q3, Q4 = range(1, 7)
"""Addresses of the channels."""

_ROUNDING = 1.2
_MAXIMUM_KW = 4
_QUARTERS = 4  # of an hour
_INDUCTIVE, _CAPACITIVE = 0.33, 0.203
_LAST_PERIOD = 6
_MEASURED = 6
_SUPPLY_LOST, _STARTED = {(3, 0)}, {(1, 1), (1, 2)}
_CLOCK_SET = (7, 11)


class Proof(StrEnum):
    """What is to be said of the month."""

    PROVEN = "proven"
    REMARKS = "proven with remarks"
    NOT_PROVEN = "not proven"


class Month(NamedTuple):
    """What is known of a month, (``start``, ``end``] in ``zone``.

    ``records`` by register; ``closing`` is the one of the month, None where there is none; ``direction`` of its
    contract (1 import, 2 export). ``differing``: intervals that were given twice with other values.
    """

    start: datetime
    end: datetime
    zone: tzinfo
    records: Mapping[Register, Sequence[LoadRecord]]
    closing: Closing | None = None
    direction: int | None = None
    seasons: SeasonTable | None = None
    holidays: HolidayCalendar | None = None
    powers: PowersByPeriod | None = None
    events: Sequence[MeterEvent] = ()
    differing: int = 0

    def of(self, register: Register) -> Sequence[LoadRecord]:
        """The records of a register."""
        return self.records.get(register, ())

    def period_at(self, end: datetime, register: Register) -> int | None:
        """The tariff period (1 to 9) of an interval by its end; None where the meter does not tell."""
        if self.seasons is None:
            return None
        return self.seasons.period_at(before(register, end, self.zone).astimezone(self.zone), self.holidays)


def reconcile(month: Month) -> list[Judgement]:
    """Everything that can be said of the month, in the order of a reader's questions."""
    return [
        *(_complete(month, register) for register in (Register.HOURLY, Register.QUARTER_HOURLY)),
        *_sums(month),
        *_closing(month),
        *_periods(month),
        *_maxima(month),
        *_powers(month),
        *_reactive(month),
        *_marks(month),
    ]


def proof(judgements: Iterable[Judgement]) -> Proof:
    """Of all together: the hours must be whole and their sums confirmed by something else."""
    results = {judgement.result for judgement in judgements}
    if Result.FAULT in results:
        return Proof.NOT_PROVEN
    if not any(judgement.code in _CONFIRMING and judgement.result in _CONFIRMED for judgement in judgements):
        return Proof.NOT_PROVEN
    return Proof.REMARKS if results & {Result.REMARK, Result.UNKNOWN} else Proof.PROVEN


_CONFIRMING = ("month.quarter_hours", "month.closing")
_CONFIRMED = (Result.GOOD, Result.REMARK)


def _complete(month: Month, register: Register) -> Judgement:
    """Gaps, and the failures of supply that explain them."""
    expected = expected_ends(register, month.start, month.end, month.zone)
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
    text = Sentence(
        "reconcile.gaps", count=len(missing), expected=len(expected), kind=kind, first=_local(month, missing[0])
    )
    if (failure := _failure(month, register, missing)) is not None:
        since, until, count = failure
        supply = Sentence("reconcile.no_supply", since=since, until=until, count=count)
        text = Sentence("reconcile.explained", what=text, why=supply)
    return Judgement("month.complete", register.name.lower(), Result.FAULT, text, figures)


def _failure(month: Month, register: Register, missing: Sequence[datetime]) -> tuple[datetime, datetime, int] | None:
    """The failure of supply over which most intervals are missing, and how many are; None where there is none."""
    found = [
        (since, until, sum(before(register, end, month.zone) < until and since < end for end in missing))
        for since, until in _failures(month.events)
    ]
    since, until, count = max(found, key=itemgetter(2), default=(month.start, month.start, 0))
    return (_local(month, since), _local(month, until), count) if count else None


def _failures(events: Sequence[MeterEvent]) -> Iterator[tuple[datetime, datetime]]:
    """From each failure of supply to the start behind it."""
    since: datetime | None = None
    for event in events:
        code = (event.address, event.qualifier)
        if event.time is None:
            continue
        if code in _SUPPLY_LOST:
            since = since or event.time
        elif code in _STARTED and since is not None:
            yield since, event.time
            since = None


def _sums(month: Month) -> Iterator[Judgement]:
    """Hours against quarter-hours, days against hours."""
    for whole, code in ((Register.HOURLY, "month.quarter_hours"), (Register.DAILY, "month.days")):
        wholes, parts = month.of(whole), month.of(PARTS[whole])
        if not wholes or not parts:
            text = Sentence("reconcile.not_compared", whole=REGISTER_WORDS[whole], parts=REGISTER_WORDS[PARTS[whole]])
            yield Judgement(code, "", Result.UNKNOWN, text, {})
            continue
        compared: dict[int, list[Difference]] = defaultdict(list)
        for each in comparisons(whole, wholes, parts, zone=month.zone):
            if each.address <= _MEASURED:
                compared[each.address].append(each)
        if len(compared[A_PLUS]) < len(wholes):
            count = len(wholes) - len(compared[A_PLUS])
            text = Sentence("reconcile.partly", count=count, expected=len(wholes), whole=REGISTER_WORDS[whole])
            yield Judgement(
                code, "", Result.UNKNOWN, text, {"compared": len(compared[A_PLUS]), "expected": len(wholes)}
            )
        for address, found in sorted(compared.items()):
            if found and (address == A_PLUS or any(each.value != each.of_parts for each in found)):
                yield _sum(code, whole, address, found, month)


def _sum(code: str, register: Register, address: int, compared: Sequence[Difference], month: Month) -> Judgement:
    """One channel, of the intervals that could be compared: no difference, rounding, or a fault."""
    whole, parts = REGISTER_WORDS[register], REGISTER_WORDS[PARTS[register]]
    channel, value = CHANNELS[address - 1], sum(each.value for each in compared)
    found = [each for each in compared if each.value != each.of_parts]
    off = sum(each.of_parts - each.value for each in found)
    worst = max(found, key=lambda each: abs(each.of_parts - each.value), default=None)
    figures = {"whole_kwh": value, "parts_kwh": value + off, "intervals": len(found)}
    if worst is None or (abs(off) <= 1 and abs(worst.of_parts - worst.value) <= 1):
        text = Sentence(
            "reconcile.sums_good", whole=whole, parts=parts, channel=channel, value=value, of_parts=value + off
        )
        return Judgement(code, channel, Result.GOOD, text, figures)
    if abs(worst.of_parts - worst.value) <= 1:
        text = Sentence(
            "reconcile.sums_rounded",
            count=len(found),
            whole=whole,
            parts=parts,
            channel=channel,
            value=value,
            of_parts=value + off,
        )
        return Judgement(code, channel, Result.REMARK, text, figures)
    text = Sentence(
        "reconcile.sums_off",
        count=len(found),
        whole=whole,
        parts=parts,
        channel=channel,
        worst=_local(month, worst.end),
        value=worst.value,
        of_parts=worst.of_parts,
    )
    return Judgement(code, channel, Result.FAULT, text, figures)


def _closing(month: Month) -> Iterator[Judgement]:
    """The totals of the closing against the hours: active, and the reactive pair of the contract's direction."""
    total = month.closing.total if month.closing is not None else None
    hours = month.of(Register.HOURLY)
    if total is None or not hours:
        yield Judgement("month.closing", "", Result.UNKNOWN, Sentence("reconcile.no_closing"), {})
        return
    exporting = month.direction == EXPORT
    pairs = [(A_MINUS if exporting else A_PLUS, total.active)]
    if month.direction is not None:
        inductive, capacitive = (Q3, Q2) if exporting else (Q1, Q4)
        pairs += [(inductive, total.inductive), (capacitive, total.capacitive)]
    for address, energy in pairs:
        channel = CHANNELS[address - 1]
        yield _compared("month.closing", channel, energy.incremental, _total(hours, address), len(hours))


def _periods(month: Month) -> Iterator[Judgement]:
    """What the closing has by tariff period against the hours of the meter's own calendar."""
    closing = month.closing
    if closing is None or not month.of(Register.HOURLY):
        return
    address = A_MINUS if month.direction == EXPORT else A_PLUS
    by_period: Counter[int] = Counter()
    counts: Counter[int] = Counter()
    for record in month.of(Register.HOURLY):
        period = month.period_at(record.end, Register.HOURLY)
        if period is None:
            yield Judgement("month.periods", "", Result.UNKNOWN, Sentence("reconcile.no_calendar"), {})
            return
        by_period[period] += _value(record, address)
        counts[period] += 1
    for told in _told_periods(closing):
        value, of_parts = told.active.incremental, by_period[told.period]
        if value or of_parts:
            yield _compared("month.periods", f"P{told.period}", value, of_parts, counts[told.period])


def _compared(code: str, subject: str, value: int, of_parts: int, parts: int) -> Judgement:
    """A number of a closing against a sum of so many parts."""
    off = abs(value - of_parts)
    figures = {"closing_kwh": value, "hours_kwh": of_parts}
    if off <= 1:
        text = Sentence("reconcile.closing_good", subject=subject, value=value, of_parts=of_parts)
        return Judgement(code, subject, Result.GOOD, text, figures)
    if off <= _ROUNDING * math.sqrt(parts):
        text = Sentence("reconcile.closing_rounded", subject=subject, value=value, of_parts=of_parts)
        return Judgement(code, subject, Result.REMARK, text, figures)
    text = Sentence("reconcile.closing_off", subject=subject, value=value, of_parts=of_parts)
    return Judgement(code, subject, Result.FAULT, text, figures)


def _maxima(month: Month) -> Iterator[Judgement]:
    """The highest quarter-hour of each period against the closing's maximum."""
    highest = _highest(month)
    if month.closing is None or not highest:
        return
    for told in _told_periods(month.closing):
        own = highest.get(told.period)
        if own is None or told.maximum_quality & Qualifier.IV:
            continue
        good = abs(told.maximum - own) <= _MAXIMUM_KW
        text = Sentence(
            "reconcile.maximum_good" if good else "reconcile.maximum_off",
            period=told.period,
            value=told.maximum,
            of_parts=own,
        )
        figures = {"maximum_kw": told.maximum, "quarter_hour_kw": own}
        yield Judgement("month.maximum", f"P{told.period}", Result.GOOD if good else Result.FAULT, text, figures)


def _highest(month: Month) -> dict[int, int]:
    """kW of the highest quarter-hour by period."""
    address = A_MINUS if month.direction == EXPORT else A_PLUS
    found: dict[int, int] = {}
    for record in month.of(Register.QUARTER_HOURLY):
        period = month.period_at(record.end, Register.QUARTER_HOURLY)
        if period is not None:
            found[period] = max(found.get(period, 0), _value(record, address) * _QUARTERS)
    return found


def _powers(month: Month) -> Iterator[Judgement]:
    """Quarter-hours above the contracted power: four times their energy."""
    quarters = month.of(Register.QUARTER_HOURLY)
    if month.powers is None or month.seasons is None or not quarters:
        return
    address = A_MINUS if month.direction == EXPORT else A_PLUS
    above: dict[int, list[int]] = defaultdict(list)
    for record in quarters:
        period = month.period_at(record.end, Register.QUARTER_HOURLY) or 0
        power = _value(record, address) * _QUARTERS
        if power > month.powers.kilowatts.get(period, math.inf):
            above[period].append(power)
    if not above:
        yield Judgement("month.power", "", Result.GOOD, Sentence("reconcile.power_good"), {})
    for period, powers in sorted(above.items()):
        contracted, highest = month.powers.kilowatts[period], max(powers)
        text = Sentence(
            "reconcile.power_above", period=period, count=len(powers), contracted=contracted, highest=highest
        )
        figures = {"contracted_kw": contracted, "quarter_hours": len(powers), "highest_kw": highest}
        yield Judgement("month.power", f"P{period}", Result.REMARK, text, figures)


def _reactive(month: Month) -> Iterator[Judgement]:
    """What is beyond the limits of reactive energy, by period; only a contract that imports has them."""
    if month.seasons is None or month.direction == EXPORT or not month.of(Register.HOURLY):
        return
    sums: dict[int, Counter[int]] = defaultdict(Counter)
    for record in month.of(Register.HOURLY):
        period = month.period_at(record.end, Register.HOURLY)
        for address in (A_PLUS, Q1, Q4) if period is not None else ():
            sums[period or 0][address] += _value(record, address)
    beyond = False
    for period, energy in sorted(sums.items()):
        capacitive = period == _LAST_PERIOD
        address, limit = (Q4, _CAPACITIVE) if capacitive else (Q1, _INDUCTIVE)
        excess = math.floor(energy[address] - limit * energy[A_PLUS])
        if excess <= 0 or period > _LAST_PERIOD:
            continue
        beyond = True
        text = Sentence(
            "reconcile.capacitive" if capacitive else "reconcile.inductive",
            period=period,
            excess=excess,
            reactive=energy[address],
            active=energy[A_PLUS],
        )
        figures = {"excess_kvarh": excess, "reactive_kvarh": energy[address], "active_kwh": energy[A_PLUS]}
        yield Judgement("month.reactive", f"P{period}", Result.REMARK, text, figures)
    if not beyond:
        yield Judgement("month.reactive", "", Result.GOOD, Sentence("reconcile.reactive_good"), {})


def _marks(month: Month) -> Iterator[Judgement]:
    """Qualifiers, changes of the clock, and values that were given twice."""
    hours = month.of(Register.HOURLY)
    marked = [record for record in hours if any(_bits(record))]
    if not marked:
        yield Judgement("month.qualifiers", "", Result.GOOD, Sentence("reconcile.qualifiers_good"), {})
    else:
        bits = 0
        for record in marked:
            for quality in _bits(record):
                bits |= quality
        invalid = sum(bool(quality & Qualifier.IV) for record in marked for quality in _bits(record))
        words = listed(tuple(dict.fromkeys(qualifier_words(bits))))
        text = Sentence("reconcile.qualifiers", count=len(marked), words=words)
        figures = {"intervals": len(marked), "not_valid": invalid}
        yield Judgement("month.qualifiers", "", Result.FAULT if invalid else Result.REMARK, text, figures)
    changes = [event for event in month.events if (event.address, event.qualifier) == _CLOCK_SET and event.time]
    if changes and changes[0].time is not None:
        text = Sentence("reconcile.clock_changes", count=len(changes), first=changes[0].time.astimezone(month.zone))
        yield Judgement("month.clock", "", Result.REMARK, text, {"changes": len(changes)})
    if month.differing:
        text = Sentence("reconcile.differing", count=month.differing)
        yield Judgement("month.differing", "", Result.FAULT, text, {"intervals": month.differing})


def _local(month: Month, when: datetime) -> datetime:
    return when.astimezone(month.zone)


def _bits(record: LoadRecord) -> list[int]:
    """The qualifiers of the measured channels."""
    return [total.quality for total in record.totals if total.address <= _MEASURED]


def _value(record: LoadRecord, address: int) -> int:
    """The valid value of a channel, 0 where there is none."""
    total = record.total(address)
    return 0 if total is None or total.quality & Qualifier.IV else total.value


def _total(records: Iterable[LoadRecord], address: int) -> int:
    return sum(_value(record, address) for record in records)


def _told_periods(closing: Closing) -> list[ClosingPeriod]:
    return [period for period in closing.periods if period.period]


def closing_of(closings: Iterable[Closing], start: datetime, end: datetime) -> Closing | None:
    """The stored closing of a month, whose bounds may be a minute off."""
    near = timedelta(minutes=1)
    for closing in closings:
        if closing.start is None or closing.end is None or closing.is_current:
            continue
        if abs(closing.start - start) <= near and abs(closing.end - end) <= near:
            return closing
    return None
