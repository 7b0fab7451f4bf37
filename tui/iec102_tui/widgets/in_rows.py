"""Short pieces, such as a key with its word or a counter with its count, in as many rows as they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

_GAP = "  "


def in_rows(pieces: Sequence[Content], width: int, most: int | None = None, more: Content | None = None) -> Content:
    """The pieces in rows of ``width`` cells; none is broken between two rows.

    Where there are more than ``most`` rows the last one ends with ``more`` in the place of what is left out.
    """
    rows = [*_rows(pieces, width)]
    if most is not None and len(rows) > most:
        last = rows[most - 1]
        while more is not None and last and _width([*last, more]) > width:
            last = last[:-1]
        rows = [*rows[: most - 1], last if more is None else [*last, more]]
    return Content("\n").join(Content(_GAP).join(row) for row in rows)


def _rows(pieces: Sequence[Content], width: int) -> Iterator[list[Content]]:
    row: list[Content] = []
    for piece in pieces:
        if row and _width([*row, piece]) > width:
            yield row
            row = []
        row.append(piece)
    if row:
        yield row


def _width(row: Sequence[Content]) -> int:
    return sum(piece.cell_length for piece in row) + len(_GAP) * (len(row) - 1)
