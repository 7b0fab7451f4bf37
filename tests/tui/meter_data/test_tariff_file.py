"""Seasons, day types and holidays from a file: the one that ships is the calendar of the circular, hour by hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from iec102.errors import InvalidSetting
from iec102.meter.tariffs import CalendarDay
from iec102_tui.meter_data.tariff_file import read_calendar

SHIPPED = Path(__file__).parents[3] / "docs" / "tariffs" / "peninsula-6-periods.toml"
GOOD = """\
holidays = ["12-25", "2026-04-03"]
[seasons]
"01-01" = { working_day = "A", holiday = "D" }
"07-15" = { working_day = "D", holiday = "D" }
[day_types]
A = { "0-8" = 6, "8-24" = 1 }
D = { "0-24" = 6 }
"""

# Circular 3/2020 of the CNMC, article 7, for the peninsula, written down again for this test: by month the periods of
# its peak, flat and night hours on working days.
OF_MONTH = {
    **dict.fromkeys((1, 2, 7, 12), (1, 2, 6)),
    **dict.fromkeys((3, 11), (2, 3, 6)),
    **dict.fromkeys((6, 8, 9), (3, 4, 6)),
    **dict.fromkeys((4, 5, 10), (4, 5, 6)),
}
NATIONAL = {(1, 1), (1, 6), (5, 1), (8, 15), (10, 12), (11, 1), (12, 6), (12, 8), (12, 25)}


def by_the_circular(hour: datetime) -> int:
    peak, flat, night = OF_MONTH[hour.month]
    if hour.isoweekday() > 5 or (hour.month, hour.day) in NATIONAL or hour.hour < 8:
        return night
    return peak if 9 <= hour.hour < 14 or 18 <= hour.hour < 22 else flat


@pytest.mark.parametrize("year", [2024, 2026, 2027])
def test_the_calendar_that_ships_is_that_of_the_circular(year: int) -> None:
    calendar = read_calendar(SHIPPED)
    first = datetime(year, 1, 1)
    hours = [first + timedelta(hours=number) for number in range((datetime(year + 1, 1, 1) - first).days * 24)]
    wrong = [hour for hour in hours if calendar.seasons.period_at(hour, calendar.holidays) != by_the_circular(hour)]
    assert not wrong
    assert calendar.name == "3.0TD and 6.xTD, peninsula"


def written(folder: Path, text: str) -> Path:
    path = folder / "tariff.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_seasons_and_holidays_are_read(tmp_path: Path) -> None:
    calendar = read_calendar(written(tmp_path, GOOD))
    assert calendar.name == "tariff.toml"
    assert calendar.holidays.days == (CalendarDay(None, 12, 25), CalendarDay(2026, 4, 3))
    at = calendar.seasons.period_at
    assert at(datetime(2026, 7, 14, 8), calendar.holidays) == 1
    assert at(datetime(2026, 7, 15, 8), calendar.holidays) == 6
    assert at(datetime(2026, 4, 3, 8), calendar.holidays) == 6
    assert at(datetime(2027, 4, 2, 8), calendar.holidays) == 1


def test_holidays_may_be_left_out(tmp_path: Path) -> None:
    assert read_calendar(written(tmp_path, GOOD.partition("\n")[2])).holidays.days == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[seasons]", "[seasons", "is not valid TOML"),
        ("[seasons]", "[season]", "season is not known: the keys are name, source, holidays, seasons, day_types"),
        (GOOD, "", "needs a table [seasons]"),
        (GOOD.partition("[day_types]")[2], "", "needs a table [day_types]"),
        ("holidays =", "name = 3\nholidays =", "name must be a text"),
        ('["12-25", "2026-04-03"]', '"12-25"', "holidays must be a list of days"),
        ('"12-25"', '"12-32"', "12-32 is no day: write 12-25 for every year"),
        ('"12-25"', '"02-30"', "02-30 is no day"),
        ('"2026-04-03"', '"2026-02-29"', "2026-02-29 is no day"),
        ('"12-25"', "1225", "1225 is no day"),
        ('"07-15"', '"15 July"', "15 July is no day"),
        ('"07-15"', '"2026-07-15"', "2026-07-15 must begin on a day of every year"),
        ('{ working_day = "D", holiday = "D" }', '"D"', 'the season 07-15 must be { working_day = "A", holiday'),
        ('working_day = "D"', 'working = "D"', "working is not known: the keys are working_day, holiday"),
        ('working_day = "D"', 'working_day = "E"', "working_day of the season 07-15 must be one of [day_types]: A, D"),
        ('working_day = "D", ', "", "the working_day of the season 07-15 must be one of"),
        ('working_day = "D"', 'working_day = ["D"]', "the working_day of the season 07-15 must be one of"),
        ('{ "0-24" = 6 }', "6", 'the day type D must be a table such as { "0-24" = 6 }'),
        ('"0-24" = 6', '"0-25" = 6', "D: 0-25 are no hours of a day"),
        ('"0-24" = 6', '"all" = 6', "D: all are no hours of a day"),
        ('"8-24" = 1', '"24-8" = 1', "A: 24-8 are no hours of a day"),
        ('"8-24" = 1', '"8-24" = 10', "A: the period of 8-24 must be a number from 1 to 9"),
        ('"8-24" = 1', '"8-24" = true', "A: the period of 8-24 must be a number from 1 to 9"),
        ('"8-24" = 1', '"7-24" = 1', "A: the hour 7 has two periods"),
        ('"8-24" = 1', '"9-24" = 1', "A: the hour 8 has no period"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_one_sentence_with_its_name(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(InvalidSetting) as caught:
        read_calendar(written(tmp_path, GOOD.replace(old, new)))
    sentence = str(caught.value)
    assert words in sentence
    assert "tariff.toml" in sentence
    assert "\n" not in sentence


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="there is no file"):
        read_calendar(tmp_path / "none.toml")
    with pytest.raises(InvalidSetting, match="cannot be read"):
        read_calendar(tmp_path)
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidSetting, match="not UTF-8"):
        read_calendar(path)
