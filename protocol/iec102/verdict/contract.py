"""Judge what is billed of a month: the closing, its periods and maxima, contracted power, reactive energy."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from iec102.asdu.qualifier import Qualifier
from iec102.asdu.tariff import Energy
from iec102.load_profile.intervals import Register
from iec102.load_profile.records import CHANNELS, REGISTER_WORDS
from iec102.meter.closings import EXPORT, Closing, ClosingPeriod
from iec102.sentence import Sentence
from iec102.verdict.judgement import Judgement, Result
from iec102.verdict.known_month import A_PLUS, Q1, Q2, Q3, Q4, Month, Periods, unit_of, value_of

_ROUNDING = 1.2
_MAXIMUM_KW = 4
_QUARTERS = 4  # of an hour
_INDUCTIVE, _CAPACITIVE = 0.33, 0.203
_LAST_PERIOD = 6


class _Sum(NamedTuple):
    """What the valid values of some intervals add up to, of how many; ``missing``: without a valid value."""

    value: int
    there: int
    missing: int


class _Sums:
    """The sums of a channel by tariff period, and of all of them."""

    def __init__(self, month: Month, periods: Periods, register: Register, address: int) -> None:
        values = {record.end: value_of(record, address) for record in month.of(register)}
        self.all = _Sum(0, 0, 0)
        self.by_period: dict[int | None, _Sum] = defaultdict(lambda: _Sum(0, 0, 0))
        for end in month.expected(register):
            period, value = periods.at(end, register), values.get(end)
            more = _Sum(0, 0, 1) if value is None else _Sum(value, 1, 0)
            self.all = _added(self.all, more)
            self.by_period[period] = _added(self.by_period[period], more)


def _added(one: _Sum, other: _Sum) -> _Sum:
    return _Sum(one.value + other.value, one.there + other.there, one.missing + other.missing)


def closing(month: Month, periods: Periods) -> Iterator[Judgement]:
    """The totals of the closing against the hours: active, and the reactive pair of the contract's direction."""
    total = month.closing.total if month.closing is not None else None
    if (why := _why_not(month, Register.HOURLY, closing=True)) is not None or total is None:
        yield _not_judged("month.closing", "reconcile.what_closing", why or Sentence("reconcile.why_no_closing"))
        return
    pairs = [(month.active, total.active)]
    if month.direction is not None:
        inductive, capacitive = (Q3, Q2) if month.direction == EXPORT else (Q1, Q4)
        pairs += [(inductive, total.inductive), (capacitive, total.capacitive)]
    for address, energy in pairs:
        found = _Sums(month, periods, Register.HOURLY, address).all
        yield _compared("month.closing", CHANNELS[address - 1], energy, found, unit_of(address))


def by_period(month: Month, periods: Periods) -> Iterator[Judgement]:
    """What the closing has by tariff period against the hours of the calendar."""
    why = _why_not(month, Register.HOURLY, periods, closing=True)
    if why is not None or month.closing is None:
        yield _not_judged("month.periods", "reconcile.what_periods", why or Sentence("reconcile.why_no_closing"))
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


def _compared(code: str, subject: str, energy: Energy, hours: _Sum, unit: str) -> Judgement:
    """An energy of a closing against the sum of its hours."""
    value, of_parts = energy.incremental, hours.value
    off = abs(value - of_parts)
    figures = {"closing_kwh": value, "hours_kwh": of_parts}
    allowed = _ROUNDING * math.sqrt(hours.there)
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
    why = _why_not(month, Register.QUARTER_HOURLY, periods, closing=True)
    if why is not None or month.closing is None:
        yield _not_judged("month.maximum", "reconcile.what_maxima", why or Sentence("reconcile.why_no_closing"))
        return
    highest, missing = _highest(month, periods)
    for told in _told_periods(month.closing):
        own = highest.get(told.period, 0)
        if told.maximum_quality & Qualifier.IV or not (told.maximum or own):
            continue
        figures = {"maximum_kw": told.maximum, "quarter_hour_kw": own}
        code, subject = "month.maximum", f"P{told.period}"
        if abs(told.maximum - own) <= _MAXIMUM_KW:
            text = Sentence("reconcile.maximum_good", period=told.period, value=told.maximum, of_parts=own)
            yield Judgement(code, subject, Result.GOOD, text, figures)
        elif told.maximum > own and missing[told.period]:
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


