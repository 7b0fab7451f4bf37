"""Exclusive access to the line: bytes as they are, for one program that has a protocol of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class ExclusiveAccess:
    """The line for one user alone: from ``begin`` to ``give_back``, or until nothing has passed for ``idle`` seconds.

    ``who`` has it; ``receive`` takes the bytes that come. What is written before it begins goes out then.
    """

    def __init__(self, who: str, receive: Callable[[bytes], None], idle: float) -> None:
        self.who = who
        self._receive = receive
        self._idle = idle
        self._loop = asyncio.get_running_loop()
        self._send: Callable[[bytes], None] | None = None
        self._early = bytearray()
        self._passed_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._over = asyncio.Event()

    @property
    def runs(self) -> bool:
        """Whether it is granted now."""
        return self._send is not None and not self.is_over

    @property
    def is_over(self) -> bool:
        """Whether it has ended, or is to end before it begins."""
        return self._over.is_set()

    @property
    def waiting(self) -> int:
        """How many bytes were written before it began."""
        return len(self._early)

    # The user's side

    def write(self, data: bytes) -> None:
        """Put bytes on the line, or keep them until it begins."""
        if self._send is None:
            self._early += data
        elif not self.is_over:
            self._passed_at = self._loop.time()
            self._send(data)

    def give_back(self) -> None:
        """End it; may be called again."""
        self._over.set()
        if self._timer is not None:
            self._timer.cancel()

    # The line's side

    def begin(self, send: Callable[[bytes], None]) -> None:
        """Begin; ``send`` puts bytes on the line."""
        self._send = send
        early, self._early = bytes(self._early), bytearray()
        self.write(early)
        self._watch()

    def received(self, data: bytes) -> None:
        """Hand on bytes that have come from the line."""
        self._passed_at = self._loop.time()
        self._receive(data)

    async def over(self) -> None:
        """Wait until it has ended."""
        await self._over.wait()

    def _watch(self) -> None:
        left = self._passed_at + self._idle - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._watch)
        else:
            self.give_back()
