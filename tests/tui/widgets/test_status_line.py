"""What the header and the error row say of a meter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from iec102.asdu import MADRID
from iec102.asdu.summer_time import Keeping, SummerTime, remark
from iec102.line.counters import LineCounters
from iec102.line.state import LineState, Phase
from iec102.meter.clock_difference import judge_clock
from iec102.sentence import Sentence
from iec102_tui.panes.connection.connection_state import state_text
from iec102_tui.widgets.role_line import text_of, width_of
from iec102_tui.widgets.status_cells import error_of, error_spans, header_spans
from iec102_tui.words.short_errors import short_error
from iec102_tui.words.state_text import state_words
from support.status_rows import status_lines
from support.still_meter import CONNECTED, NOW, WALL, ZONE, StillSession, reading, snapshot

WAITING = LineState(Phase.WAITING, error="no answer", attempt=7, next_attempt=NOW + 12)


def test_readings_a_second_are_told_only_while_readings_come() -> None:
    session = StillSession(snapshot(reading()))
    assert "1.0/s" in status_lines(session)[0]
    session.now = NOW + 30
    assert "/s" not in status_lines(session)[0]
    assert "timeouts" in status_lines(session)[0]


@pytest.mark.parametrize(
    ("difference", "says"),
    [
        (0.4, "meter 12:30:05 (+0.4 s)"),
        (-3.2, "meter 12:30:01 (-3.2 s)"),
        (45.0, "clock OFF: 45 s ahead"),
        (-3600.0, "clock WRONG: 1 h behind, Atlantic/Canary?"),
        (-26.9 * 365.25 * 86_400, "clock WRONG: 26 years behind"),
    ],
)
def test_a_clock_that_is_off_is_told_from_one_that_is_right(difference: float, says: str) -> None:
    verdict = judge_clock(difference, WALL, ZONE, False)
    session = StillSession(snapshot(reading(), clock=verdict)._replace(clock_difference=difference))
    assert says in status_lines(session, 80)[0]
    assert len(status_lines(session, 80)[0]) <= 80
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
    assert "summer time: see F1" in status_lines(session, 80)[0]
    assert state_text(session).error == words
    session = StillSession(snapshot(reading()))
    assert "summer time" not in status_lines(session)[0]
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


@pytest.mark.parametrize("name", ["north", "n" * 200, "東京" * 40], ids=["short", "long", "wide"])
@pytest.mark.parametrize("state", [CONNECTED, WAITING], ids=["connected", "waiting"])
def test_the_header_has_one_row_and_the_state_never_gives_way(name: str, state: LineState) -> None:
    session = StillSession(snapshot(reading(), state=state))
    assert session.connection is not None
    session.connection = replace(session.connection, name=name)
    for width in (80, 100, 120, 160):
        left, right = header_spans(session, width)
        assert width_of(left) + width_of(right) <= width
        assert state_words(state, NOW) in text_of(left)
        session.now = NOW + 130
        left, _right = header_spans(session, width)
        assert width_of(left) <= width
        assert "STALE" in text_of(left)
        assert "2 min" in text_of(left)
        session.now = NOW
        assert "meter 12:30:08" in text_of(right) or state is WAITING


def test_what_is_zero_is_not_shown() -> None:
    session = StillSession(snapshot(reading())._replace(counters=LineCounters()))
    header, row = status_lines(session)
    assert row == ""
    for word in ("timeouts", "bad frames", "reconnections", "gateway"):
        assert word not in header


def test_no_clock_goes_on_by_itself_while_no_answers_come() -> None:
    session = StillSession(snapshot(reading()))
    assert "meter 12:30" in status_lines(session)[0]
    session.now = NOW + 30
    assert "meter 12:30" not in status_lines(session)[0]


def test_an_error_that_is_too_long_says_which_key_shows_all_of_it() -> None:
    error = "the port is in use by minicom: " + "close it, " * 12 + "or wait"
    session = StillSession(snapshot(None, error=error))
    row = text_of(error_spans(session, 80))
    assert len(row) <= 80
    assert row.endswith("! shows all")
    assert error_of(session) == error
    assert text_of(error_spans(session)) == f" ✖ {error}"


def test_every_state_has_a_sign_beside_its_colour() -> None:
    signs = set()
    for phase in Phase:
        session = StillSession(snapshot(reading(), state=LineState(phase, since=NOW)))
        left, _right = header_spans(session, 120)
        (state,) = (span for span in left if state_words(LineState(phase), NOW) in span.text)
        signs.add((state.text.split()[0], state.role))
    assert len(signs) > 3
    assert len({sign for sign, _role in signs}) > 3


def test_what_to_check_comes_into_view_where_the_line_gives_way() -> None:
    what = "the connection was refused: check the port number"
    session = StillSession(snapshot(None, error=f"simulated:: {what}, and whether another program uses the converter"))
    assert text_of(error_spans(session, 80)).startswith(f" ✖ {what}")
    session.show(snapshot(None, error=f"simulated:: {what} " + "x" * 18))
    assert text_of(error_spans(session, 80)) == f" ✖ {what} " + "x" * 18
    assert text_of(error_spans(session, 120)) == f" ✖ simulated:: {what} " + "x" * 18


def test_a_clock_that_is_right_is_not_behind_by_nothing() -> None:
    session = StillSession(snapshot(reading())._replace(clock_difference=-0.04))
    assert "(+0.0 s)" in status_lines(session)[0]


def test_an_error_that_is_too_long_is_said_in_short_where_there_are_words_for_it() -> None:
    error = Sentence("tcp.refused", line="127.0.0.1:40001")
    session = StillSession(snapshot(None, error=error))
    assert text_of(error_spans(session, 160)) == f" ✖ {error}"
    assert text_of(error_spans(session, 80)) == f" ✖ {short_error(error)}"
    assert error_of(session) == error
