"""The heat map as it is drawn: every size keeps its hours, days and signs; and the bars of a day."""

from __future__ import annotations

import pytest
from iec102.load_profile.download import Progress
from iec102.load_profile.intervals import Register
from iec102_tui.load_profile.load_profile import LoadProfile
from iec102_tui.panes.load_profile.bars import bar_lines, bars_of, hours_of
from iec102_tui.panes.load_profile.figures import Figure, interval, month_figures
from iec102_tui.panes.load_profile.heat_cells import heat_map, place_of
from iec102_tui.panes.load_profile.heat_picture import legend, map_lines, rows_of
from iec102_tui.panes.load_profile.hours_page import beside
from iec102_tui.panes.load_profile.progress import bar_line
from iec102_tui.panes.load_profile.window import Zoom, window
from iec102_tui.widgets.picture_view import text_of
from iec102_tui.words.numbers import grouped, typeset
from support.curves import curve, local, records_of, wanted, with_quality

NOVEMBER = wanted(local(2026, 11, 1), local(2026, 12, 1))
OCTOBER = wanted(local(2026, 10, 1), local(2026, 11, 1))
GAP = "\N{BOX DRAWINGS LIGHT DIAGONAL CROSS}"


def november() -> LoadProfile:
    """24 hours a day with their number as value; day 2 lacks hour 5 and has a warning at hour 7."""
    records = records_of(NOVEMBER, lambda index: index % 24)
    records[24 + 7] = with_quality(records[24 + 7], 1, 0x10)
    del records[24 + 5]
    return curve(NOVEMBER, records)


def drawn(shown: LoadProfile, size: tuple[int, int], cursor: int = 0, *, signs: bool = False) -> list[str]:
    return [text_of(line) for line in map_lines(heat_map(shown, 0, cursor), place_of(shown, cursor), size, signs=signs)]


@pytest.mark.parametrize("size", [(66, 13), (67, 14), (70, 25), (100, 40), (233, 66)])
def test_every_size_shows_every_hour_of_every_day_and_no_more_than_fits(size: tuple[int, int]) -> None:
    lines = drawn(november(), size)
    assert len(lines) <= size[1]
    assert max(map(len, lines)) <= size[0]
    body = [line for line in lines[1:] if line.strip()]
    assert len(body) >= 12
    assert sum(line.count(GAP) for line in body) >= 1
    assert any("?" in line for line in body)
    assert "[" in "".join(body)


def test_two_hours_share_a_row_where_there_is_little_room() -> None:
    lines = map_lines(heat_map(november(), 0, 0), None, (66, 13), signs=False)
    assert [text_of(line)[1:3] for line in lines[1:]] == [f"{hour:02}" for hour in range(0, 24, 2)]
    upper = next(piece for piece in lines[6] if piece.heat is not None)  # hours 10 and 11
    assert upper.heat == pytest.approx(10 / 23)
    assert upper.under == pytest.approx(11 / 23)


def test_colours_go_from_0_to_the_highest_value() -> None:
    lines = map_lines(heat_map(november(), 0, 0), None, (70, 25), signs=False)
    shares = [next(piece.heat for piece in line if piece.heat is not None) for line in lines[1:]]
    assert shares == [pytest.approx(hour / 23) for hour in range(24)]


def test_without_colours_signs_tell_the_values_and_the_hours_scroll_with_the_cursor() -> None:
    shown = november()
    lines = drawn(shown, (70, 10), 20, signs=True)
    assert len(lines) == 10
    assert any(line.startswith("20-21") for line in lines)
    whole = drawn(shown, (70, 25), signs=True)
    assert whole[24].split()[1] == "@@" * 30
    assert " x" in whole[6]
    assert " ?" in whole[8]


def test_the_month_of_25_hours_a_day_has_a_row_more() -> None:
    shown = curve(OCTOBER, records_of(OCTOBER))
    cells = heat_map(shown, 0, 0)
    assert rows_of(cells, half=False) == 26
    assert rows_of(cells, half=True) == 14
    assert any(line.startswith("again") for line in drawn(shown, (70, 26)))


def test_the_legend_names_the_scale_and_the_signs() -> None:
    line = text_of(legend(heat_map(november(), 0, 0), "kWh", 70, signs=False))
    assert line.split()[0] == "0"
    assert f"23 kWh   {GAP} gap  ? check" in line


