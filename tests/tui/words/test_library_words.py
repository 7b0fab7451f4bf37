"""What the library names in a frame, on the screen."""

from __future__ import annotations

import pytest
from iec102_tui.words.library_words import FIELDS, translated_names
from support.spoken import spoken_in


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
