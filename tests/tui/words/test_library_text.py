"""What the library names in a frame, on the screen."""

from __future__ import annotations

import re

import pytest
from iec102_tui.captures.frame_text import tree_lines
from iec102_tui.captures.text import records_of_line
from iec102_tui.words.library_text import FIELDS, translated_names
from support.spoken import HIDDEN, spoken_in


@pytest.mark.parametrize(
    ("text", "spanish"),
    [
        ("read instantaneous values, objects 192 193 194", "leer valores instantáneos, objetos 192 193 194"),
        ("start session, access key", "iniciar sesión, clave de acceso"),
        ("163: instantaneous values", "163: valores instantáneos"),
        ("8 178 763 kVArh  valid", "8 178 763 kVArh  válido"),
        ("voltage (secondary)", "tensión (secundaria)"),
        ("A+", "A+"),
        ("2026-11-22 12:30:25", "2026-11-22 12:30:25"),
        ("endless", "endless"),
    ],
)
def test_names_are_said_and_numbers_stay(text: str, spanish: str) -> None:
    assert translated_names(text) == text
    with spoken_in("es"):
        assert translated_names(text) == spanish
    assert translated_names(text) == text


def test_no_field_stands_twice() -> None:
    assert len(set(FIELDS)) == len(FIELDS)


@pytest.mark.parametrize(
    "data",
    [
        "10 49 01 00 4A 16",
        "68 10 10 68 08 01 00 48 01 05 01 00 00 00 64 1E 0C F6 0B 1A 01 16",  # a time
        "68 15 15 68 73 01 00 7A 01 06 01 00 0B 01 08 00 01 1A 0B 00 00 01 1A 0B 75 16",  # a range
    ],
)
def test_a_tree_is_said_whole(data: str) -> None:
    """In a language without letters only what has no words is left: bits by their letters, units, numbers in hex."""
    (record,) = records_of_line(data, "")
    with spoken_in(HIDDEN):
        lines = [translated_names(line) for line in tree_lines(record)]
    assert not [word for line in lines for word in re.findall(r"[a-z]{3,}", line) if word != "bytes"]
