"""A tariff calendar from a TOML file: seasons, day types and holidays, as docs/verdict.md describes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from iec102.asdu.tariff import ANNUAL
from iec102.errors import InvalidSetting
from iec102.meter.closings import IMPORT
from iec102.meter.tariffs import CalendarDay, HolidayCalendar, SeasonStart, SeasonTable

from iec102_tui.files import toml_document
from iec102_tui.meter_data.month import Calendar
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import _

_KEYS = ("name", "source", "holidays", "seasons", "day_types")
_SEASON_KEYS = ("working_day", "holiday")
_DAY = re.compile(r"(?:(20\d\d)-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
_HOURS = re.compile(r"(\d{1,2})-(\d{1,2})", re.ASCII)
_LEAP_YEAR = 2024
_PERIODS = range(1, 10)
_LAST_HOUR = 24


def read_calendar(path: Path) -> Calendar:
    """The calendar of a file. Raises InvalidSetting with one sentence that names the file and what is wrong in it."""
    name = printable(str(path))
    document = toml_document.read(path)
    if document.problem is not None:
        raise InvalidSetting(document.problem.rstrip("."))
    if document.data is None:
        raise InvalidSetting(_("there is no file {path}", path=name))
    try:
        return _calendar(document.tables, path.name)
    except InvalidSetting as error:
        raise InvalidSetting(_("{path} is no tariff calendar: {why}", path=name, why=error)) from None


def _calendar(tables: Mapping[str, Any], file_name: str) -> Calendar:
    _check_keys(tables, _KEYS)
    for key in ("seasons", "day_types"):
        if not isinstance(tables.get(key), dict) or not tables[key]:
            raise InvalidSetting(_("it needs a table [{key}] with something in it", key=key))
    for key in ("name", "source"):
        if not isinstance(tables.get(key, ""), str):
            raise InvalidSetting(_("{key} must be a text", key=key))
    types = {str(name): _hours(str(name), told) for name, told in tables["day_types"].items()}
    numbers = {name: number for number, name in enumerate(types, 1)}
    starts = [_season(first, told, numbers) for first, told in tables["seasons"].items()]
    days = tables.get("holidays", [])
    if not isinstance(days, list):
        raise InvalidSetting(_('holidays must be a list of days, such as ["01-01", "2026-04-03"]'))
    seasons = SeasonTable(IMPORT, ANNUAL, tuple(starts), tuple(types.values()), None)
    holidays = HolidayCalendar(1, tuple(_day(each) for each in days))
    return Calendar(printable(tables.get("name") or file_name), seasons, holidays)


def _season(first: str, told: object, numbers: Mapping[str, int]) -> SeasonStart:
    day = _day(first)
    if day.year is not None:
        raise InvalidSetting(
            _("the season {day} must begin on a day of every year, such as 03-01", day=printable(first))
        )
    if not isinstance(told, dict):
        raise InvalidSetting(_('the season {day} must be {{ working_day = "A", holiday = "D" }}', day=printable(first)))
    _check_keys(told, _SEASON_KEYS)
    found = []
    for key in _SEASON_KEYS:
        kind = told.get(key)
        if not isinstance(kind, str) or kind not in numbers:
            raise InvalidSetting(
                _(
                    "the {key} of the season {day} must be one of [day_types]: {known}",
                    key=key,
                    day=printable(first),
                    known=printable(", ".join(numbers)),
                )
            )
        found.append(numbers[kind])
    return SeasonStart(day, *found)


def _hours(name: str, told: object) -> tuple[int, ...]:
    """The periods of the 24 hours of a day type."""
    if not isinstance(told, dict):
        raise InvalidSetting(_('the day type {name} must be a table such as {{ "0-24" = 6 }}', name=printable(name)))
    periods: dict[int, int] = {}
    for text, period in told.items():
        found = _HOURS.fullmatch(text)
        first, last = (int(found[1]), int(found[2])) if found else (0, 0)
        if not first < last <= _LAST_HOUR:
            raise InvalidSetting(
                _(
                    "{name}: {text} are no hours of a day: write them like 9-14",
                    name=printable(name),
                    text=printable(text),
                )
            )
        if type(period) is not int or period not in _PERIODS:
            raise InvalidSetting(
                _("{name}: the period of {text} must be a number from 1 to 9", name=printable(name), text=text)
            )
        for hour in range(first, last):
            if hour in periods:
                raise InvalidSetting(_("{name}: the hour {hour} has two periods", name=printable(name), hour=hour))
            periods[hour] = period
    missing = next((hour for hour in range(_LAST_HOUR) if hour not in periods), None)
    if missing is not None:
        raise InvalidSetting(_("{name}: the hour {hour} has no period", name=printable(name), hour=missing))
    return tuple(periods[hour] for hour in range(_LAST_HOUR))


def _day(text: object) -> CalendarDay:
    found = _DAY.fullmatch(text) if isinstance(text, str) else None
    if found is not None:
        year, month, day = (None if part is None else int(part) for part in found.groups())
        try:
            date(year or _LEAP_YEAR, month or 0, day or 0)
        except ValueError:
            pass
        else:
            return CalendarDay(year, month or 0, day or 0)
    raise InvalidSetting(
        _(
            "{text} is no day: write 12-25 for every year, or 2026-12-25 for one",
            text=printable(str(text)),
        )
    )


def _check_keys(told: Iterable[str], known: tuple[str, ...]) -> None:
    for key in told:
        if key not in known:
            raise InvalidSetting(
                _("{key} is not known: the keys are {known}", key=printable(key), known=", ".join(known))
            )
