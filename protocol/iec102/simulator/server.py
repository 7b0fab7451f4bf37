"""Doors of the simulated meter: TCP, a pseudo terminal, or memory."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tty
from typing import Protocol, cast

from iec102.simulator.config import LineSpeed, SimulatorConfig
from iec102.simulator.meter import MeterLine, SimulatedMeter
from iec102.simulator.modem import HayesModem
from iec102.simulator.telnet import TelnetSide
from iec102.simulator.wire import heard

_READ_SIZE = 4096
# Bytes that wait for a client that does not read; what comes on top is lost, as on a real line.
_MOST_WAITING = 65_536
# Seconds between the calls of a modem that nobody takes.
_CALL_PERIOD = 0.5


class Receiver(Protocol):
    """Who gets what the meter sends."""

    def data_received(self, data: bytes) -> None:
        """Take bytes of the meter."""

    def connection_lost(self, error: Exception | None) -> None:
        """Note that the meter has closed the connection."""


class PortSettings(Protocol):
    """How the reader's port is set: bit/s, and a format such as 8E1."""

    @property
    def baudrate(self) -> int: ...

    @property
    def format(self) -> str: ...


class _TcpConnection(asyncio.Protocol):
    """One client: a line of its own; with ``telnet`` as a converter that speaks it."""

    def __init__(self, meter: SimulatedMeter, clients: set[_TcpConnection], *, telnet: bool = False) -> None:
        self._meter = meter
        self._clients = clients
        self._telnet = telnet
        self._side: TelnetSide | None = None
        self._line: MeterLine | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._side = TelnetSide(self._write) if self._telnet else None
        self._line = self._meter.connect(self._write if self._side is None else self._side.send, self.close)
        self._clients.add(self)

    def data_received(self, data: bytes) -> None:
        if self._side is not None:
            data = self._side.received(data)
        if self._line is not None:
            self._line.receive(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._clients.discard(self)
        if self._line is not None:
            self._line.close()

    def close(self) -> None:
        """End this client's connection."""
        if self._transport is not None:
            self._transport.abort()

    def _write(self, data: bytes) -> None:
        if self._transport is not None and self._transport.get_write_buffer_size() < _MOST_WAITING:
            self._transport.write(data)


class TcpServer:
    """The meter behind an Ethernet converter that takes several clients, each on a line of its own."""

    def __init__(self, server: asyncio.Server, clients: set[_TcpConnection], scheme: str = "tcp") -> None:
        self._server = server
        self._clients = clients
        self._scheme = scheme

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"{self._scheme}://[{host}]:{port}" if ":" in host else f"{self._scheme}://{host}:{port}"

    def close(self) -> None:
        """Stop listening and drop the clients."""
        self._server.close()
        for client in list(self._clients):
            client.close()


async def serve_tcp(meter: SimulatedMeter, host: str, port: int, *, telnet: bool = False) -> TcpServer:
    """Listen on ``host``; port 0 picks a free one. Raises OSError. ``telnet``: speak it, and RFC 2217."""
    clients: set[_TcpConnection] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _TcpConnection(meter, clients, telnet=telnet), host, port)
    return TcpServer(server, clients, "telnet" if telnet else "tcp")


class CallingMeter:
    """The meter behind a modem that calls a reader, again and again, and may say who it is first."""

    def __init__(self, meter: SimulatedMeter, host: str, port: int, identification: str = "") -> None:
        self.url = f"listen://[{host}]:{port}" if ":" in host else f"listen://{host}:{port}"
        self._meter = meter
        self._place = host, port
        self._identification = identification
        self._clients: set[_TcpConnection] = set()
        self._calls = asyncio.get_running_loop().create_task(self._call())

    def close(self) -> None:
        """Hang up, and call no more."""
        self._calls.cancel()
        for client in list(self._clients):
            client.close()

    async def _call(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if not self._clients:
                with contextlib.suppress(OSError):
                    transport, _ = await loop.create_connection(
                        lambda: _TcpConnection(self._meter, self._clients), *self._place
                    )
                    if self._identification:
                        transport.write(self._identification.encode() + b"\r\n")
            await asyncio.sleep(_CALL_PERIOD)


class PtyServer:
    """The meter behind a serial port, or with ``modem`` behind one that has to dial.

    The other side may close it and open it again.
    """

    def __init__(self, meter: SimulatedMeter, *, modem: bool = False) -> None:
        self._loop = asyncio.get_running_loop()
        # The slave stays open here too: without it, the master fails while no reader has it open.
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._name = os.ttyname(self._slave)
        self._scheme, self._query = ("modem", "?dial=1") if modem else ("serial", "")
        self._line = HayesModem(meter, self._write) if modem else meter.connect(self._write, lambda: None)
        self._loop.add_reader(self._master, self._readable)

    @property
    def url(self) -> str:
        """The port for the reader."""
        return f"{self._scheme}:{self._name}{self._query}"

    def close(self) -> None:
        """Take the port away."""
        self._loop.remove_reader(self._master)
        self._line.close()
        os.close(self._master)
        os.close(self._slave)

    def _readable(self) -> None:
        try:
            data = os.read(self._master, _READ_SIZE)
        except BlockingIOError:
            return
        self._line.receive(data)

    def _write(self, data: bytes) -> None:
        try:
            os.write(self._master, data)
        except BlockingIOError:
            # Nobody reads the port: a real line loses the bytes too.
            return


class MemoryTransport:
    """The meter in this process: its reader's end of the line.

    With the quirk "strict-line" the bytes arrive as ports that are set differently hear them.
    """

    def __init__(self, meter: SimulatedMeter, receiver: Receiver, settings: PortSettings | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._receiver: Receiver | None = receiver
        self._far = meter.config.line if "strict-line" in meter.config.quirks else None
        self._near = None if settings is None else _speed(settings)
        self.line = meter.connect(self._deliver, self._lost)

    def write(self, data: bytes) -> None:
        """Send bytes to the meter; they arrive in the loop's next turn."""
        if self._far is not None and self._near is not None:
            data = heard(data, self._near, self._far, checked=True)
        self._loop.call_soon(self._pass_on, bytes(data))

    async def tune(self, settings: PortSettings) -> None:
        """Change speed and format of the reader's port."""
        self._near = _speed(settings)

    def close(self) -> None:
        """End the connection at once."""
        self._receiver = None
        self.line.close()

    def _pass_on(self, data: bytes) -> None:
        if self._receiver is not None:
            self.line.receive(data)

    def _deliver(self, data: bytes) -> None:
        if self._far is not None and self._near is not None:
            data = heard(data, self._far, self._near, checked=False)
        if self._receiver is not None and data:
            self._receiver.data_received(data)

    def _lost(self) -> None:
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            self._loop.call_soon(receiver.connection_lost, None)


def _speed(settings: PortSettings) -> LineSpeed:
    return LineSpeed.parse(f"{settings.baudrate}-{settings.format}")


def connect_memory(
    config: SimulatorConfig | SimulatedMeter, receiver: Receiver, settings: PortSettings | None = None
) -> MemoryTransport:
    """Make a reader's end of a line to a simulated meter in this process."""
    meter = config if isinstance(config, SimulatedMeter) else SimulatedMeter(config)
    return MemoryTransport(meter, receiver, settings)
