"""The simulated meter's end of a line: speed, fill, faults, several readers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iec102.asdu.timetag import MADRID
from iec102.errors import InvalidSetting
from iec102.link import Answer, FrameReader, Function, answer, request
from iec102.simulator import (
    LineSpeed,
    PtyServer,
    SimulatedMeter,
    SimulatorConfig,
    connect_memory,
    parse_fault,
    serve_tcp,
)
from support.virtual_time import run

CLOCK = datetime(2026, 11, 22, 10, tzinfo=MADRID)
STATUS = request(Function.LINK_STATUS, 1).encode()
STATUS_ANSWER = answer(Answer.LINK_STATUS, 1).encode()


class Ear:
    """Notes what comes from the meter, and when."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, bytes]] = []
        self.lost = False

    def data_received(self, data: bytes) -> None:
        self.heard.append((asyncio.get_running_loop().time(), data))

    def connection_lost(self, _error: Exception | None) -> None:
        self.lost = True

    @property
    def data(self) -> bytes:
        return b"".join(data for _time, data in self.heard)


async def ask(config: SimulatorConfig, *frames: bytes, pause: float = 1.0) -> Ear:
    ear = Ear()
    transport = connect_memory(config, ear)
    for data in frames:
        transport.write(data)
        await asyncio.sleep(pause)
    transport.close()
    return ear


def config(
    *quirks: str, line: str | None = None, faults: Mapping[str, float] | None = None, seed: int = 1
) -> SimulatorConfig:
    speed = None if line is None else LineSpeed.parse(line)
    return SimulatorConfig(clock=CLOCK, seed=seed, quirks=frozenset(quirks), faults=faults or {}, line=speed)


def test_without_a_line_speed_the_answer_is_there_at_once() -> None:
    ear = run(ask(config(), STATUS))
    assert ear.heard == [(0.0, STATUS_ANSWER)]


@pytest.mark.parametrize(
    ("line", "bits", "baudrate"), [("9600-8E1", 11, 9600), ("9600-8N1", 10, 9600), ("300-7E1", 10, 300)]
)
def test_bytes_take_their_time_in_both_directions(line: str, bits: int, baudrate: int) -> None:
    ear = run(ask(config(line=line), STATUS, pause=5.0))
    assert ear.data == STATUS_ANSWER
    assert ear.heard[-1][0] == pytest.approx(12 * bits / baudrate)


def test_a_long_answer_comes_little_by_little() -> None:
    ear = run(ask(config("fill-ff", line="300-8E1"), STATUS, pause=5.0))
    byte_time = 11 / 300
    for time, count in ((time, sum(len(data) for at, data in ear.heard if at <= time)) for time, _data in ear.heard):
        assert count <= (time - 6 * byte_time) / byte_time + 1e-6


def test_fill_stands_before_each_frame_and_readers_skip_it() -> None:
    ear = run(ask(config("fill-ff"), STATUS))
    assert ear.data.startswith(b"\xff")
    assert [item.encode() for item in FrameReader().feed(ear.data)] == [STATUS_ANSWER]  # type: ignore[union-attr]


def test_another_link_address_is_not_answered() -> None:
    assert run(ask(config(), request(Function.LINK_STATUS, 2).encode())).data == b""


def test_the_same_seed_gives_the_same_faults() -> None:
    faults = {"drop": 0.3, "corrupt": 0.3, "noise": 0.3}
    first, again = (run(ask(config(faults=faults), *[STATUS] * 40)) for _ in range(2))
    assert first.heard == again.heard
    assert run(ask(config(faults=faults, seed=2), *[STATUS] * 40)).heard != first.heard


def test_rates_count_frames_of_both_directions() -> None:
    ear = run(ask(config(faults={"drop": 0.2}), *[STATUS] * 500))
    assert len(ear.heard) == pytest.approx(500 * 0.8 * 0.8, rel=0.12)


def test_a_corrupt_frame_shows_it() -> None:
    ear = run(ask(config(faults={"corrupt": 0.5}), *[STATUS] * 200))
    bad = [data for _time, data in ear.heard if data != STATUS_ANSWER]
    assert bad
    for data in bad:
        assert len(data) == len(STATUS_ANSWER)
        assert FrameReader().feed(data) == []


def test_a_delayed_frame_is_later_than_a_usual_timeout() -> None:
    ear = run(ask(config(faults={"delay": 1.0}), STATUS, pause=20.0))
    assert ear.heard[-1][0] > 3.0


def test_a_disconnect_is_heard_once() -> None:
    ear = run(ask(config(faults={"disconnect": 1.0}), STATUS, STATUS))
    assert ear.lost
    assert ear.data == b""


@pytest.mark.parametrize("text", ["9600", "9600-9E1", "9600-8E3", "fast-8E1", "0-8N1", ""])
def test_a_line_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(InvalidSetting, match="9600-8E1"):
        LineSpeed.parse(text)


def test_unknown_quirks_and_faults_are_refused_with_those_that_exist() -> None:
    with pytest.raises(InvalidSetting, match="no-blocks"):
        SimulatorConfig(quirks=frozenset(["nosuch"]))
    with pytest.raises(InvalidSetting, match="corrupt"):
        SimulatorConfig(faults={"nosuch": 0.1})
    with pytest.raises(InvalidSetting, match="0 to 1"):
        SimulatorConfig(faults={"drop": 2.0})
    with pytest.raises(InvalidSetting, match=r"drop=0\.02"):
        parse_fault("drop")
    assert parse_fault("drop=0.02") == ("drop", 0.02)


@settings(max_examples=50)
@given(st.lists(st.binary(max_size=300), max_size=6))
def test_any_bytes_on_the_line_never_raise(pieces: list[bytes]) -> None:
    ear = run(ask(config(), *pieces, STATUS * 60, pause=0.1))
    assert STATUS_ANSWER in ear.data


def test_tcp_clients_have_lines_of_their_own() -> None:
    async def talk() -> list[bytes]:
        server = await serve_tcp(SimulatedMeter(config()), "127.0.0.1", 0)
        host, port = server.url.removeprefix("tcp://").split(":")
        streams = [await asyncio.open_connection(host, int(port)) for _ in range(3)]
        for _reader, writer in streams:
            writer.write(STATUS)
        answers = [await reader.readexactly(6) for reader, _writer in streams]
        server.close()
        assert [await reader.read() for reader, _writer in streams] == [b"", b"", b""]
        for _reader, writer in streams:
            writer.close()
        return answers

    assert asyncio.run(talk()) == [STATUS_ANSWER] * 3


def _ask_port(path: str) -> bytes:
    with open(path, "r+b", buffering=0) as port:
        port.write(STATUS)
        return port.read(6)


def test_a_pty_survives_being_closed_and_opened_again() -> None:
    async def talk() -> list[bytes]:
        server = PtyServer(SimulatedMeter(config()))
        path = server.url.removeprefix("serial:")
        answers = [await asyncio.to_thread(_ask_port, path) for _ in range(2)]
        server.close()
        return answers

    assert asyncio.run(talk()) == [STATUS_ANSWER] * 2
