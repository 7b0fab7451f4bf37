"""Judge what is billed of a month: the closing, its periods and maxima, contracted power, reactive energy."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from iec102.asdu.qualifier import Qualifier, qualifier_words
from iec102.asdu.tariff import Energy
from iec102.load_profile.intervals import Register, before
from iec102.load_profile.records import CHANNELS, REGISTER_WORDS
from iec102.meter.closings import EXPORT, Closing, ClosingPeriod
from iec102.sentence import Sentence, listed
from iec102.verdict.judgement import Judgement, Result
from iec102.verdict.known_month import A_MINUS, A_PLUS, Q1, Q4, Month, Periods, most_rounding, unit_of, value_of

_MAXIMUM_KW = 4
_QUARTERS = 4  # of an hour
_INDUCTIVE, _CAPACITIVE = 330, 203  # of 1000
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


def judge(month: Month) -> Iterator[Judgement]:
    """All of the contract that comes first in a month."""
    periods = Periods(month)
    yield from closing(month, periods)
    yield from _closing_marks(month)
    yield from by_period(month, periods)
    yield from maxima(month, periods)
    yield from power(month, periods)
    yield from reactive(month, periods)


def closing(month: Month, periods: Periods) -> Iterator[Judgement]:
    """The totals of the closing against the hours: active, and the reactive pair of the contract's direction."""
    if month.closing_ways > 1:
        text = Sentence("reconcile.closing_differs", count=month.closing_ways)
        yield Judgement("month.differing", "closing", Result.FAULT, text, {"closings": month.closing_ways})
    total = month.closing.total if month.closing is not None else None
    if (why := _why_not(month, Register.HOURLY, closing=True)) is not None or total is None:
        found = _not_judged("month.closing", "reconcile.what_closing", why or Sentence("reconcile.why_no_total"))
        yield found._replace(subject=CHANNELS[month.active - 1])
        return
    if month.closing_parts > 1:
        text = Sentence("reconcile.closing_added", count=month.closing_parts)
        yield Judgement("month.closing_parts", "", Result.GOOD, text, {"closings": month.closing_parts})
    if not month.reactive_pair:
        yield _closing_of_either(month, periods, total.active)
        why = Sentence("reconcile.why_no_direction")
        yield _not_judged("month.closing", "reconcile.what_closing_reactive", why)
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
    why = _why_not(month, Register.HOURLY, periods, closing=True)
    if why is not None or month.closing is None:
        yield _not_judged("month.periods", "reconcile.what_periods", why or _why_unclosed(month))
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
    why = _why_not(month, Register.QUARTER_HOURLY, periods, closing=True)
    if why is not None or month.closing is None:
        yield _not_judged("month.maximum", "reconcile.what_maxima", why or _why_unclosed(month))
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
    since = month.start if month.powers is None else month.powers.in_force_since or month.start
    if why is None and since >= month.end:
        why = Sentence("reconcile.why_later_powers", since=month.local(since))
    if why is not None or month.powers is None:
        yield _not_judged("month.power", "reconcile.what_power", why or Sentence("reconcile.why_no_powers"))
        return
    contracted = month.powers.kilowatts
    found = _Quarters.of(month, periods, contracted, since)
    yield from _power_not_judged(month, found, since)
    for period, powers in sorted(found.above.items()):
        highest = max(powers)
        text = Sentence(
            "reconcile.power_above", period=period, count=len(powers), contracted=contracted[period], highest=highest
        )
        figures = {"contracted_kw": contracted[period], "quarter_hours": len(powers), "highest_kw": highest}
        yield Judgement("month.power", f"P{period}", Result.REMARK, text, figures)
    if not (found.above or found.missing or found.earlier or found.untold):
        yield Judgement("month.power", "", Result.GOOD, Sentence("reconcile.power_good"), {})


class _Quarters(NamedTuple):
    """Quarter-hours: kW of those ``above`` the contracted power, by period; how many are not known to be so.

    ``missing``: without a valid value; ``earlier``: before the powers held; ``untold``: of periods without one.
    """

    above: dict[int, list[int]]
    missing: int
    earlier: int
    untold: Counter[int]

    @classmethod
    def of(cls, month: Month, periods: Periods, contracted: Mapping[int, int], since: datetime) -> _Quarters:
        values = {record.end: value_of(record, month.active) for record in month.of(Register.QUARTER_HOURLY)}
        above: dict[int, list[int]] = defaultdict(list)
        missing = earlier = 0
        untold: Counter[int] = Counter()
        for end in month.expected(Register.QUARTER_HOURLY):
            period, value = periods.at(end, Register.QUARTER_HOURLY) or 0, values.get(end)
            if before(Register.QUARTER_HOURLY, end, month.zone) < since:
                earlier += 1
            elif period not in contracted:
                untold[period] += 1
            elif value is None:
                missing += 1
            elif value * _QUARTERS > contracted[period]:
                above[period].append(value * _QUARTERS)
        return cls(above, missing, earlier, untold)


