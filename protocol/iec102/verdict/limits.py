"""Judge what of a month is beyond the limits of a contract: contracted power, reactive energy."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from iec102.load_profile.intervals import Register, before
from iec102.meter.closings import EXPORT
from iec102.sentence import Sentence
from iec102.verdict.judgement import Judgement, Result
from iec102.verdict.known_month import A_PLUS, Q1, Q4, Month, Periods, value_of
from iec102.verdict.lacking import not_judged, why_not

_QUARTERS = 4  # of an hour
_INDUCTIVE, _CAPACITIVE = 330, 203  # of 1000
_LAST_PERIOD = 6


def power(month: Month, periods: Periods) -> Iterator[Judgement]:
    """Quarter-hours above the contracted power: four times their energy."""
    why = why_not(month, Register.QUARTER_HOURLY, periods)
    since = month.start if month.powers is None else month.powers.in_force_since or month.start
    if why is None and since >= month.end:
        why = Sentence("reconcile.why_later_powers", since=month.local(since))
    if why is not None or month.powers is None:
        yield not_judged("month.power", Sentence("reconcile.what_power"), why or Sentence("reconcile.why_no_powers"))
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
        for end, told in periods.intervals(Register.QUARTER_HOURLY):
            period, value = told or 0, values.get(end)
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
    if (why := why_not(month, Register.HOURLY, periods, billed=False)) is not None:
        yield not_judged("month.reactive", Sentence("reconcile.what_reactive"), why)
        return
    values = {
        address: {record.end: value_of(record, address) for record in month.of(Register.HOURLY)}
        for address in (A_PLUS, Q1, Q4)
    }
    sums: dict[int, _Reactive] = defaultdict(_Reactive)
    for end, of_calendar in periods.intervals(Register.HOURLY):
        period = of_calendar or 0
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
