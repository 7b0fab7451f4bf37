"""Ask for the closings of one contract, a month at a time, so that live readings get their turn in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from iec102.asdu import Asdu, TariffInformation, TariffPeriod, read_closings
from iec102.asdu.tariff import read_current_tariff
from iec102.errors import InvalidSetting
from iec102.load_profile.intervals import midnight
from iec102.meter.absence import Absence, kept_bytes
from iec102.meter.closings import Closing, Closings, TariffExchange, by_end, closings_of
from iec102.meter.inquiry import Inquiry
from iec102.sentence import Sentence

OLDEST = datetime(2000, 1, 2, tzinfo=UTC)
"""The first instant of which every zone makes a time tag."""

_ACTIVE, _LATENT = 133, 136  # record of a contract, less its number
_DAY = timedelta(days=1)
# What one piece holds at least: a closing and the one before it.
_MONTH = timedelta(days=32)
# Closings stand at the first of a month as a rule: pieces are cut in its middle.
_MID_MONTH = 15
# Months that are asked back for the latest closings at a time, and in all.
_MONTHS_BACK, _MOST_MONTHS_BACK = 3, 24


def contract_record(contract: int, *, latent: bool = False) -> int:
    """The record address of a contract, 1 to 3: 134 to 136, latent 137 to 139. Raises InvalidSetting."""
    if contract not in (1, 2, 3):
        raise InvalidSetting(Sentence("information.contract", contract=contract))
    return (_LATENT if latent else _ACTIVE) + contract


class ClosingsReader:
    """One reading of the closings of a contract, 1 to 3."""

    def __init__(self, inquiry: Inquiry, contract: int) -> None:
        self._inquiry = inquiry
        self._meter = inquiry.meter
        self._contract = contract
        self._record = contract_record(contract)
        self._answers: list[Asdu] = []
        self._cut_answers: list[Asdu] = []  # nothing ended them
        self._absences: list[Absence] = []
        self._is_unfinished = False
        self._is_refused = False  # not for its dates: asking for others is in vain

    async def between(self, start: datetime, end: datetime) -> Closings:
        """Those that end from ``start`` to ``end``, and those without a date."""
        await self._ask_months(start - _DAY, end + _DAY)
        oldest = next((closing.start for closing in self._closings() if closing.start is not None), None)
        if oldest is None or oldest >= start:
            # A meter that chooses by the start of a period has left out the one that ends here.
            before = start if oldest is None else oldest
            await self._ask_range(before - _MONTH, before - _DAY)
        found = self._closings()
        return self._result(closing for closing in found if closing.end is None or start <= closing.end <= end)

    async def latest(self, count: int) -> Closings:
        """So many of the latest, fewer where there are no more."""
        now = self._meter.line.clock.wall()
        last, back, known = now + _DAY, count - 1, 0
        while not self._is_refused and back < count + _MOST_MONTHS_BACK:
            first = _months_before(now, back, self._meter.zone) - _DAY
            await self._ask_months(first, last)
            found = len(self._closings())
            if found >= count or (found and found == known):
                break
            last, back, known = first, back + max(_MONTHS_BACK, count), found
        return self._result(self._closings()[-count:])

    async def current(self) -> Closings:
        """The billing period that runs."""
        await self._ask(read_current_tariff(self._meter.station.point_address, self._record))
        return self._result(self._closings(current=True))

    async def _ask_months(self, first: datetime, last: datetime) -> None:
        for start, end in _pieces(first, last, self._meter.zone):
            await self._ask_range(start, end)

    async def _ask_range(self, start: datetime, end: datetime) -> None:
        if self._is_refused or end <= OLDEST:
            return
        conversion = self._meter.summer_time.conversion
        first, last = conversion.tag(max(start, OLDEST)), conversion.tag(end)
        await self._ask(read_closings(self._meter.station.point_address, self._record, first, last))

    async def _ask(self, request: Asdu) -> None:
        reply = await self._inquiry.ask(request, TariffExchange)
        answers = self._cut_answers if reply.is_unfinished else self._answers
        answers += reply.answers
        self._is_unfinished |= reply.is_unfinished
        if reply.absence is not None:
            self._absences.append(reply.absence)
            self._is_refused |= not reply.absence.is_empty and not reply.answers

    def _closings(self, *, current: bool = False) -> list[Closing]:
        conversion = self._meter.summer_time.conversion
        whole = dict.fromkeys(_periods(self._answers))
        cut = [period for period in _periods(self._cut_answers) if period not in whole]
        found = closings_of(self._contract, whole, conversion, current=current)
        others = closings_of(self._contract, cut, conversion, current=current)
        return sorted((*found, *(each._replace(is_whole=False) for each in others)), key=by_end)

    def _result(self, closings: Iterable[Closing]) -> Closings:
        """That a month has no closing is no absence where others have one."""
        found = tuple(closings)
        answers = (*self._answers, *self._cut_answers)
        kept = tuple(kept_bytes(asdu) for asdu in answers if not isinstance(asdu.content, TariffInformation))
        absences = [absence for absence in self._absences if not absence.is_empty] or self._absences[:1]
        return Closings(found, () if found or kept else tuple(absences[:1]), kept, self._is_unfinished)


def _periods(answers: Iterable[Asdu]) -> Iterator[TariffPeriod]:
    for asdu in answers:
        if isinstance(asdu.content, TariffInformation):
            yield from asdu.content.periods


def _pieces(first: datetime, last: datetime, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """Cut in the middle of each month."""
    start = first
    while start < last:
        local = start.astimezone(zone).date()
        middle = local.replace(day=_MID_MONTH)
        if local.day >= _MID_MONTH:
            middle = (middle + timedelta(days=31)).replace(day=_MID_MONTH)
        end = min(midnight(middle, zone), last)
        yield start, end
        start = end


def _months_before(now: datetime, months: int, zone: tzinfo) -> datetime:
    """The first of this month, or of one so many months ago."""
    local = now.astimezone(zone).date()
    number = local.year * 12 + local.month - 1 - months
    return max(OLDEST, midnight(local.replace(year=number // 12, month=number % 12 + 1, day=1), zone))
