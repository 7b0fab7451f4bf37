"""A refused key is never sent again by itself. Dialogues in virtual time."""

import asyncio
import re

import pytest
from iec102.asdu import Password
from iec102.errors import ContentTimeout, KeyNotAnswered, KeyRefused
from iec102.line.access import Access
from iec102.line.state import LineState, Phase
from iec102.link import Frame
from iec102.settings import Station
from support.dialogue import STATION, line_to, values
from support.scripted_meter import ScriptedLine, ScriptedMeter, as_it_is
from support.virtual_time import run

WRONG_KEY = Station(1, 1, Password(99))


def test_a_refused_key_is_sent_exactly_once() -> None:
    async def dialogue() -> None:
        scripted, states = ScriptedLine(), list[LineState]()
        line = line_to(scripted, states=states)
        for _ in range(3):
            with pytest.raises(KeyRefused, match="password"):
                await values(line, station=WRONG_KEY)
        assert scripted.meters[0].keys == [99]
        assert states[-1].phase is Phase.REFUSED
        assert await values(line) == 1001  # the right key may be tried
        await line.close()

    run(dialogue())


def test_a_refused_key_stops_reconnection() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted, reconnect=True)
        with pytest.raises(KeyRefused):
            await values(line, station=WRONG_KEY)
        await asyncio.sleep(1000)
        assert scripted.meters[0].keys == [99]
        await line.close()

    run(dialogue())


def test_a_refusal_outlasts_the_connection_also_where_others_share_the_link() -> None:
    async def dialogue() -> None:
        scripted, told = ScriptedLine(), list[LineState]()
        line = line_to(scripted, reconnect=True)
        line.watch(WRONG_KEY, told.append)
        with pytest.raises(KeyRefused) as refused:
            await values(line, station=WRONG_KEY)
        assert await values(line) == 1001
        scripted.cut()
        assert await values(line) == 1002  # over a new connection
        with pytest.raises(KeyRefused):
            await values(line, station=WRONG_KEY)
        assert told[-1] == line.state_of(WRONG_KEY)
        assert (told[-1].phase, told[-1].error) == (Phase.REFUSED, refused.value.sentence)
        assert line.refusal_of(WRONG_KEY) is not None
        line.forget_refusal(WRONG_KEY)
        assert line.refusal_of(WRONG_KEY) is None
        scripted.cut()
        await asyncio.sleep(1)
        assert told[-1].phase is Phase.LOST
        await line.close()

    run(dialogue())


def test_a_refused_key_is_sent_again_only_on_purpose() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted)
        for _ in range(2):
            with pytest.raises(KeyRefused):
                await values(line, station=WRONG_KEY)
            line.forget_refusal(WRONG_KEY)
        assert scripted.meters[0].keys == [99, 99]
        await line.close()

    run(dialogue())


@pytest.mark.parametrize("login", ["refuse", "silent"])
def test_another_line_to_the_meter_does_not_send_what_this_one_saw_refused(login: str) -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        meter.login = login
        before, after = line_to(ScriptedLine(meter)), line_to(ScriptedLine(meter))
        assert before.refusal_of(WRONG_KEY) is None
        with pytest.raises((KeyRefused, KeyNotAnswered)):
            await values(before, station=WRONG_KEY)
        refusal = before.refusal_of(WRONG_KEY)
        assert refusal is not None
        after.keep_refusal(WRONG_KEY, refusal)
        assert after.state_of(WRONG_KEY).error == refusal.sentence
        for _ in range(2):
            with pytest.raises(type(refusal), match=re.escape(str(refusal))):
                await values(after, station=WRONG_KEY)
        assert meter.keys == [99]
        after.forget_refusal(WRONG_KEY)
        with pytest.raises(type(refusal)):
            await values(after, station=WRONG_KEY)
        assert meter.keys == [99, 99]
        await before.close()
        await after.close()

    run(dialogue())


