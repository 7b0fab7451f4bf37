"""A line that is lent says so, and its values age."""

from __future__ import annotations

from iec102.line.state import LineState, Phase
from iec102.link import Function, request
from iec102.transport.tap import Direction, TapRecord
from iec102_tui.captures.filter import parse
from iec102_tui.captures.frame_text import meaning_of
from iec102_tui.panes.connection.connection_state import state_text
from support.status_rows import status_lines
from support.still_meter import NOW, WALL, StillSession, reading, snapshot

LENT = LineState(Phase.LENT, "to 127.0.0.1:40312", since=NOW - 9)


def test_the_status_says_to_whom_and_how_old_the_values_are() -> None:
    session = StillSession(snapshot(reading(), age=9.0, state=LENT))
    first, _ = status_lines(session)
    assert "line lent to 127.0.0.1:40312" in first
    assert "VALUES STALE, 9 s old" in first
    assert state_text(session).state == "line lent to 127.0.0.1:40312"


def test_both_sides_of_an_application_are_found_by_its_address() -> None:
    frame = request(Function.LINK_STATUS, 1)
    own = TapRecord(NOW, WALL, Direction.SENT, frame)
    behalf = own._replace(on_behalf="127.0.0.1:40312")
    client = own._replace(direction=Direction.RECEIVED, client="127.0.0.1:40312")
    accepts = parse('"127.0.0.1:40312"')
    assert [accepts(record) for record in (own, behalf, client)] == [False, True, True]
    assert meaning_of(behalf).endswith(" (for 127.0.0.1:40312)")
