"""Meters whose answers are unlike most: an application gets them as it would have got them alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from iec102.asdu import (
    Asdu,
    Cause,
    InstantaneousValues,
    IntegratedTotals,
    ObjectList,
    RangeRequest,
    Raw,
    TimeTagA,
    Total,
    read_instantaneous,
    read_totals,
)
from iec102.load_profile.intervals import Register, expected_ends
from support.dialogue import line_to, load_profile, now
from support.gateway import gateway_to
from support.scripted_meter import NOW, ScriptedLine, ScriptedMeter, echo
from support.virtual_time import run

Answer = Callable[[Asdu], list[Asdu]]


class Unusual(ScriptedMeter):
    """Its answers are those of a function."""

    def __init__(self, answers: Answer) -> None:
        super().__init__()
        self._give = answers

    def answer(self, request: Asdu) -> list[Asdu]:
        return self._give(request)


def days(number: int) -> Asdu:
    return read_totals(1, 11, 1, 8, TimeTagA.of(NOW - timedelta(days=number)), TimeTagA.of(NOW))


def twice(asked: Asdu) -> list[Asdu]:
    """The autumn hour on a meter that knows no summer time, at night: two records are equal byte by byte."""
    record = Asdu(11, Cause.REQUEST, 1, 11, IntegratedTotals((Total(1, 0),), TimeTagA.of(NOW)))
    return [echo(asked, Cause.CONFIRMATION), record, record, echo(asked, Cause.TERMINATION)]


def confirmed_and_refused(cause: Cause) -> Answer:
    return lambda asked: [echo(asked, Cause.CONFIRMATION), echo(asked, cause)]


def not_confirmed(asked: Asdu) -> list[Asdu]:
    assert isinstance(asked.content, RangeRequest)
    start, end = asked.content.start.utc(), asked.content.end.utc()
    assert start is not None
    assert end is not None
    data = [
        Asdu(11, Cause.REQUEST, 1, 11, IntegratedTotals((Total(1, 5),), TimeTagA.of(time)))
        for time in expected_ends(Register.HOURLY, start, end)
    ]
    return [*data, echo(asked, Cause.TERMINATION)]


def apart(asked: Asdu) -> list[Asdu]:
    """Each instantaneous object in an ASDU of its own."""
    assert isinstance(asked.content, ObjectList)
    meter = ScriptedMeter()
    whole = [meter.measured(replace(asked, content=ObjectList((number,)))) for number in asked.content.objects]
    return [Asdu(163, Cause.REQUEST, 1, content=InstantaneousValues(part)) for part in whole]


def alone(answers: Answer, asked: Asdu) -> list[bytes]:
    return [asdu.encode() for asdu in answers(asked)]


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        (twice, load_profile()),
        (confirmed_and_refused(Cause.TYPE_NOT_AVAILABLE), load_profile()),
        (confirmed_and_refused(Cause.TYPE_NOT_AVAILABLE), days(3)),
        (confirmed_and_refused(Cause.PERIOD_NOT_AVAILABLE), load_profile()),
        (confirmed_and_refused(Cause.PERIOD_NOT_AVAILABLE), days(3)),
        (confirmed_and_refused(Cause.TYPE_NOT_AVAILABLE), read_instantaneous(1)),
        (confirmed_and_refused(Cause.TYPE_NOT_AVAILABLE), Asdu(102, Cause.ACTIVATION, 1, 52, Raw(bytes(10)))),
        (not_confirmed, days(30)),
        (apart, read_instantaneous(1)),
    ],
    ids=["twice", "7-14", "7-14-cut", "7-18", "7-18-cut", "7-14-162", "7-14-102", "no-7", "apart"],
)
def test_it_comes_as_it_is(answers: Answer, asked: Asdu) -> None:
    async def dialogue() -> None:
        async with gateway_to(line_to(ScriptedLine(Unusual(answers)), reconnect=True)) as gateway:
            app = gateway.connect()
            await app.log_in()
            await app.say(asked)
            found: list[bytes] = []
            quiet_since = now()
            while now() - quiet_since < 5:
                if (asdu := await app.poll()) is not None:
                    found.append(asdu.encode())
                    quiet_since = now()
            assert found == alone(answers, asked)

    run(dialogue())


def test_a_refused_key_is_told_while_others_read_in_pieces() -> None:
    """The refusal is the only answer: it is not held back until more come."""

    async def dialogue() -> None:
        meter = Unusual(not_confirmed)
        async with gateway_to(line_to(ScriptedLine(meter, byte_time=11 / 9600), reconnect=True)) as gateway:
            reader, other = gateway.connect("a"), gateway.connect("b")
            await reader.log_in()
            meter.key = 2
            await other.log_in(2)
            meter.key = 1
            await reader.say(days(30))
            await other.say(days(30))
            refusal = await other.data(20)
            assert (refusal.type, refusal.cause) == (123, Cause.TYPE_NOT_AVAILABLE)

    run(dialogue())
