"""Load profiles as they are shown: totals, gaps, columns, windows, plots, maps."""

from __future__ import annotations

import pytest
from iec102.asdu import MADRID
from iec102.load_profile.intervals import Register
from iec102_tui.load_profile.load_profile import LoadProfile, Wanted
from iec102_tui.panes.load_profile.cells import (
    columns_for,
    heading,
    maxima_words,
    maximum_text,
    row_text,
    time_text,
    total_text,
    words_of,
)
from iec102_tui.panes.load_profile.heat_cells import NOTHING, SIGNS, Hour, State, heat_map, place_of
from iec102_tui.panes.load_profile.plot import plot_lines, reduced
from iec102_tui.panes.load_profile.window import Zoom, index_of, neighbour, window
from iec102_tui.widgets.picture_view import text_of
from iec102_tui.widgets.round_scale import scale
from support.curves import HOUR, curve, local, records_of, wanted, with_quality

DAY = wanted(local(2026, 11, 2), local(2026, 11, 3))
MONTH = wanted(local(2026, 11, 1), local(2026, 12, 1))
AUTUMN = wanted(local(2026, 10, 25), local(2026, 10, 26))
SPRING = wanted(local(2026, 3, 29), local(2026, 3, 30))


def is_braille(char: str) -> bool:
    return "\u2800" <= char <= "\u28ff"


def plotted(shown: LoadProfile, zoom: Zoom, cursor: int, *, plain: bool = False) -> list[str]:
    return [text_of(line) for line in plot_lines(shown, 0, zoom, cursor, (78, 16), plain=plain)]


def test_totals_and_maxima_are_of_the_valid_values_alone() -> None:
    records = records_of(DAY, lambda index: 5 if index == 7 else 1)
    records[7] = with_quality(records[7], 1, 0x80)
    shown = curve(DAY, records)
    assert shown.totals[:2] == (23, 280)
    assert shown.maxima[0] == (1, records[0].end)
    assert shown.maxima[1] == (50, records[7].end)
    assert shown.invalid == 1
    assert "1 invalid value is in no total and no maximum." in maxima_words(shown)


def test_reserved_channels_that_are_never_valid_are_not_counted_as_invalid() -> None:
    records = [with_quality(with_quality(record, 7, 0x80), 8, 0x80) for record in records_of(DAY)]
    shown = curve(DAY, records)
    assert shown.invalid == 0
    assert shown.totals[6:] == (None, None)


def test_of_absolute_values_the_total_is_what_was_added() -> None:
    choice = wanted(local(2026, 11, 2), local(2026, 11, 3), incremental=False)
    shown = curve(choice, records_of(choice, lambda index: 1_000 + 3 * index))
    assert shown.totals[0] == 3 * 23
    assert total_text(shown, columns_for(shown, 120)).startswith(" last minus first")


def test_a_gap_says_why_and_what_was_never_asked_for_says_that() -> None:
    records = records_of(DAY)
    shown = curve(DAY, records[:10], (records[10].end, "no such period (cause 18)"))
    columns = columns_for(shown, 80)
    assert row_text(shown, 10, columns).endswith("missing: no such period (cause 18)")
    assert row_text(shown, 11, columns).endswith("not downloaded")
    assert words_of(shown, 10)[1] == "Missing: no such period (cause 18)."
    assert words_of(shown, 11)[1] == "Not downloaded."


def test_an_invalid_value_is_never_shown_as_a_number_and_a_warning_is_marked() -> None:
    records = records_of(DAY, lambda _index: 8)
    records[0] = with_quality(with_quality(records[0], 1, 0x80), 2, 0x02)
    shown = curve(DAY, records)
    line = row_text(shown, 0, columns_for(shown, 200))
    assert "invalid*" in line
    assert " 80*" in line
    assert "800*" not in line
    assert "8 (invalid; qualifier 80)" in words_of(shown, 0)[1]
    assert "incomplete: power failure during the period" in words_of(shown, 0)[2]


def test_a_channel_that_the_meter_does_not_give_is_no_zero() -> None:
    shown = curve(DAY, records_of(DAY, channels=1))
    assert row_text(shown, 3, columns_for(shown, 80)).split()[3:] == ["3", "-", "-", "-", "-", "-"]
    assert shown.totals[1] is None


