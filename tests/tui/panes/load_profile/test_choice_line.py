"""What is chosen, in one row of 80 columns: nothing of it is cut."""

from datetime import datetime

import pytest
from iec102.asdu import MADRID
from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.panes.load_profile.choice_line import ChoiceLine
from support.spoken import spoken_in
from textual.geometry import Size

WANTED = Wanted(datetime(2026, 11, 21, tzinfo=MADRID), datetime(2026, 11, 28, tzinfo=MADRID), "")


class Row80(ChoiceLine):
    """Without an app."""

    size = Size(80, 1)  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "\N{BLACK LEFT-POINTING POINTER} November 2026 of 2026-11-21 to 2026-11-28 "),
        ("es", "\N{BLACK LEFT-POINTING POINTER} noviembre 2026, del 2026-11-21 al 2026-11-28 "),
    ],
)
def test_a_month_of_a_range_leaves_the_unit_of_the_channel_whole(language: str, says: str) -> None:
    row = Row80()
    with spoken_in(language):
        row.say(WANTED, MADRID, 0, None, WANTED.end)
    assert says in row.text
    assert row.text.rstrip().endswith("A+, kWh")
    assert len(row.text) <= 80


def test_a_channel_that_has_room_is_named_in_full() -> None:
    row = Row80()
    row.say(WANTED, MADRID, 0, None, None)
    assert "A+ imported (grid \N{RIGHTWARDS ARROW} site), kWh" in row.text
