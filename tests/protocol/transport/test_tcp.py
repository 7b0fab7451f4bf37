"""TCP on real sockets of this machine."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from iec102.asdu import Password
from iec102.errors import ConnectFailed
from iec102.line.state import LineState, Phase
from iec102.meter.meter import Meter
from iec102.open import open_line
from iec102.settings import LineSettings, Station
from iec102.simulator import SimulatedMeter, SimulatorConfig, serve_tcp
from iec102.transport import names
from iec102.transport.tcp import TcpOpener
from support.ports import free_port
from support.receiver import Collector
from support.virtual_time import run


@asynccontextmanager
async def server(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any],
) -> AsyncIterator[int]:
    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()


def test_bytes_go_both_ways_without_delay_and_a_vanished_peer_is_noticed() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read(100))
        await writer.drain()
        writer.close()

    async def dialogue() -> None:
        async with server(echo) as port:
            collector = Collector()
            transport = await TcpOpener("127.0.0.1", port).open(collector)
            connection = transport._transport.get_extra_info("socket")  # type: ignore[attr-defined]
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            transport.write(b"\x10\x49\x01\x00\x4a\x16")
            assert await collector.has(6) == b"\x10\x49\x01\x00\x4a\x16"
            assert await collector.lost is None
            transport.write(b"dropped")
            transport.close()

    asyncio.run(dialogue())


def test_closing_gives_the_connection_back_at_once() -> None:
    async def dialogue() -> None:
        ended = asyncio.Event()

        async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(ConnectionResetError):
                await reader.read(1)
            ended.set()
            writer.close()

        async with server(wait) as port:
            transport = await TcpOpener("127.0.0.1", port).open(Collector())
            transport.close()
            await asyncio.wait_for(ended.wait(), 120)

    asyncio.run(dialogue())


def test_a_port_where_nobody_listens_is_told() -> None:
    port = free_port()

    async def dialogue() -> None:
        with pytest.raises(ConnectFailed, match=rf"tcp://127.0.0.1:{port}: the connection was refused.*port number"):
            await TcpOpener("127.0.0.1", port).open(Collector())

    asyncio.run(dialogue())


class Network:
    """A name server and hosts; each fails as it is told, and None never answers."""

    def __init__(self, *, name: Exception | list[str] | None, hosts: Mapping[str, Exception | None]) -> None:
        self.name = name
        self.hosts = hosts
        self.asked: list[str] = []

    async def addresses(self, _host: str) -> list[str]:
        if isinstance(self.name, Exception):
            raise self.name
        if self.name is None:
            await asyncio.sleep(3600)
            raise AssertionError
        return self.name

    async def create_connection(self, _factory: object, address: str, _port: int) -> None:
        self.asked.append(address)
        error = self.hosts[address]
        if error is not None:
            raise error
        await asyncio.sleep(3600)


def failing(monkeypatch: pytest.MonkeyPatch, network: Network) -> str:
    """What is told when the connection fails so."""

    async def dialogue() -> str:
        monkeypatch.setattr(names, "addresses", network.addresses)
        monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", network.create_connection)
        with pytest.raises(ConnectFailed) as raised:
            await TcpOpener("converter", 40001, deadline=5.0).open(Collector())
        assert "\n" not in str(raised.value)
        assert asyncio.get_running_loop().time() <= 5.0
        return str(raised.value)

    return run(dialogue())


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (None, "nothing answered in time"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "no route"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "no route"),
        (TimeoutError(errno.ETIMEDOUT, "Connection timed out"), "nothing answered in time"),
        (PermissionError(errno.EPERM, "Operation not permitted"), "firewall"),
        (OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"), "Cannot assign requested address"),
    ],
)
def test_each_way_to_fail_has_its_sentence(monkeypatch: pytest.MonkeyPatch, error: Exception | None, says: str) -> None:
    assert says in failing(monkeypatch, Network(name=["192.0.2.1"], hosts={"192.0.2.1": error}))


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (None, "the name server did not say in time where converter is"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "the host name converter is not known"),
        (UnicodeError("label too long"), "the host name converter is not known"),
    ],
)
def test_a_name_has_its_own_sentences(monkeypatch: pytest.MonkeyPatch, error: Exception | None, says: str) -> None:
    assert says in failing(monkeypatch, Network(name=error, hosts={}))


def test_all_addresses_of_a_name_are_tried_and_the_first_failure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    refused, no_route = OSError(errno.ECONNREFUSED, "refused"), OSError(errno.ENETUNREACH, "unreachable")
    network = Network(name=["::1", "127.0.0.1"], hosts={"::1": refused, "127.0.0.1": no_route})
    assert "was refused" in failing(monkeypatch, network)
    assert network.asked == ["::1", "127.0.0.1"]


def test_an_address_that_is_silent_leaves_time_for_the_next_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = OSError(errno.ECONNREFUSED, "refused")
    network = Network(name=["2001:db8::1", "192.0.2.1"], hosts={"2001:db8::1": None, "192.0.2.1": refused})
    assert "nothing answered in time" in failing(monkeypatch, network)
    assert network.asked == ["2001:db8::1", "192.0.2.1"]


def test_a_meter_is_read_over_tcp_through_a_restart_of_the_converter() -> None:
    async def dialogue() -> None:
        meter = SimulatedMeter(SimulatorConfig())
        converter = await serve_tcp(meter, "127.0.0.1", 0)
        port = int(converter.url.rpartition(":")[2])
        lost = asyncio.Event()

        def state_changed(state: LineState) -> None:
            if state.phase is Phase.LOST:
                lost.set()

        line = open_line(converter.url, LineSettings(timeout=1000), reconnect=True, on_state=state_changed)
        reader = Meter(line, Station(1, 1, Password(1)))
        await reader.read_instantaneous()
        converter.close()
        await asyncio.wait_for(lost.wait(), 120)
        waiting = asyncio.create_task(reader.read_instantaneous())
        await asyncio.sleep(0.05)
        again = await serve_tcp(meter, "127.0.0.1", port)
        async with asyncio.timeout(120):
            await waiting
        assert line.counters.connections == 2
        await line.close()
        again.close()

    asyncio.run(dialogue())
