"""Registers by tariff period: what closings and totals of the simulated meter are made of.

Increments are differences of whole registers, as in the load profile. So the sum of its intervals in a period is the
increment of that period, to the last kWh, and the periods add up to the total.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from functools import lru_cache

from iec102.simulator.electrical import COMMISSIONED, Site
from iec102.simulator.tariff import PERIODS, runs

REGISTERS = range(6)
"""A+, A-, Q1 to Q4."""

ByPeriod = tuple[tuple[int, ...], ...]
"""Of each period, the totals (0) first, the six registers in whole kWh and kVArh."""

_QUARTER = 900.0
_QUARTERS = 4  # of an hour
# When the tariff with six periods came. The registers that had run until then were shared out among them; summing up
# the hours of earlier years would take seconds.
_SINCE = (2021, 6)
_SHARES = (0.12, 0.14, 0.13, 0.12, 0.06)  # of P1 to P5; P6 has the rest


class PeriodRegisters:
    """The registers of one site, by the clock of a zone."""

    def __init__(self, site: Site, zone: tzinfo) -> None:
        self._site = site
        self._zone = zone
        self._since = datetime(*_SINCE, 1, tzinfo=zone)
        self._month = lru_cache(maxsize=512)(self.added)
        self.quarters = lru_cache(maxsize=128)(self._make_quarters)

    def added(self, start: datetime, end: datetime) -> ByPeriod:
        """What the time between two instants has added."""
        found = [[0] * len(REGISTERS) for _ in (0, *PERIODS)]
        before = self._whole(start.timestamp())
        for run in runs(start, end, self._zone):
            after = self._whole(run.end)
            for register in REGISTERS:
                added = after[register] - before[register]
                found[0][register] += added
                found[run.period][register] += added
            before = after
        return tuple(map(tuple, found))

    def absolute(self, at: datetime) -> ByPeriod:
        """The registers at an instant."""
        since = self._since if at >= self._since else COMMISSIONED
        found = [list(registers) for registers in self._begun_with(since)]
        for start, end in _months(since, at, self._zone):
            whole = end == first_day(end.astimezone(self._zone))
            added = self._month(start, end) if whole else self.added(start, end)
            for period, registers in enumerate(added):
                for register, value in enumerate(registers):
                    found[period][register] += value
        return tuple(map(tuple, found))

    def _make_quarters(self, register: int, start: datetime, end: datetime) -> tuple[tuple[int, int, float], ...]:
        """Every whole quarter-hour: its period, its mean power in kW, and its end (a POSIX timestamp)."""
        found: list[tuple[int, int, float]] = []
        for run in runs(start, end, self._zone):
            at = run.start + -run.start % _QUARTER
            before = self._whole(at)[register]
            while at + _QUARTER <= run.end:
                at += _QUARTER
                after = self._whole(at)[register]
                found.append((run.period, (after - before) * _QUARTERS, at))
                before = after
        return tuple(found)

    def _whole(self, time: float) -> tuple[int, ...]:
        return tuple(map(int, self._site.energies(time)))

    def _begun_with(self, since: datetime) -> Iterator[tuple[int, ...]]:
        totals = self._whole(since.timestamp())
        shared = [tuple(int(share * total) for total in totals) for share in _SHARES]
        yield totals
        yield from shared
        yield tuple(total - sum(part) for total, *part in zip(totals, *shared, strict=True))


@lru_cache(maxsize=8)
def period_registers(site: Site, zone: tzinfo) -> PeriodRegisters:
    """The same for all meters with the same site: the sums of past months are made once."""
    return PeriodRegisters(site, zone)


def first_day(local: datetime) -> datetime:
    """00:00 of the first day of its month."""
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)


def next_month(first: datetime) -> datetime:
    """The first day of the month behind one."""
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def _months(start: datetime, end: datetime, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """Cut at the first of each month."""
    at = start.astimezone(zone)
    while at < end:
        until = min(next_month(first_day(at)), end.astimezone(zone))
        yield at, until
        at = until
