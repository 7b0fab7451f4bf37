"""Cause 14 says that a meter lacks a type, or that its session is over. Dialogues in virtual time."""

import asyncio

import pytest
from iec102.asdu import Asdu, Cause, Password, read_identity
from iec102.errors import ContentTimeout, TypeNotAvailable
from iec102.line import Line
from iec102.settings import LineSettings, Station
from iec102.simulator import SimulatorConfig
from iec102.transport import TapRecord
from iec102.transport.tap import Direction
from support.dialogue import STATION, line_to, values
from support.living_meter import LivingLine
from support.scripted_meter import ScriptedLine, ScriptedMeter, echo, virtual_clock
from support.virtual_time import run

LACKED = (133, 141, 144, 147, 150, 156, 180, 182, 184, 185)


async def refused(line: Line, types: tuple[int, ...] = LACKED, pause: float = 0.0) -> None:
    for number in types:
        with pytest.raises(TypeNotAvailable):
            await line.exchange(STATION, Asdu(number, Cause.REQUEST, 1), who="test")
        await asyncio.sleep(pause)


def forgetful() -> ScriptedMeter:
    """It answers 14 to everything without a session."""
    meter = ScriptedMeter()
    meter.tells_no_session = True
    return meter


@pytest.mark.parametrize("byte_time", [0.0, 11 / 300])
@pytest.mark.parametrize("pause", [0.0, 0.5])
def test_ten_types_that_a_meter_lacks_cost_one_login_and_are_asked_once_each(byte_time: float, pause: float) -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter, byte_time=byte_time))
        await refused(line, pause=pause)
        assert meter.types() == [183, *LACKED]
        await line.close()

    run(dialogue())


def test_the_first_answer_behind_a_reconnection_is_that_of_a_new_session() -> None:
    async def dialogue() -> None:
        meter = forgetful()
        scripted = ScriptedLine(meter)
        line = line_to(scripted, reconnect=True)
        await values(line)
        meter.session = False
        scripted.cut()
        await refused(line)
        await values(line)
        assert meter.types() == [183, 162, 183, *LACKED, 162]
        await line.close()

    run(dialogue())


@pytest.mark.parametrize("idle", [1.5, 30.0])
def test_an_idle_session_that_has_ended_is_opened_again_also_for_a_type_never_asked_before(idle: float) -> None:
    async def dialogue() -> None:
        meter = forgetful()
        line = line_to(ScriptedLine(meter))
        await values(line)
        meter.session = False
        await asyncio.sleep(idle)
        await line.exchange(STATION, read_identity(1), who="test")
        assert meter.types() == [183, 162, 100, 183, 100]
        await line.close()

    run(dialogue())


@pytest.mark.parametrize("silent", [False, True])
def test_a_meter_that_ends_its_session_after_twenty_seconds(silent: bool) -> None:
    async def dialogue() -> None:
        quirks = {"session-timeout-20", *(["silent-without-session"] if silent else [])}
        opener = LivingLine(SimulatorConfig(quirks=frozenset(quirks)))
        records = list[TapRecord]()
        line = Line(opener, LineSettings(retries=0), tap=records.append, clock=virtual_clock())
        await line.exchange(STATION, read_identity(1), who="test")
        for _ in range(2):
            await asyncio.sleep(25)
            try:
                await values(line)
            except ContentTimeout:
                assert silent
                await values(line)
        logins = [record for record in records if record.direction is Direction.SENT and record.secret]
        assert len(logins) == 3
        await line.close()

    run(dialogue())


def test_a_lacked_type_behind_an_idle_time_leaves_the_session_in_doubt() -> None:
    """What is known to be lacked costs no login, and says nothing about the session either."""

    async def dialogue() -> None:
        meter = forgetful()
        line = line_to(ScriptedLine(meter))
        await refused(line, (141,))
        meter.session = False
        await asyncio.sleep(30)
        await refused(line, (141,))
        await line.exchange(STATION, read_identity(1), who="test")
        assert meter.types() == [183, 141, 141, 100, 183, 100]
        await line.close()

    run(dialogue())


def test_a_session_lost_at_once_is_opened_again_behind_many_refusals() -> None:
    async def dialogue() -> None:
        meter = forgetful()
        line = line_to(ScriptedLine(meter))
        await line.exchange(STATION, read_identity(1), who="test")
        meter.session = False
        with pytest.raises(TypeNotAvailable):
            await values(line)
        for _ in range(40):
            await asyncio.sleep(0.4)
            try:
                await values(line)
            except TypeNotAvailable:
                continue
            break
        assert meter.keys == [1, 1]
        assert meter.session
        await line.close()

    run(dialogue())


def test_a_point_that_is_idle_is_logged_in_to_again_while_another_is_read() -> None:
    class TwoSessions(ScriptedMeter):
        over: set[int]

        def user_data(self, asdu: bytes) -> bool:
            if asdu[0] == 183:
                self.over.discard(asdu[3])
            return super().user_data(asdu)

        def answer(self, request: Asdu) -> list[Asdu]:
            if request.point_address in self.over:
                return [echo(request, Cause.TYPE_NOT_AVAILABLE)]
            return super().answer(request)

    async def dialogue() -> None:
        meter = TwoSessions()
        meter.over = set()
        line = line_to(ScriptedLine(meter))
        other = Station(1, 2, Password(1))
        await values(line, station=other)
        meter.over.add(2)
        for _ in range(40):
            await values(line)
            await asyncio.sleep(0.5)
        await line.exchange(other, read_identity(2), who="test")
        assert meter.keys == [1, 1, 1]
        await line.close()

    run(dialogue())
