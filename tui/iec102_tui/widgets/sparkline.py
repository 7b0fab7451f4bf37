"""A trend in a few cells."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
_PLAIN = "_.-=+*#@"


def sparkline(
    points: Sequence[tuple[float, float]],
    start: float,
    end: float,
    width: int,
    *,
    low: float = 0.0,
    high: float,
    plain: bool = False,
) -> str:
    """The mean of each slice of time between ``start`` and ``end``, on a scale from ``low`` to ``high``.

    A slice without a point stays blank: a gap is seen as a gap.
    """
    slices: list[list[float]] = [[] for _ in range(width)]
    for at, value in points:
        if start <= at < end:
            slices[min(width - 1, int((at - start) / (end - start) * width))].append(value)
    levels = _PLAIN if plain else _BLOCKS
    top = len(levels) - 1

    def level(values: list[float]) -> str:
        share = (sum(values) / len(values) - low) / (high - low)
        return levels[min(top, max(0, round(share * top)))]

    return "".join(level(values) if values else " " for values in slices)
