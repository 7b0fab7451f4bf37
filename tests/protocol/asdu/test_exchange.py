"""The course of an exchange: it ends on the right ASDU, never on a number of records."""

from __future__ import annotations

from dataclasses import replace

import pytest
from iec102 import errors
from iec102.asdu import (
    Asdu,
    Cause,
    Exchange,
    IntegratedTotals,
    Password,
    Raw,
    TimeTagA,
    Total,
    read_identity,
    read_instantaneous,
    read_totals,
    start_session,
)

DAY = TimeTagA(0)
TOTALS = read_totals(1, 11, 1, 8, DAY, DAY)
LOGIN = start_session(1, Password(7))


def record(number: int, point: int = 1) -> Asdu:
    return Asdu(11, Cause.REQUEST, point, 11, IntegratedTotals((Total(1, number),), TimeTagA(number)))


def echo(request: Asdu, cause: int, *, negative: bool = False) -> Asdu:
    return replace(request, cause=cause, negative=negative)


def test_an_activated_reading_goes_from_echo_7_to_echo_10() -> None:
    exchange = Exchange(TOTALS)
    assert not exchange.receive(echo(TOTALS, 7))
    assert not exchange.receive(record(1))
    assert not exchange.receive(record(2))
    assert exchange.receive(echo(TOTALS, 10))
    assert exchange.answers == [record(1), record(2)]


def test_an_activated_reading_may_end_without_a_record() -> None:
    exchange = Exchange(TOTALS)
    exchange.receive(echo(TOTALS, 7))
    assert exchange.receive(echo(TOTALS, 10))
    assert exchange.answers == []


def test_a_direct_reading_is_one_asdu() -> None:
    exchange = Exchange(read_identity(1))
    answer = Asdu(71, Cause.REQUEST, content=Raw(b"x"))
    assert exchange.receive(answer)
    assert exchange.answers == [answer]


def test_a_command_ends_with_its_confirmation() -> None:
    assert Exchange(LOGIN).receive(echo(LOGIN, 7))


@pytest.mark.parametrize(
    ("cause", "error"),
    [
        (13, errors.RecordNotAvailable),
        (14, errors.TypeNotAvailable),
        (15, errors.UnknownRecord),
        (16, errors.UnknownAddress),
        (17, errors.ObjectNotAvailable),
        (18, errors.PeriodNotAvailable),
    ],
)
@pytest.mark.parametrize("negative", [False, True])
def test_an_error_cause_is_an_error_of_its_own(cause: int, error: type[errors.RequestRefused], negative: bool) -> None:
    exchange = Exchange(TOTALS)
    with pytest.raises(error) as refused:
        exchange.receive(echo(TOTALS, cause, negative=negative))
    assert (refused.value.cause, refused.value.type, refused.value.record) == (cause, 123, 11)


@pytest.mark.parametrize(
    "answer",
    [
        echo(LOGIN, 7, negative=True),
        echo(LOGIN, 14),
        echo(LOGIN, 16),
        echo(LOGIN, 14, negative=True),
        echo(LOGIN, 45),
        echo(LOGIN, 10),
        echo(LOGIN, 6),
    ],
)
def test_any_refusal_of_a_login_is_a_refused_key(answer: Asdu) -> None:
    with pytest.raises(errors.KeyRefused) as refused:
        Exchange(LOGIN).receive(answer)
    assert "password" in str(refused.value)


def test_a_negative_confirmation_of_anything_else_is_said() -> None:
    with pytest.raises(errors.UnexpectedAnswer):
        Exchange(TOTALS).receive(echo(TOTALS, 7, negative=True))


@pytest.mark.parametrize("cause", [19, 45, 63])
def test_a_cause_that_the_profile_does_not_know_is_a_refusal_too(cause: int) -> None:
    with pytest.raises(errors.RequestRefused, match=f"cause {cause}"):
        Exchange(read_identity(1)).receive(echo(read_identity(1), cause))


def test_an_error_under_the_type_of_the_answer_is_no_data() -> None:
    exchange = Exchange(read_instantaneous(1))
    with pytest.raises(errors.ObjectNotAvailable):
        exchange.receive(Asdu(163, Cause.OBJECT_NOT_AVAILABLE))
    assert exchange.answers == []


def test_a_negative_echo_of_a_direct_reading_is_said() -> None:
    with pytest.raises(errors.UnexpectedAnswer, match="read instantaneous values"):
        Exchange(read_instantaneous(1)).receive(echo(read_instantaneous(1), 5, negative=True))


def test_the_data_that_came_before_a_negative_termination_counts() -> None:
    exchange = Exchange(TOTALS)
    exchange.receive(record(1))
    assert exchange.receive(echo(TOTALS, 10, negative=True))
    assert exchange.answers == [record(1)]


def test_the_confirmation_of_a_direct_reading_does_not_end_it() -> None:
    exchange = Exchange(read_identity(1))
    assert not exchange.receive(echo(read_identity(1), 7))
    assert exchange.receive(Asdu(71, Cause.REQUEST, content=Raw(b"x")))


def test_answers_of_another_point_or_type_are_ignored_and_counted() -> None:
    exchange = Exchange(read_instantaneous(1))
    assert not exchange.receive(record(1))
    assert not exchange.receive(Asdu(163, Cause.REQUEST, 2, content=Raw(b"x")))
    assert exchange.ignored == 2
    assert exchange.answers == []


def test_an_asdu_like_the_one_before_is_dropped_but_events_are_not() -> None:
    exchange = Exchange(TOTALS)
    exchange.receive(record(1))
    exchange.receive(record(1))
    assert (exchange.answers, exchange.doubled) == ([record(1)], 1)
    events = Exchange(Asdu(102, Cause.ACTIVATION, record=52, content=Raw(bytes(10))))
    events.receive(Asdu(1, Cause.REQUEST, record=52, content=Raw(b"event")))
    events.receive(Asdu(1, Cause.REQUEST, record=52, content=Raw(b"event")))
    assert len(events.answers) == 2


def test_an_unknown_error_cause_stays_visible_as_its_number() -> None:
    error = errors.refusal(40, 123, 11)
    assert error.cause == 40
    assert "cause 40" in str(error)
