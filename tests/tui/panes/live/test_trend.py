"""Scales that never blow noise up, curves that leave gaps open, and vectors that follow the powers."""

from __future__ import annotations

import pytest
from iec102.meter.signals import BY_KEY, SIGNALS
from iec102_tui.meter_side.history import History
from iec102_tui.panes.live.energies import added_energies, minutes_read
from iec102_tui.panes.live.layout import Memo, cells
from iec102_tui.panes.live.scales import nominal_voltage, range_of
from iec102_tui.panes.live.trend import axis_of, curve_of, figures_of, trend
from iec102_tui.panes.live.vectors import alike, angles, diagram, vectors_of
from iec102_tui.panes.live.view import Mark, View
from support.still_meter import NOW, WALL, changed, history, reading

INDEX = {signal.key: index for index, signal in enumerate(SIGNALS)}


def fed(key: str, values: dict[float, float | None]) -> View:
    """A history in which a signal has these values, by seconds ago; None is invalid."""
    found = History()
    for ago in sorted(values, reverse=True):
        value = values[ago]
        change = changed(key, value=0.0 if value is None else value, valid=value is not None)
        found.add(reading(**{key.replace(".", "__"): change}), NOW - ago)
    return View(history=found, trend_until=NOW, trend_end=WALL)


@pytest.mark.parametrize(
    ("key", "low", "high", "wanted"),
    [
        ("vi.voltage_l1", 229.9, 230.4, (207.0, 253.0)),
        ("vi.voltage_l1", 180.0, 230.4, (180.0, 253.0)),
        ("vi.voltage_l1", 63.2, 63.9, (57.15, 69.85)),
        ("vi.current_l1", 3.1, 3.2, (0.0, 3.2)),
        ("power.active_total", 120, 133, (0.0, 133)),
        ("power.active_total", -68, -58, (-68, 0.0)),
        ("power.factor_total", 0.93, 0.95, (0.8, 1.0)),
        ("power.factor_total", 0.3, 0.95, (0.0, 1.0)),
        ("energy.active_imported", 0, 12, (0.0, 12)),
    ],
)
def test_a_scale_belongs_to_the_kind_of_the_signal(
    key: str, low: float, high: float, wanted: tuple[float, float]
) -> None:
    assert range_of(BY_KEY[key], low, high) == pytest.approx(wanted)


def test_the_scale_of_primary_volts_is_that_of_the_secondary_ones_times_the_ratio() -> None:
    assert range_of(BY_KEY["vi.voltage_l1"], 66_000.0, 66_100.0, 600.0) == pytest.approx((59_400.0, 72_600.0))


@pytest.mark.parametrize(
    ("volts", "nominal"), [(0.0, 57.7), (58, 57.7), (62, 63.5), (112, 110), (231, 230), (418, 400)]
)
def test_the_nominal_voltage_is_the_nearest(volts: float, nominal: float) -> None:
    assert nominal_voltage(volts) == nominal


def test_no_curve_goes_over_a_gap_or_an_invalid_value() -> None:
    values: dict[float, float | None] = {float(ago): 100.0 for ago in (*range(580, 300, -1), *range(200, 0, -1))}
    values |= {100.0 + part: None for part in range(8)}
    view = fed("power.active_total", values)
    curve = curve_of(view, INDEX["power.active_total"], Mark.IMPORT)
    assert len(curve.runs) == 3
    shown = [cell for cell in trend(view, curve, 0, 0, 68, 7) if cell.mark is Mark.IMPORT]
    assert len({cell.y for cell in shown}) == 1
    drawn = {x for cell in shown for x, part in enumerate(cell.text, cell.x) if part != " "}
    assert not drawn & set(range(8 + 30, 8 + 40))
    assert {8 + 10, 8 + 45, 8 + 59} <= drawn


@pytest.mark.parametrize("key", ["power.active_total", "power.factor_total", "vi.voltage_l1", "vi.current_l1"])
def test_before_the_first_values_the_scale_is_one_that_they_can_have(key: str) -> None:
    index = [signal.key for signal in SIGNALS].index(key)
    view = fed(key, {})
    ticks = [value for _row, value in axis_of(view, [curve_of(view, index, Mark.IMPORT)], 5).ticks()]
    assert len(ticks) > 1
    assert min(ticks) >= 0


