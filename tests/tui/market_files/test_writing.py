"""Files of the sector: their lines, names, and what they cannot have."""

from __future__ import annotations

import bz2
import io
import zipfile
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from iec102.asdu.timetag import MADRID
from iec102.asdu.totals import total_of
from iec102.errors import InvalidSetting
from iec102.load_profile.intervals import Register, expected_ends, midnight
from iec102.load_profile.records import LoadRecord
from iec102_tui.market_files.formats import MARKET_FORMATS
from iec102_tui.market_files.point import SupplyPoint
from iec102_tui.market_files.writing import check_point, lines, market_file, sorted_out

POINT = SupplyPoint("ES0021000000000001RK1P", "0021", "0100", method=1, firm=1, invoice="F0001")
MADE = date(2026, 11, 27)
NINE = datetime(2026, 11, 19, 9, tzinfo=MADRID).astimezone(UTC)
VALUES = ((1, 138, 0), (2, 0, 0), (3, 52, 0), (4, 0, 0), (5, 0, 0), (6, 0, 0), (7, 0, 128), (8, 0, 128))


def record(end: datetime = NINE, **changed: tuple[int, int]) -> LoadRecord:
    """``o1=(value, quality)`` changes an object."""
    totals = {address: (value, quality) for address, value, quality in VALUES}
    totals |= {int(name[1:]): pair for name, pair in changed.items()}
    return LoadRecord(end, tuple(total_of((address, *pair)) for address, pair in totals.items()))


def lines_of(code: str, *records: LoadRecord, point: SupplyPoint = POINT) -> list[str]:
    form = MARKET_FORMATS[code]
    intervals, _missing = sorted_out(form, records, [each.end for each in records], MADRID)
    return "".join(lines(form, intervals, point)).splitlines()


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("p1d", "ES0021000000000001RK1P;11;2026/11/19 09:00:00;0;138;0;0;0;52;0;0;0;0;0;0;0;0;128;0;128;1;1;"),
        ("p2d", "ES0021000000000001RK1P;11;2026/11/19 09:00:00;0;138;0;0;0;52;0;0;0;0;0;0;0;0;128;0;128;1;"),
        ("f1", "ES0021000000000001RK1P;11;2026/11/19 09:00:00;0;138;0;52;0;0;0;0;0;1;1;"),
        ("f1qh", "ES0021000000000001RK1P;11;2026/11/19 09:00;0;138;0;52;0;0;0;0;0;1;1;"),
        ("f5d", "ES0021000000000001RK1P;2026/11/19 09:00;0;138000;0;52000;0;0;0;1;1;F0001;"),
        ("p5d", "ES0021000000000001RK1P;2026/11/19 09:00;0;138000;0;"),
        ("cnmc", "ES0021000000000001RK1P;19/11/2026;9;138,000;R"),
        ("edistribucion", "ES0021000000000001RK1P;19/11/2026;9;138,000;0,000;;R"),
        ("ide", "ES0021000000000001RK1P;2026/11/19 09:00;0;138000;0"),
    ],
)
def test_a_line_of_each_format(code: str, line: str) -> None:
    assert lines_of(code, record())[-1] == line


def test_a_day_ends_with_its_24th_hour() -> None:
    midnight_after = midnight(date(2026, 11, 20))
    assert lines_of("cnmc", record(midnight_after))[-1].split(";")[1:3] == ["19/11/2026", "24"]
    assert ";2026/11/20 00:00;" in lines_of("p5d", record(midnight_after))[0]


def test_the_doubled_hour_is_two_lines_and_the_day_has_25_hours() -> None:
    ends = expected_ends(Register.HOURLY, midnight(date(2026, 10, 25)), midnight(date(2026, 10, 26)), MADRID)
    raw = [line.split(";")[1:3] for line in lines_of("p5d", *map(record, ends))]
    assert raw[1:4] == [["2026/10/25 02:00", "1"], ["2026/10/25 02:00", "0"], ["2026/10/25 03:00", "0"]]
    assert [line.split(";")[2] for line in lines_of("cnmc", *map(record, ends))[1:]] == [str(n) for n in range(1, 26)]


def test_the_time_is_that_of_the_meters_zone() -> None:
    form = MARKET_FORMATS["p5d"]
    intervals, _missing = sorted_out(form, [record()], [NINE], ZoneInfo("Atlantic/Canary"))
    assert ";2026/11/19 08:00;" in next(iter(lines(form, intervals, POINT)))


def test_what_is_missing_is_named_and_left_out() -> None:
    form = MARKET_FORMATS["f1"]
    intervals, missing = sorted_out(form, [], [NINE], MADRID)
    assert not intervals
    assert [(each.end, each.reason) for each in missing] == [(NINE, "the meter has not given it")]


