"""Judge what is billed of a month: the closing, its periods and maxima against the intervals."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from iec102.asdu.qualifier import Qualifier, qualifier_words
from iec102.asdu.tariff import Energy
from iec102.load_profile.intervals import Register
from iec102.load_profile.records import CHANNELS
from iec102.meter.closings import Closing, ClosingPeriod
from iec102.sentence import Sentence, listed
from iec102.verdict import limits
from iec102.verdict.judgement import Judgement, Result
from iec102.verdict.known_month import A_MINUS, A_PLUS, Month, Periods, most_rounding, unit_of, value_of
from iec102.verdict.lacking import not_judged, why_not, why_unclosed

_MAXIMUM_KW = 4
_QUARTERS = 4  # of an hour


class _Sum(NamedTuple):
    """What the valid values of some intervals add up to, of how many; ``missing``: without a valid value."""

    value: int
    there: int
    missing: int

    @classmethod
    def of(cls, values: Sequence[int | None]) -> _Sum:
        """None is a value that is not valid."""
        valid = [value for value in values if value is not None]
        return cls(sum(valid), len(valid), len(values) - len(valid))


class _Sums:
    """The sums of a channel by tariff period, and of all of them."""

    def __init__(self, month: Month, periods: Periods, register: Register, address: int) -> None:
        values = {record.end: value_of(record, address) for record in month.of(register)}
        told: dict[int | None, list[int | None]] = defaultdict(list)
        for end, period in periods.intervals(register):
            told[period].append(values.get(end))
        self.by_period = {period: _Sum.of(each) for period, each in told.items()}
        self.all = _Sum.of([value for each in told.values() for value in each])


def judge(month: Month) -> Iterator[Judgement]:
    """All of the contract that comes first in a month."""
    periods = Periods(month)
    yield from closing(month, periods)
    yield from _closing_marks(month)
    yield from by_period(month, periods)
    yield from maxima(month, periods)
    yield from limits.power(month, periods)
    yield from limits.reactive(month, periods)


def closing(month: Month, periods: Periods) -> Iterator[Judgement]:
    """The totals of the closing against the hours: active, and the reactive pair of the contract's direction."""
    if month.closing_ways > 1:
        text = Sentence("reconcile.closing_differs", count=month.closing_ways)
        yield Judgement("month.differing", "closing", Result.FAULT, text, {"closings": month.closing_ways})
    total = month.closing.total if month.closing is not None else None
    if (why := why_not(month, Register.HOURLY, closing=True)) is not None or total is None:
        found = not_judged(
            "month.closing", Sentence("reconcile.what_closing"), why or Sentence("reconcile.why_no_total")
        )
        yield found._replace(subject=CHANNELS[month.active - 1])
        return
    if month.closing_parts > 1:
        text = Sentence("reconcile.closing_added", count=month.closing_parts)
        yield Judgement("month.closing_parts", "", Result.GOOD, text, {"closings": month.closing_parts})
    if not month.reactive_pair:
        yield _closing_of_either(month, periods, total.active)
        why = Sentence("reconcile.why_no_direction")
        yield not_judged("month.closing", Sentence("reconcile.what_closing_reactive"), why)
        return
    inductive, capacitive = month.reactive_pair
    for address, energy in ((month.active, total.active), (inductive, total.inductive), (capacitive, total.capacitive)):
        yield _closing_of(month, periods, address, energy)


def _closing_of(month: Month, periods: Periods, address: int, energy: Energy) -> Judgement:
    found = _Sums(month, periods, Register.HOURLY, address).all
    return _compared("month.closing", CHANNELS[address - 1], energy, found, unit_of(address))


def _closing_of_either(month: Month, periods: Periods, energy: Energy) -> Judgement:
    """Without a direction it is wrong only where it fits neither A+ nor A-, and right only where it fits A+."""
    imported, exported = (_closing_of(month, periods, address, energy) for address in (A_PLUS, A_MINUS))
    if imported.result is not Result.FAULT or exported.result is Result.FAULT:
        return imported
    why = Sentence("reconcile.why_no_direction")
    return imported._replace(result=Result.UNKNOWN, text=Sentence("reconcile.explained", what=imported.text, why=why))


def _closing_marks(month: Month) -> Iterator[Judgement]:
    """What the closing says of its own values; those that are not valid are told where they are missed."""
    bits = 0
    for period in () if month.closing is None else month.closing.periods:
        for energy in (period.active, period.inductive, period.capacitive):
            bits |= energy.quality
        bits |= period.maximum_quality
    if marks := bits & ~Qualifier.IV:
        text = Sentence("reconcile.closing_marked", words=listed(tuple(dict.fromkeys(qualifier_words(marks)))))
        yield Judgement("month.qualifiers", "closing", Result.REMARK, text, {})


def by_period(month: Month, periods: Periods) -> Iterator[Judgement]:
    """What the closing has by tariff period against the hours of the calendar."""
    why = why_not(month, Register.HOURLY, periods, closing=True)
    if why is not None or month.closing is None:
        yield not_judged("month.periods", Sentence("reconcile.what_periods"), why or why_unclosed(month))
        return
    found = _Sums(month, periods, Register.HOURLY, month.active).by_period
    told = {period.period: period.active for period in _told_periods(month.closing)}
    for period in sorted({*told, *(each for each in found if each is not None)}):
        energy, hours = told.get(period), found.get(period, _Sum(0, 0, 0))
        if energy is None:
            text = Sentence("reconcile.period_untold", period=period, of_parts=hours.value, unit=unit_of(month.active))
            yield Judgement("month.periods", f"P{period}", Result.UNKNOWN, text, {"hours_kwh": hours.value})
        elif energy.incremental or hours.value or hours.missing:
            yield _compared("month.periods", f"P{period}", energy, hours, unit_of(month.active))
    yield from _reactive_by_period(month, periods, month.closing)


