"""Bytes as people, transcripts and other programs write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.errors import InvalidSetting
from iec102_tui.captures.hex_text import bytes_of

STATUS = bytes.fromhex("10 00 01 00 01 16")


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("10 0 1 0 1 16", STATUS),
        ("0x10 0x0 0x1 0x0 0x1 0x16", STATUS),
        ("10:0:1:0:1:16", STATUS),
        ("68 d d 68 8 1 0 b7 1 7 1 0 0 7 0 0 0 d0 16", bytes.fromhex("680D0D68080100B70107010000070000 00D016")),
        ("100001000116", STATUS),
        ("1000 0100 0116", STATUS),
        ("16 0 1 0 1 022", bytes((16, 0, 1, 0, 1, 22))),
        ("104 13 13 104 115 88 27 183 1 6", bytes((104, 13, 13, 104, 115, 88, 27, 183, 1, 6))),
        ("255 0", b"\xff\0"),
        ("", b""),
        (" , ", b""),
    ],
)
def test_separated_tokens_are_bytes(text: str, data: bytes) -> None:
    assert bytes_of(text, "line 1") == (data, frozenset())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("10 4G", '"G", which is no hex digit'),
        ("104", "3 hex digits"),
        ("10490", "5 hex digits"),
        ("10 10490", "5 hex digits"),
        ("10 1F4 16", "three digits"),
        ("10 256", "three digits"),
        ("AB 104", "three digits"),
        ("1? 10", "?"),
    ],
)
def test_what_is_no_byte_is_told(text: str, says: str) -> None:
    with pytest.raises(InvalidSetting, match=r"line 1 has ") as raised:
        bytes_of(text, "line 1")
    assert says in str(raised.value)


def test_masked_bytes_stay_masked_in_whatever_layout() -> None:
    assert bytes_of("10 ?? 1 ??", "x") == (bytes((16, 0, 1, 0)), frozenset((1, 3)))
    assert bytes_of("10??01", "x") == (bytes((16, 0, 1)), frozenset((1,)))


@given(st.binary(max_size=40), st.sampled_from([" ", ":", ", ", " 0x"]))
def test_any_bytes_with_and_without_leading_zeros(data: bytes, between: str) -> None:
    full = between.join(f"{byte:02x}" for byte in data)
    assert bytes_of(full, "x")[0] == data
    if len(data) > 1:
        assert bytes_of(between.join(f"{byte:x}" for byte in data), "x")[0] == data
