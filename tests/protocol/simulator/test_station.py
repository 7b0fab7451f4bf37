"""What the simulated meter answers, ASDU by ASDU."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu import (
    Asdu,
    Cause,
    ClockTime,
    Configuration,
    InstantaneousValues,
    IntegratedTotals,
    ObjectList,
    Password,
    Raw,
    Recorder,
    TimeTagA,
    TotalBlocks,
    decode_asdu,
    end_session,
    read_blocks,
    read_clock,
    read_identity,
    read_instantaneous,
    read_totals,
    start_session,
)
from iec102.asdu.timetag import MADRID
from iec102.simulator import SimulatedMeter, SimulatorConfig

CLOCK = datetime(2026, 11, 22, 10, 0, 30, tzinfo=MADRID)
START, END = datetime(2026, 11, 20, tzinfo=MADRID), datetime(2026, 11, 21, tzinfo=MADRID)
LOGIN = start_session(1, Password(1))


class Talk:
    """A reader's dialogue with a station, without a link."""

    def __init__(self, *quirks: str, logged_in: bool = True) -> None:
        self.station = SimulatedMeter(SimulatorConfig(clock=CLOCK, quirks=frozenset(quirks))).station()
        if logged_in:
            self.ask(LOGIN)

    def ask(self, request: Asdu) -> list[Asdu]:
        assert self.station.user_data(request.encode())
        return self.rest()

    def rest(self) -> list[Asdu]:
        answers = []
        while (data := self.station.next_data()) is not None:
            assert len(data) <= 252
            asdu = decode_asdu(data)
            assert asdu is not None
            answers.append(asdu)
        return answers


def hours(start: datetime = START, end: datetime = END, *, record: int = 11, incremental: bool = True) -> Asdu:
    return read_totals(1, record, 1, 8, TimeTagA.of(start), TimeTagA.of(end), incremental=incremental)


def causes(answers: list[Asdu]) -> list[int]:
    return [answer.cause for answer in answers]


def ends(answers: list[Asdu]) -> list[datetime | None]:
    return [answer.content.time.local() for answer in answers if isinstance(answer.content, IntegratedTotals)]


def test_the_right_key_is_echoed_with_cause_7() -> None:
    (answer,) = Talk(logged_in=False).ask(LOGIN)
    assert (answer.type, answer.cause, answer.negative, answer.content) == (183, 7, False, LOGIN.content)


@pytest.mark.parametrize(
    ("quirk", "expected"),
    [
        ("negative-errors", [(7, True)]),
        ("no-122", [(7, True)]),
        ("refuse-login-14", [(14, False)]),
        ("silent-login", []),
    ],
)
def test_a_wrong_key_is_refused(quirk: str, expected: list[tuple[int, bool]]) -> None:
    talk = Talk(quirk, logged_in=False)
    answers = talk.ask(start_session(1, Password(2)))
    assert [(answer.cause, answer.negative) for answer in answers] == expected
    assert causes(talk.ask(read_identity(1))) == [14]


def test_without_a_session_nothing_is_read() -> None:
    assert causes(Talk(logged_in=False).ask(read_identity(1))) == [Cause.TYPE_NOT_AVAILABLE]
    assert Talk("silent-without-session", logged_in=False).ask(read_identity(1)) == []


def test_the_end_of_the_session_is_confirmed_and_is_one() -> None:
    talk = Talk()
    assert causes(talk.ask(end_session(1))) == [7]
    assert causes(talk.ask(read_identity(1))) == [14]


def test_direct_readings_are_one_asdu_with_cause_5() -> None:
    talk = Talk()
    (clock,) = talk.ask(read_clock(1))
    assert isinstance(clock.content, ClockTime)
    assert (clock.cause, clock.content.time.local()) == (5, CLOCK)
    (identity,) = talk.ask(read_identity(1))
    assert (identity.type, identity.cause) == (71, 5)


def test_only_the_objects_that_were_asked_for_are_sent() -> None:
    (answer,) = Talk().ask(read_instantaneous(1, (194, 192)))
    assert isinstance(answer.content, InstantaneousValues)
    assert answer.content.powers is None
    assert [type(part).__name__ for part in answer.content.objects] == ["VoltagesCurrents", "Energies"]


def test_instantaneous_values_agree_with_each_other() -> None:
    (answer,) = Talk().ask(read_instantaneous(1))
    assert isinstance(answer.content, InstantaneousValues)
    powers, phases = answer.content.powers, answer.content.voltages_currents
    assert powers is not None
    assert phases is not None
    pairs = zip((powers.l1, powers.l2, powers.l3), (phases.l1, phases.l2, phases.l3), strict=True)
    for power, phase in pairs:
        active = phase.voltage / 10 * phase.current / 10 * 100 * power.factor / 1_000_000  # through 500/5
        # kW are whole and secondary amperes have one digit: half a kW and half a digit of 100 times 230 V
        assert active == pytest.approx(power.active, abs=0.5 + 0.05 * 100 * 0.24)
    assert powers.total.active == powers.l1.active + powers.l2.active + powers.l3.active


