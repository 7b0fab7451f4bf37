"""The soak command, for a short while."""

import pytest
from soak import Soak, table
from soak_collect import collect_soak, collect_table
from support.virtual_time import run


@pytest.mark.parametrize("seed", [1, 2])
def test_an_hour_of_everything_loses_nothing_and_gives_nothing_wrong(seed: int) -> None:
    figures = run(Soak(seed).run(1.0))
    shown = table(figures, 1.0, 0.0)
    assert figures.good, shown
    assert figures.asked == figures.delivered > 500
    assert figures.profiles > 5
    assert figures.counters.timeouts > 20
    assert "readings lost            0\nreadings wrong           0\n" in shown


def test_an_hour_of_a_collector_lose_nothing_and_double_nothing() -> None:
    figures = run(collect_soak(2, 1.0))
    shown = collect_table(figures, 1.0, 0.0)
    assert figures.good, shown
    assert figures.read > 500
    assert figures.line_troubles > 20
    assert figures.broker_troubles
    assert "readings lost                0\nreadings doubled             0\n" in shown
