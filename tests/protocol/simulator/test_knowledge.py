"""The simulated meter answers all that the library can ask, and refuses what it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from iec102.asdu import (
    MADRID,
    Asdu,
    Password,
    PointParameters,
    Recorder,
    SummerTimeDates,
    TimeTagA,
    decode_asdu,
    read_blocks,
    read_clock,
    read_closings,
    read_configuration,
    read_events,
    read_identity,
    read_instantaneous,
    read_point_parameters,
    read_summer_time_dates,
    read_totals,
    start_session,
)
from iec102.asdu.catalogue import CATALOGUE
from iec102.asdu.configuration import RECORDER_LENGTHS, read_recorder
from iec102.asdu.events import read_event_record
from iec102.asdu.session import end_session
from iec102.asdu.tariff import (
    read_contracted_powers,
    read_current_tariff,
    read_holidays,
    read_tariff_objects,
)
from iec102.errors import InvalidSetting
from iec102.simulator import SimulatedMeter, SimulatorConfig

NOW = datetime(2026, 11, 22, 10, 0, 7, tzinfo=MADRID)
FIRST, LAST = (TimeTagA.of(datetime(2026, 11, day, tzinfo=MADRID)) for day in (1, 3))
KEY = 20_260
REQUESTS = {
    100: read_identity(1),
    101: read_event_record(1, 52),
    102: read_events(1, 129, FIRST, LAST),
    103: read_clock(1),
    122: read_totals(1, 11, 1, 8, FIRST, LAST, incremental=False),
    123: read_totals(1, 11, 1, 8, FIRST, LAST),
    133: read_current_tariff(1, 134),
    134: read_closings(1, 134, FIRST, LAST),
    141: read_configuration(1),
    144: read_contracted_powers(1, 136),
    147: read_holidays(1, 135),
    150: read_tariff_objects(1, 134, (193, 196, 197)),
    156: read_recorder(1, tuple(RECORDER_LENGTHS)),
    162: read_instantaneous(1),
    182: read_point_parameters(1),
    183: start_session(1, Password(KEY)),
    185: read_summer_time_dates(1),
    187: end_session(1),
    189: read_blocks(1, 11, 9, FIRST, LAST, incremental=False),
    190: read_blocks(1, 11, 9, FIRST, LAST),
}


def asked(request: Asdu, *quirks: str) -> Iterator[Asdu]:
    station = SimulatedMeter(SimulatorConfig(clock=NOW, password=KEY, quirks=frozenset(quirks))).station()
    for each in (start_session(1, Password(KEY)), request):
        station.user_data(each.encode())
        found = []
        while (data := station.next_data()) is not None:
            answer = decode_asdu(data)
            assert answer is not None
            found.append(answer)
    yield from found


def test_all_readings_whose_layout_is_known_are_asked_here() -> None:
    assert set(REQUESTS) == {row.type for row in CATALOGUE.values() if row.reads and not row.opaque}


@pytest.mark.parametrize("type_", REQUESTS)
def test_it_answers_what_the_library_can_ask_and_can_lack_it(type_: int) -> None:
    row = CATALOGUE[type_]
    answers = list(asked(REQUESTS[type_]))
    assert {answer.type for answer in answers} <= {type_, row.answer}
    assert row.answer in {answer.type for answer in answers}
    assert not any(answer.is_error for answer in answers)
    for number in {type_, row.answer or type_}:
        refused = list(asked(REQUESTS[type_], f"no-{number}"))
        assert [answer.cause for answer in refused] == [14]


def test_a_type_that_there_is_not_cannot_be_lacking() -> None:
    for quirk in ("no-77", "no-TYPE", "no-1000"):
        with pytest.raises(InvalidSetting):
            SimulatorConfig(quirks=frozenset([quirk]))


def test_the_recorder_gives_ten_objects_at_once_or_refuses_several() -> None:
    (answer,) = asked(REQUESTS[156])
    assert isinstance(answer.content, Recorder)
    assert answer.content.addresses == frozenset(RECORDER_LENGTHS)
    (refused,) = asked(REQUESTS[156], "rm2-one-object")
    assert refused.cause == 17
    for address in RECORDER_LENGTHS:
        (alone,) = asked(read_recorder(1, (address,)), "rm2-one-object")
        assert isinstance(alone.content, Recorder)
        assert alone.content.data(address) == answer.content.data(address)
    for objects in ((), (191,), (192, 192)):
        (refused,) = asked(read_recorder(1, objects))
        assert refused.cause == 17


def test_objects_and_records_that_it_does_not_have_are_refused() -> None:
    for request, cause in (
        (read_tariff_objects(1, 134, (192,)), 17),
        (read_tariff_objects(1, 134, ()), 17),
        (read_tariff_objects(1, 140, (193,)), 15),
        (read_holidays(1, 133), 15),
        (read_contracted_powers(1, 140), 15),
    ):
        (refused,) = asked(request)
        assert refused.cause == cause


def test_parameters_and_summer_time_follow_from_its_configuration() -> None:
    (parameters,) = asked(REQUESTS[182])
    assert isinstance(parameters.content, PointParameters)
    assert parameters.content.key == Password(KEY)
    assert (parameters.content.points, parameters.content.depth) == (1, 800)
    (changes,) = asked(REQUESTS[185])
    assert isinstance(changes.content, SummerTimeDates)
    assert [str(tag.local()) for tag in (changes.content.begins, changes.content.ends)] == [
        "2026-03-29 03:00:00+02:00",
        "2026-10-25 02:00:00+01:00",
    ]
    (none,) = asked(REQUESTS[185], "standard-time")
    assert none.content == SummerTimeDates(TimeTagA(0), TimeTagA(0))
    (recorder,) = asked(read_recorder(1, (193,)), "standard-time")
    assert isinstance(recorder.content, Recorder)
    assert recorder.content.data(193) == b"\1"
