"""Converters that speak telnet (RFC 854), and those whose port is set over it (RFC 2217)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from iec102.errors import ConnectFailed, InvalidSetting
from iec102.sentence import Sentence
from iec102.settings import LineSettings
from iec102.transport.base import Informed, Opener, Receiver, Transport
from iec102.transport.lost import closed_at_once
from iec102.transport.scheme import MakeOpener
from iec102.transport.tcp import TcpOpener, opener_at
from iec102.transport.telnet_codec import ANSWER, DROP_RECEIVED, QUIET, TelnetCodec, port_commands

# Seconds for the other side to answer what is negotiated: for a simple converter that never does, the line begins then.
_NEGOTIATION = 1.0
# Seconds for each of speed, data bits, parity and stop bits to be confirmed.
_CONFIRMATION = 3.0


def opener_of(text: str, rest: str) -> MakeOpener:
    """What opens ``telnet://HOST:PORT``. Raises InvalidTarget."""
    return _maker(text, rest, "telnet", lambda tcp, _settings: TelnetOpener(tcp))


def rfc2217_opener_of(text: str, rest: str) -> MakeOpener:
    """What opens ``rfc2217://HOST:PORT``. Raises InvalidTarget."""
    return _maker(text, rest, "rfc2217", TelnetOpener)


def _maker(text: str, rest: str, scheme: str, make: Callable[[TcpOpener, LineSettings], Opener]) -> MakeOpener:
    place = opener_at(text, rest, scheme)
    return lambda settings: make(place(settings), settings)


class TelnetOpener:
    """A converter behind ``tcp``. With ``settings`` its port is set to their speed and format when it is opened."""

    def __init__(self, tcp: TcpOpener, settings: LineSettings | None = None) -> None:
        self._tcp = tcp
        self._settings = settings
        self.name = tcp.name
        self.byte_time = 0.0 if settings is None else settings.byte_time
        if settings is None:  # a port that is being set has one client
            self.deadline = tcp.deadline + _NEGOTIATION

    async def open(self, receiver: Receiver) -> Transport:
        """Connect and negotiate. Raises ConnectFailed, Disconnected, or InvalidSetting for what the port lacks."""
        stream = _Stream(receiver, self.name, port_control=self._settings is not None)
        transport: Transport = TelnetTransport(stream)
        stream.wire = await self._tcp.open(stream)
        try:
            stream.flush()
            await stream.settled()
            if self._settings is not None:
                await stream.set_port(self._settings)
                transport = PortTransport(stream)
            elif not stream.speaks_telnet and isinstance(receiver, Informed):
                receiver.opening_step(Sentence("step.no_telnet"))
        except BaseException:
            transport.close()
            raise
        stream.begin()
        return transport


class TelnetTransport:
    """A connection whose bytes are those of the line."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream

    def write(self, data: bytes) -> None:
        self._stream.write(data)

    def close(self) -> None:
        self._stream.close()


class PortTransport(TelnetTransport):
    """One whose speed and format can be changed."""

    async def tune(self, settings: LineSettings) -> None:
        """Change speed and format. Raises ConnectFailed or InvalidSetting."""
        await self._stream.set_port(settings)


class _Stream:
    """Between the connection and the receiver, which hears nothing before ``begin``."""

    def __init__(self, receiver: Receiver, name: str, *, port_control: bool) -> None:
        self.wire: Transport | None = None
        self._codec = TelnetCodec(port_control=port_control)
        self._receiver = receiver
        self._name = name
        self._begun = False
        self._early = bytearray()
        self._lost: Exception | None = None
        self._is_lost = False
        self._changed = asyncio.Event()

    def flush(self) -> None:
        """Send what is negotiated."""
        if self._codec.outgoing and self.wire is not None:
            self.wire.write(bytes(self._codec.outgoing))
            self._codec.outgoing.clear()

    def write(self, data: bytes) -> None:
        if self.wire is not None:
            self.wire.write(self._codec.encode(data))

    def close(self) -> None:
        wire, self.wire = self.wire, None
        if wire is not None:
            wire.close()

    def begin(self) -> None:
        """Let the receiver hear what has come and what comes."""
        self._begun = True
        if self._early:
            self._receiver.data_received(bytes(self._early))
        if self._is_lost:
            self._receiver.connection_lost(self._lost)

    @property
    def speaks_telnet(self) -> bool:
        """Whether the other side has answered what is negotiated."""
        return self._codec.speaks_telnet

    async def settled(self) -> None:
        """Wait until what was asked for is answered, or will not be: then the line is used as it is."""
        await self._until(lambda: self._codec.is_settled, _NEGOTIATION)

    async def set_port(self, settings: LineSettings) -> None:
        """Set speed and format, each confirmed. Raises ConnectFailed, or InvalidSetting for what the port lacks."""
        if not self._codec.controls_port:
            code = "rfc2217.refused" if self._codec.speaks_telnet else "rfc2217.no_telnet"
            raise ConnectFailed(Sentence(code, line=self._name))
        for number, value in QUIET:
            self._command(number, value)
        for number, value in port_commands(settings):
            if not (await self._confirmed(number, value)).startswith(value):  # some add bytes to the speed
                raise InvalidSetting(
                    Sentence("serial.format", line=self._name, baudrate=settings.baudrate, format=settings.format)
                )
        self._command(*DROP_RECEIVED)
        self._early.clear()

    async def _confirmed(self, number: int, value: bytes) -> bytes:
        """Set a value of the port; gives what the port is set to. Raises ConnectFailed."""

        def told() -> list[bytes]:
            return [command.value for command in self._codec.answers if command.number == number + ANSWER]

        self._codec.answers.clear()
        self._command(number, value)
        if not await self._until(lambda: bool(told()), _CONFIRMATION):
            raise ConnectFailed(Sentence("rfc2217.silent", line=self._name))
        return told()[0]

    def _command(self, number: int, value: bytes) -> None:
        if self.wire is not None:
            self.wire.write(self._codec.command(number, value))

    async def _until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Wait until something holds; gives whether it does. Raises ConnectFailed where the connection ends."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    if self._is_lost:
                        raise ConnectFailed(closed_at_once(self._name, bytes(self._early)))
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    # The connection's side

    def data_received(self, data: bytes) -> None:
        """Take bytes of the wire."""
        line = self._codec.decode(data)
        self.flush()
        self._changed.set()
        if self._begun and line:
            self._receiver.data_received(line)
        elif line:
            self._early += line

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the connection is gone."""
        self.wire = None
        self._lost, self._is_lost = exc, True
        self._changed.set()
        if self._begun:
            self._receiver.connection_lost(exc)
