"""A frame in one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu.summary import summary
from iec102.link import FrameReader
from support.golden import golden_files, item_of


def line_of(text: str) -> str:
    reader = FrameReader()
    (item,) = reader.feed(bytes.fromhex(text)) + reader.flush()
    return summary(item)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10 49 58 1B BC 16", "link status?"),
        ("10 09 01 00 0A 16", "no data yet"),
        ("68 0D 0D 68 08 58 1B B7 01 07 01 00 00 07 00 00 00 42 16", "start session, access key, confirmed"),
        (
            "68 15 15 68 08 01 00 7B 01 12 01 00 0B 01 01 00 00 01 03 11 00 00 20 03 11 EE 16",
            "read incremental totals by range, record 11, objects 1 to 1, 2017-03-01 00:00 to 2017-03-00 00:00, "
            "REFUSED: integration period not available",
        ),
        (
            "68 14 14 68 08 01 00 0B 01 05 01 00 0B 01 72 00 00 00 00 00 81 A1 07 10 D2 16",
            "incremental totals, record 11, 1 value at 2016-07-01 01:00",
        ),
        ("10 49 58 1B BD 16", "garbage: bad checksum: expected BC, found BD"),
    ],
)
def test_frames_in_plain_words(text: str, expected: str) -> None:
    assert line_of(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("001-answer-cause-5", "events, record 52, 20 events, 2025-02-11 07:00 to 2025-03-09 19:00"),
        ("071-answer-cause-5", "manufacturer and device identity, manufacturer 66, device 48304838"),
        ("102-request", "read events by time, record 52, 2026-11-01 00:00 to 2026-12-01 00:00"),
        ("129-answer", "measuring point parameters"),
        ("131-answer", "summer time change dates, 2026-03-29 02:00 and 2026-10-25 03:00"),
        (
            "136-answer-cause-5",
            "tariff information, stored closing, record 136, tariff totals, 2008-12-01 00:00 to 2009-01-01 00:00",
        ),
        ("142-answer", "configuration, manufacturer 66, device 48304838"),
        ("145-answer", "contracted powers, record 134, 3 powers from 2026-01-01 00:00"),
        ("148-answer", "holidays, record 134, 2 days"),
        ("150-request-cause-5", "read tariff extension objects, record 134, objects 197"),
        ("157-answer", "recorder configuration, objects 192 193 194 195 196 197 198 199 200 201"),
        ("163-answer-cut", "instantaneous values"),
    ],
)
def test_golden_frames_in_plain_words(name: str, expected: str) -> None:
    (path,) = (path for path in golden_files() if path.stem == name)
    assert summary(item_of(path)) == expected


@given(st.binary(min_size=1, max_size=600))
def test_any_bytes_have_a_summary(data: bytes) -> None:
    reader = FrameReader()
    for item in reader.feed(data) + reader.flush():
        assert summary(item)
