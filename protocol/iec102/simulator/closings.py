"""What the simulated meter bills (133, 134), and its registers by tariff period (122, objects 20 to 29).

Each of three contracts is closed at 00:00 of the first day of each month, and whenever it is told to (137). A closing
is the sum of the quarter-hours of its time by period, its maximum the highest of them, and its excess power the root of
the sum of squares of what the quarter-hours were above the contracted power.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from iec102.asdu import (
    Asdu,
    Cause,
    IntegratedTotals,
    RangeRequest,
    TariffInformation,
    TariffPeriod,
    TimeRange,
    TimeTagA,
    Total,
    TypeId,
)
from iec102.asdu.catalogue import answer_to
from iec102.asdu.tariff import Energy, Reserve
from iec102.load_profile.intervals import Register, expected_ends
from iec102.simulator.electrical import COMMISSIONED, Site
from iec102.simulator.memory import DEPTH
from iec102.simulator.period_registers import first_day, next_month, period_registers
from iec102.simulator.reading import Refused
from iec102.simulator.tariff import CONTRACTS, PERIODS, Contract

FIRST_RECORD = 134
"""The record of contract I."""

_TOTALS = 20  # the object of the totals; the periods are behind it
_REGISTERS_OF = {Register.HOURLY, Register.DAILY}
_MOST_QUARTERS = timedelta(days=400)


class Contracts:
    """What is older than the load profile is gone. ``closed``: when contracts (by record) were closed by command."""

    def __init__(self, site: Site, zone: tzinfo, closed: Iterable[tuple[int, datetime]] = ()) -> None:
        self._zone = zone
        self._closed_by_command = closed
        self._registers = period_registers(site, zone)
        self._periods = lru_cache(maxsize=128)(self._make_periods)

    def answers(self, request: Asdu, now: datetime) -> Iterator[Asdu] | None:
        """The data for a request of types 133 and 134, and of 122 for tariff periods; else None. Raises Refused."""
        if request.type in (TypeId.READ_CURRENT_TARIFF, TypeId.READ_STORED_TARIFF):
            return self._closings(request, now)
        content = request.content
        if request.type != TypeId.READ_ABSOLUTE_TOTALS or not isinstance(content, RangeRequest):
            return None
        return self._totals(request, content, now) if _TOTALS <= content.first <= content.last else None

    def _closings(self, request: Asdu, now: datetime) -> Iterator[Asdu]:
        if not 0 <= request.record - FIRST_RECORD < len(CONTRACTS):
            raise Refused(Cause.UNKNOWN_RECORD)
        if request.type == TypeId.READ_CURRENT_TARIFF:
            return self._asdus(request, [(self._last_end(request.record, now), now)])
        if not isinstance(request.content, TimeRange):
            raise Refused(Cause.PERIOD_NOT_AVAILABLE)
        start, end = (tag.utc(self._zone) for tag in (request.content.start, request.content.end))
        if start is None or end is None:
            raise Refused(Cause.PERIOD_NOT_AVAILABLE)
        oldest = max(start, now - DEPTH, COMMISSIONED)
        return self._asdus(request, self._between(request.record, oldest, min(end, now)))

    def _between(self, record: int, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The billing periods that end from ``start`` to ``end``."""
        at = first_day(first_day(start.astimezone(self._zone)) - timedelta(days=1))
        before = self._last_end(record, at)
        while at <= end:
            following = next_month(at)
            commanded = sorted(when for of, when in self._closed_by_command if of == record and at < when < following)
            for when in (at, *commanded):
                if start <= when <= end and before < when:
                    yield before, when
                before = when
            at = following

    def _last_end(self, record: int, now: datetime) -> datetime:
        """The end of the latest billing period before or at an instant."""
        month = first_day(now.astimezone(self._zone))
        if month == now:
            month = first_day(month - timedelta(days=1))
        commanded = [when for of, when in self._closed_by_command if of == record and month < when < now]
        return max((month, *commanded))

    def _asdus(self, request: Asdu, times: Iterable[tuple[datetime, datetime]]) -> Iterator[Asdu]:
        for start, end in times:
            for period in self._periods(request.record, start, end):
                yield answer_to(request, TariffInformation((period,)))

    def _make_periods(self, record: int, start: datetime, end: datetime) -> tuple[TariffPeriod, ...]:
        contract = CONTRACTS[record - FIRST_RECORD]
        added, absolute = self._registers.added(start, end), self._registers.absolute(end)
        active = contract.registers[0]
        begun = max(start, end - _MOST_QUARTERS)
        quarters = self._registers.quarters(active, begun, end)
        found: list[TariffPeriod] = []
        for period in (0, *PERIODS):
            mine = [(power, at) for of, power, at in quarters if period in (0, of)]
            maximum, at = max(mine, key=lambda quarter: quarter[0], default=(0, 0.0))
            energies = [Energy(absolute[period][register], added[period][register]) for register in contract.registers]
            excess = 0 if period == 0 else _excess(contract, period, mine)
            found.append(self._period(period, energies, (maximum, at), excess, (start, end)))
        return tuple(found)

    def _period(
        self,
        period: int,
        energies: list[Energy],
        maximum: tuple[int, float],
        excess: int,
        times: tuple[datetime, datetime],
    ) -> TariffPeriod:
        """A period that did not occur has no time of its maximum. The totals have no contracted power to exceed."""
        start, end = (TimeTagA.of(when, self._zone) for when in times)
        highest, at = maximum
        when = TimeTagA.of(datetime.fromtimestamp(at, UTC), self._zone) if highest else TimeTagA(0)
        return TariffPeriod(
            address=_TOTALS + period,
            active=energies[0],
            inductive=energies[1],
            capacitive=energies[2],
            reserves=(Reserve(), Reserve()),
            maximum=highest,
            maximum_time=when,
            maximum_quality=0,
            excess=excess,
            excess_quality=0 if period else 0x80,
            start=start,
            end=end,
        )

    def _totals(self, request: Asdu, content: RangeRequest, now: datetime) -> Iterator[Asdu]:
        """The register of what the site takes from the grid, by tariff period, at the ends of hours or days."""
        if request.record not in _REGISTERS_OF:
            raise Refused(Cause.UNKNOWN_RECORD)
        start, end = (tag.utc(self._zone) for tag in (content.start, content.end))
        if start is None or end is None:
            raise Refused(Cause.PERIOD_NOT_AVAILABLE)
        wanted = range(content.first - _TOTALS, min(content.last - _TOTALS, PERIODS[-1]) + 1)
        if not wanted:
            raise Refused(Cause.OBJECT_NOT_AVAILABLE)
        return self._totals_at(request, wanted, max(start, now - DEPTH, COMMISSIONED), min(end, now))

    def _totals_at(self, request: Asdu, wanted: range, start: datetime, end: datetime) -> Iterator[Asdu]:
        for when in expected_ends(Register(request.record), start, end, self._zone):
            absolute = self._registers.absolute(when)
            totals = tuple(Total(_TOTALS + period, absolute[period][0]) for period in wanted)
            yield answer_to(request, IntegratedTotals(totals, TimeTagA.of(when, self._zone)))


def _excess(contract: Contract, period: int, quarters: Iterable[tuple[int, float]]) -> int:
    contracted = contract.powers[period - 1]
    return round(math.sqrt(sum((power - contracted) ** 2 for power, _ in quarters if power > contracted)))