def _reactive_by_period(month: Month, periods: Periods, told: Closing) -> Iterator[Judgement]:
    """Only what does not fit is told of each period: hours without a valid value are, with the total."""
    for place, address in enumerate(month.reactive_pair):
        found = _Sums(month, periods, Register.HOURLY, address).by_period
        for period in _told_periods(told):
            energy, hours = (period.inductive, period.capacitive)[place], found.get(period.period, _Sum(0, 0, 0))
            subject = f"P{period.period} {CHANNELS[address - 1]}"
            judgement = _compared("month.periods", subject, energy, hours, unit_of(address))
            if judgement.result is not Result.GOOD and "missing" not in judgement.figures:
                yield judgement


def _compared(code: str, subject: str, energy: Energy, hours: _Sum, unit: str) -> Judgement:
    """An energy of a closing against the sum of its hours."""
    value, of_parts = energy.incremental, hours.value
    off = abs(value - of_parts)
    figures = {"closing_kwh": value, "hours_kwh": of_parts}
    allowed = most_rounding(hours.there)
    if energy.quality & Qualifier.IV:
        return Judgement(code, subject, Result.UNKNOWN, Sentence("reconcile.closing_invalid", subject=subject), figures)
    if hours.missing and value >= of_parts - allowed:
        # What is missing may be the difference: nothing is proven, and nothing disproven.
        text = Sentence(
            "reconcile.closing_partly", subject=subject, value=value, of_parts=of_parts, unit=unit, count=hours.missing
        )
        return Judgement(code, subject, Result.UNKNOWN, text, {**figures, "missing": hours.missing})
    if off <= 1:
        text = Sentence("reconcile.closing_good", subject=subject, value=value, of_parts=of_parts, unit=unit)
        return Judgement(code, subject, Result.GOOD, text, figures)
    if off <= allowed:
        text = Sentence("reconcile.closing_rounded", subject=subject, value=value, of_parts=of_parts, unit=unit)
        return Judgement(code, subject, Result.REMARK, text, figures)
    text = Sentence("reconcile.closing_off", subject=subject, value=value, of_parts=of_parts, unit=unit)
    return Judgement(code, subject, Result.FAULT, text, figures)


def maxima(month: Month, periods: Periods) -> Iterator[Judgement]:
    """The highest quarter-hour of each period against the closing's maximum."""
    why = why_not(month, Register.QUARTER_HOURLY, periods, closing=True)
    if why is not None or month.closing is None:
        yield not_judged("month.maximum", Sentence("reconcile.what_maxima"), why or why_unclosed(month))
        return
    highest, missing = _highest(month, periods)
    yield from _total_maximum(month.closing, max(highest.values(), default=0), any(missing.values()))
    for told in _told_periods(month.closing):
        own = highest.get(told.period, 0)
        code, subject = "month.maximum", f"P{told.period}"
        if told.maximum_quality & Qualifier.IV:
            text = Sentence("reconcile.maximum_invalid", period=told.period)
            yield Judgement(code, subject, Result.UNKNOWN, text, {"quarter_hour_kw": own})
            continue
        if not (told.maximum or own or missing[told.period]):
            continue
        figures = {"maximum_kw": told.maximum, "quarter_hour_kw": own}
        if abs(told.maximum - own) <= _MAXIMUM_KW and (own or not missing[told.period]):
            text = Sentence("reconcile.maximum_good", period=told.period, value=told.maximum, of_parts=own)
            yield Judgement(code, subject, Result.GOOD, text, figures)
        elif told.maximum >= own and missing[told.period]:
            text = Sentence(
                "reconcile.maximum_partly",
                period=told.period,
                value=told.maximum,
                of_parts=own,
                count=missing[told.period],
            )
            yield Judgement(code, subject, Result.UNKNOWN, text, figures)
        else:
            text = Sentence("reconcile.maximum_off", period=told.period, value=told.maximum, of_parts=own)
            yield Judgement(code, subject, Result.FAULT, text, figures)


def _total_maximum(closing_: Closing, own: int, missing: bool) -> Iterator[Judgement]:
    """That of all periods, where it does not fit; 0 where the meter tells it of the periods alone."""
    total = closing_.total
    if total is None or not total.maximum:
        return
    figures = {"maximum_kw": total.maximum, "quarter_hour_kw": own}
    if total.maximum_quality & Qualifier.IV:
        text = Sentence("reconcile.maximum_total_invalid")
        yield Judgement("month.maximum", "", Result.UNKNOWN, text, figures)
    elif total.maximum < own - _MAXIMUM_KW or (total.maximum > own + _MAXIMUM_KW and not missing):
        text = Sentence("reconcile.maximum_total_off", value=total.maximum, of_parts=own)
        yield Judgement("month.maximum", "", Result.FAULT, text, figures)


def _highest(month: Month, periods: Periods) -> tuple[dict[int, int], Counter[int]]:
    """By period: kW of its highest quarter-hour, and how many have no valid value."""
    values = {record.end: value_of(record, month.active) for record in month.of(Register.QUARTER_HOURLY)}
    found: dict[int, int] = {}
    missing: Counter[int] = Counter()
    for end, told in periods.intervals(Register.QUARTER_HOURLY):
        period, value = told or 0, values.get(end)
        if value is None:
            missing[period] += 1
        else:
            found[period] = max(found.get(period, 0), value * _QUARTERS)
    return found, missing


def _told_periods(told: Closing) -> list[ClosingPeriod]:
    return [period for period in told.periods if period.period]
