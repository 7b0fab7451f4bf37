"""What the two lines above the panes say of a meter."""

from __future__ import annotations

from iec102.state import LineState, Phase
from iec102_tui.widgets.status_line import status_lines
from support.still_meter import NOW, StillSession, reading, snapshot


def test_readings_a_second_are_told_only_while_readings_come() -> None:
    session = StillSession(snapshot(reading()))
    assert "/s  " in status_lines(session)[1]
    session.now = NOW + 30
    assert "/s  " not in status_lines(session)[1]
    assert "timeouts" in status_lines(session)[1]


def test_a_line_that_was_closed_says_how_to_open_it_again() -> None:
    session = StillSession(snapshot(reading(), age=30.0, state=LineState(Phase.CLOSED, since=NOW - 9)))
    first, second = status_lines(session)
    assert "not connected  VALUES STALE, 30 s old" in first
    assert second == " F1 and c connect again"


def test_the_next_attempt_is_counted_down() -> None:
    waiting = LineState(Phase.WAITING, error="no answer", attempt=7, next_attempt=NOW + 12, since=NOW - 75)
    session = StillSession(snapshot(reading(), age=75.0, state=waiting))
    assert "waiting to reconnect in 12 s, attempt 8" in status_lines(session)[0]
    session.now = NOW + 5
    assert "waiting to reconnect in 7 s, attempt 8" in status_lines(session)[0]
