"""Pieces in rows: none is broken."""

from __future__ import annotations

from iec102_tui.widgets.in_rows import in_rows
from textual.content import Content

PAIRS = [Content(text) for text in ("timeouts 2", "bad frames 11", "reconnections 0", "bytes 10 out, 20 in")]


def test_a_pair_never_breaks() -> None:
    for width in range(19, 70):
        rows = in_rows(PAIRS, width).plain.split("\n")
        assert all(len(row) <= width for row in rows)
        assert "  ".join(rows).split("  ") == [pair.plain for pair in PAIRS]


def test_what_is_left_out_is_said_at_the_end() -> None:
    more = Content("? more")
    assert in_rows(PAIRS, 30, 2, more).plain == "timeouts 2  bad frames 11\nreconnections 0  ? more"
    assert "more" not in in_rows(PAIRS, 80, 2, more).plain


def test_a_piece_that_is_wider_than_a_row_has_one_for_itself() -> None:
    assert in_rows(PAIRS[2:], 10).plain == "reconnections 0\nbytes 10 out, 20 in"
