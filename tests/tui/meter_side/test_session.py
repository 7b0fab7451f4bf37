"""What the screen asks of the session: how old the values are, and when they are too old."""

from __future__ import annotations

import pytest
from iec102_tui.profiles.connection import demo
from support.still_meter import StillSession, reading, snapshot


@pytest.mark.parametrize(("period", "fresh"), [(0.0, 2.0), (1.0, 4.0), (10.0, 22.0)])
def test_values_are_stale_once_two_readings_and_two_seconds_are_missing(period: float, fresh: float) -> None:
    connection = demo().with_settings(poll_period=period)
    for age, stale in ((fresh - 0.1, False), (fresh, False), (fresh + 0.1, True)):
        assert StillSession(snapshot(reading(), age=age), connection).is_stale() is stale


def test_values_that_were_never_read_are_not_stale() -> None:
    session = StillSession(snapshot(None))
    assert session.age() is None
    assert not session.is_stale()
