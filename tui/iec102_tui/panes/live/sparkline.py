"""A trend in a few cells."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
_PLAIN = "_.-=+*#@"


def sparkline(
    points: Sequence[tuple[float, float]], start: float, end: float, width: int, *, plain: bool = False
) -> str:
    """The mean of each slice of time between ``start`` and ``end``, from the lowest to the highest of them.

    A slice without a point stays blank: a gap is seen as a gap.
    """
    slices: list[list[float]] = [[] for _ in range(width)]
    for at, value in points:
        if start <= at < end:
            slices[min(width - 1, int((at - start) / (end - start) * width))].append(value)
    means = [sum(values) / len(values) if values else None for values in slices]
    known = [mean for mean in means if mean is not None]
    if not known:
        return " " * width
    low, span = min(known), max(known) - min(known)
    levels = _PLAIN if plain else _BLOCKS
    top = len(levels) - 1
    return "".join(
        " " if mean is None else levels[round((mean - low) / span * top) if span else top // 2] for mean in means
    )
