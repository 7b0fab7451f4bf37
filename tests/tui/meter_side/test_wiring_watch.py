"""What the readings of the last minute say of the wiring: kept on the meter's thread, judged where it is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from iec102.meter.reading import Reading
from iec102.simulator import SiteKind, Wiring
from iec102.verdict import wiring as wiring_module
from iec102_tui.app import MonitorApp
from iec102_tui.config import Config
from iec102_tui.meter_side.wiring_watch import WiringState, WiringWatch
from iec102_tui.panes.live.layout import cells, wiring_words
from iec102_tui.panes.live.view import Cell, Mark, View
from support.still_meter import WALL, StillSession
from support.wired_meter import readings
from support.wired_session import RATIOS, wired
from textual.widgets import Static

ONE_OPEN = "No fault was found; 1 point could not be judged."  # the counters need a quarter of an hour
LOUD = "\N{BLACK UP-POINTING TRIANGLE} wiring:"
SEED = next(seed for seed in range(100) if readings(seed, SiteKind.LOAD, Wiring())[0]["power.active_total"].value > 60)  # type: ignore[operator]
RIGHT, TURNED = (readings(SEED, SiteKind.LOAD, Wiring.parse(text)) for text in ("", "ct-reversed=L2"))


def at_times(source: list[Reading], seconds: range) -> Iterator[Reading]:
    for number, after in enumerate(seconds):
        yield replace(source[number % len(source)], time=WALL + timedelta(seconds=after))


def fed(*parts: Iterator[Reading]) -> WiringWatch:
    watch = WiringWatch()
    for part in parts:
        for reading in part:
            watch.reading(reading)
    return watch


@pytest.mark.parametrize(
    ("right", "turned", "state"),
    [
        (range(20), range(0), WiringState()),
        (range(60), range(0), WiringState(judged=True)),
        (range(0), range(60), WiringState(judged=True, fault=True, phases=frozenset((2,)))),
        (range(60), range(60, 80), WiringState()),  # it has lasted too short
        (range(60), range(60, 95), WiringState(judged=True, fault=True, phases=frozenset((2,)))),
        (range(60), range(300, 310), WiringState()),  # nothing was read for long
    ],
)
def test_a_fault_is_told_when_it_has_lasted_half_a_minute(right: range, turned: range, state: WiringState) -> None:
    assert fed(at_times(RIGHT, right), at_times(TURNED, turned)).seen(RATIOS) == state


def test_a_minute_is_kept_and_a_second_counts_once() -> None:
    watch = WiringWatch()
    for tenth in range(1000):
        watch.reading(replace(RIGHT[0], time=WALL + timedelta(seconds=tenth / 10)))
    times = [reading.time for reading in watch.readings]
    assert len(times) == 61
    assert times[-1] - times[0] == timedelta(seconds=60)


def test_it_judges_again_every_few_seconds_only(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = fed(at_times(RIGHT, range(60)))
    calls = []
    monkeypatch.setattr(wiring_module, "judge_wiring", lambda *_, **__: calls.append(1) or [])
    for after in range(60, 70):
        watch.reading(replace(RIGHT[0], time=WALL + timedelta(seconds=after)))
        watch.seen(RATIOS)
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("state", "words", "mark"),
    [
        (None, "", Mark.LABEL),
        (WiringState(), "wiring: not judged", Mark.LABEL),
        (WiringState(judged=True), "wiring: no fault seen", Mark.LABEL),
        (
            WiringState(True, True, frozenset((1, 2))),
            "\N{BLACK UP-POINTING TRIANGLE} wiring: look at L1, L2 (V)",
            Mark.WARN,
        ),
        (WiringState(True, True), f"{LOUD} a fault is seen (V)", Mark.WARN),
    ],
)
def test_the_quiet_line(state: WiringState | None, words: str, mark: Mark) -> None:
    view = View(reading=RIGHT[0], wiring=state)
    assert wiring_words(view) == (words, mark)
    for width, height in ((80, 20), (120, 30)):
        shown = [cell for cell in cells(view, width, height) if "wiring" in cell.text]
        assert [(cell.text, cell.mark) for cell in shown] == ([(f" {words}", mark)] if words else [])


@pytest.mark.parametrize("plain", [False, True])
def test_the_diagram_shows_the_phase_that_is_meant(plain: bool) -> None:
    def marked(state: WiringState) -> list[Cell]:
        view = View(reading=TURNED[0], wiring=state, plain=plain)
        return [cell for cell in cells(view, 120, 40) if cell.mark is Mark.WARN and "wiring" not in cell.text]

    assert not marked(WiringState(judged=True))
    assert any("2!" in cell.text for cell in marked(WiringState(True, True, frozenset((2,)))))


@pytest.mark.parametrize(
    ("fault", "said", "ends"),
    [
        ("", "go together in all three phases", ONE_OPEN),
        ("ct-reversed=L2", "either its current transformer is reversed", "1 fault was found."),
        (
            "ratio=40/5",
            "go together in all three phases",
            ONE_OPEN,
        ),  # the profile has the right ratio
    ],
)
@pytest.mark.parametrize("theme", ["dark", "plain"])
def test_v_judges_the_last_minute(fault: str, said: str, ends: str, theme: str) -> None:
    app = MonitorApp(wired(SEED, fault), None, Config(theme=theme))

    async def look() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("V")
            await pilot.pause()
            lines = str(app.screen.query_one("#verdict-lines", Static).content)
            assert said in lines
            assert "the clock is right" in lines
            assert "counters are held against power over 900 s" in lines
            assert (
                str(app.screen.query_one("#verdict-line", Static).content) == f"{ends} (13 readings of the last 60 s)"
            )
            assert ("\N{CHECK MARK}" in lines) == (theme == "dark")
            await pilot.press("V")
            assert app.screen is app.screen_stack[-1]
            assert len(app.screen_stack) == 2

    asyncio.run(look())


def test_v_without_a_meter_says_so() -> None:
    session = StillSession(None)
    session.connection = None
    app = MonitorApp(session, None)

    async def look() -> None:
        async with app.run_test() as pilot:
            await pilot.press("V")
            await pilot.pause()
            assert "connect to one first" in next(iter(app._notifications)).message

    asyncio.run(look())
