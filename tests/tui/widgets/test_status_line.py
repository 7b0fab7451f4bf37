"""What the two lines above the panes say of a meter."""

from __future__ import annotations

import pytest
from iec102.asdu import MADRID
from iec102.asdu.summer_time import Keeping, SummerTime, remark
from iec102.line.state import LineState, Phase
from iec102.meter.clock_difference import judge_clock
from iec102_tui.panes.connection.connection_state import state_text
from iec102_tui.widgets.status_line import status_lines
from support.still_meter import NOW, WALL, ZONE, StillSession, reading, snapshot


def test_readings_a_second_are_told_only_while_readings_come() -> None:
    session = StillSession(snapshot(reading()))
    assert "/s  " in status_lines(session)[1]
    session.now = NOW + 30
    assert "/s  " not in status_lines(session)[1]
    assert "timeouts" in status_lines(session)[1]


@pytest.mark.parametrize(
    ("difference", "says"),
    [
        (0.4, "(right)"),
        (-3.2, "(3 s behind)"),
        (45.0, "clock OFF: 45 s ahead  "),
        (-3600.0, "clock WRONG: 1 h behind, Atlantic/Canary?  "),
        (-26.9 * 365.25 * 86_400, "clock WRONG: 26 years behind  "),
    ],
)
def test_a_clock_that_is_off_is_told_from_one_that_is_right(difference: float, says: str) -> None:
    verdict = judge_clock(difference, WALL, ZONE, False)
    session = StillSession(snapshot(reading(), clock=verdict))
    assert says in status_lines(session, 80)[1]
    assert len(status_lines(session, 80)[1]) < 80
    assert state_text(session).error == verdict.words


def test_what_came_instead_of_an_answer_is_not_called_silence() -> None:
    wrong = LineState(Phase.WRONG, error='the line says "NO CARRIER"', since=NOW - 9)
    first, second = status_lines(StillSession(snapshot(reading(), age=9.0, state=wrong)))
    assert "wrong answers" in first
    assert "no answer" not in first + second
    assert 'the line says "NO CARRIER"' in second


def test_a_summer_time_bit_that_does_not_fit_is_in_the_status_and_in_full_at_the_connection() -> None:
    words = remark(SummerTime.AUTO, Keeping.IGNORED, MADRID)
    session = StillSession(snapshot(reading())._replace(remark=words))
    assert "summer time: see F1" in status_lines(session, 80)[1]
    assert state_text(session).error == words
    session = StillSession(snapshot(reading()))
    assert "summer time" not in status_lines(session)[1]
    assert state_text(session).error == ""


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
