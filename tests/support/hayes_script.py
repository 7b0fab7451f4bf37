"""A modem of a few lines in memory, by the book (ITU-T V.250) and by nothing of ours; it keeps the times."""

from __future__ import annotations

import asyncio

from iec102.transport import Receiver, Transport
from support.scripted_meter import ScriptedEnd, ScriptedLine, ScriptedMeter


class HayesScript:
    """An opener. ``replies`` by command (None: nothing comes), ``call`` what a call ends with, ``rings`` seconds.

    ``said`` is all that it was told, with the times: commands, ``+++`` where it took them for one, and ``close``.
    """

    name = "script:"
    byte_time = 0.0

    def __init__(self, *meters: ScriptedMeter, call: bytes | None = b"CONNECT 9600", rings: float = 14.0) -> None:
        self.line = ScriptedLine(*meters)
        self.call = call
        self.rings = rings
        self.replies: dict[str, bytes | None] = {"AT+CBST=7,0,1": b"ERROR"}
        self.slow: dict[str, float] = {}  # seconds for the answer
        self.early = b""  # what stands in the queue of the converter
        self.behind_connect = b""
        self.online = False
        self.echo = True
        self.said: list[tuple[float, str]] = []
        self.data = b""
        self.receiver: Receiver | None = None
        self.end: ScriptedEnd | None = None
        self._command = b""
        self._timer: asyncio.TimerHandle | None = None
        self._escape: asyncio.TimerHandle | None = None
        self._heard_at = -10.0

    @classmethod
    def without_modem(cls) -> HayesScript:
        """A port where nothing answers."""
        script = cls()
        script.replies = dict.fromkeys(("ATZ", "ATH0"))
        script.echo = False
        return script

    @property
    def commands(self) -> list[str]:
        return [command for _, command in self.said]

    def at(self, command: str) -> float:
        """When it was told this last."""
        return next(time for time, said in reversed(self.said) if said == command)

    async def open(self, receiver: Receiver) -> Transport:
        self.receiver = receiver
        loop = asyncio.get_running_loop()
        if self.early:
            loop.call_soon(self.tell, self.early)
        if self.online and self.end is None:
            await self._connect()
        return self

    def write(self, data: bytes) -> None:
        now = asyncio.get_running_loop().time()
        quiet, self._heard_at = now - self._heard_at, now
        if self._escape is not None:
            self._escape.cancel()
        if self.online:
            self.data += data
            if data == b"+++" and quiet >= 1.0:
                self._escape = asyncio.get_running_loop().call_later(1.0, self._escaped)
            elif self.end is not None:
                self.end.write(data)
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._note("abort")
            self.tell(b"\r\nNO CARRIER\r\n")
            return
        if self.echo:
            self.tell(data)
        self._command += data
        while b"\r" in self._command:
            command, _, self._command = self._command.partition(b"\r")
            self._obey(command.decode())

    def close(self) -> None:
        self.receiver = None
        self._note("close")

    def lose(self, exc: Exception | None = None) -> None:
        """The way to the modem ends."""
        receiver, self.receiver = self.receiver, None
        if receiver is not None:
            receiver.connection_lost(exc)

    def lose_carrier(self, words: bytes = b"\r\nNO CARRIER\r\n") -> None:
        self.online = False
        self.end = None
        self.tell(words)

    def tell(self, data: bytes) -> None:
        if self.receiver is not None:
            self.receiver.data_received(data)

    def _note(self, command: str) -> None:
        self.said.append((asyncio.get_running_loop().time(), command))

    def _obey(self, command: str) -> None:
        self._note(command)
        if command.startswith("ATD"):
            if self.call is not None:
                self._timer = asyncio.get_running_loop().call_later(self.rings, self._called, self.call)
            return
        if command in ("ATH", "ATH0"):
            self.end = None
        reply = self.replies.get(command, b"OK")
        if reply is not None and command:
            delay = self.slow.get(command, 0.0)
            asyncio.get_running_loop().call_later(delay, self.tell, b"\r\n" + reply + b"\r\n")

    def _called(self, result: bytes) -> None:
        self._timer = None
        self.tell(b"\r\n" + result + b"\r\n")
        if b"CONNECT" in result or b"REL ASYNC" in result or result == b"1":
            self.online = True
            self._connecting = asyncio.ensure_future(self._connect())
            if self.behind_connect:
                self.tell(self.behind_connect)

    async def _connect(self) -> None:
        assert self.receiver is not None
        self.end = await self.line.open(self.receiver)

    def _escaped(self) -> None:
        self._note("+++")
        self.online = False
        self._command = b""
        self.tell(b"\r\nOK\r\n")
