"""The live grid: what stands in it at each size, and that only what changed is drawn again."""

from __future__ import annotations

import asyncio
import itertools
import re
from typing import Any

import pytest
from iec102.meter.signals import BY_KEY, SIGNALS
from iec102_tui.meter_side.shown_meter import ContractedPower
from iec102_tui.panes.live.layout import cells
from iec102_tui.panes.live.signal_grid import SignalGrid
from iec102_tui.panes.live.view import HIGH, LOW, Mark, View
from iec102_tui.words import languages
from iec102_tui.words.numbers import grouped
from support.spoken import spoken_in
from support.still_meter import NOW, WALL, changed, history, reading
from textual.app import App, ComposeResult
from textual.geometry import Region

SIZES = [(76, 29), (80, 20), (118, 34), (158, 44)]
FORMS = pytest.mark.parametrize("listed", [True, False], ids=["list", "figures"])


def lines(view: View, width: int, height: int) -> list[str]:
    """The grid as it stands on the screen; two cells in one place are an error."""
    found: dict[int, list[str]] = {}
    for cell in cells(view, width, height):
        line = found.setdefault(cell.y, [" "] * width)
        for x, character in enumerate(cell.text, cell.x):
            assert x < width, f"{cell} leaves the grid"
            assert line[x] == " ", f"{cell} covers another"
            line[x] = character
    return ["".join(found.get(y, "")) for y in range(max(found) + 1)]


def every(*, valid: bool = True, value: float | None = None) -> View:
    """All signals with one value; a power factor has at most 1."""
    changes: dict[str, Any] = {}
    for signal in SIGNALS:
        fitting = value if value is None or signal.unit else -1.0
        changes[signal.key.replace(".", "__")] = changed(signal.key, value=fitting, valid=valid)
    return View(reading=reading(**changes), age=0.4)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("word", ["INVALID", "no data", "stale"])
def test_what_is_wrong_with_each_value_is_said_in_a_whole_word(size: tuple[int, int], word: str) -> None:
    view = {
        "INVALID": every(valid=False, value=-99_999),
        "no data": every(valid=False),
        "stale": every(value=-99_999)._replace(stale=True, age=12.0),
    }[word]
    assert " ".join(lines(view._replace(listed=True), *size)).count(f" {word} ") == len(SIGNALS)


@pytest.mark.parametrize("value", [99_999_999, 2**30 - 1])
def test_the_word_is_whole_behind_the_longest_counter_in_two_blocks(value: int) -> None:
    shown = lines(every(valid=False, value=value)._replace(listed=True), 80, 20)
    assert all(
        f"{value} kVArh INVALID" in line or f"{value:,} INVALID".replace(",", " ") in line for line in shown[3:7]
    )


@pytest.mark.parametrize("size", SIZES)
def test_figures_mark_what_is_wrong_with_each_value_and_count_it_in_words(size: tuple[int, int]) -> None:
    invalid = "\n".join(lines(every(valid=False, value=-99_999), *size))
    assert "\N{HEAVY MULTIPLICATION X} 24 INVALID" in invalid
    assert len(re.findall("\N{HEAVY MULTIPLICATION X}-[0-9]", invalid)) == len(SIGNALS)
    assert "24 without data" in "\n".join(lines(every(valid=False), *size))
    stale = lines(every(value=1)._replace(stale=True, age=12.0), *size)
    assert any(line.rstrip().endswith("STALE, 12 s old") for line in stale)
    unknown = lines(every(value=1)._replace(stale=True, age=None), *size)
    assert any(line.rstrip().endswith("STALE, age unknown") for line in unknown)
    held = lines(every(value=1)._replace(held=True, age=12.0), *size)
    assert any(line.rstrip().endswith("HELD, 12 s old") for line in held)


@FORMS
@pytest.mark.parametrize("size", SIZES)
def test_a_value_outside_its_limits_is_marked_beside_the_colour(size: tuple[int, int], *, listed: bool) -> None:
    alarms = {"vi.voltage_l1": HIGH, "power.active_total": LOW}
    shown = "\n".join(lines(View(reading=reading(), age=0.4, listed=listed, alarms=alarms), *size))
    if listed:
        assert " ".join(shown.split()).count(f"{HIGH} HIGH") == 1
        assert shown.count(f"{LOW} LOW") == 1
    else:
        assert f"{HIGH} 2 alarms" in shown
        assert re.search(f"{HIGH}[0-9.]+ ", shown)
        assert re.search(f"{LOW}-?[0-9.]+ ", shown)


@pytest.mark.parametrize("size", SIZES)
def test_no_digit_of_the_greatest_values_is_cut_in_the_list(size: tuple[int, int]) -> None:
    energies = every(value=2**30 - 1)._replace(listed=True)
    powers = every(value=-(2**24) + 1)._replace(listed=True)
    assert " ".join(lines(energies, *size)).count(grouped(2**30 - 1)) >= 6
    shown = grouped(-(2**24) + 1) if size != (80, 20) else "-16.78 G"
    assert " ".join(lines(powers, *size)).count(shown) >= 8


@pytest.mark.parametrize("size", SIZES)
def test_the_greatest_values_fit_into_the_figures(size: tuple[int, int]) -> None:
    assert " ".join(lines(every(value=2**30 - 1), *size)).count(grouped(2**30 - 1)) == 6
    shown = lines(every(value=-(2**24) + 1), *size)
    assert any("Active GW" in line and "Reactive GVAr" in line for line in shown)
    assert " ".join(shown).count("-16.78 ") >= 8


