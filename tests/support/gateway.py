"""A gateway in front of scripted meters, and applications that talk to it frame by frame; all in virtual time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from iec102.asdu import Asdu, Password, decode_asdu, end_session, start_session
from iec102.clock import Clock
from iec102.gateway import Address, Gateway, GatewaySettings, KeyStore
from iec102.line import Line
from iec102.link import Answer, Frame, FrameReader, Function, request
from iec102.transport import TapRecord
from support.scripted_meter import virtual_clock


class MemoryGateway(Gateway):
    """Takes its applications in this process instead of listening; ``told`` is what it has said."""

    def __init__(
        self,
        line: Line,
        settings: GatewaySettings,
        frames: list[TapRecord],
        clock: Clock | None = None,
        store: KeyStore | None = None,
    ) -> None:
        self.told: list[str] = []
        clock = clock or virtual_clock()
        super().__init__(line, settings, tell=self.told.append, tap=frames.append, clock=clock, store=store)

    async def start(self) -> None:
        await self._context.keys.refresh()
        self._server = asyncio.Server(asyncio.get_running_loop(), [], None, None, 1, None)  # type: ignore[attr-defined]

    def connect(self, name: str = "app") -> Application:
        """An application at the loopback address."""
        return Application(self, name)


class Application:
    """One application's end of a connection: sends frames, collects what comes."""

    def __init__(self, gateway: Gateway, name: str, *, host: str | None = "127.0.0.1", link_address: int = 1) -> None:
        self.link_address = link_address
        self.fcb = False
        self.gone = False
        self.unread = False
        self.empty_polls = 0
        """How many polls were answered with "no data"."""
        self.frames: asyncio.Queue[Frame] = asyncio.Queue()
        self._reader = FrameReader()
        self._connection = gateway._client()
        self._connection.connection_made(_Socket(self, host and (host, 1000 + ord(name[-1]))))

    @property
    def name(self) -> str:
        return self._connection.name

    # Bytes and frames

    def send(self, data: bytes) -> None:
        if not self.gone:
            self._connection.data_received(data)

    def received(self, data: bytes) -> None:
        for frame in self._reader.feed(data):
            assert isinstance(frame, Frame)
            self.frames.put_nowait(frame)

    def vanish(self) -> None:
        """The connection breaks."""
        if not self.gone:
            self.gone = True
            self._connection.connection_lost(None)

    async def ask(self, frame: Frame, within: float = 2.0) -> Frame:
        """A frame and its answer. Raises TimeoutError."""
        while not self.frames.empty():
            self.frames.get_nowait()
        self.send(frame.encode())
        async with asyncio.timeout(within):
            return await self.frames.get()

    # A link

    async def start(self) -> None:
        """Status and reset."""
        assert (await self.ask(request(Function.LINK_STATUS, self.link_address))).function == Answer.LINK_STATUS
        assert (await self.ask(request(Function.RESET, self.link_address))).function == Answer.ACK
        self.fcb = False

    def next_frame(self, function: Function, asdu: bytes | None = None) -> Frame:
        self.fcb = not self.fcb
        return request(function, self.link_address, fcb=self.fcb, asdu=asdu)

    async def say(self, asdu: Asdu | bytes) -> None:
        """User data, acknowledged."""
        data = asdu if isinstance(asdu, bytes) else asdu.encode()
        assert (await self.ask(self.next_frame(Function.USER_DATA, data))).function == Answer.ACK

    async def poll(self) -> Asdu | None:
        """One class 2 poll; None for "no data"."""
        answer = await self.ask(self.next_frame(Function.CLASS_2))
        if answer.function == Answer.NO_DATA:
            self.empty_polls += 1
            return None
        assert answer.function == Answer.USER_DATA
        assert answer.asdu is not None
        return decode_asdu(answer.asdu)

    async def data(self, patience: float = 120.0) -> Asdu:
        """Polls until data come."""
        async with asyncio.timeout(patience):
            while (asdu := await self.poll()) is None:
                pass
        return asdu

    # Sessions and readings

    async def log_in(self, key: int = 1, point: int = 1) -> bool:
        """Starts the link and logs in."""
        await self.start()
        await self.say(start_session(point, Password(key)))
        answer = await self.data()
        assert answer.type == 183
        return answer.cause == 7 and not answer.negative

    async def log_out(self, point: int = 1) -> Asdu:
        await self.say(end_session(point))
        return await self.data()

    async def read(self, asdu: Asdu) -> list[Asdu]:
        """All answers to a request, with its echoes."""
        await self.say(asdu)
        answers = [await self.data()]
        self.empty_polls = 0
        while answers[0].type == asdu.type and answers[0].cause == 7 and answers[-1].cause < 10:
            answers.append(await self.data())
        return answers


class _Socket(asyncio.Transport):
    """The gateway's end."""

    def __init__(self, application: Application, peer: tuple[str, int] | str | None) -> None:
        super().__init__({"peername": peer, "socket": _NoSocket()})
        self._application = application
        self._closing = False
        self._unread = 0

    def write(self, data: Any) -> None:
        if self._application.unread:
            self._unread += len(data)
        else:
            self._application.received(bytes(data))

    def get_write_buffer_size(self) -> int:
        return self._unread

    def is_closing(self) -> bool:
        return self._closing

    def abort(self) -> None:
        if not self._closing:
            self._closing = True
            asyncio.get_running_loop().call_soon(self._application.vanish)


class _NoSocket:
    def setsockopt(self, *_option: Any) -> None:
        """Whatever."""


@asynccontextmanager
async def gateway_to(
    line: Line, *, clock: Clock | None = None, store: KeyStore | None = None, **settings: Any
) -> AsyncIterator[MemoryGateway]:
    """A gateway on a line, both closed at the end; ``settings`` are those of GatewaySettings."""
    frames: list[TapRecord] = []
    mistakes = _Mistakes()
    logging.getLogger("iec102.gateway").addHandler(mistakes)
    gateway = MemoryGateway(line, GatewaySettings(Address("127.0.0.1", 0), **settings), frames, clock, store)
    gateway.frames = frames  # type: ignore[attr-defined]
    await gateway.start()
    try:
        yield gateway
    finally:
        await gateway.close()
        await line.close()
        logging.getLogger("iec102.gateway").removeHandler(mistakes)
    assert not mistakes.said


class _Mistakes(logging.Handler):
    """What the gateway says of itself: nothing, or it has a mistake."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))
