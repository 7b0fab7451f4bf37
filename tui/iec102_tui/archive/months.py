"""A month of a meter as the archive has it, to be judged: load profiles, closing, calendar, events, other sources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from pathlib import Path

from iec102.asdu.summer_time import SummerTime
from iec102.load_profile.intervals import Register
from iec102.load_profile.records import LoadRecord
from iec102.verdict.month import Month

from iec102_tui.archive import ArchiveError
from iec102_tui.archive.contents import ArchivedLoadProfile, MeterKey
from iec102_tui.archive.meter_data_store import MeterDataStore
from iec102_tui.meter_data.known import Known
from iec102_tui.meter_data.month import Calendar, month_of
from iec102_tui.words.text import _

_COMPARED = (Register.HOURLY, Register.QUARTER_HOURLY)
"""The registers of files of the sector."""


class ArchivedMonths:
    """The months of one meter. Reading takes a moment (0.1 s a month): not on an interface's thread.

    ``mode``: how the times of its records were converted. ``calendar`` takes the place of the meter's; ``others`` are
    the sources that its records are held against, by their names.
    """

    def __init__(
        self,
        path: Path,
        meter: MeterKey,
        mode: SummerTime,
        zone: tzinfo,
        *,
        calendar: Calendar | None = None,
        others: Mapping[str, MeterKey] | None = None,
    ) -> None:
        self._path = path
        self._meter = meter
        self._mode = mode
        self._zone = zone
        self._calendar = calendar
        self._others = others or {}
        self._known: Known | None = None

    def month(self, bounds: tuple[datetime, datetime], now: datetime) -> Month:
        """One of them, by its bounds. Raises ArchiveError."""
        if self._known is None:
            self._known = MeterDataStore(self._path).known(self._meter, self._zone)
        curves = {register: self._curve(self._meter, register, self._mode) for register in Register}
        records = {register: curve.records(*bounds) for register, curve in curves.items()}
        try:
            month = month_of(self._known, bounds, now, self._zone, records, calendar=self._calendar)
        except (LookupError, TypeError, ValueError):
            raise ArchiveError(
                _(
                    "what the archive {path} has of {meter} besides its load profile is damaged: move the archive away "
                    "and read the meter again",
                    path=self._path,
                    meter=self._meter,
                )
            ) from None
        return month._replace(
            differing=sum(len(curve.differing(*bounds)) for curve in curves.values()),
            others={name: self._of_other(key, bounds) for name, key in self._others.items()},
        )

    def _of_other(self, key: MeterKey, bounds: tuple[datetime, datetime]) -> dict[Register, list[LoadRecord]]:
        """Of what was imported otherwise at another time, the latest: files are corrected by another version."""
        found: dict[Register, list[LoadRecord]] = {}
        for register in _COMPARED:
            curve = self._curve(key, register, SummerTime.BIT)
            latest = {record.end: record for record in curve.records(*bounds)}
            latest |= {each.other.end: each.other for each in curve.differing(*bounds)}
            if latest:
                found[register] = list(latest.values())
        return found

    def _curve(self, key: MeterKey, register: Register, mode: SummerTime) -> ArchivedLoadProfile:
        return ArchivedLoadProfile(self._path, key, register, True, mode)
