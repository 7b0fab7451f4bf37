"""Meters that call in: whose call it is, and who may call. The callers are in memory, so that time is virtual."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from iec102.asdu import Password
from iec102.errors import ConnectFailed, InvalidTarget
from iec102.line import Line
from iec102.line.state import LineState, Phase
from iec102.meter.meter import Meter
from iec102.open import open_line, parse_target
from iec102.settings import LineSettings, Station
from iec102.simulator import CallingMeter, SimulatedMeter, SimulatorConfig
from iec102.transport.listen import ListenOpener, Switchboard, _Caller
from iec102.transport.listen_address import Address
from support.dialogue import now, values
from support.ports import free_port
from support.receiver import Collector
from support.scripted_meter import ScriptedEnd, ScriptedLine, ScriptedMeter, virtual_clock
from support.virtual_time import run

FAR = "198.51.100.7"


class Modem:
    """Calls in, as a transport of asyncio has it; ``text`` is what it says first."""

    def __init__(self, board: Switchboard, *, peer: str = "127.0.0.1", address: int = 1, text: bytes = b"") -> None:
        self.line = ScriptedLine(ScriptedMeter(address))
        self.ended = False
        self.heard = b""
        self._peer = peer
        self._call = _Caller(board)
        self._end = ScriptedEnd(self.line, self._call)
        self._call.connection_made(self)  # type: ignore[arg-type]
        if text and not self.ended:
            asyncio.get_running_loop().call_later(0.5, self._call.data_received, text)

    def get_extra_info(self, name: str) -> Any:
        return (self._peer, 50000) if name == "peername" else socket.socket()

    def write(self, data: bytes) -> None:
        self.heard += data
        self._end.write(data)

    def is_closing(self) -> bool:
        return self.ended

    def abort(self) -> None:
        self.hang_up()

    def hang_up(self) -> None:
        if not self.ended:
            self.ended = True
            asyncio.get_running_loop().call_soon(self._call.connection_lost, None)


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iec102.transport.listen.prepare_socket", lambda _transport: None)


@asynccontextmanager
async def listening(
    *targets: str, reconnect: bool = True
) -> AsyncIterator[tuple[Switchboard, list[Line], list[LineState]]]:
    """Lines that wait at one address, in the order of the targets, which leave it out; the states of the first."""
    place = f"listen://127.0.0.1:{free_port()}"
    states: list[LineState] = []
    lines = [
        open_line(
            place + target, reconnect=reconnect, on_state=states.append if not number else None, clock=virtual_clock()
        )
        for number, target in enumerate(targets)
    ]
    try:
        yield Switchboard.at(Address.parse(place.removeprefix("listen://"))), lines, states
    finally:
        for line in lines:
            await line.close()


def read(line: Line, address: int = 1) -> asyncio.Task[int]:
    return asyncio.create_task(values(line, station=Station(address, 1, Password(1))))


def test_a_meter_is_awaited_and_read_when_it_calls() -> None:
    async def dialogue() -> None:
        async with listening("") as (board, (line,), states):
            reading = read(line)
            await asyncio.sleep(14)
            assert line.state.phase is Phase.OPENING
            assert line.state.step.startswith("waiting for the meter to call 127.0.0.1:")
            Modem(board)
            assert await reading == 1001
            assert "127.0.0.1 has called, after 14 s" in [state.step for state in states]

    run(dialogue())


def test_a_meter_that_hangs_up_is_awaited_again_also_where_it_calls_at_once() -> None:
    async def dialogue() -> None:
        async with listening("") as (board, (line,), _states):
            reading = read(line)
            await asyncio.sleep(1)
            modem = Modem(board)
            await reading
            modem.hang_up()
            await asyncio.sleep(0.1)
            again = Modem(board)  # before anybody asks
            await asyncio.sleep(5)
            assert not again.ended
            assert await read(line) == 1001
            assert line.counters.connections == 2

    run(dialogue())


def test_a_call_that_nobody_wants_is_ended_after_a_while() -> None:
    async def dialogue() -> None:
        async with listening("") as (board, (line,), _states):
            reading = read(line)
            await asyncio.sleep(1)
            Modem(board)
            await reading
            more = [Modem(board) for _ in range(20)]
            assert [modem.ended for modem in more] == [False] * 16 + [True] * 4
            await asyncio.sleep(61)
            assert all(modem.ended for modem in more)

    run(dialogue())


# Who may call


@pytest.mark.parametrize(
    ("target", "admitted"),
    [
        ("", False),
        ("?allow=198.51.100.0/24", True),
        ("?allow=192.0.2.0/24,198.51.100.7", True),
        ("?allow=192.0.2.0/24", False),
    ],
)
def test_only_who_is_allowed_is_heard(target: str, admitted: bool) -> None:
    async def dialogue() -> None:
        async with listening(target) as (board, (line,), _states):
            reading = read(line)
            await asyncio.sleep(1)
            assert Modem(board, peer=FAR).ended is not admitted
            if not admitted:
                assert not reading.done()
                Modem(board)
            assert await reading == 1001

    run(dialogue())


@pytest.mark.parametrize(
    ("target", "peer", "text", "says"),
    [
        ("", FAR, b"", "is in none of the networks that may"),
        ("?identification=ID=1", "127.0.0.1", b"ID=2\r\n", 'said "ID=2", which does not fit the identification'),
        ("?identification=ID=1", "127.0.0.1", b"", "has not said who it is"),
    ],
)
def test_a_call_that_is_turned_away_is_told_once_and_where_the_meter_does_not_call(
    target: str, peer: str, text: bytes, says: str
) -> None:
    async def dialogue() -> None:
        timeout = f"{'&' if target else '?'}modem_timeout=60000"
        async with listening(target + timeout, reconnect=False) as (board, (line,), states):
            reading = read(line)
            for _ in range(2):
                await asyncio.sleep(1)
                assert not Modem(board, peer=peer, text=text).ended or peer == FAR
                await asyncio.sleep(15)
            with pytest.raises(ConnectFailed, match=f"no call within 60 s was the meter's: {peer} has called.*{says}"):
                await reading
            assert [says in state.step for state in states].count(True) == 1
            with pytest.raises(ConnectFailed, match="no meter has called within 60 s"):
                await read(line)

    run(dialogue())


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("listen://0.0.0.0:40001", "can be reached from other machines: say which networks"),
        ("listen://[::]:40001", "can be reached from other machines"),
        ("listen://0.0.0.0:40001?allow=", "can be reached from other machines"),
        ("listen://0.0.0.0:40001?allow=here", "is no network"),
        (
            "listen://0.0.0.0:40001?from=192.0.2.0/24",
            "no option 'from' here, only allow, identification, modem_timeout",
        ),
        ("listen://127.0.0.1", "no HOST:PORT"),
        ("listen://127.0.0.1:65536", "65535"),
        ("listen:127.0.0.1:4000", "write listen://HOST:PORT"),
        ("listen://127.0.0.1:4000?identification=(", "no regular expression"),
    ],
)
def test_a_target_that_is_wrong_or_open_to_all_is_told(target: str, says: str) -> None:
    with pytest.raises(InvalidTarget, match=says):
        parse_target(target)


# Whose call it is


def test_meters_at_one_address_are_told_apart_by_their_networks() -> None:
    async def dialogue() -> None:
        async with listening("?allow=192.0.2.0/24", "?allow=198.51.100.0/24") as (board, lines, _states):
            readings = [read(line) for line in lines]
            await asyncio.sleep(1)
            Modem(board, peer=FAR)
            assert await readings[1] == 1001
            assert not readings[0].done()
            Modem(board, peer="192.0.2.7")
            assert await readings[0] == 1001

    run(dialogue())


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b""])
def test_meters_are_told_apart_by_what_their_modem_says_first(end: bytes) -> None:
    async def dialogue() -> None:
        async with listening("?identification=%5EID=1%24", "?identification=%5EID=2%24") as (board, lines, _states):
            readings = [read(line) for line in lines]
            await asyncio.sleep(1)
            Modem(board, text=b"ID=2" + end)
            assert await readings[1] == 1001
            assert not readings[0].done()
            stranger = Modem(board, text=b"ID=12" + end)
            silent = Modem(board)
            await asyncio.sleep(15)
            assert stranger.ended
            assert silent.ended
            Modem(board, text=b"ID=1" + end)
            assert await readings[0] == 1001

    run(dialogue())


def test_a_modem_that_says_nothing_is_for_who_awaits_no_identification() -> None:
    async def dialogue() -> None:
        async with listening("?identification=ID=1", "") as (board, lines, _states):
            readings = [read(line) for line in lines]
            await asyncio.sleep(1)
            Modem(board)
            assert await readings[1] == 1001
            assert not readings[0].done()
            readings[0].cancel()

    run(dialogue())


def test_meters_are_told_apart_by_the_link_address_that_answers() -> None:
    async def dialogue() -> None:
        async with listening("", "", "") as (board, lines, _states):
            readings = [read(line, address) for line, address in zip(lines, (5, 6, 7), strict=True)]
            await asyncio.sleep(1)
            Modem(board, address=7)
            assert await readings[2] == 1001
            Modem(board, address=5)
            assert await readings[0] == 1001
            other = Modem(board, address=9)
            await asyncio.sleep(30)
            assert other.heard.count(b"\x10\x49\x06") == 1
            Modem(board, address=6)
            assert await readings[1] == 1001

    run(dialogue())


def test_a_meter_that_is_none_of_those_that_are_awaited_is_left() -> None:
    async def dialogue() -> None:
        async with listening("", "") as (board, lines, _states):
            readings = [read(line, address) for line, address in zip(lines, (5, 6), strict=True)]
            await asyncio.sleep(1)
            other = Modem(board, address=9)
            await asyncio.sleep(11)
            assert other.ended
            for reading in readings:
                assert not reading.done()
                reading.cancel()

    run(dialogue())


# Ends


def test_one_that_does_not_call_in_time_is_told() -> None:
    async def dialogue() -> None:
        async with listening("?modem_timeout=20000", reconnect=False) as (_board, (line,), _states):
            with pytest.raises(
                ConnectFailed, match="no meter has called within 20 s: check the address and port in its"
            ):
                await read(line)
            assert now() == 20.0

    run(dialogue())


def test_a_line_that_is_closed_listens_no_longer() -> None:
    async def dialogue() -> None:
        async with listening("") as (board, (line,), _states):
            reading = read(line)
            await asyncio.sleep(1)
            parked = Modem(board)
            await reading
            await line.close()
            assert parked.ended
            assert Modem(board).ended
            assert board._server is None

    run(dialogue())


def test_a_port_in_use_is_told() -> None:
    async def dialogue() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(ConnectFailed, match="another program uses this port"):
                await parse_target(f"listen://127.0.0.1:{port}").opener(LineSettings()).open(Collector())

    run(dialogue())


def real(coroutine: Coroutine[Any, Any, None]) -> None:
    """On real sockets, in real time."""
    asyncio.run(coroutine)


@pytest.mark.parametrize("identification", ["", "ID=48304838"])
def test_a_simulated_meter_calls_over_a_real_connection(identification: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    async def dialogue() -> None:
        port = free_port()
        query = f"?identification={identification}" if identification else ""
        line = open_line(f"listen://127.0.0.1:{port}{query}")
        meter = CallingMeter(SimulatedMeter(SimulatorConfig()), "127.0.0.1", port, identification)
        try:
            reading = await Meter(line, Station(1, 1, Password(1))).read_instantaneous()
            assert len(reading.values) == 24
        finally:
            await line.close()
            meter.close()

    real(dialogue())


def test_its_name_has_no_networks_in_it() -> None:
    opener = parse_target("listen://0.0.0.0:40001?allow=198.51.100.0/24").opener(LineSettings())
    assert isinstance(opener, ListenOpener)
    assert opener.name == "listen://0.0.0.0:40001"
