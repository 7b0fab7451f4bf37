"""Rows of the meter data in 80 columns: labels of any language beside their values, and what is cut shows it."""

import pytest
from iec102_tui.meter_data.known import KnownEvent
from iec102_tui.panes.meter_data.about import LABEL, Row, label_columns
from iec102_tui.panes.meter_data.events import event_pieces
from support.known_meter import events

WIDTH = 80


def test_a_label_of_a_language_that_is_longer_does_not_touch_its_value() -> None:
    short, long = Row("battery", "97 %"), Row("horario de verano.", "del 2026-03-29 03:00")
    assert label_columns([short]) == label_columns([]) == LABEL
    assert label_columns([short, long]) == len(long.label) + 1


@pytest.mark.parametrize("width", [WIDTH, 60])
def test_a_meaning_that_is_longer_than_the_row_shows_that_it_is_cut(width: int) -> None:
    event = events()[0]._replace(address=18, qualifier=3, indication=True)
    row = "".join(text for text, _role in event_pieces(KnownEvent(event), width))
    whole = "".join(text for text, _role in event_pieces(KnownEvent(event)))
    assert len(whole) > width
    assert row.endswith(">")
    assert len(row) == width


def test_a_meaning_that_has_room_is_whole() -> None:
    known = KnownEvent(events()[0])
    assert event_pieces(known, 200) == event_pieces(known)
