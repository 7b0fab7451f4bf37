"""Closings (cierres), typed: stored ones (136), the billing period that runs (135), totals by tariff period (8).

A meter sends a period an ASDU; the periods of one closing share its start and end (REE profile reference, 8.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from iec102.asdu import Asdu, TariffInformation, TariffPeriod, TimeTagA, Total, TypeId
from iec102.asdu.exchange import GivenUpExchange
from iec102.asdu.summer_time import TagConversion
from iec102.asdu.tariff import Energy, Reserve
from iec102.meter.absence import Absence, KeptBytes

TOTAL_OBJECT = 20
"""The object of the totals; 21 to 29 are the tariff periods 1 to 9."""

IMPORT, EXPORT = 1, 2
"""The directions of a contract (151, object 193)."""

_NO_YEAR = 2099  # "every year" in season tables, no date of a closing
# Periods that have been there already, behind which an answer does not end.
_MOST_AGAIN = 20


class ClosingPeriod(NamedTuple):
    """One tariff period of a closing, or its totals (``period`` 0; 1 to 9 the periods).

    ``active`` in kWh, ``inductive`` and ``capacitive`` in kVArh: each the register at the end (``absolute``), what the
    billing period added (``incremental``), and the qualifier byte (reference, 6.1). ``maximum`` is the highest
    quarter-hour in kW, ``maximum_time`` its end in the meter's zone, None without a date. ``excess`` as the meter sends
    it; qualifier 0x80 is sent where it is not configured.
    """

    period: int
    active: Energy
    inductive: Energy
    capacitive: Energy
    maximum: int
    maximum_time: datetime | None
    maximum_quality: int
    excess: int
    excess_quality: int
    reserves: tuple[Reserve, Reserve]


class Closing(NamedTuple):
    """What one billing period added, by tariff period, the totals first.

    ``contract`` 1 to 3. ``start`` and ``end`` in the meter's zone; None without a date, and in year 99.
    ``is_current``: the billing period still runs (135). ``is_whole`` False: its answer did not come to its end, so that
    periods may be missing.
    """

    contract: int
    start: datetime | None
    end: datetime | None
    periods: tuple[ClosingPeriod, ...]
    is_current: bool = False
    is_whole: bool = True

    @property
    def total(self) -> ClosingPeriod | None:
        """The totals; None where the meter left them out."""
        return next((period for period in self.periods if period.period == 0), None)


class Closings(NamedTuple):
    """Closings by their end, oldest first, those without a date last.

    ``absences``: what was refused, where nothing was given instead. ``kept``: answers that are not understood.
    ``is_unfinished``: the meter did not end an answer, so that some may be missing.
    """

    closings: tuple[Closing, ...] = ()
    absences: tuple[Absence, ...] = ()
    kept: tuple[KeptBytes, ...] = ()
    is_unfinished: bool = False


class TariffTotals(NamedTuple):
    """122, objects 20 to 29: registers by tariff period at ``time`` (the meter's zone; None without a date).

    ``totals`` in kWh with the qualifier byte, by tariff period, 0 the totals of all.
    """

    record: int
    time: datetime | None
    totals: dict[int, tuple[int, int]]


def reactive_quadrants(direction: int | None) -> tuple[int, int] | None:
    """The quadrants of a closing's inductive and capacitive energy by the contract's direction; None: not known."""
    return {IMPORT: (1, 4), EXPORT: (3, 2)}.get(direction or 0)


class TariffExchange(GivenUpExchange):
    """Reads the answers to 133 and 134, and ends also where a meter sends the same periods again and again."""

    def __init__(self, request: Asdu) -> None:
        super().__init__(request)
        self._seen: set[tuple[int, ...]] = set()
        self._again = 0

    def receive(self, asdu: Asdu) -> bool:
        """As every exchange does; a period that has been there is dropped, and many of them end it."""
        count = len(self.answers)
        over = super().receive(asdu)
        if len(self.answers) == count or not isinstance(asdu.content, TariffInformation):
            return over
        keys = {self._key(period) for period in asdu.content.periods}
        if keys <= self._seen:
            self.answers.pop()
            self._again += 1
            self.is_unfinished = self._again >= _MOST_AGAIN
            return self.is_unfinished
        self._seen |= keys
        return over

    def _key(self, period: TariffPeriod) -> tuple[int, ...]:
        """A running period may move its end from one round to the next."""
        if self.request.type == TypeId.READ_CURRENT_TARIFF:
            return period.address, period.start.bits
        return period.address, period.start.bits, period.end.bits


def closings_of(
    contract: int, periods: Iterable[TariffPeriod], conversion: TagConversion, *, current: bool = False
) -> list[Closing]:
    """Periods put together to closings, by their end; a period that comes twice counts once."""
    grouped: dict[tuple[int, int, int], dict[int, TariffPeriod]] = {}
    for period in dict.fromkeys(periods):
        again = 0
        key = (period.start.bits, period.end.bits, again)
        while period.address in grouped.setdefault(key, {}):
            again += 1
            key = (period.start.bits, period.end.bits, again)
        grouped[key][period.address] = period
    found = [_closing(contract, list(parts.values()), conversion, current) for parts in grouped.values()]
    return sorted(found, key=by_end)


def by_end(closing: Closing) -> tuple[bool, float]:
    """What puts closings in order: by their end, those without a date last."""
    return closing.end is None, closing.end.timestamp() if closing.end is not None else 0.0


def _closing(contract: int, parts: Sequence[TariffPeriod], conversion: TagConversion, current: bool) -> Closing:
    periods = sorted((_period(part, conversion) for part in parts), key=lambda period: period.period)
    start, end = (_dated(tag, conversion) for tag in (parts[0].start, parts[0].end))
    return Closing(contract, start, end, tuple(periods), current)


def _period(part: TariffPeriod, conversion: TagConversion) -> ClosingPeriod:
    return ClosingPeriod(
        part.address - TOTAL_OBJECT,
        part.active,
        part.inductive,
        part.capacitive,
        part.maximum,
        _dated(part.maximum_time, conversion),
        part.maximum_quality,
        part.excess,
        part.excess_quality,
        part.reserves,
    )


def _dated(tag: TimeTagA, conversion: TagConversion) -> datetime | None:
    return None if tag.year == _NO_YEAR else conversion.local(tag)


def tariff_totals(record: int, totals: Iterable[Total], time: datetime | None) -> TariffTotals:
    """The typed form of the objects 20 to 29 of an 8."""
    return TariffTotals(record, time, {total.address - TOTAL_OBJECT: total[1:] for total in totals})
