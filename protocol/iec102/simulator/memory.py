"""The memory of the simulated meter: registers and the load profile of the last 800 days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from iec102.asdu.timetag import MADRID, SU, TimeTagA
from iec102.asdu.totals import IntegratedTotals, Total
from iec102.load_profile.intervals import Register, before, expected_ends
from iec102.simulator.electrical import COMMISSIONED, Site

DEPTH = timedelta(days=800)

_RESERVES = (Total(7, 0, 0x80), Total(8, 0, 0x80))
_HOUR = timedelta(hours=1)
_TWO_DAYS = timedelta(days=2)


class Memory:
    """Records by the END of their interval. Increments are differences of whole registers: they add up.

    ``late_change_label``: the end of the last hour of summer is told as 03:00 SU=1 instead of 02:00 SU=0; both
    are the same instant (REE profile reference, 5).
    """

    def __init__(self, site: Site, zone: tzinfo = MADRID, *, late_change_label: bool = False) -> None:
        self._site = site
        self._zone = zone
        self._late_change_label = late_change_label

    def registers(self, when: datetime) -> tuple[int, ...]:
        """A+, A-, Q1 to Q4 in whole kWh and kVArh."""
        return tuple(int(value) for value in self._site.energies(when.timestamp()))

    def begins(self, register: Register, now: datetime) -> datetime:
        """The start of the oldest stored interval."""
        oldest = max(now - DEPTH, COMMISSIONED)
        return before(register, expected_ends(register, oldest, oldest + _TWO_DAYS, self._zone)[0], self._zone)

    def records(
        self, register: Register, start: datetime, end: datetime, now: datetime, *, incremental: bool
    ) -> Iterator[IntegratedTotals]:
        """The stored records with start < end of interval <= end, oldest first, all eight totals each."""
        oldest = max(start, now - DEPTH, COMMISSIONED)
        latest: tuple[datetime, tuple[int, ...]] | None = None
        for when in expected_ends(register, oldest, min(end, now), self._zone):
            values = registers = self.registers(when)
            if incremental:
                begin = before(register, when, self._zone)
                earlier = latest[1] if latest and latest[0] == begin else self.registers(begin)
                values = tuple(late - early for late, early in zip(registers, earlier, strict=True))
                latest = when, registers
            totals = tuple(Total(address, value) for address, value in enumerate(values, start=1))
            yield IntegratedTotals(totals + _RESERVES, self._label(when))

    def _label(self, when: datetime) -> TimeTagA:
        label = TimeTagA.of(when, self._zone)
        if not self._late_change_label or label.summer:
            return label
        if not TimeTagA.of(when - timedelta(microseconds=1), self._zone).summer:
            return label
        return TimeTagA(TimeTagA.of(when + _HOUR, self._zone).bits | SU)
