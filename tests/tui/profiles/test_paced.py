"""A simulated meter in the process of the screen has the speed of a line."""

from __future__ import annotations

import pytest
from iec102.open import parse_target
from iec102_tui.profiles.connection import paced


@pytest.mark.parametrize(
    ("target", "is_paced"),
    [
        ("simulated:", True),
        ("simulated:?", True),
        ("simulated:?seed=3", True),
        ("simulated:?line=9600-8E1", False),
        ("simulated:?quirk=no-163", True),
        ("tcp://192.0.2.1:40001", False),
        ("serial:/dev/ttyUSB0", False),
    ],
)
def test_a_simulated_meter_without_a_speed_gets_one(target: str, is_paced: bool) -> None:
    made = paced(target, "115200-8N1")
    assert (made != target) is is_paced
    assert ("115200" in made) is is_paced
    parse_target(made)
