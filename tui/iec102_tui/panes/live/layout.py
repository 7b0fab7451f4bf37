"""Where the parts of the live pane stand, for its width and height: what grows first is the picture."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from iec102.meter.signals import SIGNALS

from iec102_tui.panes.live import energies, figures, phase_table, signal_list, trend, vectors
from iec102_tui.panes.live.view import Cell, Mark, View
from iec102_tui.words import live_text
from iec102_tui.words.text import _

T = TypeVar("T")

_ROOM_FOR_VECTORS = (88, 9)
_MOST_VECTORS = 24
_WIDE = 80
_ROOM_ABOVE = 24
_PARTS = figures.HEIGHT + phase_table.HEIGHT + 1 + energies.HEIGHT
_TREND_MARKS = {"l1": Mark.L1, "l2": Mark.L2, "l3": Mark.L3}


class Memo:
    """Pictures that are made again only when what they show has moved: they cost more than all numbers together."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[object, object]] = {}
        self.vectors: vectors.Vectors | None = None

    def get(self, name: str, state: object, make: Callable[[], T]) -> T:
        """What ``make`` has made for this state."""
        kept = self._kept.get(name)
        if kept is None or kept[0] != state:
            kept = (state, make())
            self._kept[name] = kept
        return kept[1]  # type: ignore[return-value]


class _Place(NamedTuple):
    x: int
    y: int
    width: int
    height: int


def cells(view: View, width: int, height: int, memo: Memo | None = None) -> list[Cell]:
    """All cells of the pane in its present form."""
    if view.empty and view.reading is None:
        return list(_empty(width, height))
    memo = memo or Memo()
    if view.listed:
        return [*signal_list.cells(view, width, height), *_below_list(view, width, height, memo)]
    return list(_figures(view, width, height, memo))


def _below_list(view: View, width: int, height: int, memo: Memo) -> Iterator[Cell]:
    """The trend of the chosen signal, where the list leaves room for it."""
    y = signal_list.FULL_HEIGHT
    if height - y > 2 * trend.LEAST_HEIGHT and width >= _WIDE:
        yield from _pictures(view, _Place(1, y, width - 2, height - y), memo)


def _figures(view: View, width: int, height: int, memo: Memo) -> Iterator[Cell]:
    x = 2 if width >= _WIDE else 1
    room = width - 2 * x
    y = 1 if height >= _ROOM_ABOVE else 0
    yield from figures.figures(view, x, y, room)
    y += figures.HEIGHT + (height - y > _PARTS)
    yield from phase_table.phase_table(view, x, y, room)
    begin, size = phase_table.trend_place(room)
    if size:
        state = (*_state(view), size, y)
        yield from memo.get("phases", state, lambda: list(phase_table.phase_trends(view, x + begin, y, size)))
    y += phase_table.HEIGHT + (height >= _ROOM_ABOVE)
    minutes = energies.minutes_read(view)
    state = (view.history, view.trend_until)
    added = memo.get("added", state, lambda: energies.added_energies(view) if minutes else {})
    words, mark = wiring_words(view)
    yield from _rule(view, x, y, room, _(live_text.ADDED, minutes=minutes) if minutes else "", words, mark)
    yield from energies.energies(view, x, y + 1, room, added)
    y += 1 + energies.HEIGHT
    if height - y > trend.LEAST_HEIGHT:
        yield from _pictures(view, _Place(x, y, room, height - y), memo)


def wiring_words(view: View) -> tuple[str, Mark]:
    """The quiet line on the wiring, which is loud where something has not fitted for half a minute."""
    state = view.wiring
    if state is None or view.reading is None:
        return "", Mark.LABEL
    if state.fault:
        phases = ", ".join(f"L{phase}" for phase in sorted(state.phases))
        return _(live_text.WIRING_PHASES, phases=phases) if phases else _(live_text.WIRING_FAULT), Mark.WARN
    return _(live_text.WIRING_GOOD if state.judged else live_text.WIRING_OPEN), Mark.LABEL


