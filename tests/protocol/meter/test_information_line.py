"""All that a meter knows over an emulated line of 9600-8E1, beside live reading; in virtual time."""

from __future__ import annotations

from iec102.meter.absence import Absence
from support.full_reading import full_reading
from support.virtual_time import run

METER = "simulated:?clock=2026-11-22T10:00:07%2B01:00&seed=7&line=9600-8E1"
BYTE = 11 / 9600
LOGIN = 183


def test_a_full_reading_takes_the_time_of_its_bytes_and_leaves_the_line_to_live_reading() -> None:
    found, alone = run(full_reading(METER, live=False))
    assert not [answer for answer in found if isinstance(answer, Absence)]
    assert alone.asked[LOGIN] == 1
    assert alone.seconds <= 1.02 * alone.octets * BYTE
    again, beside = run(full_reading(METER, live=True))
    assert [answer for answer in again if not hasattr(answer, "difference")] == [
        answer for answer in found if not hasattr(answer, "difference")
    ]
    assert beside.seconds - beside.live <= 1.1 * alone.octets * BYTE
    assert beside.oldest <= 3.0
