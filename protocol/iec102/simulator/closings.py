"""The closings of the simulated meter (133, 134): its bill of each month, for a contract with one price."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache

from iec102.asdu import Asdu, Cause, TariffInformation, TariffPeriod, TimeRange, TimeTagA, TypeId
from iec102.asdu.catalogue import answer_to
from iec102.asdu.tariff import Energy, Reserve
from iec102.load_profile.intervals import Register, expected_ends
from iec102.simulator.electrical import COMMISSIONED, Site
from iec102.simulator.memory import DEPTH
from iec102.simulator.reading import Refused

_ADDRESSES = (20, 21)  # the totals, and the only period
# Which registers are active, inductive and capacitive by contract: import has Q1 and Q4, export Q3 and Q2
# (REE profile reference, 8.4).
_CONTRACTS = {134: (0, 2, 5), 135: (1, 4, 3)}
_QUARTERS = 4
_MONTH = timedelta(days=31)


class Contracts:
    """Closed at 00:00 of the first day of each month; what is older than the load profile is gone."""

    def __init__(self, site: Site, zone: tzinfo) -> None:
        self._site = site
        self._zone = zone
        self._period = lru_cache(maxsize=64)(self._make_period)

    def answers(self, request: Asdu, now: datetime) -> Iterator[Asdu] | None:
        """The data for a request of types 133 and 134, else None. Raises Refused."""
        if request.type not in (TypeId.READ_CURRENT_TARIFF, TypeId.READ_STORED_TARIFF):
            return None
        if request.record not in _CONTRACTS:
            raise Refused(Cause.UNKNOWN_RECORD)
        first_day = _first_day(now.astimezone(self._zone))
        if request.type == TypeId.READ_CURRENT_TARIFF:
            return self._asdus(request, [(first_day, now)])
        if not isinstance(request.content, TimeRange):
            raise Refused(Cause.PERIOD_NOT_AVAILABLE)
        start, end = (tag.utc(self._zone) for tag in (request.content.start, request.content.end))
        if start is None or end is None:
            raise Refused(Cause.PERIOD_NOT_AVAILABLE)
        oldest = max(start, now - DEPTH, COMMISSIONED)
        months = [(_first_day(last - timedelta(days=1)), last) for last in self._closed(oldest, min(end, now))]
        return self._asdus(request, months)

    def _closed(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """The closings from start to end."""
        at = _first_day(start.astimezone(self._zone))
        while at <= end:
            if at >= start:
                yield at
            at = _first_day(at + _MONTH)

    def _asdus(self, request: Asdu, months: list[tuple[datetime, datetime]]) -> Iterator[Asdu]:
        for start, end in months:
            for address in _ADDRESSES:
                yield answer_to(request, TariffInformation((self._period(request.record, address, start, end),)))

    def _make_period(self, record: int, address: int, start: datetime, end: datetime) -> TariffPeriod:
        before, after = (self._site.energies(when.timestamp()) for when in (start, end))
        active, inductive, capacitive = (
            Energy(int(after[register]), int(after[register]) - int(before[register]))
            for register in _CONTRACTS[record]
        )
        maximum, at = self._maximum(_CONTRACTS[record][0], start, end)
        return TariffPeriod(
            address=address,
            active=active,
            inductive=inductive,
            capacitive=capacitive,
            reserves=(Reserve(), Reserve()),
            maximum=round(maximum),
            maximum_time=TimeTagA.of(at, self._zone),
            maximum_quality=0,
            excess=0,
            excess_quality=0x80,
            start=TimeTagA.of(start, self._zone),
            end=TimeTagA.of(end, self._zone),
        )

    def _maximum(self, register: int, start: datetime, end: datetime) -> tuple[float, datetime]:
        """The highest mean power of a quarter-hour in kW, and the end of that quarter-hour."""
        earlier = self._site.energies(start.timestamp())[register]
        highest, at = 0.0, start
        for when in expected_ends(Register.QUARTER_HOURLY, start, end, self._zone):
            energy = self._site.energies(when.timestamp())[register]
            if (energy - earlier) * _QUARTERS > highest:
                highest, at = (energy - earlier) * _QUARTERS, when
            earlier = energy
        return highest, at


def _first_day(local: datetime) -> datetime:
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
