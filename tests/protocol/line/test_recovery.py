"""Lost, late, doubled and foreign bytes. Dialogues in virtual time."""

import asyncio
import itertools

import pytest
from iec102.asdu import Asdu, Cause, Password
from iec102.errors import ContentTimeout, NoAnswer, TypeNotAvailable
from iec102.settings import LineSettings, Station
from support.dialogue import STATION, line_to, now, profile_values, values
from support.scripted_meter import ScriptedLine, ScriptedMeter, as_it_is
from support.virtual_time import run


def test_every_lost_frame_is_repeated_and_no_record_is_lost_or_doubled() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        turn = iter(range(1_000_000))
        scripted.to_meter = lambda frame: [] if next(turn) % 7 == 3 else as_it_is(frame)
        scripted.to_reader = lambda frame: [] if next(turn) % 5 == 3 else as_it_is(frame)
        line = line_to(scripted)
        assert await profile_values(line) == list(range(24))
        assert line.counters.repeats > 10
        assert line.counters.repeats == line.counters.timeouts
        await line.close()

    run(dialogue())


def test_answers_that_come_after_the_timeout_are_not_taken_for_the_next_ones() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        scripted = ScriptedLine(meter)
        line = line_to(scripted, LineSettings(timeout=500))
        await values(line)
        scripted.latency = 0.3  # there and back is longer than the timeout
        readings = [await values(line) for _ in range(5)]
        assert readings == list(range(1002, 1007))
        assert await profile_values(line) == list(range(24))
        assert line.counters.late > 0
        await line.close()

    run(dialogue())


def test_a_meter_that_has_no_data_yet_is_polled_with_growing_pauses() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        await values(line)
        meter.not_ready = 20
        start = now()
        assert await values(line) == 1002
        assert 5.0 < now() - start < 10.0
        await line.close()

    run(dialogue())


def test_a_meter_that_never_has_data_is_an_error_of_its_own() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        await values(line)
        meter.not_ready = 1_000_000
        with pytest.raises(ContentTimeout, match="no data"):
            await values(line)
        meter.not_ready = 0
        assert await values(line) == 1003  # not the answer to the request before
        await line.close()

    run(dialogue())


def test_a_failed_link_is_started_again_and_the_session_with_it() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        scripted = ScriptedLine(meter)
        line = line_to(scripted, LineSettings(timeout=1000, retries=1))
        await values(line)
        scripted.mute = True
        with pytest.raises(NoAnswer, match="2 attempts"):
            await values(line)
        scripted.mute = False
        assert await values(line) == 1002
        assert meter.keys == [1, 1]
        assert meter.resets == 2
        await line.close()

    run(dialogue())


def test_a_line_that_is_totally_silent_is_opened_anew() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted)
        await values(line)
        scripted.mute = True
        with pytest.raises(NoAnswer):
            await values(line)
        scripted.mute = False
        await values(line)
        assert len(scripted.openings) == 2
        await line.close()

    run(dialogue())


def test_a_line_that_gives_rubbish_is_kept_open() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted)
        await values(line)
        scripted.to_reader = lambda _: [b"\x55\xaa\x00"]
        with pytest.raises(NoAnswer):
            await values(line)
        scripted.to_reader = as_it_is
        await values(line)
        assert len(scripted.openings) == 1
        assert line.counters.garbage_bytes == 12
        assert line.counters.bad_frames == 4
        await line.close()

    run(dialogue())


def test_an_answer_that_is_still_arriving_at_the_deadline_is_waited_for() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine(byte_time=11 / 300)  # the answer to 162 takes 1.8 s, its request 0.6 s
        line = line_to(scripted, LineSettings(timeout=700))
        await values(line)
        assert line.counters.repeats == 0
        await line.close()

    run(dialogue())


def test_bytes_that_only_look_like_a_frame_do_not_stop_the_line() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted)
        await values(line)
        # What looks like the start of 245 bytes, then the good answer.
        scripted.to_reader = lambda frame: [b"\x68\xf5\xf5\x68" + frame.encode()]
        start = now()
        await values(line)
        assert line.counters.repeats == 0
        assert now() - start < 7.0
        await line.close()

    run(dialogue())


def test_an_endless_stream_of_bytes_does_not_hold_the_line_for_ever() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine(byte_time=11 / 9600)
        line = line_to(scripted, LineSettings(timeout=500, retries=0))

        async def babble() -> None:
            while True:
                await asyncio.sleep(0.01)
                if scripted.end is not None:
                    scripted.end.give(b"\x68\xf5\xf5\x68")

        scripted.mute = True
        stream = asyncio.create_task(babble())
        start = now()
        with pytest.raises(NoAnswer):
            await values(line)
        assert now() - start < 1.0
        stream.cancel()
        await line.close()

    run(dialogue())


def test_a_refused_request_leaves_the_link_in_order() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        with pytest.raises(TypeNotAvailable):
            await line.exchange(STATION, Asdu(141, Cause.REQUEST, 1), who="test")
        await values(line)
        assert meter.resets == 1
        await line.close()

    run(dialogue())


def test_the_delay_between_requests_is_kept() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted, LineSettings(delay=2000))
        for _ in range(3):
            await values(line)
        await values(line, station=Station(1, 2, Password(1)))  # which logs in first
        requests = [at for at, frame in scripted.sent if frame.asdu is not None]
        assert all(later - earlier >= 2.0 for earlier, later in itertools.pairwise(requests))
        await line.close()

    run(dialogue())


def test_without_a_delay_the_next_request_follows_at_once() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine(latency=0.001)
        line = line_to(scripted)
        await values(line)
        start = now()
        for _ in range(10):
            await values(line)
        assert now() - start == pytest.approx(10 * 4 * 0.001)
        await line.close()

    run(dialogue())
