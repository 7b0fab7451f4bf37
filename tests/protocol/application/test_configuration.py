"""Transformer ratios, where a meter tells them."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.application import Asdu, Raw
from iec102.application.configuration import (
    TransformerRatios,
    ratios_of,
    read_configuration,
    read_recorder_ratios,
)

# The ratios of a real meter: 17 500 V to 110 V, 2.5 A to 5 A is what it sends; a plausible one beside it.
PLAUSIBLE = TransformerRatios(175_000, 1_100, 5_000, 50)
PACKED = struct.pack("<4I", 175_000, 1_100, 5_000, 50)


def configuration(offset: int, packed: bytes) -> Asdu:
    return Asdu(142, 5, content=Raw(bytes(offset) + packed + bytes(246 - offset - 16)), count=1)


@pytest.mark.parametrize("offset", [42, 61])
def test_the_ratios_are_found_at_either_place(offset: int) -> None:
    assert ratios_of(configuration(offset, PACKED)) == PLAUSIBLE


def test_the_recorder_object_has_them_behind_its_address() -> None:
    assert ratios_of(Asdu(157, 5, content=Raw(b"\xc6" + PACKED), count=1)) == PLAUSIBLE


@pytest.mark.parametrize(
    "values",
    [(0, 0, 0, 0), (175_000, 0, 5_000, 50), (20_000_000, 1_100, 5_000, 50), (1_100, 175_000, 5_000, 50)],
)
def test_ratios_that_make_no_sense_are_none(values: tuple[int, int, int, int]) -> None:
    assert ratios_of(configuration(42, struct.pack("<4I", *values))) is None


@given(st.sampled_from([142, 157, 163]), st.binary(max_size=246))
def test_any_answer_is_looked_at_without_a_fault(type_: int, body: bytes) -> None:
    ratios_of(Asdu(type_, 5, content=Raw(body), count=1))


def test_the_requests() -> None:
    assert read_configuration(1).encode() == bytes.fromhex("8D 00 05 01 00 00")
    assert read_recorder_ratios(1).encode() == bytes.fromhex("9C 01 05 01 00 00 C6")
