"""Writes load profiles as files of the sector. What is missing is left out and named, never estimated."""

from __future__ import annotations

import bz2
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import groupby
from typing import NamedTuple

from iec102.asdu.qualifier import Qualifier
from iec102.errors import InvalidSetting
from iec102.load_profile.intervals import before
from iec102.load_profile.records import CHANNELS, LoadRecord

from iec102_tui.market_files.formats import NOT_THERE, Bundle, Interval, MarketFormat
from iec102_tui.market_files.point import SupplyPoint
from iec102_tui.words.text import _

_RESERVED = 6
_UNDATED = (1980, 1, 1, 0, 0, 0)
"""Of the files in a zip: two of the same values are the same bytes."""


class Missing(NamedTuple):
    """An interval that a file cannot have, by its ``end`` in UTC, and why."""

    end: datetime
    reason: str


class MarketFile(NamedTuple):
    """A file: the name that the sector gives it, and its content."""

    name: str
    content: bytes


def check_point(form: MarketFormat, point: SupplyPoint, *, named: bool) -> None:
    """Raises InvalidSetting where a code is not known that the file needs; ``named``: it has the sector's name."""
    needed = ("cups", *(form.named_by if named else ()))
    for code in needed:
        if not getattr(point, code):
            raise InvalidSetting(
                _(
                    "files of the format {format} need the {code}: give --{code}, or set {code} in the profile",
                    format=form.code,
                    code=code,
                )
            )


def sorted_out(
    form: MarketFormat, records: Iterable[LoadRecord], ends: Sequence[datetime], zone: tzinfo
) -> tuple[list[Interval], list[Missing]]:
    """The intervals that the file can have of those that are expected (``ends``), and the others with why."""
    known = {record.end: record for record in records}
    intervals, missing = [], []
    for end in ends:
        record = known.get(end)
        reason = _("the meter has not given it") if record is None else _unfit(form, record)
        if record is None or reason:
            missing.append(Missing(end, reason))
        else:
            intervals.append(_interval(form, record, zone))
    return intervals, missing


def lines(form: MarketFormat, intervals: Iterable[Interval], point: SupplyPoint) -> Iterator[str]:
    """The lines of one file, each with its line feed."""
    if form.header:
        yield form.header + "\n"
    for interval in intervals:
        yield ";".join(form.fields(interval, point)) + form.ending + "\n"


def market_file(
    form: MarketFormat, intervals: Sequence[Interval], point: SupplyPoint, made: date, *, packed: bool = False
) -> MarketFile:
    """The whole file under the sector's name; ``packed`` by bzip2. ``made`` is the day of its making."""
    if form.bundle is Bundle.ONE or not intervals:
        return MarketFile(_name(form, point, made, intervals, packed=packed), _content(form, intervals, point, packed))
    days = [list(group) for _day, group in groupby(intervals, key=lambda interval: interval.day)]
    files = [
        MarketFile(_name(form, point, made, day, packed=packed), _content(form, day, point, packed)) for day in days
    ]
    if len(files) == 1 and form.bundle is Bundle.DAILY:
        return files[0]
    return MarketFile(f"{_name(form, point, made, intervals, packed=False)}.zip", _zipped(files))


def _unfit(form: MarketFormat, record: LoadRecord) -> str:
    """Why a record cannot be in such a file; nothing when it can."""
    totals = {total.address - 1: total for total in record.totals}
    for channel in form.channels:
        total = totals.get(channel)
        if channel >= _RESERVED:
            continue
        if total is None:
            return _("the meter gives no {channel}", channel=CHANNELS[channel])
        if total.quality & Qualifier.IV and not form.marks_quality:
            return _("{channel} is not valid, and the format cannot say so", channel=CHANNELS[channel])
    return ""


def _interval(form: MarketFormat, record: LoadRecord, zone: tzinfo) -> Interval:
    found = {total.address - 1: (total.value, total.quality) for total in record.totals}
    pairs = [found.get(channel, NOT_THERE) for channel in range(len(CHANNELS))]
    end = record.end.astimezone(zone)
    day = (before(form.register, record.end, zone)).astimezone(zone).date()
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    hour = -((midnight - record.end) // timedelta(hours=1))
    values, qualities = zip(*pairs, strict=True)
    return Interval(end, hour, day, values, qualities)


def _content(form: MarketFormat, intervals: Iterable[Interval], point: SupplyPoint, packed: bool) -> bytes:
    text = "".join(lines(form, intervals, point)).encode()
    return bz2.compress(text) if packed else text


def _name(form: MarketFormat, point: SupplyPoint, made: date, intervals: Sequence[Interval], *, packed: bool) -> str:
    """``P1D_0021_0100_20261127.0``; with the day of the values where there is a file a day; a CSV by its CUPS."""
    first = f"{intervals[0].day:%Y%m%d}" if intervals else f"{made:%Y%m%d}"
    if not form.named_by:
        last = f"{intervals[-1].day:%Y%m%d}" if intervals else first
        return f"{form.prefix}_{point.cups}_{first}_{last}.csv" + (".bz2" if packed else "")
    codes = [getattr(point, code) for code in form.named_by]
    day = [] if form.bundle is Bundle.ONE else [first]
    return "_".join([form.prefix, *codes, *day, f"{made:%Y%m%d}.{point.version}"]) + (".bz2" if packed else "")


def _zipped(files: Iterable[MarketFile]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(file.name, _UNDATED), file.content)
    return sink.getvalue()