def test_half_a_volt_of_noise_stays_a_flat_line() -> None:
    view = fed("vi.voltage_l1", {float(ago): 230.0 + (ago % 2) / 2 for ago in range(590, 0, -1)})
    curve = curve_of(view, INDEX["vi.voltage_l1"], Mark.L1)
    rows = {cell.y for cell in trend(view, curve, 0, 0, 80, 9) if cell.mark is Mark.L1}
    assert len(rows) == 1


def test_a_counter_shows_what_was_added() -> None:
    view = fed("energy.active_imported", {130.0: 30_000_000, 70.0: 30_000_004, 10.0: 30_000_012})
    view = view._replace(longest_gap=100.0)
    curve = curve_of(view, INDEX["energy.active_imported"], Mark.IMPORT)
    assert curve.values == [0, 4, 12]
    assert figures_of(view, curve) == "min 0  mean 5  max 12"
    shown = "".join(cell.text for cell in cells(view._replace(cursor="energy.active_imported"), 80, 20))
    assert "Active imported, kWh added in 10 min" in shown
    assert "+12" in shown


def test_what_was_added_is_of_the_minutes_that_are_told() -> None:
    view = fed("energy.active_imported", {float(ago): 30_000_000 + 119 - ago for ago in range(119, 0, -1)})
    assert minutes_read(view) == 1
    assert added_energies(view)["energy.active_imported"] == 59


def test_pictures_are_made_again_when_time_has_moved_and_not_before() -> None:
    view = View(reading=reading(), history=history(), trend_until=NOW, trend_end=WALL)
    memo = Memo()
    before = cells(view, 160, 46, memo)
    assert view.history is not None
    del view.history._packed[-30 * (1 + len(SIGNALS)) :]
    assert cells(view, 160, 46, memo) == before
    assert cells(view._replace(trend_until=NOW + 10), 160, 46, memo) != before


@pytest.mark.parametrize(
    ("active", "reactive", "words"),
    [(100, 0, "0\N{DEGREE SIGN}"), (100, 100, "45\N{DEGREE SIGN}"), (-100, -100, "-135\N{DEGREE SIGN}")],
)
def test_the_angle_of_a_current_follows_from_its_powers(active: int, reactive: int, words: str) -> None:
    shown = reading(
        power__active_l1=changed("power.active_l1", value=active),
        power__reactive_l1=changed("power.reactive_l1", value=reactive),
        vi__voltage_l2=changed("vi.voltage_l2", value=230.0, valid=False),
    )
    found = vectors_of(View(reading=shown))
    assert angles(found).startswith(f"I behind V by {words},")
    assert found[1].voltage is None
    marks = {cell.mark for cell in diagram(found, 0, 0, 9)}
    assert Mark.L1 in marks
    assert Mark.L2 not in marks


def test_without_a_reading_there_are_no_vectors_and_noise_draws_none_anew() -> None:
    assert all(part is None for vector in vectors_of(View()) for part in vector)
    found = vectors_of(View(reading=reading()))
    other = found[0]._replace(behind=(found[0].behind or 0.0) + 1.0)
    assert alike(found, (other, *found[1:]))
    assert not alike(found, (other._replace(behind=90.0), *found[1:]))
    assert not alike(found, (other._replace(voltage=None), *found[1:]))


def test_plain_pictures_have_no_block_box_or_braille_character() -> None:
    view = View(reading=reading(), history=history(), trend_until=NOW, trend_end=WALL, plain=True)
    text = "".join(cell.text for cell in cells(view, 160, 46)).replace("\N{GREEK CAPITAL LETTER SIGMA}", "")
    assert [character for character in text if not character.isascii()] == ["\N{UPWARDS ARROW}"]


def test_what_is_exported_grows_upwards_in_the_list_too() -> None:
    view = fed("power.active_total", {float(ago): -100.0 if ago < 300 else -10.0 for ago in range(590, 0, -1)})
    shown = [cell.text for cell in cells(view._replace(listed=True), 118, 34) if "█" in cell.text]
    assert any(text.strip().startswith("▂") and text.strip().endswith("█") for text in shown)