def _empty(width: int, height: int) -> Iterator[Cell]:
    """What the pane is, which key fills it, and an example."""
    room = min(72, width - 4)
    if room < 1:
        return
    title, *paragraphs = (_(text) for text in live_text.EMPTY)
    lines = [(title, Mark.HEAD), ("", Mark.LABEL)]
    for paragraph in paragraphs:
        lines += [(line, Mark.LABEL) for line in textwrap.wrap(paragraph, room)] + [("", Mark.LABEL)]
    x, y = max(1, (width - room) // 2), max(0, (height - len(lines)) // 3)
    for row, (text, mark) in enumerate(lines, y):
        if text:
            yield Cell(x, row, text[:room], mark)


def _state(view: View) -> tuple[object, ...]:
    """What all pictures of the past depend on."""
    return (view.history, view.trend_until, view.primary, view.ratios, view.plain)


def _pictures(view: View, place: _Place, memo: Memo) -> Iterator[Cell]:
    """The trend of the chosen signal, and beside it the vectors where there is room."""
    x, y, width, height = place
    size = min(height - 1, _MOST_VECTORS, width // 5) if width >= _ROOM_FOR_VECTORS[0] else 0
    size = size if size >= _ROOM_FOR_VECTORS[1] - 1 else 0
    left = width - (2 * size + 3 if size else 0)
    title = _(live_text.VECTORS) if size else ""
    state = (*_state(view), view.cursor, view.longest_gap, place, view.trouble, view.reading is None)
    caption, plot = memo.get("trend", state, lambda: _trend(view, place._replace(width=left)))
    yield from _rule(view, x, y, width, caption, title)
    yield from plot
    if size:
        found = vectors.vectors_of(view)
        if memo.vectors is None or not vectors.alike(found, memo.vectors):
            memo.vectors = found
        shown = memo.vectors
        square = size - (size > _ROOM_FOR_VECTORS[1])
        begin = x + width - 2 * square
        yield from memo.get(
            "vectors",
            (shown, place, view.plain, view.wiring),
            lambda: list(_vectors(view, shown, begin, y + 1, square, size)),
        )


def _vectors(view: View, shown: vectors.Vectors, x: int, y: int, square: int, rows: int) -> Iterator[Cell]:
    suspect = frozenset[int]() if view.wiring is None else view.wiring.phases
    yield from vectors.diagram(shown, x, y, square, plain=view.plain, suspect=suspect)
    words = vectors.angles(shown, plain=view.plain)
    if rows > square and len(words) <= 2 * square + 2:
        yield Cell(x + 2 * square - len(words), y + square, words, Mark.LABEL)


def _trend(view: View, place: _Place) -> tuple[str, list[Cell]]:
    """The caption and the plot."""
    index = next((index for index, signal in enumerate(SIGNALS) if signal.key == view.cursor), _DEFAULT)
    curve = trend.curve_of(view, index, trend_mark(SIGNALS[index].key))
    rows = place.height - 2
    unit = trend.tick_column(trend.axis_of(view, [curve], rows), curve.signal).unit
    caption = f"{trend.title_of(view, curve.signal, unit)}   {trend.figures_of(view, curve)}".rstrip()
    plot = trend.trend(view, curve, place.x, place.y + 1, place.width, place.height - 1)
    return caption, list(plot)


_DEFAULT = next(index for index, signal in enumerate(SIGNALS) if signal.key == "power.active_total")


def trend_mark(key: str) -> Mark:
    """The colour of a signal's curve: its phase's, else what it measures."""
    if (phase := _TREND_MARKS.get(key[-2:])) is not None:
        return phase
    if "reactive" in key:
        return Mark.REACTIVE
    return Mark.EXPORT if key.endswith("exported") else Mark.IMPORT


def _rule(
    view: View, x: int, y: int, width: int, left: str = "", right: str = "", right_mark: Mark = Mark.LABEL
) -> Iterator[Cell]:
    """A line across, with a caption at each end."""
    line = "-" if view.plain else "\N{BOX DRAWINGS LIGHT HORIZONTAL}"
    left = left[: width - 4]
    if right and len(left) + len(right) + 8 > width:
        right = ""
    begin = x
    if left:
        yield Cell(x, y, f"{left} ", Mark.LABEL)
        begin += len(left) + 1
    end = x + width - (len(right) + 1 if right else 0)
    yield Cell(begin, y, line * (end - begin), Mark.RULE)
    if right:
        yield Cell(end, y, f" {right}", right_mark)