def test_a_range_is_echo_7_records_echo_10() -> None:
    answers = Talk().ask(hours())
    assert causes(answers) == [7, *[5] * 25, 10]
    assert answers[0].content == answers[-1].content == hours().content
    assert ends(answers)[0] == START
    assert ends(answers)[-1] == END


def test_blocks_give_the_same_totals() -> None:
    talk = Talk()
    by_range = [answer.content for answer in talk.ask(hours()) if isinstance(answer.content, IntegratedTotals)]
    answers = talk.ask(read_blocks(1, 11, 9, TimeTagA.of(START), TimeTagA.of(END)))
    blocks = [block for answer in answers if isinstance(answer.content, TotalBlocks) for block in answer.content.blocks]
    assert [block.integrated_totals() for block in blocks] == by_range
    assert causes(answers) == [7, *[5] * 5, 10]


@pytest.mark.parametrize(("object_", "addresses"), [(10, (1, 2, 3, 4, 5, 6)), (11, (1, 3, 6))])
def test_shorter_blocks_carry_their_totals(object_: int, addresses: tuple[int, ...]) -> None:
    answers = Talk().ask(read_blocks(1, 11, object_, TimeTagA.of(START), TimeTagA.of(END)))
    content = answers[1].content
    assert isinstance(content, TotalBlocks)
    assert tuple(total.address for total in content.blocks[0].totals) == addresses


def test_an_end_in_the_future_gives_what_is_stored() -> None:
    answers = Talk().ask(hours(CLOCK - timedelta(hours=3), CLOCK + timedelta(days=3)))
    assert len(ends(answers)) == 4
    assert answers[-1].cause == 10


@pytest.mark.parametrize(
    ("request_", "cause"),
    [
        (hours(CLOCK + timedelta(days=1), CLOCK + timedelta(days=2)), 18),
        (hours(END, START), 18),
        (Asdu(123, 6, 1, 11, hours().content, count=1), None),
        (hours(record=99), 15),
        (read_totals(1, 11, 9, 9, TimeTagA.of(START), TimeTagA.of(END)), 17),
        (read_blocks(1, 11, 12, TimeTagA.of(START), TimeTagA.of(END)), 17),
        (read_totals(1, 11, 1, 8, TimeTagA(0), TimeTagA.of(END)), 18),
        (read_identity(2), 16),
        (Asdu(199, 5, content=Raw(b"")), 14),
        (read_instantaneous(1, (195,)), 17),
    ],
)
def test_errors_are_echoes_with_their_cause(request_: Asdu, cause: int | None) -> None:
    answers = Talk().ask(request_)
    if cause is None:
        assert answers[0].cause == 7
        return
    (answer,) = answers
    assert (answer.type, answer.cause, answer.negative, answer.content) == (
        request_.type,
        cause,
        False,
        request_.content,
    )


@pytest.mark.parametrize(
    ("quirk", "request_", "cause"),
    [
        ("no-blocks", read_blocks(1, 11, 9, TimeTagA.of(START), TimeTagA.of(END)), 14),
        ("no-122", hours(incremental=False), 14),
        ("no-163", read_instantaneous(1), 14),
        ("no-quarter-hours", hours(record=12), 15),
        ("one-object", read_instantaneous(1), 17),
        ("longest-range-23", hours(), 18),
        ("refuses-past", read_totals(1, 11, 1, 8, TimeTagA.of(CLOCK - timedelta(days=801)), TimeTagA.of(END)), 18),
        ("refuses-future", read_totals(1, 11, 1, 8, TimeTagA.of(START), TimeTagA.of(CLOCK + timedelta(hours=1))), 18),
    ],
)
def test_what_a_meter_does_not_offer(quirk: str, request_: Asdu, cause: int) -> None:
    assert causes(Talk(quirk).ask(request_)) == [cause]
    assert causes(Talk().ask(request_))[0] in (5, 7)


def test_a_meter_may_give_objects_apart_and_one_alone() -> None:
    (whole,) = Talk().ask(read_instantaneous(1))
    apart = Talk("separate-objects").ask(read_instantaneous(1))
    assert [(asdu.count, asdu.cause) for asdu in apart] == [(1, 5)] * 3
    alone = [Talk("one-object").ask(read_instantaneous(1, (number,))) for number in (192, 193, 194)]
    assert b"".join(asdu.content.encode_body() for asdu in apart) == whole.content.encode_body()
    assert [answers[0].content for answers in alone] == [asdu.content for asdu in apart]


