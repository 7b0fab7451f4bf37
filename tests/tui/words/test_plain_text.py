"""Texts made fit for a terminal."""

from __future__ import annotations

import pytest
from iec102_tui.words.plain_text import shortened


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
