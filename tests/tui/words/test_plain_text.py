"""Texts made fit for a terminal."""

from __future__ import annotations

import pytest
from iec102_tui.words.plain_text import shortened, whole_parts, wrapped


@pytest.mark.parametrize(
    ("text", "width", "wanted"),
    [
        ("north", 5, "north"),
        ("north side", 5, "nort>"),
        ("tcp://converter.example.org:40001", 20, "tcp://convert>:40001"),
        ("[fe80::a1b2:c3d4:e5f6:1%eth0]:40312", 22, "[fe80::a1b2:c3d>:40312"),
        ("a:40001", 6, "a:400>"),
    ],
)
def test_a_name_that_is_too_long_keeps_its_port_number(text: str, width: int, wanted: str) -> None:
    assert len(shortened(text, width)) <= width
    assert shortened(text, width) == wanted


def test_what_is_cut_is_cut_behind_a_whole_part() -> None:
    text = "116 kW import, 45 kVAr Q1, 227.8 V"
    assert whole_parts(text, 40) == text.ljust(40)
    assert whole_parts(text, 30) == "116 kW import, 45 kVAr Q1\N{HORIZONTAL ELLIPSIS}".ljust(30)
    assert whole_parts("22 bytes that are no frame", 10) == "22 bytes \N{HORIZONTAL ELLIPSIS}"


def test_a_number_is_broken_neither_in_itself_nor_from_its_unit() -> None:
    for width in range(16, 60):
        lines = wrapped("imported 30 608 026 kWh, valid, at 2026-11-22 12:30 standard time", width)
        assert all(len(line) <= width for line in lines)
        assert any("30 608 026 kWh," in line for line in lines)
        assert " ".join(lines) == "imported 30 608 026 kWh, valid, at 2026-11-22 12:30 standard time"
    assert wrapped("", 20) == [""]