@pytest.mark.parametrize("after", [0.01, 2.0])
def test_a_key_whose_answer_the_end_of_the_line_did_not_wait_for_is_not_answered(after: float) -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        meter.login = "silent"
        line = line_to(ScriptedLine(meter), reconnect=True)
        reading = asyncio.create_task(values(line))
        await asyncio.sleep(after)
        assert meter.keys == ([1] if after > 1 else [])
        await line.close()
        assert (line.refusal_of(STATION) is not None) == bool(meter.keys)
        await asyncio.gather(reading, return_exceptions=True)

    run(dialogue())


@pytest.mark.parametrize("reconnect", [False, True])
def test_a_key_that_is_answered_with_silence_is_sent_exactly_once(reconnect: bool) -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        meter.login = "silent"
        scripted = ScriptedLine(meter)
        line = line_to(scripted, reconnect=reconnect)
        for _ in range(3):
            with pytest.raises(KeyNotAnswered, match="may have refused"):
                await values(line)
        assert meter.keys == [1]
        await line.close()

    run(dialogue())


def test_the_frame_with_the_key_is_repeated_only_before_its_acknowledgement_and_unchanged() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        lost = iter([True, True])
        scripted.to_reader = lambda frame: (
            [] if frame.function == 0 and scripted.meters[0].keys and next(lost, False) else as_it_is(frame)
        )
        line = line_to(scripted)
        await values(line)
        logins = [frame for _, frame in scripted.sent if frame.asdu is not None and frame.asdu[0] == 183]
        assert len(logins) == 3
        assert len(set(logins)) == 1
        assert scripted.meters[0].keys == [1]  # the meter saw repetitions, not new logins
        await line.close()

    run(dialogue())


def test_a_key_whose_frame_is_never_acknowledged_counts_as_possibly_refused() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        scripted.to_meter = lambda frame: [] if frame.asdu is not None else as_it_is(frame)
        line = line_to(scripted, reconnect=True)
        with pytest.raises(KeyNotAnswered):
            await values(line)
        sent = len(scripted.sent)
        with pytest.raises(KeyNotAnswered):
            await values(line)
        assert len(scripted.sent) == sent
        await line.close()

    run(dialogue())


def test_a_key_that_a_meter_hangs_up_on_counts_as_possibly_refused() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()

        def hang_up(frame: Frame) -> list[bytes]:
            if frame.asdu is not None:
                scripted.cut()
            return as_it_is(frame)

        scripted.to_meter = hang_up
        line = line_to(scripted, reconnect=True)
        with pytest.raises(KeyNotAnswered):
            await values(line)
        await line.close()

    run(dialogue())


def test_a_key_that_was_accepted_before_is_sent_again_after_silence() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        scripted = ScriptedLine(meter)
        line = line_to(scripted)
        await values(line)
        scripted.cut()
        meter.login = "silent"
        with pytest.raises(ContentTimeout):
            await values(line)
        meter.login = "accept"
        await values(line)
        assert meter.keys == [1, 1, 1]
        await line.close()

    run(dialogue())


def test_a_key_that_is_accepted_ends_the_session_of_another_key_behind_the_same_link() -> None:
    access = Access()
    first, same, other, elsewhere = (
        Station(1, 1, Password(1)),
        Station(1, 2, Password(1)),
        Station(1, 3, Password(2)),
        Station(2, 1, Password(1)),
    )
    for station in (first, same, elsewhere):
        access.accepted(station)
    assert all(access.is_open(station) for station in (first, same, elsewhere))
    access.accepted(other)
    assert [access.is_open(station) for station in (first, same, other, elsewhere)] == [False, False, True, True]


def test_after_another_key_behind_its_link_a_point_logs_in_again() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        for key, station in ((1, STATION), (2, Station(1, 2, Password(2))), (1, STATION)):
            meter.key = key
            await values(line, station=station)
        assert meter.keys == [1, 2, 1]
        await line.close()

    run(dialogue())
