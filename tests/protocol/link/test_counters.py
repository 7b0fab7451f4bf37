"""The running median equals that of the statistics module."""

import random
import statistics

import pytest
from iec102.link.counters import RecentTimes


@pytest.mark.parametrize("number", [1, 2, 3, 499, 500, 501, 2000])
def test_the_median_is_that_of_the_latest_500(number: int) -> None:
    chance = random.Random(number)
    times, recent = [round(chance.random(), 2) for _ in range(number)], RecentTimes()
    for time in times:
        recent.add(time)
    assert RecentTimes.median([recent]) == pytest.approx(statistics.median(times[-500:]))


def test_several_links_have_one_median_and_none_without_a_time() -> None:
    first, second = RecentTimes(), RecentTimes()
    assert RecentTimes.median([first, second]) is None
    first.add(1.0)
    assert RecentTimes.median([first, second]) == 1.0
    second.add(2.0)
    second.add(5.0)
    assert RecentTimes.median([first, second]) == 2.0
