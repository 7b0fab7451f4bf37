"""What is tried to find a meter, in which order, and for how long."""

import itertools

import pytest
from iec102.errors import InvalidSetting
from iec102.search.plan import Plan, plan
from iec102.settings import BAUDRATES, FORMATS, LineSettings


def order(plan: Plan) -> list[tuple[str, int]]:
    return [
        (f"{settings.baudrate}-{settings.format}", address)
        for settings, addresses in plan.groups()
        for address in addresses
    ]


def test_the_most_likely_settings_come_first_and_in_the_end_all_were_tried() -> None:
    found = order(plan((12345, 1), has_format=True))
    assert found[:5] == [
        ("9600-8N1", 12345),
        ("9600-8N1", 1),
        ("9600-8E1", 12345),
        ("9600-8E1", 1),
        ("9600-8O1", 12345),
    ]
    assert [speed.partition("-")[0] for speed, _ in found[:24]] == ["9600"] * 24
    settings = {f"{speed}-{form}" for speed, form in itertools.product(BAUDRATES, FORMATS)}
    assert len(found) == len(set(found))
    assert set(found) == set(itertools.product(settings, (12345, 1)))


def test_many_addresses_are_tried_with_the_likely_settings_before_the_unlikely_ones() -> None:
    found = order(plan((12345, 1, *range(100, 200)), has_format=True))
    assert found[: 12 * 4 : 4] == [
        (f"9600-{form}", 12345)
        for form in ("8N1", "8E1", "8O1", "8N2", "8E2", "8O2", "7E1", "7N1", "7O1", "7E2", "7N2", "7O2")
    ]
    assert found[48] == ("9600-8N1", 102)
    assert found[48 + 97] == ("9600-8N1", 199)
    assert found[48 + 98] == ("9600-8E1", 102)
    assert found.index(("115200-8N1", 1)) < found.index(("9600-8O1", 150))
    assert len(found) == len(set(found)) == 144 * 102


def test_where_the_other_side_sets_the_format_only_addresses_vary() -> None:
    settings = LineSettings(baudrate=300, format="7E2", timeout=1000)
    assert order(plan((5, 5, 7), has_format=False, first=settings)) == [("300-7E2", 5), ("300-7E2", 7)]


def test_what_the_user_believes_in_comes_first_and_what_is_ruled_out_not_at_all() -> None:
    believed = plan((1,), has_format=True, first=LineSettings(baudrate=1200, format="8E1"))
    assert order(believed)[:2] == [("1200-8E1", 1), ("9600-8N1", 1)]
    assert len(order(believed)) == 144
    assert order(plan((1,), has_format=True, baudrates=(300,), formats=("8E1", "7E1"))) == [
        ("300-8E1", 1),
        ("300-7E1", 1),
    ]


def test_the_time_that_a_round_takes_counts_waits_and_the_bytes_of_the_requests() -> None:
    few = plan((1, 2), has_format=True, baudrates=(300,), formats=("8N1",), wait=500)
    assert few.tries == 2
    assert few.waits == (0.5, 3.0)
    assert few.seconds(0.5) == pytest.approx(2 * (6 * 10 / 300 + 0.5))
    table = plan((12345, 1), has_format=True, baudrates=(9600,))
    assert table.seconds(table.waits[0]) < 20


def test_a_second_round_that_would_wait_no_longer_is_left_out() -> None:
    assert plan((1,), has_format=False, first=LineSettings(timeout=400)).waits == (0.4,)


def test_a_plan_needs_an_address_and_a_wait_that_can_be_kept() -> None:
    with pytest.raises(InvalidSetting, match="at least one"):
        plan((), has_format=True)
    with pytest.raises(InvalidSetting, match="100 to 600000"):
        plan((1,), has_format=True, wait=99)


def test_all_addresses_there_are_cost_nothing_before_they_are_tried() -> None:
    everything = plan(range(65_536), has_format=True)
    assert everything.tries == 144 * 65_536
    assert next(iter(everything.groups())) == (LineSettings(), (0, 1, 2, 3))
    assert everything.behind((0, 1, 2, 3))[0] == 4
    assert everything.behind((65_535,)) == ()
