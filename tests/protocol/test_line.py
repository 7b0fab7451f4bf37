"""Dialogues of a line with scripted meters, in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from iec102.application import Asdu, Cause, Password, read_clock, read_identity, read_instantaneous, read_totals
from iec102.application.timetag import MADRID, TimeTagA
from iec102.errors import (
    ConnectFailed,
    ContentTimeout,
    Disconnected,
    KeyNeeded,
    KeyNotAnswered,
    KeyRefused,
    NoAnswer,
    TypeNotAvailable,
)
from iec102.line import Line
from iec102.link import Frame
from iec102.settings import LineSettings, Station
from iec102.state import LineState, Phase
from iec102.transport import Direction, TapRecord
from support.scripted_meter import NOW, ScriptedLine, ScriptedMeter, as_it_is, virtual_clock
from support.virtual_time import run

STATION = Station(1, 1, Password(1))
WRONG_KEY = Station(1, 1, Password(99))


def line_to(
    scripted: ScriptedLine,
    settings: LineSettings | None = None,
    *,
    reconnect: bool = False,
    states: list[LineState] | None = None,
    tap: list[TapRecord] | None = None,
) -> Line:
    return Line(
        scripted,
        settings or LineSettings(),
        reconnect=reconnect,
        on_state=None if states is None else states.append,
        tap=None if tap is None else tap.append,
        clock=virtual_clock(),
    )


def now() -> float:
    return asyncio.get_running_loop().time()


async def values(line: Line, who: str = "test", station: Station = STATION) -> int:
    """One reading of 162; gives the energy, which the scripted meter counts up with each request."""
    (answer,) = await line.exchange(station, read_instantaneous(station.point_address), who=who)
    return answer.content.energies.values[0].value  # type: ignore[attr-defined]


def load_profile() -> Asdu:
    return read_totals(1, 11, 1, 8, TimeTagA.of(NOW, MADRID), TimeTagA.of(NOW, MADRID))


# A session


def test_first_request_opens_the_line_starts_the_link_and_logs_in() -> None:
    async def dialogue() -> None:
        scripted, states = ScriptedLine(), list[LineState]()
        line = line_to(scripted, states=states)
        assert line.state.phase is Phase.IDLE
        assert await values(line) == 1001
        assert [frame.function for _, frame in scripted.sent] == [9, 0, 9, 3, 11, 3, 11]
        assert scripted.meters[0].types() == [183, 162]
        assert [state.phase for state in states] == [Phase.OPENING, Phase.STARTING, Phase.LOGIN, Phase.CONNECTED]
        await line.close()

    run(dialogue())


def test_an_open_session_is_used_again() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted)
        assert [await values(line) for _ in range(3)] == [1001, 1002, 1003]
        assert scripted.meters[0].types() == [183, 162, 162, 162]
        await line.close()

    run(dialogue())


def test_closing_ends_the_session_and_gives_the_line_back() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted)
        await values(line)
        await line.close()
        assert scripted.meters[0].types()[-1] == 187
        assert scripted.end is not None
        assert scripted.end.receiver is None
        assert line.state.phase is Phase.CLOSED
        with pytest.raises(Disconnected, match="closed"):
            await values(line)

    run(dialogue())


def test_closing_a_line_whose_meter_is_silent_takes_no_longer_than_two_timeouts() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted, LineSettings(timeout=1000))
        await values(line)
        scripted.mute = True
        start = now()
        await line.close()
        assert now() - start <= 2.0

    run(dialogue())


def test_closing_while_the_line_is_being_opened_again_does_not_wait() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        scripted.away = True
        line = line_to(scripted, reconnect=True)
        waiting = asyncio.create_task(values(line))
        await asyncio.sleep(30.1)
        start = now()
        await line.close()
        assert now() == start
        with pytest.raises(Disconnected):
            await waiting

    run(dialogue())


def test_sessions_of_two_points_and_two_addresses_are_kept_apart() -> None:
    async def dialogue() -> None:
        north, south = ScriptedMeter(1, key=1), ScriptedMeter(7000, key=7)
        line = line_to(ScriptedLine(north, south))
        other_point = Station(1, 2, Password(1))
        far = Station(7000, 1, Password(7))
        for station in (STATION, far, other_point, STATION, far, other_point):
            await values(line, station=station)
        assert north.types() == [183, 162, 183, 162, 162, 162]
        assert south.types() == [183, 162, 162]
        await line.close()
        assert north.types()[-2:] == [187, 187]
        assert south.types()[-1] == 187

    run(dialogue())


def test_another_key_of_the_same_meter_logs_in_again() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        await values(line)
        meter.key = 2
        await values(line, station=Station(1, 1, Password(2)))
        assert meter.keys == [1, 2]
        await line.close()

    run(dialogue())


def test_a_request_that_needs_no_session_is_sent_without_a_key() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted, LineSettings(timeout=100, retries=0))
        with pytest.raises(ContentTimeout):
            await line.exchange(Station(), read_identity(1), who="test", session=False)
        assert scripted.meters[0].types() == [100]
        with pytest.raises(KeyNeeded, match="password"):
            await line.exchange(Station(), read_identity(1), who="test")
        await line.close()

    run(dialogue())


# Refused keys


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


# Lost and late frames


def test_every_lost_frame_is_repeated_and_no_record_is_lost_or_doubled() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        turn = iter(range(1_000_000))
        scripted.to_meter = lambda frame: [] if next(turn) % 7 == 3 else as_it_is(frame)
        scripted.to_reader = lambda frame: [] if next(turn) % 5 == 3 else as_it_is(frame)
        line = line_to(scripted)
        answers = await line.exchange(STATION, load_profile(), who="test")
        assert [asdu.content.totals[0].value for asdu in answers] == list(range(24))  # type: ignore[attr-defined]
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
        answers = await line.exchange(STATION, load_profile(), who="test")
        assert [asdu.content.totals[0].value for asdu in answers] == list(range(24))  # type: ignore[attr-defined]
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


def test_a_refused_request_leaves_the_session_open() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        with pytest.raises(TypeNotAvailable):
            await line.exchange(STATION, Asdu(141, Cause.REQUEST, 1), who="test")
        await values(line)
        assert meter.keys == [1]
        await line.close()

    run(dialogue())


def test_the_delay_between_requests_is_kept() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted, LineSettings(delay=2000))
        for _ in range(3):
            await values(line)
        requests = [at for at, frame in scripted.sent if frame.asdu is not None]
        assert all(later - earlier >= 2.0 for earlier, later in zip(requests, requests[1:], strict=False))
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


# Cancelling


@pytest.mark.parametrize("after", [0.005, 0.015, 0.025, 0.035])
def test_a_cancelled_reading_does_not_disturb_the_next_one(after: float) -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        await values(line)
        task = asyncio.create_task(values(line))
        await asyncio.sleep(after)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await values(line) == meter.energy
        assert line.counters.repeats == 0
        await line.close()

    run(dialogue())


def test_the_rest_of_a_cancelled_load_profile_is_not_taken_for_the_next_answer() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        task = asyncio.create_task(line.exchange(STATION, load_profile(), who="test"))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        answers = await line.exchange(STATION, load_profile(), who="test")
        assert len(answers) == 24
        await line.close()

    run(dialogue())


def test_a_cancelled_caller_still_leaves_a_clean_end_of_session() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))

        async def use() -> None:
            try:
                while True:
                    await values(line)
            finally:
                await line.close()

        task = asyncio.create_task(use())
        await asyncio.sleep(0.315)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert meter.types()[-1] == 187
        assert not meter.session

    run(dialogue())


def test_cancelling_during_the_login_lets_it_finish() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        task = asyncio.create_task(values(line))
        await asyncio.sleep(0.075)
        assert meter.keys == [1]
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await values(line)
        assert meter.keys == [1]
        await line.close()

    run(dialogue())


def test_a_request_that_still_waits_is_cancelled_without_a_byte() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        first = asyncio.create_task(values(line, who="a"))
        second = asyncio.create_task(values(line, who="b"))
        await asyncio.sleep(0.05)
        second.cancel()
        await first
        await asyncio.sleep(1)
        assert meter.types() == [183, 162]
        await line.close()

    run(dialogue())


# Sharing


def test_users_take_turns_whatever_each_has_queued() -> None:
    async def dialogue() -> None:
        line = line_to(ScriptedLine())
        order: list[str] = []

        async def ask(who: str) -> None:
            await values(line, who=who)
            order.append(who)

        tasks = [asyncio.create_task(ask("greedy")) for _ in range(6)]
        tasks += [asyncio.create_task(ask("modest")) for _ in range(3)]
        await asyncio.gather(*tasks)
        assert order == ["greedy", "modest"] * 3 + ["greedy"] * 3
        await line.close()

    run(dialogue())


def test_a_user_who_always_asks_again_gets_half_of_the_line() -> None:
    async def dialogue() -> None:
        line = line_to(ScriptedLine())
        counts = {"live": 0, "download": 0}

        async def use(who: str) -> None:
            while True:
                await values(line, who=who)
                counts[who] += 1

        users = [asyncio.create_task(use(who)) for who in counts]
        await asyncio.sleep(60)
        for user in users:
            user.cancel()
        assert abs(counts["live"] - counts["download"]) <= 1
        assert counts["live"] > 700
        await line.close()

    run(dialogue())


def test_a_dead_meter_does_not_stop_its_neighbour_on_the_same_line() -> None:
    async def dialogue() -> None:
        line = line_to(ScriptedLine(ScriptedMeter(1)), LineSettings(timeout=500), reconnect=True)
        await values(line)
        dead = asyncio.create_task(values(line, who="dead", station=Station(2, 1, Password(1))))
        start, count = now(), 0
        while now() < start + 60:
            await values(line, who="alive")
            count += 1
        assert count > 500
        assert not dead.done()
        dead.cancel()
        await line.close()

    run(dialogue())


# What is told


def test_the_tap_hears_everything_in_order_with_its_time() -> None:
    async def dialogue() -> None:
        scripted, records = ScriptedLine(), list[TapRecord]()
        line = line_to(scripted, tap=records)
        await values(line)
        lost = iter([True])
        scripted.to_reader = lambda frame: [b"\x55"] if next(lost, False) else as_it_is(frame)
        await values(line)
        await line.close()
        frames = [record.item for record in records if record.direction is Direction.SENT]
        assert frames == [frame for _, frame in scripted.sent]
        assert [record.time for record in records] == sorted(record.time for record in records)
        assert sum(record.repeat for record in records) == 1
        assert sum(not isinstance(record.item, Frame) for record in records) == 1

    run(dialogue())


def test_what_may_carry_the_key_is_marked_in_the_tap() -> None:
    async def dialogue() -> None:
        scripted, records = ScriptedLine(), list[TapRecord]()

        def spoil(frame: Frame) -> list[bytes]:
            good = frame.encode()
            return [good[:-2] + bytes((good[-2] ^ 1, good[-1])), good] if frame.asdu is not None else [good]

        scripted.to_reader = spoil
        line = line_to(scripted, tap=records)
        await values(line)
        for record in records:
            if isinstance(record.item, Frame):
                assert record.secret == (record.item.asdu is not None and record.item.asdu[0] == 183)
        garbage = [record.secret for record in records if not isinstance(record.item, Frame)]
        assert garbage == [True, False]
        await line.close()

    run(dialogue())


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda scripted: setattr(scripted, "away", True), ConnectFailed),
        (lambda scripted: setattr(scripted, "mute", True), NoAnswer),
    ],
)
def test_without_reconnection_errors_go_to_the_caller_at_once(
    spoil: Callable[[ScriptedLine], Awaitable[None]], error: type[Exception]
) -> None:
    async def dialogue() -> None:
        scripted, states = ScriptedLine(), list[LineState]()
        spoil(scripted)
        line = line_to(scripted, states=states)
        with pytest.raises(error):
            await values(line)
        assert states[-1].phase is Phase.LOST
        assert states[-1].error is not None
        await line.close()

    run(dialogue())


def test_a_wrong_link_address_ends_in_no_answer() -> None:
    async def dialogue() -> None:
        line = line_to(ScriptedLine(ScriptedMeter(7000)))
        with pytest.raises(NoAnswer, match="link address 1 .*check the link address"):
            await values(line)
        await line.close()

    run(dialogue())


def test_a_clock_is_asked_for_with_the_time_that_it_took() -> None:
    async def dialogue() -> None:
        line = line_to(ScriptedLine(latency=0.05))
        await values(line)
        answered = await line.timed_exchange(STATION, read_clock(1), who="test")
        assert answered.received - answered.sent == pytest.approx(0.2)
        assert not answered.repeated
        await line.close()

    run(dialogue())
