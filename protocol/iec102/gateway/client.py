"""One application's connection: bytes in, frames to its request handlers, answers out; and its limits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import cast

from iec102.asdu.catalogue import SECRET_TYPES
from iec102.errors import Iec102Error
from iec102.gateway.context import GatewayContext
from iec102.gateway.lent_writes import LentWrites
from iec102.gateway.requests import RequestHandler
from iec102.gateway.status import ClientStatus
from iec102.line import ExclusiveAccess
from iec102.link import MAX_FRAME, Frame, FrameReader, Garbage
from iec102.sentence import Sentence
from iec102.settings import Station
from iec102.transport.tap import Direction, TapRecord
from iec102.transport.tcp import prepare_socket

_log = logging.getLogger(__name__)

# An application waits for each answer, so that what arrives at once is a few frames at most.
_MOST_AT_ONCE = 4 * MAX_FRAME
# Bytes that are no frame, since the last good one: this is no application of this protocol.
_MOST_GARBAGE = 4096
# Bytes that wait for an application that does not read.
_MOST_UNREAD = 65_536
# What has gone again before it was looked at has no address.
_UNKNOWN = ("an unknown address", 0)
# Seconds after the last byte of a frame that was not completed.
_GAP = 0.5


class ClientConnection(asyncio.Protocol):
    """Serves one application under every link address that is behind the line."""

    def __init__(
        self,
        context: GatewayContext,
        *,
        admit: Callable[[ClientConnection], str | None],
        gone: Callable[[ClientConnection], None],
    ) -> None:
        self.name = ""
        self.peer = ""
        self._context = context
        self._settings = context.settings
        self._admit = admit
        self._gone = gone
        self._loop = asyncio.get_running_loop()
        self._reader = FrameReader()
        self._transport: asyncio.Transport | None = None
        self._handlers: dict[int, RequestHandler] = {}
        self._gap: asyncio.TimerHandle | None = None
        self._idle_timer: asyncio.TimerHandle | None = None
        self._since = context.clock.boottime()
        self._heard_at = 0.0
        self._frames = 0
        self._garbage = 0
        self._foreign = False
        self._exclusive: ExclusiveAccess | None = None
        self._writes = LentWrites()
        self._holding: asyncio.Task[None] | None = None

    @property
    def status(self) -> ClientStatus:
        """What it is doing now."""
        return ClientStatus(
            self.name,
            self._since,
            self._doing,
            self._frames,
            sum(handler.requests for handler in self._handlers.values()),
            sum(handler.refused for handler in self._handlers.values()),
        )

    @property
    def _doing(self) -> str:
        if self._exclusive is not None:
            return Sentence("client.has_line" if self._exclusive.runs else "client.waits")
        return ", ".join(handler.doing for handler in self._handlers.values() if handler.doing)

    def has_asked(self, link_address: int) -> bool:
        """Whether it has sent something to the meter there."""
        return link_address in self._handlers

    def close(self, why: str) -> None:
        """End the connection at once."""
        if self._transport is not None and not self._transport.is_closing():
            self.log(Sentence("client.disconnected", why=why))
            self._transport.abort()
            self._leave()

    async def closed(self) -> None:
        """Wait until nothing of it is on the line any more."""
        for handler in self._handlers.values():
            await handler.closed()
        if self._holding is not None:
            await asyncio.wait((self._holding,))

    # The socket's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask whether the application is admitted; close the connection at once where it is not."""
        self._transport = cast(asyncio.Transport, transport)
        prepare_socket(transport)
        host, port = (transport.get_extra_info("peername") or _UNKNOWN)[:2]
        self.peer, self.name = host, f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        if (refusal := self._admit(self)) is not None:
            self.log(Sentence("client.not_admitted", why=refusal))
            self._transport.abort()
            self._transport = None
            return
        self.log(Sentence("client.connected"))
        self._heard_at = self._loop.time()
        self._watch_idleness()

    def data_received(self, data: bytes) -> None:
        """Take bytes of the application."""
        if self._transport is None or self._transport.is_closing():
            return
        if self._exclusive is not None:
            self._write_to_line(self._exclusive, data)
            return
        if self._settings.lend is not None and self._settings.policy.lends_to(self.peer):
            self._ask_for_line(data, self._settings.lend)
            return
        if len(data) > _MOST_AT_ONCE:
            self.close(Sentence("client.not_waiting"))
            return
        self._take(self._reader.feed(data))
        if self._gap is not None:
            self._gap.cancel()
            self._gap = None
        if self._reader.pending or not self._frames:
            self._gap = self._loop.call_later(_GAP, self._flush)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave, because the application has gone."""
        if self._transport is not None:
            self.log(Sentence("client.gone"))
        self._leave()

    # Inside

    def _leave(self) -> None:
        self._transport = None
        for timer in (self._gap, self._idle_timer):
            if timer is not None:
                timer.cancel()
        for handler in self._handlers.values():
            handler.close()
        if self._exclusive is not None:
            self._exclusive.give_back()
            if count := self._writes.count:
                self.log(Sentence("client.writes", count=count))
        self._gone(self)

    def _flush(self) -> None:
        self._gap = None
        self._take(self._reader.flush())

    def _take(self, items: list[Frame | Garbage]) -> None:
        for item in items:
            if self._transport is None:
                return
            if self._exclusive is not None:
                self._to_line(self._exclusive, item.data if isinstance(item, Garbage) else item.encode())
                continue
            self._record(Direction.RECEIVED, item)
            if isinstance(item, Garbage):
                self._take_garbage(item.data)
            else:
                self._take_frame(item)

    def _take_garbage(self, data: bytes) -> None:
        if self._settings.lend is not None and not self._frames:
            self.log(Sentence("client.no_protocol"))
            self._ask_for_line(data, self._settings.lend)
            return
        self._garbage += len(data)
        if self._garbage > _MOST_GARBAGE:
            self.close(Sentence("client.garbage"))

    def _take_frame(self, frame: Frame) -> None:
        self._garbage = 0
        self._frames += 1
        self._heard_at = self._loop.time()
        served = frame.address in self._settings.link_addresses or frame.address in self._context.further
        if frame.request and served:
            handler = self._handlers.get(frame.address)
            if handler is None:
                handler = self._handlers[frame.address] = RequestHandler(self._context, self, frame.address)
            handler.receive(frame)
        elif not self._foreign:
            self._foreign = True
            self.log(Sentence("client.not_served", address=frame.address))

    # The line for itself

    def _ask_for_line(self, first: bytes, idle: float) -> None:
        """Ask for exclusive access for the application, in its turn."""
        self.log(Sentence("client.gets_line"))
        self._exclusive = ExclusiveAccess(self.name, self._from_line, idle)
        self._to_line(self._exclusive, first)
        self._holding = asyncio.create_task(self._hold_line(self._exclusive), name=f"gateway {self.name}")

    async def _hold_line(self, exclusive: ExclusiveAccess) -> None:
        try:
            await self._context.line.grant(exclusive, Station(min(self._settings.link_addresses)))
        except Iec102Error as error:
            self.close(Sentence("client.not_lent", error=error))
        except Exception:  # a mistake in this program must not leave the application waiting for ever
            _log.exception("lending the line to %s failed", self.name)
            self.close(Sentence("client.lending_failed"))
        else:
            self.close(Sentence("client.line_is_back"))

    def _write_to_line(self, exclusive: ExclusiveAccess, data: bytes) -> None:
        self._heard_at = self._loop.time()
        if exclusive.waiting + len(data) > _MOST_UNREAD:
            self.close(Sentence("client.too_much"))
        else:
            self._to_line(exclusive, data)

    def _to_line(self, exclusive: ExclusiveAccess, data: bytes) -> None:
        for write in self._writes.take(data):
            self.log(Sentence("client.may_change", write=write))
        exclusive.write(data)

    def _from_line(self, data: bytes) -> None:
        if self._may_write():
            assert self._transport is not None
            self._transport.write(data)

    # To the application

    def log(self, text: str) -> None:
        """Log a sentence about this application."""
        self._context.tell(Sentence("client.said", client=self.name, what=text))

    def send(self, frame: Frame) -> None:
        """Send a frame to the application, unless it has gone."""
        if self._may_write():
            assert self._transport is not None
            self._record(Direction.SENT, frame)
            self._transport.write(frame.encode())

    def _may_write(self) -> bool:
        if self._transport is None or self._transport.is_closing():
            return False
        if self._transport.get_write_buffer_size() > _MOST_UNREAD:
            self.close(Sentence("client.not_reading"))
            return False
        return True

    def _watch_idleness(self) -> None:
        left = self._heard_at + self._settings.idle - self._loop.time()
        if left > 0:
            self._idle_timer = self._loop.call_later(left, self._watch_idleness)
        else:
            self.close(Sentence("client.idle", seconds=self._settings.idle))

    def _record(self, direction: Direction, item: Frame | Garbage) -> None:
        tap, clock = self._context.tap, self._context.clock
        if tap is None:
            return
        # What an application sends between frames may be a key as well as anything else.
        secret = isinstance(item, Garbage) or not SECRET_TYPES.isdisjoint((item.asdu or b"")[:1])
        tap(TapRecord(clock.boottime(), clock.wall(), direction, item, secret=secret, client=self.name))