def _highest(month: Month, periods: Periods) -> tuple[dict[int, int], Counter[int]]:
    """By period: kW of its highest quarter-hour, and how many have no valid value."""
    values = {record.end: value_of(record, month.active) for record in month.of(Register.QUARTER_HOURLY)}
    found: dict[int, int] = {}
    missing: Counter[int] = Counter()
    for end in month.expected(Register.QUARTER_HOURLY):
        period, value = periods.at(end, Register.QUARTER_HOURLY) or 0, values.get(end)
        if value is None:
            missing[period] += 1
        else:
            found[period] = max(found.get(period, 0), value * _QUARTERS)
    return found, missing


def power(month: Month, periods: Periods) -> Iterator[Judgement]:
    """Quarter-hours above the contracted power: four times their energy."""
    why = _why_not(month, Register.QUARTER_HOURLY, periods)
    if why is None and month.powers is None:
        why = Sentence("reconcile.why_no_powers")
    if why is not None or month.powers is None:
        yield _not_judged("month.power", "reconcile.what_power", why or Sentence("reconcile.why_no_powers"))
        return
    kilowatts = month.powers.kilowatts
    above: dict[int, list[int]] = defaultdict(list)
    there = 0
    for record in month.of(Register.QUARTER_HOURLY):
        period = periods.at(record.end, Register.QUARTER_HOURLY) or 0
        value = value_of(record, month.active)
        there += value is not None
        if value is not None and value * _QUARTERS > kilowatts.get(period, math.inf):
            above[period].append(value * _QUARTERS)
    missing = len(month.expected(Register.QUARTER_HOURLY)) - there
    if not above and missing:
        text = Sentence("reconcile.power_partly", count=missing)
        yield Judgement("month.power", "", Result.UNKNOWN, text, {"missing": missing})
    elif not above:
        yield Judgement("month.power", "", Result.GOOD, Sentence("reconcile.power_good"), {})
    for period, powers in sorted(above.items()):
        contracted, highest = kilowatts[period], max(powers)
        text = Sentence(
            "reconcile.power_above", period=period, count=len(powers), contracted=contracted, highest=highest
        )
        figures = {"contracted_kw": contracted, "quarter_hours": len(powers), "highest_kw": highest}
        yield Judgement("month.power", f"P{period}", Result.REMARK, text, figures)


def reactive(month: Month, periods: Periods) -> Iterator[Judgement]:
    """What is beyond the limits of reactive energy, by period; only a contract that imports has them."""
    if month.direction == EXPORT:
        return
    if (why := _why_not(month, Register.HOURLY, periods)) is not None:
        yield _not_judged("month.reactive", "reconcile.what_reactive", why)
        return
    sums = {address: _Sums(month, periods, Register.HOURLY, address) for address in (A_PLUS, Q1, Q4)}
    beyond = False
    for period in range(1, _LAST_PERIOD + 1):
        capacitive = period == _LAST_PERIOD
        address, limit = (Q4, _CAPACITIVE) if capacitive else (Q1, _INDUCTIVE)
        energy, active = (sums[each].by_period[period].value for each in (address, A_PLUS))
        excess = math.floor(energy - limit * active)
        if excess <= 0:
            continue
        beyond = True
        code = "reconcile.capacitive" if capacitive else "reconcile.inductive"
        text = Sentence(code, period=period, excess=excess, reactive=energy, active=active)
        figures = {"excess_kvarh": excess, "reactive_kvarh": energy, "active_kwh": active}
        yield Judgement("month.reactive", f"P{period}", Result.REMARK, text, figures)
    missing = max(each.all.missing for each in sums.values())
    if not beyond and missing:
        text = Sentence("reconcile.reactive_partly", count=missing)
        yield Judgement("month.reactive", "", Result.UNKNOWN, text, {"missing": missing})
    elif not beyond:
        yield Judgement("month.reactive", "", Result.GOOD, Sentence("reconcile.reactive_good"), {})


def _why_not(
    month: Month, register: Register, periods: Periods | None = None, *, closing: bool = False
) -> Sentence | None:
    """What is needed and not there: its intervals, a closing, the period of each of its intervals."""
    if not month.of(register):
        return Sentence("reconcile.none", kind=REGISTER_WORDS[register])
    if closing and month.closing is None:
        return Sentence("reconcile.why_no_closing" if month.has_ended else "reconcile.why_running")
    return None if periods is None else month.lacks_calendar or periods.lack(register)


def _not_judged(code: str, what: str, why: Sentence) -> Judgement:
    text = Sentence("reconcile.not_judged", what=Sentence(what), why=why)
    return Judgement(code, "", Result.UNKNOWN, text, {})


def _told_periods(told: Closing) -> list[ClosingPeriod]:
    return [period for period in told.periods if period.period]