def test_a_meter_may_cut_its_answers_and_not_end_them() -> None:
    assert causes(Talk("max-records-5").ask(hours())) == [7, *[5] * 5, 10]
    assert causes(Talk("no-termination").ask(hours())) == [7, *[5] * 25]
    for quirk in ("longest-range-24", "refuses-past", "refuses-future"):
        assert causes(Talk(quirk).ask(hours())) == [7, *[5] * 25, 10]


def test_a_month_is_whole_as_a_reader_in_production_asks_for_it() -> None:
    """From 01:00 of its first day to 00:00 of the next month (REE profile reference, 5)."""
    first, last = datetime(2026, 10, 1, 1, tzinfo=MADRID), datetime(2026, 11, 1, tzinfo=MADRID)
    found = ends(Talk().ask(read_totals(1, 11, 1, 8, TimeTagA.of(first), TimeTagA.of(last))))
    assert (found[0], found[-1], len(found)) == (first, last, 31 * 24 + 1)


@pytest.mark.parametrize("quirk", ["", "start-bound-included"])
def test_a_meter_includes_the_start(quirk: str) -> None:
    assert ends(Talk(*([quirk] if quirk else [])).ask(hours()))[0] == START


def test_a_meter_may_exclude_the_start() -> None:
    assert ends(Talk("start-bound-excluded").ask(hours()))[0] == START + timedelta(hours=1)


def test_a_meter_may_exclude_the_end() -> None:
    found = ends(Talk("end-bound-excluded").ask(hours()))
    assert (found[0], found[-1], len(found)) == (START, END - timedelta(hours=1), 24)


def test_a_wrong_point_is_said_before_the_key_is_looked_at() -> None:
    talk = Talk(logged_in=False)
    assert causes(talk.ask(start_session(2, Password(1)))) == [Cause.UNKNOWN_ADDRESS]
    assert causes(talk.ask(start_session(2, Password(9)))) == [Cause.UNKNOWN_ADDRESS]


def test_a_wrong_key_ends_the_session_that_was_open() -> None:
    talk = Talk()
    talk.ask(start_session(1, Password(2)))
    assert causes(talk.ask(read_identity(1))) == [14]


def test_a_meter_may_ignore_the_summer_time_bit() -> None:
    summer = datetime(2026, 7, 1, tzinfo=MADRID)
    start, end = TimeTagA.of(summer), TimeTagA.of(summer + timedelta(days=1))
    winter_bits = TimeTagA(start.bits & ~(1 << 15)), TimeTagA(end.bits & ~(1 << 15))
    request = read_totals(1, 11, 1, 8, *winter_bits)
    assert ends(Talk("su-ignored").ask(request))[0] == summer
    assert ends(Talk().ask(request))[0] == summer + timedelta(hours=1)


def test_a_new_request_drops_the_answers_that_wait_or_keeps_them() -> None:
    for quirks, expected in (((), [71]), (("keep-pending",), [123, *[11] * 25, 123, 71])):
        talk = Talk(*quirks)
        talk.station.user_data(hours().encode())
        assert [answer.type for answer in talk.ask(read_identity(1))] == expected


def test_a_meter_may_need_a_second_poll() -> None:
    talk = Talk("not-ready")
    talk.rest()
    assert talk.ask(read_identity(1)) == []
    assert [answer.type for answer in talk.rest()] == [71]


def test_a_reset_of_the_link_drops_what_waits_and_keeps_the_session() -> None:
    talk = Talk()
    talk.station.user_data(hours().encode())
    talk.station.reset()
    assert talk.rest() == []
    assert [answer.type for answer in talk.ask(read_identity(1))] == [71]


def test_the_transformer_ratios_are_in_the_configuration() -> None:
    talk = Talk()
    (answer,) = talk.ask(Asdu(141, 5))
    assert isinstance(answer.content, Configuration)
    assert len(answer.content.encode_body()) == 246
    ratios = answer.content.ratios
    assert (ratios.primary_current, ratios.secondary_current) == (5000, 50)
    (answer,) = talk.ask(Asdu(156, 5, content=ObjectList((198,))))
    assert isinstance(answer.content, Recorder)
    assert answer.content.data(198) == ratios.encode()


@given(st.binary(max_size=252))
def test_any_request_is_answered_or_not_but_never_raises(data: bytes) -> None:
    talk = Talk()
    talk.station.user_data(data)
    for _ in range(50):
        answer = talk.station.next_data()
        assert answer is None or len(answer) <= 252


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255), st.binary(max_size=20))
def test_any_request_of_this_point_never_raises(type_: int, count: int, record: int, body: bytes) -> None:
    talk = Talk()
    talk.station.user_data(bytes((type_, count, 6, 1, 0, record)) + body)
    for _ in range(50):
        talk.station.next_data()