@pytest.mark.parametrize("size", SIZES)
def test_all_labels_are_whole(size: tuple[int, int]) -> None:
    shown = "\n".join(lines(View(listed=True), *size))
    for signal in SIGNALS:
        assert signal.label in shown


def test_contracted_power_is_drawn_where_it_is_known_and_there_is_room() -> None:
    view = every(value=133)._replace(contracted=ContractedPower("P3", 450.0))
    shown = "\n".join(lines(view, 160, 30))
    assert "contracted P3" in shown
    assert "133 of 450 kW" in shown
    assert "contracted" not in "\n".join(lines(every(value=133), 160, 30))


@pytest.mark.parametrize(("width", "titled"), [(94, True), (98, True), (118, True), (120, False)])
def test_its_use_stands_in_every_overview_but_the_smallest(width: int, *, titled: bool) -> None:
    view = every(value=133)._replace(contracted=ContractedPower("P3", 1450.0), titled=titled)
    assert "133 of 1 450 kW" in "\n".join(lines(view, width, 30))


def test_its_use_is_as_stale_as_the_power_that_it_is_of() -> None:
    view = every(value=133)._replace(contracted=ContractedPower("P3", 450.0), stale=True, age=12.0)
    marks = [
        cell.mark for cell in cells(view, 160, 30) if re.match("133 of|\N{BOX DRAWINGS HEAVY HORIZONTAL}", cell.text)
    ]
    assert marks == [Mark.STALE] * 2


@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_the_corner_is_whole_beside_the_contracted_power(language: str) -> None:
    good = every(value=133)
    views = [
        *(good._replace(age=8000.0, **state) for state in ({"stale": True}, {"held": True}, {"primary": True})),
        good._replace(stale=True),
        every(valid=False, value=-1),
        every(valid=False),
        good._replace(alarms=dict.fromkeys(BY_KEY, HIGH)),
    ]
    with spoken_in(language):
        for view, titled in itertools.product(views, (True, False)):
            shown = view._replace(titled=titled)
            corner = [line[150:].strip() for line in lines(shown, 200, 30)[1:4]]
            for width in range(94 if titled else 80, 200):
                figures = lines(shown._replace(contracted=ContractedPower("P3", 450.0)), width, 30)[1:4]
                assert all(line.rstrip().endswith(words) for line, words in zip(figures, corner, strict=True) if words)


@pytest.mark.parametrize("height", [6, 13, 16, 20, 24, 31, 46, 66])
@pytest.mark.parametrize("width", [76, 80, 97, 240])
def test_figures_keep_within_every_size(width: int, height: int) -> None:
    view = View(reading=reading(), age=0.4, history=history(), trend_until=NOW, trend_end=WALL)
    shown = lines(view, width, height)
    assert len(shown) <= max(height, 13)
    if height >= 13:
        assert any("kVArh" in line for line in shown)
    if height >= 20:
        assert any("12:30" in line for line in shown)
        assert len(shown) == height


@pytest.mark.parametrize("size", [(160, 46), (240, 66)])
def test_the_list_has_no_empty_half(size: tuple[int, int]) -> None:
    view = View(reading=reading(), age=0.4, history=history(), trend_until=NOW, trend_end=WALL, listed=True)
    shown = lines(view, *size)
    assert len(shown) == size[1]
    assert max(len(line.rstrip()) for line in shown[:28]) > size[0] * 0.8
    for signal in SIGNALS:
        assert any(signal.label in line for line in shown)


@pytest.mark.parametrize(
    ("width", "last"), [(50, "note"), (60, "age"), (76, "trend"), (88, "minimum"), (100, "maximum"), (118, "mean")]
)
def test_columns_go_in_the_order_mean_maximum_minimum_trend_age(width: int, last: str) -> None:
    heading = lines(View(history=history(), listed=True), width, 29)[0].split()
    order = ["note", "age", "trend", "minimum", "maximum", "mean"]
    assert [title for title in heading if title in order] == order[: order.index(last) + 1]


@pytest.mark.parametrize(
    ("active", "reactive", "words"),
    [
        (50, 10, ("import", "Q1")),
        (-50, 10, ("export", "Q2")),
        (-50, -10, ("export", "Q3")),
        (50, -10, ("import", "Q4")),
    ],
)
def test_direction_and_quadrant_are_words(active: int, reactive: int, words: tuple[str, str]) -> None:
    view = View(
        reading=reading(
            power__active_total=changed("power.active_total", value=active),
            power__reactive_total=changed("power.reactive_total", value=reactive),
        )
    )
    figures = " ".join(lines(view, 80, 24))
    assert all(f" {word} " in figures for word in words)
    shown = lines(view._replace(listed=True), 76, 29)
    for label, word in zip(("Active total", "Reactive total"), words, strict=True):
        assert next(line for line in shown if label in line).split()[-1] == word


class GridApp(App[None]):
    """The grid alone."""

    def compose(self) -> ComposeResult:
        yield SignalGrid()


def test_only_rows_that_changed_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        app = GridApp()
        async with app.run_test(size=(80, 29)) as pilot:
            grid = app.query_one(SignalGrid)
            view = View(reading=reading(), age=0.4)
            grid.show(view)
            await pilot.pause()
            drawn: list[Region] = []
            monkeypatch.setattr(grid, "refresh", lambda *regions, **_: drawn.extend(regions))
            grid.show(view._replace(age=0.9))
            assert drawn == []
            other = reading(vi__voltage_l1=changed("vi.voltage_l1", value=231.9))
            grid.show(view._replace(reading=other, changed=frozenset({"vi.voltage_l1"})))
            assert [region.height for region in drawn] == [1]

    asyncio.run(run())
