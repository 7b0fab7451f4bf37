"""Optical heads that give back what is sent to them. Dialogues in virtual time."""

import pytest
from iec102.errors import NoAnswer
from iec102.line import Line
from iec102.line.state import LineState, Phase
from iec102.link import Frame, Garbage
from iec102.meter.meter import Meter
from iec102.open import parse_target
from iec102.settings import LineSettings
from iec102.transport import Direction, TapRecord
from support.dialogue import STATION, line_to, values
from support.scripted_meter import ScriptedEnd, ScriptedLine
from support.virtual_time import run


class EchoingLine(ScriptedLine):
    """Gives back each request, and so many of its bytes changed."""

    def __init__(self, damage: int = 0) -> None:
        super().__init__()
        self.damage = damage
        self.to_meter = self.echo

    def echo(self, frame: Frame) -> list[bytes]:
        data = frame.encode()
        back = bytes(byte ^ 0x04 for byte in data[: self.damage]) + data[self.damage :]
        end = self.end
        assert isinstance(end, ScriptedEnd)
        end.send(back, 0.001)
        return [data]


def test_readings_go_on_and_the_echo_is_named() -> None:
    async def dialogue() -> None:
        states, records = list[LineState](), list[TapRecord]()
        line = line_to(EchoingLine(), states=states, tap=records)
        assert [await values(line) for _ in range(3)] == [1001, 1002, 1003]
        counters = line.counters
        assert counters.echoes == counters.requests
        assert (counters.foreign, counters.bad_frames, counters.repeats) == (0, 0, 0)
        assert states[-1].phase is Phase.CONNECTED
        assert (states[-1].remark or "").startswith("the optical head echoes")
        assert "check" in (states[-1].remark or "")
        notes = [record.note for record in records if record.direction is Direction.RECEIVED]
        assert notes[:2] == ["echo", ""]
        assert all(record.secret for record in records if isinstance(record.item, Frame) and _is_key(record.item))
        await line.close()

    run(dialogue())


def _is_key(frame: Frame) -> bool:
    return bool(frame.asdu) and frame.asdu is not None and frame.asdu[0] == 183


def test_a_head_that_echoes_without_a_meter_is_named_in_the_error() -> None:
    async def dialogue() -> None:
        scripted = EchoingLine()
        scripted.mute = True
        line = line_to(scripted)
        with pytest.raises(NoAnswer, match="the optical head echoes the requests, but no meter answers"):
            await values(line)
        assert line.counters.echoes == line.counters.requests == 4
        scripted.mute = False
        assert await values(line) == 1001
        assert len(scripted.openings) == 2  # nothing but the echo was heard: as good as silent
        await line.close()

    run(dialogue())


def test_a_damaged_echo_is_garbage_and_readings_go_on() -> None:
    async def dialogue() -> None:
        records = list[TapRecord]()
        line = line_to(EchoingLine(damage=2), tap=records)
        assert [await values(line) for _ in range(3)] == [1001, 1002, 1003]
        assert line.counters.bad_frames == line.counters.requests
        assert line.counters.echoes == 0
        garbage = [record for record in records if isinstance(record.item, Garbage)]
        assert garbage
        assert {record.note for record in garbage} == {"damaged echo"}
        assert all(record.note != "damaged echo" for record in records if isinstance(record.item, Frame))
        await line.close()

    run(dialogue())


def test_without_an_echo_there_is_no_remark() -> None:
    async def dialogue() -> None:
        line = line_to(ScriptedLine())
        await values(line)
        assert line.state.remark is None
        await line.close()

    run(dialogue())


@pytest.mark.parametrize("target", ["simulated:?quirk=echo", "simulated:?quirk=echo&line=9600-8E1"])
def test_the_simulated_meter_echoes_on_demand(target: str) -> None:
    async def dialogue() -> None:
        settings = LineSettings()
        line = Line(parse_target(target).opener(settings), settings)
        for _ in range(5):
            await Meter(line, STATION).read_instantaneous()
        assert line.counters.echoes == line.counters.requests
        assert line.counters.repeats == 0
        assert line.state.remark is not None
        await line.close()

    run(dialogue())
