"""The reader's end of a transport, for tests of real sockets and ports."""

import asyncio

PATIENCE = 120.0


class Collector:
    """Keeps what comes; ``lost`` is done when the transport is gone."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.lost: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        self._changed = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.data += data
        self._changed.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set_result(exc)

    async def has(self, count: int) -> bytes:
        """Waits for so many bytes."""
        async with asyncio.timeout(PATIENCE):
            while len(self.data) < count:
                self._changed.clear()
                await self._changed.wait()
        return bytes(self.data)