def _power_not_judged(month: Month, found: _Quarters, since: datetime) -> Iterator[Judgement]:
    if found.earlier:
        text = Sentence("reconcile.power_earlier", count=found.earlier, since=month.local(since))
        yield Judgement("month.power", "", Result.UNKNOWN, text, {"missing": found.earlier})
    for period in sorted(found.untold):
        text = Sentence("reconcile.power_untold", period=period)
        yield Judgement("month.power", f"P{period}", Result.UNKNOWN, text, {})
    if found.missing:
        code = "reconcile.power_missing" if found.above else "reconcile.power_partly"
        text = Sentence(code, count=found.missing)
        yield Judgement("month.power", "", Result.UNKNOWN, text, {"missing": found.missing})


def reactive(month: Month, periods: Periods) -> Iterator[Judgement]:
    """What is beyond the limits of reactive energy, by period; only a contract that imports has them."""
    if month.direction == EXPORT:
        return
    if (why := _why_not(month, Register.HOURLY, periods, billed=False)) is not None:
        yield _not_judged("month.reactive", "reconcile.what_reactive", why)
        return
    values = {
        address: {record.end: value_of(record, address) for record in month.of(Register.HOURLY)}
        for address in (A_PLUS, Q1, Q4)
    }
    sums: dict[int, _Reactive] = defaultdict(_Reactive)
    for end in month.expected(Register.HOURLY):
        period = periods.at(end, Register.HOURLY) or 0
        address = Q4 if period == _LAST_PERIOD else Q1
        sums[period] = sums[period].with_hour(values[A_PLUS].get(end), values[address].get(end))
    found = [(period, sums[period]) for period in range(1, _LAST_PERIOD + 1)]
    beyond = [(period, told) for period, told in found if told.excess(period) > 0]
    for period, told in beyond:
        yield _beyond(period, told)
    if missing := sum(told.missing for _period, told in found):
        text = Sentence("reconcile.reactive_missing" if beyond else "reconcile.reactive_partly", count=missing)
        yield Judgement("month.reactive", "", Result.UNKNOWN, text, {"missing": missing})
    elif not beyond:
        yield Judgement("month.reactive", "", Result.GOOD, Sentence("reconcile.reactive_good"), {})


class _Reactive(NamedTuple):
    """kWh and kVArh of the hours of which both are valid; ``missing``: how many are not."""

    active: int = 0
    reactive: int = 0
    missing: int = 0

    def with_hour(self, active: int | None, reactive: int | None) -> _Reactive:
        """And one hour more."""
        if active is None or reactive is None:
            return self._replace(missing=self.missing + 1)
        return _Reactive(self.active + active, self.reactive + reactive, self.missing)

    def excess(self, period: int) -> int:
        """Whole kVArh beyond the limit."""
        limit = _CAPACITIVE if period == _LAST_PERIOD else _INDUCTIVE
        return (1000 * self.reactive - limit * self.active) // 1000


def _beyond(period: int, told: _Reactive) -> Judgement:
    excess, code = told.excess(period), "reconcile.capacitive" if period == _LAST_PERIOD else "reconcile.inductive"
    text = Sentence(code, period=period, excess=excess, reactive=told.reactive, active=told.active)
    if told.missing:
        why = Sentence("reconcile.not_in_it", count=told.missing)
        text = Sentence("reconcile.explained", what=text, why=why)
    figures = {"excess_kvarh": excess, "reactive_kvarh": told.reactive, "active_kwh": told.active}
    return Judgement("month.reactive", f"P{period}", Result.REMARK, text, figures)


def _why_not(
    month: Month, register: Register, periods: Periods | None = None, *, closing: bool = False, billed: bool = True
) -> Sentence | None:
    """What is needed and not there: its intervals, a closing, the period of each of its intervals, what is billed."""
    if not month.of(register):
        return Sentence("reconcile.none", kind=REGISTER_WORDS[register])
    if closing and month.closing is None:
        return _why_unclosed(month)
    if periods is None:
        return None
    return month.lacks_calendar or (month.lacks_direction if billed else None) or periods.lack(register)


def _why_unclosed(month: Month) -> Sentence:
    if not month.has_ended:
        return Sentence("reconcile.why_running")
    return Sentence("reconcile.why_closed_partly" if month.closed_partly else "reconcile.why_no_closing")


def _not_judged(code: str, what: str, why: Sentence) -> Judgement:
    text = Sentence("reconcile.not_judged", what=Sentence(what), why=why)
    return Judgement(code, "", Result.UNKNOWN, text, {})


def _told_periods(told: Closing) -> list[ClosingPeriod]:
    return [period for period in told.periods if period.period]
