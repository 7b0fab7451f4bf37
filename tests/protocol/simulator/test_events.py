"""The event log of the simulated meter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu import Asdu, Cause, Event, Events, TimeTagA, TypeId, read_events
from iec102.asdu.timetag import MADRID
from iec102.simulator import SimulatorConfig
from iec102.simulator.events import EventLog
from iec102.simulator.reading import Refused

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOG = EventLog(SimulatorConfig())


def asdus(record: int, start: datetime, end: datetime, log: EventLog = LOG) -> list[Asdu]:
    return list(log.answers(read_events(1, record, TimeTagA.of(start), TimeTagA.of(end)), NOW) or ())


def events(record: int, start: datetime, end: datetime, log: EventLog = LOG) -> list[Event]:
    contents = [asdu.content for asdu in asdus(record, start, end, log)]
    return [event for content in contents if isinstance(content, Events) for event in content.events]


@pytest.mark.parametrize("record", [52, 53, 54, 55, 128, 129, 130, 131, 132, 133])
def test_two_years_have_events_in_their_order_up_to_now(record: int) -> None:
    times = [event.time.utc(MADRID) for event in events(record, NOW - timedelta(days=900), NOW + timedelta(days=9))]
    known = [time for time in times if time is not None]
    assert len(known) == len(times) > 1
    assert known == sorted(known)
    assert NOW - timedelta(days=800) <= known[0]
    assert known[-1] <= NOW


def test_an_asdu_holds_twenty_and_the_last_one_the_rest() -> None:
    answers = asdus(129, NOW - timedelta(days=30), NOW)
    assert {asdu.type for asdu in answers} == {TypeId.EVENTS}
    *full, last = [asdu.count for asdu in answers]
    assert set(full) == {20}
    assert 1 <= last <= 20


@given(
    st.lists(st.integers(0, 60 * 24 * 60), min_size=2, max_size=8, unique=True).map(sorted),
    st.sampled_from([52, 53, 129, 132]),
)
def test_neighbouring_ranges_give_together_what_the_whole_gives(cuts: list[int], record: int) -> None:
    bounds = [NOW - timedelta(days=70) + minutes * MINUTE for minutes in cuts]
    parts = [event for start, end in pairwise(bounds) for event in events(record, start, end - MINUTE)]
    assert parts == events(record, bounds[0], bounds[-1] - MINUTE)


def test_it_follows_from_the_seed() -> None:
    month = NOW - timedelta(days=30), NOW
    assert events(129, *month) == events(129, *month, EventLog(SimulatorConfig()))
    assert events(129, *month) != events(129, *month, EventLog(SimulatorConfig(seed=2)))


def test_all_events_are_read_without_a_range() -> None:
    request = Asdu(TypeId.READ_EVENTS, Cause.REQUEST, 1, 52)
    contents = [asdu.content for asdu in LOG.answers(request, NOW) or ()]
    found = [event for content in contents if isinstance(content, Events) for event in content.events]
    assert found == events(52, NOW - timedelta(days=800), NOW)


def test_an_unknown_record_is_refused_and_other_types_are_not_its_business() -> None:
    with pytest.raises(Refused) as refused:
        asdus(11, NOW - timedelta(days=1), NOW)
    assert refused.value.cause == Cause.UNKNOWN_RECORD
    assert LOG.answers(Asdu(TypeId.READ_IDENTITY, Cause.REQUEST, 1), NOW) is None


def test_a_change_of_the_clock_is_told_as_the_old_time_and_the_new_one() -> None:
    codes = [(event.address, event.qualifier) for event in events(53, NOW - timedelta(days=30), NOW)]
    assert codes == [(7, 9), (7, 11)] * (len(codes) // 2)


def test_what_reads_the_contracts_at_the_start_of_a_month_has_a_session() -> None:
    first = datetime(2026, 11, 1, tzinfo=MADRID)
    day = first, first + timedelta(hours=5)
    begun, ended = (
        next(event.time.utc() for event in events(129, *day) if event.indication is begins) for begins in (True, False)
    )
    for contract in (0, 1, 2):
        (read,) = events(131 + contract, *day)
        at = read.time.utc()
        assert (read.address, read.qualifier) == (18, 21 + contract)
        assert begun is not None
        assert ended is not None
        assert at is not None
        assert begun < at


def test_a_phase_is_lost_from_its_first_event_to_its_second() -> None:
    failures = [event for event in events(52, NOW - timedelta(days=60), NOW) if event.address == 3]
    for begun, ended in pairwise(failures):
        if not begun.indication or ended.indication or begun.qualifier != ended.qualifier:
            continue
        first, last = begun.time.utc(), ended.time.utc()
        assert first is not None
        assert last is not None
        assert LOG.phases_lost(first) == LOG.phases_lost(last - timedelta(seconds=1)) == {begun.qualifier}
        assert not LOG.phases_lost(last)
        assert not LOG.phases_lost(first - timedelta(seconds=1))