@pytest.mark.parametrize("width", [30, 80, 100, 160])
def test_the_columns_fit_and_stand_under_their_names(width: int) -> None:
    shown = curve(DAY, records_of(DAY))
    columns = columns_for(shown, width)
    lines = [heading(columns), row_text(shown, 5, columns), total_text(shown, columns), maximum_text(shown, columns)]
    assert len({len(line) for line in lines}) == 1
    assert len(lines[0]) <= max(width, 40)
    assert len(columns.channels) + len(columns.hidden) == 8


def test_the_hour_that_comes_twice_is_told_apart_by_its_offset() -> None:
    shown = curve(AUTUMN, records_of(AUTUMN))
    texts = [time_text(end, MADRID) for end in shown.ends]
    assert len(texts) == len(set(texts)) == 25
    assert texts[1:3] == ["2026-10-25 02:00 +02", "2026-10-25 02:00 +01"]


def test_an_interval_belongs_to_the_day_in_which_it_begins() -> None:
    shown = curve(MONTH, records_of(MONTH))
    midnight = index_of(shown, local(2026, 11, 10))
    assert [shown.ends[index] for index in window(shown, midnight, Zoom.DAY)][-1] == shown.ends[midnight]
    assert len(window(shown, midnight, Zoom.DAY)) == 24
    assert len(window(shown, midnight, Zoom.WEEK)) == 7 * 24
    assert len(window(shown, midnight, Zoom.MONTH)) == len(window(shown, 0, Zoom.ALL)) == 30 * 24


