"""A month by what is known of a meter: which contract, which closing, which calendar, whether its events are whole."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from iec102.asdu import MADRID
from iec102.meter.events import MeterEvent
from iec102.meter.tariffs import CalendarDay
from iec102.verdict.month import Contract, Month
from iec102_tui.meter_data import documents
from iec102_tui.meter_data.known import Known, KnownEvent, Told
from iec102_tui.meter_data.month import Calendar, active_contracts, bounds_of, month_of
from iec102_tui.meter_data.typed import closing_of, holidays_of, powers_of, season_table_of
from support.known_meter import configuration
from support.whole_month import END, HOLIDAYS, POWERS, SEASONS, START, a_month

BOUNDS = START, END
Day = tuple[int | None, int, int]
LATER = END + timedelta(days=9)
CLOSING = a_month(7).closing
assert CLOSING is not None


def told(contract: int = 1) -> dict[str, Told]:
    found = {
        "configuration": configuration(),
        f"seasons-{contract}": documents.seasons(SEASONS),
        f"holidays-{contract}": {"days": documents.holidays(HOLIDAYS)},
        f"powers-{contract}": documents.powers(POWERS),
    }
    return {kind: Told(document, LATER, LATER) for kind, document in found.items()}


EVENT = MeterEvent(53, START + timedelta(days=2), 7, 11, indication=False)
RANGES = {52: (START, END), 53: (START - timedelta(days=9), LATER)}
KNOWN = Known(told(), closings={1: (documents.closing(CLOSING),)}, events=(KnownEvent(EVENT),), event_ranges=RANGES)


def test_documents_are_typed_again_as_they_were() -> None:
    assert closing_of(1, documents.closing(CLOSING), MADRID) == CLOSING
    assert season_table_of(documents.seasons(SEASONS)) == SEASONS
    assert holidays_of(1, {"days": documents.holidays(HOLIDAYS)}) == HOLIDAYS
    assert powers_of(1, documents.powers(POWERS), MADRID) == POWERS


def test_all_that_is_known_is_in_the_month() -> None:
    month = month_of(KNOWN, BOUNDS, LATER, MADRID, {})
    assert month == a_month(7)._replace(records={}, events=[EVENT], further=[Contract(2)])


def test_each_active_contract_is_in_the_month() -> None:
    second = CLOSING._replace(contract=2)
    both = KNOWN._replace(told={**told(2), **KNOWN.told}, closings={**KNOWN.closings, 2: (documents.closing(second),)})
    month = month_of(both, BOUNDS, LATER, MADRID, {})
    assert month.contract == 1
    (other,) = month.further
    assert other == month.own._replace(contract=2, closing=second, powers=POWERS._replace(contract=2),
                                       holidays=HOLIDAYS._replace(contract=2))  # fmt: skip
    assert [each.contract for each in month.contracts] == [1, 2]


def test_where_the_meter_does_not_tell_its_contracts_those_are_judged_that_were_closed() -> None:
    silent = {kind: each for kind, each in told().items() if kind != "configuration"}
    third = {3: (documents.closing(CLOSING._replace(contract=3)),)}
    month = month_of(Known(silent, closings={**KNOWN.closings, **third}), BOUNDS, LATER, MADRID, {})
    assert [each.contract for each in month.contracts] == [1, 3]
    none = configuration()
    none["contracts"] = [{**each, "state": 1} for each in none["contracts"]]
    known = Known({"configuration": Told(none, LATER, LATER)})
    assert [each.contract for each in month_of(known, BOUNDS, LATER, MADRID, {}).contracts] == [1]


def test_the_closings_of_a_contract_that_changed_within_the_month_are_added_up() -> None:
    at = START + timedelta(days=9)
    parts = (CLOSING._replace(end=at), CLOSING._replace(start=at))
    month = month_of(KNOWN._replace(closings={1: tuple(map(documents.closing, parts))}), BOUNDS, LATER, MADRID, {})
    assert month.closing is not None
    assert month.closing_parts == 2
    assert month.closing.periods[0].active.incremental == 2 * CLOSING.periods[0].active.incremental
    one = month_of(KNOWN._replace(closings={1: (documents.closing(parts[0]),)}), BOUNDS, LATER, MADRID, {})
    assert (one.closing, one.closed_partly) == (None, True)


def test_what_is_not_known_is_none() -> None:
    month = month_of(Known(), BOUNDS, LATER, MADRID, {})
    assert month[4:9] == (None,) * 5
    assert not month.events_known


def test_the_contract_is_the_first_active_one_with_a_closing() -> None:
    second = Known(
        told(2), closings={1: (), 2: (documents.closing(CLOSING._replace(contract=2)),), 3: KNOWN.closings[1]}
    )
    month = month_of(second, BOUNDS, LATER, MADRID, {})
    assert month.closing is not None
    assert (month.closing.contract, month.seasons) == (2, SEASONS)


def test_contracts_are_those_that_the_meter_calls_active() -> None:
    assert active_contracts(configuration()) == (1, 2)
    assert active_contracts(None) == (1, 2, 3)


def test_a_closing_in_two_ways_is_counted_and_the_later_one_taken() -> None:
    other = CLOSING._replace(periods=CLOSING.periods[:1])
    twice = KNOWN._replace(closings={1: (documents.closing(CLOSING), documents.closing(other))})
    month = month_of(twice, BOUNDS, LATER, MADRID, {})
    assert (month.closing, month.closing_ways) == (other, 2)


@pytest.mark.parametrize(
    ("ranges", "whole"),
    [
        (RANGES, True),
        ({52: RANGES[52]}, False),
        ({53: RANGES[53]}, False),
        ({**RANGES, 52: (START + timedelta(seconds=1), END)}, False),
        ({**RANGES, 52: (START, END - timedelta(seconds=1))}, False),
    ],
)
def test_events_are_known_where_both_records_were_read_of_all_of_it(ranges: dict[int, tuple], whole: bool) -> None:
    assert month_of(KNOWN._replace(event_ranges=ranges), BOUNDS, LATER, MADRID, {}).events_known is whole


def test_events_of_another_time_are_left_out() -> None:
    others = [EVENT._replace(time=time) for time in (None, START - timedelta(seconds=1), END + timedelta(seconds=1))]
    known = KNOWN._replace(events=tuple(map(KnownEvent, [*others, EVENT])))
    assert month_of(known, BOUNDS, LATER, MADRID, {}).events == [EVENT]


def test_what_is_still_to_come_is_no_part_of_it() -> None:
    now = START + timedelta(days=3)
    assert month_of(KNOWN, BOUNDS, now, MADRID, {}).end == now


def test_a_calendar_of_a_file_takes_the_place_of_the_meters() -> None:
    calendar = Calendar("file", SEASONS._replace(day_types=()), HOLIDAYS._replace(days=()))
    month = month_of(KNOWN, BOUNDS, LATER, MADRID, {}, calendar=calendar)
    assert (month.seasons, month.holidays) == calendar[1:]
    assert month.direction == 1


@pytest.mark.parametrize(
    ("since", "held"),
    [(START, True), (START + timedelta(days=1), False), (None, True), (START.replace(year=2099), True)],
)
def test_a_calendar_that_came_later_says_nothing_of_the_month(since: datetime | None, held: bool) -> None:
    document = documents.seasons(SEASONS._replace(since=since))
    known = KNOWN._replace(told={**KNOWN.told, "seasons-1": Told(document, LATER, LATER)})
    month = month_of(known, BOUNDS, LATER, MADRID, {})
    assert (month.seasons is not None) is held
    assert month.direction == 1


# What was told otherwise at other times

BEFORE, BEHIND = START - timedelta(days=50), END + timedelta(days=5)
OTHER_SEASONS = SEASONS._replace(day_types=((6,) * 24, (6,) * 24))
OTHER_POWERS = POWERS._replace(kilowatts=dict.fromkeys((4, 5, 6), 99))


def changed(kind: str, *documents_: tuple[object, datetime, datetime]) -> Month:
    """The month where a kind was told in several ways, each first and last at some time; the latest comes last."""
    *earlier, latest = (Told(document, since, until) for document, since, until in documents_)  # type: ignore[arg-type]
    known = KNOWN._replace(told={**KNOWN.told, kind: latest}, earlier={kind: tuple(earlier)})
    return month_of(known, BOUNDS, LATER, MADRID, {})


def test_what_held_in_the_month_is_taken_and_not_what_was_told_later() -> None:
    seasons, other = documents.seasons(SEASONS), documents.seasons(OTHER_SEASONS)
    powers, others = documents.powers(POWERS), documents.powers(OTHER_POWERS)
    for end in (END, LATER):  # told again behind the month, and then otherwise
        assert changed("seasons-1", (seasons, BEFORE, end), (other, LATER, LATER)).seasons == SEASONS
        assert changed("powers-1", (powers, BEFORE, end), (others, LATER, LATER)).powers == POWERS
    assert changed("seasons-1", (other, BEFORE, BEFORE), (seasons, START, LATER)).seasons == SEASONS
    assert changed("powers-1", (others, BEFORE, BEFORE), (powers, START, LATER)).powers == POWERS


def test_where_nobody_knows_which_of_two_held_neither_is_taken() -> None:
    """One was told before the month last, the other behind it first."""
    spans = (BEFORE, BEFORE), (BEHIND, LATER)
    first, second = spans
    tables = documents.seasons(OTHER_SEASONS), documents.seasons(SEASONS)
    assert changed("seasons-1", (tables[0], *first), (tables[1], *second)).seasons is None
    assert changed("seasons-1", (tables[1], *first), (tables[1], *second)).seasons == SEASONS
    powers = documents.powers(OTHER_POWERS), documents.powers(POWERS)
    assert changed("powers-1", (powers[0], *first), (powers[1], *second)).powers is None
    for since, found in ((START, POWERS), (END, OTHER_POWERS), (START + timedelta(days=3), POWERS)):
        dated = documents.powers(POWERS._replace(valid_from=since))
        month = changed("powers-1", (powers[0], *first), (dated, *second))
        assert month.powers is not None
        assert month.powers.kilowatts == found.kilowatts


def test_powers_that_hold_later_alone_are_told_with_their_time() -> None:
    dated = documents.powers(POWERS._replace(valid_from=BEHIND))
    month = month_of(
        KNOWN._replace(told={**KNOWN.told, "powers-1": Told(dated, LATER, LATER)}), BOUNDS, LATER, MADRID, {}
    )
    assert month.powers is not None
    assert month.powers.in_force_since == BEHIND


@pytest.mark.parametrize(
    ("before", "after", "known"),
    [
        ([(None, 10, 12)], [(None, 10, 12), (None, 12, 6)], True),  # another month
        ([(None, 10, 12)], [(None, 10, 13)], False),
        ([(2026, 10, 12)], [(2027, 10, 12)], True),  # the year that followed
        ([(2026, 10, 12)], [(2026, 10, 12), (2027, 10, 11)], True),
    ],
)
def test_holidays_that_were_told_otherwise(before: list[Day], after: list[Day], known: bool) -> None:
    calendars = [HOLIDAYS._replace(days=tuple(CalendarDay(*day) for day in days)) for days in (before, after)]
    told_ = [{"days": documents.holidays(each)} for each in calendars]
    month = changed("holidays-1", (told_[0], BEFORE, BEFORE), (told_[1], BEHIND, LATER))
    assert (month.holidays is not None and month.holidays.tells(2026)) is known


@pytest.mark.parametrize(("month", "hours"), [(3, 743), (10, 745), (12, 744)])
def test_the_bounds_of_a_month(month: int, hours: int) -> None:
    start, end = bounds_of(datetime(2026, month, 20).date(), MADRID)
    assert (start.day, start.hour, end.day, end.hour) == (1, 0, 1, 0)
    assert (end.timestamp() - start.timestamp()) / 3600 == hours
