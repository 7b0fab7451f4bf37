"""The filter language: what it accepts, what it says is wrong, and that it never tells a masked byte."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.errors import InvalidSetting
from iec102_tui.captures.filter import completions, parse
from iec102_tui.captures.frame_ring import FrameRing
from support.still_meter import StillSession, add_frames


def line() -> FrameRing:
    """0 status?, 1 status, 2 login (183), 3 ACK, 4 poll, 5 bad answer, 6 repeated poll, 7 time (72)."""
    session = StillSession()
    add_frames(session)
    return session.frames


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("type=183", [2]),
        ("TYPE = 72", [7]),
        ("type!=72", [2]),
        ("cause>=6", [2]),
        ("cause<6", [7]),
        ("rec=0", [2, 7]),
        ("point=1", [2, 7]),
        ("addr=1 fn=11", [1, 4, 6]),
        ("len>19", [5, 7]),
        ("dir=rx", [1, 3, 5, 7]),
        ("dir!=rx", [0, 2, 4, 6]),
        ("bad", [5]),
        ("repeat", [6]),
        ("masked", [2]),
        ("late or unmatched or echo", []),
        ("not dir=rx and not repeat", [0, 2, 4]),
        ("bad or type=72 and dir=rx", [5, 7]),
        ("(bad or type=72) and dir=tx", []),
        ("not (bad or type=72)", [0, 1, 2, 3, 4, 6]),
        ("class 2", [4, 6]),
        ('"class 2"', [4, 6]),
        ("ACCESS key", [2]),
        ("garbage", [5]),
        ("48 01 05", [5, 7]),
        ("2 session", []),
        ('"48 01 05"', []),
        ("b7", [2]),
    ],
)
def test_what_passes(text: str, numbers: list[int]) -> None:
    frames, accepts = line(), parse(text)
    assert [number for number in range(8) if accepts(frames[number])] == numbers


@pytest.mark.parametrize("text", ["39 30", "39", "00 39", "31"])
def test_masked_bytes_are_not_found(text: str) -> None:
    """39 30 is the password, 31 what the frame's checksum would be without it."""
    frames, accepts = line(), parse(text)
    assert not accepts(frames[2])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing to filter by"),
        ("type", "type needs a value, such as type=1"),
        ("dir", "dir needs a value, such as dir=rx"),
        ("type=", "a value is missing behind type="),
        ("type= and bad", "a value is missing behind type="),
        ("type=x", 'type is compared with a whole number, not with "x"'),
        ("speed=3", '"speed" is no field: there are type, cause, rec'),
        ("dir=up", "dir is = or != tx"),
        ("dir>rx", "dir is = or != tx"),
        ("bad and", "a condition is missing behind and"),
        ("or bad", "a condition is missing behind the beginning"),
        ("not", "a condition is missing behind not"),
        ("(bad", ") is missing"),
        ("bad)", "there is no bracket that ) closes"),
        ("bad >= 3", '"bad" is no field'),
        (">= 3", ">= compares nothing"),
        ("type=1 = 2", "= compares nothing"),
        ('"bad', "is not closed"),
    ],
)
def test_what_is_wrong_is_said(text: str, words: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        parse(text)
    assert words in str(caught.value)


@given(
    st.lists(
        st.sampled_from(
            ["type", "dir", "=", ">=", "!", "163", "rx", "bad", "and", "or", "not", "(", ")", '"', "a2", "x"]
        )
    ).map(" ".join)
    | st.text()
)
def test_any_text_is_a_filter_or_says_why_not(text: str) -> None:
    frames = line()
    with contextlib.suppress(InvalidSetting):
        accepts = parse(text)
        for number in range(8):
            assert accepts(frames[number]) in (True, False)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ty", ["type="]),
        ("bad and r", ["bad and rec=", "bad and repeat"]),
        ("dir=", ["dir=tx", "dir=rx"]),
        ("(dir=r", ["(dir=rx"]),
        ("type=1", []),
        ("bad", []),
    ],
)
def test_completions(text: str, found: list[str]) -> None:
    assert completions(text) == found


def test_nothing_yet_may_become_anything() -> None:
    assert {"type=", "dir=", "bad", "not"} <= set(completions(""))
