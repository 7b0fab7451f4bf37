"""Dialogues of a line with scripted meters, in virtual time: sessions, and what the line tells."""

import asyncio
import gc
from collections.abc import Awaitable, Callable

import pytest
from iec102.asdu import Asdu, Cause, Password, read_clock, read_identity
from iec102.errors import ConnectFailed, ContentTimeout, Disconnected, KeyNeeded, NoAnswer, TypeNotAvailable
from iec102.line import Line
from iec102.line.state import LineState, Phase
from iec102.link import Frame
from iec102.settings import LineSettings, Station
from iec102.transport import Direction, TapRecord
from support.dialogue import STATION, line_to, now, values
from support.scripted_meter import ScriptedLine, ScriptedMeter, as_it_is, echo
from support.virtual_time import run


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


def test_closing_that_is_cancelled_gives_the_line_back_all_the_same() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted)
        await values(line)
        scripted.mute = True
        closing = asyncio.create_task(line.close())
        await asyncio.sleep(0.5)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        assert scripted.end is not None
        assert scripted.end.receiver is None
        await line.close()  # and once more does no harm

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


@pytest.mark.parametrize("tells", [True, False])
def test_a_session_that_the_meter_has_ended_is_opened_again(tells: bool) -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        meter.tells_no_session = tells
        line = line_to(ScriptedLine(meter), LineSettings(retries=0))
        await values(line)
        meter.session = False
        if not tells:
            with pytest.raises(ContentTimeout):
                await values(line)
        assert await values(line) == 1002
        assert meter.keys == [1, 1]
        await line.close()

    run(dialogue())


async def refused(line: Line, *types: int) -> None:
    """The meter does not offer these types."""
    for type_ in types:
        with pytest.raises(TypeNotAvailable):
            await line.exchange(STATION, Asdu(type_, Cause.REQUEST, 1), who="test")


def test_a_request_that_the_meter_does_not_offer_costs_no_login() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        await values(line)
        await refused(line, *[141] * 5)
        assert meter.keys == [1]
        await line.close()

    run(dialogue())


OPTIONAL = (141, 144, 147, 150, 156, 182, 185, 101, 133, 184)


def test_ten_types_that_a_meter_lacks_cost_one_login() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        await refused(line, *OPTIONAL)
        assert (meter.keys, len(meter.requests)) == ([1], 11)
        await line.close()

    run(dialogue())


def test_behind_a_long_pause_they_cost_one_more_and_no_other() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        await values(line)
        await asyncio.sleep(60.0)
        await refused(line, *OPTIONAL)
        assert (meter.keys, len(meter.requests)) == ([1, 1], 2 + 2 + 10)
        await asyncio.sleep(60.0)
        await refused(line, *OPTIONAL)
        assert meter.keys == [1, 1]  # it is known now that the first one is not offered, and 60 s have passed before
        await line.close()

    run(dialogue())


def test_a_pause_that_a_session_has_outlasted_ends_none() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter))
        await values(line)
        await asyncio.sleep(10.0)
        await values(line)
        await asyncio.sleep(9.0)
        await refused(line, *OPTIONAL)
        assert meter.keys == [1]
        await line.close()

    run(dialogue())


@pytest.mark.parametrize("seconds", [3.0, 60.0])
def test_a_type_that_is_asked_for_the_first_time_behind_a_long_pause_is_answered(seconds: float) -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        meter.tells_no_session = True
        line = line_to(ScriptedLine(meter))
        await values(line)
        await asyncio.sleep(seconds)
        meter.session = False
        await line.exchange(STATION, read_identity(1), who="test")
        assert meter.keys == [1, 1]
        await line.close()

    run(dialogue())


def test_a_lost_answer_to_what_is_not_offered_costs_no_login_where_the_timeout_is_short() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        scripted = ScriptedLine(meter)
        line = line_to(scripted, LineSettings(timeout=300))
        await values(line)
        frames = iter(range(1000))
        scripted.to_reader = lambda frame: [] if next(frames) % 5 == 0 else as_it_is(frame)
        await refused(line, *OPTIONAL)
        assert meter.keys == [1]
        await line.close()

    run(dialogue())


def test_what_was_answered_before_is_never_taken_for_not_offered() -> None:
    """A meter that loses its session again right after the login, as one whose power flickers."""

    class Flickering(ScriptedMeter):
        flickers = False

        def answer(self, request: Asdu) -> list[Asdu]:
            self.session = not self.flickers
            return super().answer(request) if self.session else [echo(request, Cause.TYPE_NOT_AVAILABLE)]

    async def dialogue() -> None:
        meter = Flickering()
        meter.tells_no_session = True
        line = line_to(ScriptedLine(meter))
        await values(line)
        meter.flickers = True
        meter.session = False
        with pytest.raises(TypeNotAvailable):
            await values(line)
        meter.flickers = False
        assert await values(line) == 1002
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
        with pytest.raises(NoAnswer, match=r"link address 1 .*check the link address"):
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


def test_a_mistake_of_this_program_ends_its_request_and_the_connection_and_nothing_else() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted)
        assert await values(line) == 1001

        def mistake(_frame: Frame) -> list[bytes]:
            raise ZeroDivisionError

        scripted.to_meter = mistake
        with pytest.raises(ZeroDivisionError):
            await values(line)
        assert scripted.end is not None
        assert scripted.end.receiver is None  # what the meter sends for the lost exchange reaches nobody
        scripted.to_meter = as_it_is
        assert await values(line) == 1002
        assert len(scripted.openings) == 2
        gc.collect()  # no error is left that nobody has read, which would fail the run
        await line.close()

    run(dialogue())