@pytest.mark.parametrize("code", ["f1", "f5d", "p5d", "cnmc"])
def test_a_value_that_is_not_valid_is_left_out_where_the_format_cannot_mark_it(code: str) -> None:
    doubtful = record(o1=(138, 0x80))
    intervals, missing = sorted_out(MARKET_FORMATS[code], [doubtful], [NINE], MADRID)
    assert not intervals
    assert "A+ is not valid" in missing[0].reason


def test_a_value_that_is_not_valid_is_marked_where_the_format_can() -> None:
    assert lines_of("p1d", record(o1=(138, 0x80)))[0].split(";")[4:6] == ["138", "128"]


def test_an_invalid_channel_that_the_file_does_not_hold_takes_nothing_away() -> None:
    assert lines_of("p5d", record(o3=(52, 0x80)))


def test_a_channel_that_the_meter_does_not_give_is_named() -> None:
    half = LoadRecord(NINE, record().totals[:2])
    assert sorted_out(MARKET_FORMATS["f1"], [half], [NINE], MADRID)[1][0].reason == "the meter gives no Ri+"
    assert sorted_out(MARKET_FORMATS["p5d"], [half], [NINE], MADRID)[0]


def test_reserved_channels_that_the_meter_does_not_give_are_0_and_not_valid() -> None:
    short = LoadRecord(NINE, record().totals[:6])
    assert lines_of("p1d", short) == lines_of("p1d", record())


@pytest.mark.parametrize(("method", "letter"), [(1, "R"), (4, "R"), (6, "R"), (7, "E"), (22, "E")])
def test_consumers_files_say_whether_values_were_read(method: int, letter: str) -> None:
    assert lines_of("cnmc", record(), point=POINT._replace(method=method))[-1][-1] == letter


@pytest.mark.parametrize(
    ("code", "packed", "name"),
    [
        ("p1d", True, "P1D_0021_0100_20261127.0.bz2"),
        ("p2d", False, "P2D_0021_0100_20261127.0"),
        ("p1", False, "P1_0021_20261119_20261127.0.zip"),
        ("p2", False, "P2_0021_20261119_20261127.0.zip"),
        ("f1", False, "F1_0021_20261119_20261127.0"),
        ("f1qh", True, "F1QH_0021_20261119_20261127.0.bz2"),
        ("f5d", True, "F5D_0021_0100_20261127.0.bz2"),
        ("p5d", False, "P5D_0021_0100_20261127.0"),
        ("cnmc", False, "cnmc_ES0021000000000001RK1P_20261119_20261119.csv"),
    ],
)
def test_the_name_that_the_sector_gives_a_file(code: str, packed: bool, name: str) -> None:
    form = MARKET_FORMATS[code]
    intervals, _missing = sorted_out(form, [record()], [NINE], MADRID)
    assert market_file(form, intervals, POINT, MADE, packed=packed).name == name


def test_the_version_stands_in_the_name() -> None:
    form = MARKET_FORMATS["p1d"]
    intervals, _missing = sorted_out(form, [record()], [NINE], MADRID)
    assert market_file(form, intervals, POINT._replace(version=3), MADE).name == "P1D_0021_0100_20261127.3"


def test_several_days_are_a_file_each_in_a_zip() -> None:
    form = MARKET_FORMATS["f1"]
    ends = expected_ends(Register.HOURLY, midnight(date(2026, 11, 19)), midnight(date(2026, 11, 21)), MADRID)
    intervals, _missing = sorted_out(form, map(record, ends), ends, MADRID)
    file = market_file(form, intervals, POINT, MADE, packed=True)
    assert file.name == "F1_0021_20261119_20261127.0.zip"
    with zipfile.ZipFile(io.BytesIO(file.content)) as packed:
        assert packed.namelist() == ["F1_0021_20261119_20261127.0.bz2", "F1_0021_20261120_20261127.0.bz2"]
        lines_of_days = [bz2.decompress(packed.read(name)).decode().splitlines() for name in packed.namelist()]
    assert [len(found) for found in lines_of_days] == [24, 24]
    assert lines_of_days[0][-1].split(";")[2] == "2026/11/20 00:00:00"


def test_the_same_values_are_the_same_bytes() -> None:
    form = MARKET_FORMATS["p1"]
    intervals, _missing = sorted_out(form, [record()], [NINE], MADRID)
    assert market_file(form, intervals, POINT, MADE) == market_file(form, intervals, POINT, MADE)


def test_what_a_file_needs_is_said_before_anything_is_asked() -> None:
    form = MARKET_FORMATS["p1d"]
    with pytest.raises(InvalidSetting, match="--cups"):
        check_point(form, SupplyPoint(), named=False)
    with pytest.raises(InvalidSetting, match="--retailer"):
        check_point(form, POINT._replace(retailer=""), named=True)
    check_point(form, POINT._replace(retailer=""), named=False)
