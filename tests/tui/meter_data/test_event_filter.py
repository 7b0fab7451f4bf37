"""The language of filters for events."""

from __future__ import annotations

import pytest
from iec102.asdu import MADRID
from iec102.errors import InvalidSetting
from iec102_tui.meter_data.event_filter import event_completions, event_condition
from iec102_tui.meter_data.known import KnownEvent
from support.known_meter import events

KNOWN = [KnownEvent(event, number < 2) for number, event in enumerate(events())]


def found(text: str) -> list[int]:
    holds = event_condition(text, MADRID)
    return [number for number, known in enumerate(KNOWN) if holds(known)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("record=52", [0, 1]),
        ("record>=128 record<200", [4, 6, 7]),
        ("spa=7 spq=21", [4, 7]),
        ("spi=1", [1]),
        ("new", [0, 1]),
        ("invalid", [8]),
        ("after=2026-11-14T03:00:01", [0, 1, 2]),
        ("after=2026-11-14T02:00:02+00:00", [0, 1, 2]),
        ("before=2026-11-01", [5, 6, 7]),
        ("after=2026-11-01 before=2026-11-02", [4]),
        ("not after=2000-01-01 and not invalid", []),
        ("clock", [2, 3]),
        ('"PHASE 2" or intrusion', [0, 1, 6]),
        ("(new spi=0) or record=54", [0, 5]),
    ],
)
def test_what_a_filter_finds(text: str, numbers: list[int]) -> None:
    assert found(text) == numbers


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is nothing to filter by, such as record=52"),
        ("after>2026-11-01", "after is followed by =, as in after=2026-11-01"),
        ("after=yesterday", 'after is a date or a time, such as after=2026-11-01, not "yesterday"'),
        ("record=x", 'record is compared with a whole number, not with "x"'),
        ("type=1", '"type" is no field: there are record, spa, spq, spi, after, before'),
        ("before", "before needs a value, such as before=2026-11-01"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    with pytest.raises(InvalidSetting, match=f"^{said.replace('(', '[(]')}$"):
        event_condition(text, MADRID)


def test_the_last_word_is_completed() -> None:
    assert event_completions("new or re") == ["new or record="]
    assert event_completions("a") == ["after=", "and"]


def test_one_condition_holds_for_many_events() -> None:
    many = KNOWN * 1200
    holds = event_condition("voltage after=2026-01-01 or intrusion", MADRID)
    assert len([known for known in many if holds(known)]) == 3 * 1200