@pytest.mark.parametrize(("choice", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_the_days_of_the_clock_changes_are_whole_windows(choice: Wanted, hours: int) -> None:
    around = wanted(choice.start - 24 * HOUR, choice.end + 24 * HOUR)
    shown = curve(around, records_of(around))
    assert len(window(shown, 30, Zoom.DAY)) == hours


def test_turning_goes_to_the_next_day_and_stops_at_the_ends() -> None:
    shown = curve(MONTH, records_of(MONTH))
    second = neighbour(shown, 3, Zoom.DAY, 1)
    assert window(shown, second, Zoom.DAY) == range(24, 48)
    assert window(shown, neighbour(shown, second, Zoom.DAY, -1), Zoom.DAY) == range(24)
    assert neighbour(shown, 3, Zoom.DAY, -1) == 3
    assert neighbour(shown, 700, Zoom.MONTH, 1) == 700


def test_the_cursor_finds_its_interval_again_or_the_next_one() -> None:
    shown = curve(DAY, records_of(DAY))
    assert index_of(shown, shown.ends[5]) == 5
    assert index_of(shown, local(2026, 1, 1)) == 0
    assert index_of(shown, local(2027, 1, 1)) == 23
    assert index_of(shown, None) == 0


@pytest.mark.parametrize("zoom", list(Zoom))
@pytest.mark.parametrize("plain", [False, True])
def test_a_plot_has_the_size_that_it_is_given(zoom: Zoom, plain: bool) -> None:
    lines = plotted(curve(MONTH, records_of(MONTH)), zoom, 30, plain=plain)
    assert len(lines) == 16
    assert max(map(len, lines)) <= 78
    assert not (plain and any("\u2800" <= char <= "\u28ff" for char in "".join(lines)))


def test_a_gap_in_a_plot_is_a_gap() -> None:
    records = records_of(DAY, lambda _index: 9)
    whole = plotted(curve(DAY, records), Zoom.DAY, 0, plain=True)
    holed = plotted(curve(DAY, records[:8] + records[16:]), Zoom.DAY, 0, plain=True)
    assert whole[6][3:].rstrip() == "###" * 24
    assert holed[6][3:].rstrip() == "###" * 8 + "   " * 8 + "###" * 8
    assert holed[14][3:].rstrip() == "###" * 8 + "\N{BOX DRAWINGS LIGHT DIAGONAL CROSS}  " * 8 + "###" * 8


def test_a_line_is_open_where_nothing_is_known() -> None:
    records = records_of(MONTH, lambda _index: 9)
    holed = plotted(curve(MONTH, records[:240] + records[480:]), Zoom.MONTH, 0)
    row = max(holed, key=lambda line: sum(is_braille(char) for char in line))
    middle = row[len(row) // 3 + 2 : 2 * len(row) // 3 - 1]
    assert not any(map(is_braille, middle))
    assert sum(map(is_braille, row)) > 40


@pytest.mark.parametrize("highest", [1, 7, 99, 124, 4_321])
def test_scales_of_bars_begin_at_0_and_have_round_ticks(highest: int) -> None:
    marks = scale(highest, 5)
    assert marks.ticks[0] == 0
    assert marks.high >= highest > marks.high - marks.step
    assert str(marks.step).rstrip("0") in ("1", "2", "5")


def test_an_empty_plot_says_so() -> None:
    assert "nothing is known" in "".join(plotted(curve(DAY, []), Zoom.DAY, 0))


def test_what_cannot_be_seen_is_left_out_of_a_line_but_never_a_peak() -> None:
    run = [(index, 1_000 if index == 777 else index % 7) for index in range(35_040)]
    found = reduced(run, 80)
    numbers = [number for number, _height in found]
    assert len(numbers) <= 2 * 81
    assert (777, 1_000) in found
    assert numbers == sorted(numbers)


def test_the_map_has_a_cell_an_hour_with_the_sum_of_its_quarters() -> None:
    choice = wanted(local(2026, 11, 2), local(2026, 11, 4), Register.QUARTER_HOURLY)
    shown = curve(choice, records_of(choice, lambda index: index // 96))
    cells = heat_map(shown, 0, 0)
    assert cells.cells[cells.days[0], Hour(5)].value == 0
    assert cells.cells[cells.days[1], Hour(5)].value == 4
    assert cells.sign(cells.days[0], Hour(5)) == SIGNS[0]
    assert cells.sign(cells.days[1], Hour(23)) == SIGNS[-1]


def test_an_hour_of_which_a_quarter_is_missing_is_a_gap() -> None:
    choice = wanted(local(2026, 11, 2), local(2026, 11, 3), Register.QUARTER_HOURLY)
    records = records_of(choice, lambda _index: 1)
    del records[21]
    cells = heat_map(curve(choice, records), 0, 0)
    assert cells.cells[cells.days[0], Hour(5)] == (None, State.GAP)
    assert cells.sign(cells.days[0], Hour(5)) == " x"
    assert cells.cells[cells.days[0], Hour(6)] == (4, State.GOOD)


def test_what_was_not_asked_for_yet_is_no_gap_and_a_warning_is_marked() -> None:
    records = records_of(DAY)
    records[3] = with_quality(records[3], 1, 0x10)
    records[4] = with_quality(records[4], 1, 0x80)
    shown = curve(DAY, records[:10], (local(2026, 11, 2, 22), "no such period"))
    cells = heat_map(shown, 0, 0)
    states = [cells.cells[cells.days[0], Hour(hour)].state for hour in range(24)]
    good, doubtful, unknown = State.GOOD, State.DOUBTFUL, State.UNKNOWN
    assert states == [good] * 3 + [doubtful] * 2 + [good] * 5 + [unknown] * 11 + [State.GAP] + [unknown] * 2
    assert cells.cells[cells.days[0], Hour(3)].value == 3  # a warning; the one after it is invalid
    assert cells.cells[cells.days[0], Hour(4)].value is None
    assert cells.highest == 9


def test_a_short_day_has_no_third_hour() -> None:
    spring = heat_map(curve(SPRING, records_of(SPRING)), 0, 0)
    assert spring.sign(spring.days[0], Hour(2)) == NOTHING
    assert len(spring.hours) == 24


@pytest.mark.parametrize("register", [Register.HOURLY, Register.QUARTER_HOURLY])
def test_the_doubled_hour_of_autumn_is_two_hours_and_not_their_sum(register: Register) -> None:
    choice = wanted(AUTUMN.start, AUTUMN.end, register)
    long = curve(choice, records_of(choice, lambda _index: 3))
    autumn = heat_map(long, 0, 0)
    (day,) = autumn.days
    assert len(autumn.hours) == len(autumn.cells) == 25
    assert [hour.label for hour in autumn.hours[1:5]] == ["01-02", "02-03", "again", "03-04"]
    assert autumn.highest == autumn.cells[day, Hour(2)].value == autumn.cells[day, Hour(2, again=True)].value
    assert len({place_of(long, index) for index in range(len(long.ends))}) == 25
