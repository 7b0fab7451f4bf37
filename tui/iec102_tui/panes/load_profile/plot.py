"""A load profile drawn with plotext, as text of a given size."""

from __future__ import annotations

from datetime import timedelta

from iec102_tui.load_profile.load_profile import LoadProfile
from iec102_tui.panes.load_profile.window import Zoom, window

_TICKS = 7
_BAR_WIDTH = 0.8
_HOURS, _DAYS, _YEARS = "%H:%M", "%d %b", "%d %b %y"


def plot_text(
    curve: LoadProfile, channel: int, zoom: Zoom, cursor: int, size: tuple[int, int], *, plain: bool = False
) -> str:
    """``size`` in columns and rows. Bars for a day or a week, a line for longer; an upright line at the cursor.
    ``plain``: without Braille.

    Takes up to two tenths of a second, the first time half a second more: not in the interface's loop.
    """
    from textual_plotext.plot import Plot  # loads the plot library, which takes its time

    shown = window(curve, cursor, zoom)
    values = curve.values(channel)
    plot = Plot()
    width, height = size
    plot.plotsize(width, height)
    plot.theme("clear")
    if zoom in (Zoom.DAY, Zoom.WEEK):
        points = [(index, values[index]) for index in shown if values[index] is not None]
        if points:
            plot.bar(
                [index for index, _value in points],
                [value for _index, value in points],
                width=_BAR_WIDTH,
                marker="#" if plain else "sd",
            )
    else:
        for run in _runs(values, shown):
            numbers, heights = reduced(run, max(1, width))
            plot.plot(numbers, heights, marker="*" if plain else "braille")
    if not any(values[index] is not None for index in shown):
        plot.title("nothing known of these intervals")
    if shown:
        plot.xlim(shown.start - 0.5, shown.stop - 0.5)
        plot.vline(cursor)
        ticks = list(shown[:: max(1, -(-len(shown) // _TICKS))])
        plot.xticks([float(index) for index in ticks], _tick_texts(curve, ticks))
    return str(plot.build()).replace("\x1b[0m", "")


def reduced(run: list[tuple[int, int]], columns: int) -> tuple[list[int], list[int]]:
    """At most a lowest and a highest value a column: what can be seen, and no more."""
    step = max(1, 2 * len(run) // (2 * columns))
    found: list[tuple[int, int]] = []
    for start in range(0, len(run), step):
        part = run[start : start + step]
        low, high = min(part, key=lambda point: point[1]), max(part, key=lambda point: point[1])
        found += sorted({low, high})
    return [index for index, _value in found], [value for _index, value in found]


def _runs(values: list[int | None], shown: range) -> list[list[tuple[int, int]]]:
    """The neighbours without a gap between them."""
    runs: list[list[tuple[int, int]]] = []
    run: list[tuple[int, int]] = []
    for index in shown:
        value = values[index]
        if value is not None:
            run.append((index, value))
        elif run:
            runs.append(run)
            run = []
    return [*runs, run] if run else runs


def _tick_texts(curve: LoadProfile, ticks: list[int]) -> list[str]:
    """Hours within two days, else the days in which the intervals begin."""
    span = curve.ends[ticks[-1]] - curve.ends[ticks[0]]
    if span <= timedelta(days=2):
        return [f"{curve.ends[index].astimezone(curve.zone):{_HOURS}}" for index in ticks]
    form = _DAYS if span < timedelta(days=300) else _YEARS
    return [f"{(curve.ends[index] - timedelta(seconds=1)).astimezone(curve.zone):{form}}" for index in ticks]
