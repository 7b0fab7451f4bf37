"""A simulated meter's line in memory, spoken to frame by frame."""

from __future__ import annotations

import asyncio
from typing import Self

from iec102.asdu import Asdu, Password, decode_asdu, start_session
from iec102.link import Frame, FrameReader, Function, request
from iec102.simulator import SimulatedMeter, SimulatorConfig, connect_memory

POLLS_FOR_AN_ANSWER = 1_000


class MeterPort:
    """Says frames and hears the answers; keeps the FCB as a reader does, and lets a test break its rule."""

    def __init__(self, config: SimulatorConfig | SimulatedMeter, *, patience: float = 10.0) -> None:
        meter = config if isinstance(config, SimulatedMeter) else SimulatedMeter(config)
        self.address = meter.config.link_address
        self.point = meter.config.point_address
        self.fcb = False
        self.heard = bytearray()
        self.times: list[float] = []
        self.lost = False
        self._patience = patience
        self._reader = FrameReader()
        self._frames: asyncio.Queue[Frame] = asyncio.Queue()
        self._transport = connect_memory(meter, self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self.heard += data
        self.times.append(asyncio.get_running_loop().time())
        for item in self._reader.feed(data):
            if isinstance(item, Frame):
                self._frames.put_nowait(item)

    def connection_lost(self, _error: Exception | None) -> None:
        self.lost = True

    async def say(self, data: bytes | Frame) -> Frame | None:
        """Bytes or a frame; gives the answer, or None after a silence."""
        self._transport.write(data.encode() if isinstance(data, Frame) else data)
        try:
            return await asyncio.wait_for(self._frames.get(), self._patience)
        except TimeoutError:
            return None

    async def status(self) -> Frame | None:
        return await self.say(request(Function.LINK_STATUS, self.address))

    async def reset(self) -> Frame | None:
        self.fcb = False
        return await self.say(request(Function.RESET, self.address))

    async def send(self, asdu: Asdu | bytes, *, again: bool = False) -> Frame | None:
        """Function 3; ``again`` repeats with the same FCB."""
        self.fcb ^= not again
        data = asdu if isinstance(asdu, bytes) else asdu.encode()
        return await self.say(request(Function.USER_DATA, self.address, fcb=self.fcb, asdu=data))

    async def poll(self, *, again: bool = False) -> Frame | None:
        """Function 11."""
        self.fcb ^= not again
        return await self.say(request(Function.CLASS_2, self.address, fcb=self.fcb))

    async def ask(self, asdu: Asdu) -> list[Asdu]:
        """Sends a request and polls until there is nothing more."""
        assert await self.send(asdu) is not None
        answers: list[Asdu] = []
        for _ in range(POLLS_FOR_AN_ANSWER):
            frame = await self.poll()
            assert frame is not None
            if frame.asdu is None:
                return answers
            answer = decode_asdu(frame.asdu)
            assert answer is not None
            answers.append(answer)
        raise AssertionError("the answer does not end")

    async def log_in(self, password: int = 1) -> list[Asdu]:
        await self.reset()
        return await self.ask(start_session(self.point, Password(password)))
