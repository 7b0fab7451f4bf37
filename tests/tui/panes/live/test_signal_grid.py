"""The live grid: what stands in it at each size, and that only what changed is drawn again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from iec102.meter.signals import SIGNALS
from iec102_tui.panes.live.grid_cells import View, cells
from iec102_tui.panes.live.signal_grid import SignalGrid
from support.still_meter import changed, history, reading
from textual.app import App, ComposeResult
from textual.geometry import Region

SIZES = [(76, 29), (80, 20), (118, 34), (158, 44)]


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
    assert " ".join(lines(view, *size)).count(f" {word} ") == len(SIGNALS)


@pytest.mark.parametrize("size", SIZES)
def test_no_digit_of_the_greatest_values_is_cut(size: tuple[int, int]) -> None:
    energies = every(value=2**30 - 1)
    powers = every(value=-(2**24) + 1)
    assert " ".join(lines(energies, *size)).split().count(str(2**30 - 1)) >= 6
    assert " ".join(lines(powers, *size)).split().count(str(-(2**24) + 1)) >= 8


@pytest.mark.parametrize("size", SIZES)
def test_all_labels_are_whole(size: tuple[int, int]) -> None:
    shown = "\n".join(lines(View(), *size))
    for signal in SIGNALS:
        assert signal.label in shown


@pytest.mark.parametrize(
    ("width", "last"), [(50, "note"), (60, "age"), (76, "trend"), (88, "minimum"), (100, "maximum"), (118, "mean")]
)
def test_columns_go_in_the_order_mean_maximum_minimum_trend_age(width: int, last: str) -> None:
    heading = lines(View(history=history()), width, 29)[0].split()
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
    shown = lines(view, 76, 29)
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