def test_a_bar_stands_on_0_and_a_gap_and_a_warning_are_marked_at_its_foot() -> None:
    shown = november()
    day = window(shown, 30, Zoom.DAY)
    lines = [text_of(line) for line in bar_lines(bars_of(shown, 0, day), 8, (76, 11), "import")]
    assert len(lines) == 11
    ticks = [line[:3].strip() for line in lines[:10] if line[:3].strip()]
    assert ticks == ["30", "20", "10", "0"] or ticks == ["50", "0"] or ticks == ["40", "20", "0"]
    foot = lines[9][3:]
    assert foot[5 * 3] == GAP
    assert foot[7 * 3] == "?"
    assert "00" in lines[10]
    assert "\N{BLACK UP-POINTING SMALL TRIANGLE}" in lines[10]


@pytest.mark.parametrize("count", [0, 1, 99, 100])
def test_the_bar_is_full_only_when_all_has_come(count: int) -> None:
    line = text_of(bar_line(Progress(expected=100, records=count), 24, ended=count == 100, failed=False))
    assert line.startswith(f"{count:3} % ")
    assert ("\N{BOX DRAWINGS LIGHT HORIZONTAL}" not in line) == (count == 100)


@pytest.mark.parametrize("total", [7, 6_451, 123_456, 30_608_026, 999_999_999])
@pytest.mark.parametrize("width", [8, 13, 20])
def test_a_figure_never_shows_a_part_of_a_number(total: int, width: int) -> None:
    text = Figure("Ri+ reactive Q1", f"{total} kVArh", "reactive", total, "kVArh").short(width)
    assert len(text) <= width
    whole = text.removeprefix("Ri+ ")
    amounts = {grouped(total), f"{grouped(total)} kVArh"}
    amounts |= {" ".join(typeset(total, "kVArh", room=room)) for room in (4, 5, 6)}
    assert whole in amounts or text == "\N{HORIZONTAL ELLIPSIS}"


def test_the_power_factor_and_the_totals_are_of_what_is_valid() -> None:
    records = records_of(NOVEMBER, lambda _index: 4)  # channel 3, Ri+: 400
    records[9] = with_quality(records[9], 1, 0x80)
    figures = {figure.name: figure for figure in month_figures(curve(NOVEMBER, records), 0, 0)}
    assert figures["A+ imported (grid \N{RIGHTWARDS ARROW} site)"].amount == 4 * 719
    assert figures["PF (A+, Ri+)"].value == "0.010"
    assert figures["invalid values"].value == "1"
    assert figures["intervals"].value.startswith("complete")
    assert figures["highest"].value == "4 kWh, 1 Nov 00:00-01:00"


def test_quarters_are_put_together_to_hours_where_a_day_of_them_has_no_room() -> None:
    choice = wanted(local(2026, 10, 25), local(2026, 10, 26), Register.QUARTER_HOURLY)
    records = records_of(choice, lambda index: index // 4)
    del records[21]
    quarters = bars_of(curve(choice, records), 0, range(100))
    hours = hours_of(quarters)
    assert [bar.value for bar in hours] == [None if hour == 5 else 4 * hour for hour in range(25)]
    assert hours[5].foot == GAP
    assert hours[2].start.hour == hours[3].start.hour == 2  # the hour that this day has twice


def test_times_and_values_beside_a_narrow_map_are_whole_or_shorter() -> None:
    shown = curve(NOVEMBER, records_of(NOVEMBER, lambda _index: 12_345_678))
    here = interval(shown, 0, 0)
    assert [text_of(line) for line in beside(here, [], 13)[1:3]] == ["00:00-01:00", "12 345 678"]
    assert [text_of(line) for line in beside(here, [], 10)[1:3]] == ["00:00", "12 345 678"]
    assert [text_of(line) for line in beside(here, [], 20)[1:3]] == ["00:00-01:00", "12 345 678 kWh"]


def test_a_state_that_is_too_long_for_its_column_keeps_its_first_words() -> None:
    figure = Figure("intervals", "complete \N{MIDDLE DOT} 654 of 654 hours", "ok")
    assert figure.short(13) == "complete"
    assert figure.short(40) == "intervals complete \N{MIDDLE DOT} 654 of 654 hours"
