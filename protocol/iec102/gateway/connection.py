"""One application's connection: bytes in, frames to its links, answers out; and its limits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import cast

from iec102.application.session import SECRET_TYPES
from iec102.errors import Iec102Error
from iec102.gateway.client import ClientLink
from iec102.gateway.desk import RequestDesk
from iec102.gateway.lent_writes import LentWrites
from iec102.gateway.service import Service
from iec102.gateway.status import ClientStatus
from iec102.line import Loan
from iec102.link import MAX_FRAME, Frame, FrameReader, Garbage
from iec102.settings import Station
from iec102.transport.tap import Direction, TapRecord
from iec102.transport.tcp import prepare_socket

# An application waits for each answer, so that what arrives at once is a few frames at most.
_MOST_AT_ONCE = 4 * MAX_FRAME
# Bytes that are no frame, since the last good one: this is no application of this protocol.
_MOST_GARBAGE = 4096
# Bytes that wait for an application that does not read.
_MOST_UNREAD = 65_536
# What has gone again before it was looked at has no address.
_UNKNOWN = ("an unknown address", 0)
# Seconds behind the last byte of a frame that was not completed.
_GAP = 0.5


class ClientConnection(asyncio.Protocol):
    """Serves one application under every link address that is behind the line."""

    def __init__(
        self,
        service: Service,
        *,
        admit: Callable[[ClientConnection], str | None],
        gone: Callable[[ClientConnection], None],
    ) -> None:
        self.name = ""
        self.peer = ""
        self._service = service
        self._admit = admit
        self._gone = gone
        self._loop = asyncio.get_running_loop()
        self._reader = FrameReader()
        self._transport: asyncio.Transport | None = None
        self._links: dict[int, ClientLink] = {}
        self._desks: list[RequestDesk] = []
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._gap: asyncio.TimerHandle | None = None
        self._idle_timer: asyncio.TimerHandle | None = None
        self._since = service.clock.boottime()
        self._heard_at = 0.0
        self._frames = 0
        self._garbage = 0
        self._foreign = False
        self._loan: Loan | None = None
        self._writes = LentWrites()
        self._borrowing: asyncio.Task[None] | None = None

    @property
    def status(self) -> ClientStatus:
        """What it is doing now."""
        return ClientStatus(
            self.name,
            self._since,
            self._doing,
            self._frames,
            sum(desk.requests for desk in self._desks),
            sum(desk.refused for desk in self._desks),
        )

    @property
    def _doing(self) -> str:
        if self._loan is not None:
            return "has the line for itself" if self._loan.runs else "waits for the line"
        return ", ".join(desk.doing for desk in self._desks if desk.doing)

    def close(self, why: str) -> None:
        """Ends the connection at once."""
        if self._transport is not None and not self._transport.is_closing():
            self._say(f"disconnected: {why}")
            self._transport.abort()
            self._leave()

    async def closed(self) -> None:
        """Until nothing of it is on the line any more."""
        for desk in self._desks:
            await desk.closed()
        if self._borrowing is not None:
            await asyncio.wait((self._borrowing,))

    # The socket's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Admitted, or closed at once."""
        self._transport = cast(asyncio.Transport, transport)
        prepare_socket(transport)
        host, port = (transport.get_extra_info("peername") or _UNKNOWN)[:2]
        self.peer, self.name = host, f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        if (refusal := self._admit(self)) is not None:
            self._say(f"not admitted: {refusal}")
            self._transport.abort()
            self._transport = None
            return
        self._say("connected")
        self._heard_at = self._loop.time()
        self._watch_idleness()

    def data_received(self, data: bytes) -> None:
        """Bytes of the application."""
        if self._transport is None or self._transport.is_closing():
            return
        if self._loan is not None:
            self._write_lent(self._loan, data)
            return
        if self._service.lend is not None and self._service.policy.lends_to(self.peer):
            self._borrow(data, self._service.lend)
            return
        if len(data) > _MOST_AT_ONCE:
            self.close("it sends without waiting for answers")
            return
        self._take(self._reader.feed(data))
        if self._gap is not None:
            self._gap.cancel()
            self._gap = None
        if self._reader.pending or not self._frames:
            self._gap = self._loop.call_later(_GAP, self._flush)

    def connection_lost(self, exc: Exception | None) -> None:
        """The application has gone."""
        if self._transport is not None:
            self._say("disconnected")
        self._leave()

    # Inside

    def _leave(self) -> None:
        self._transport = None
        for timer in (self._gap, self._idle_timer, *self._timers.values()):
            if timer is not None:
                timer.cancel()
        for desk in self._desks:
            desk.close()
        if self._loan is not None:
            self._loan.give_back()
            if count := self._writes.count:
                self._say(f"has sent {count} request{'' if count == 1 else 's'} that may change the meter")
        self._gone(self)

    def _say(self, text: str) -> None:
        self._service.tell(f"{self.name}: {text}")

    def _flush(self) -> None:
        self._gap = None
        self._take(self._reader.flush())

    def _take(self, items: list[Frame | Garbage]) -> None:
        for item in items:
            if self._transport is None:
                return
            if self._loan is not None:
                self._to_line(self._loan, item.data if isinstance(item, Garbage) else item.encode())
                continue
            self._record(Direction.RECEIVED, item)
            if isinstance(item, Garbage):
                if self._service.lend is not None and not self._frames:
                    self._say("does not speak this protocol")
                    self._borrow(item.data, self._service.lend)
                    continue
                self._garbage += len(item.data)
                if self._garbage > _MOST_GARBAGE:
                    self.close("what it sends is not this protocol")
                    return
                continue
            self._garbage = 0
            self._frames += 1
            self._heard_at = self._loop.time()
            if item.request and item.address in self._service.link_addresses:
                self._pass_on(item)
            elif not self._foreign:
                self._foreign = True
                self._say(f"asked link address {item.address}, which is not served here")

    # A lent line

    def _borrow(self, first: bytes, idle: float) -> None:
        """The application gets the line for itself."""
        self._say("gets the line for itself")
        self._loan = Loan(self.name, self._from_line, idle)
        self._to_line(self._loan, first)
        self._borrowing = asyncio.create_task(self._lend(self._loan), name=f"gateway {self.name}")

    async def _lend(self, loan: Loan) -> None:
        try:
            await self._service.line.lend(loan, Station(min(self._service.link_addresses)))
        except Iec102Error as error:
            self.close(f"the line cannot be lent: {error}")
        else:
            self.close("the line was lent to it and is back")

    def _write_lent(self, loan: Loan, data: bytes) -> None:
        self._heard_at = self._loop.time()
        if loan.waiting + len(data) > _MOST_UNREAD:
            self.close("it sends more than the line takes")
        else:
            self._to_line(loan, data)

    def _to_line(self, loan: Loan, data: bytes) -> None:
        for write in self._writes.take(data):
            self._say(f"may change the meter over the lent line: {write}")
        loan.write(data)

    def _from_line(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > _MOST_UNREAD:
            self.close("it does not read its answers")
        else:
            self._transport.write(data)

    # Frames

    def _pass_on(self, frame: Frame) -> None:
        link = self._links.get(frame.address) or self._new_link(frame.address)
        reply = link.receive(frame, self._loop.time())
        if reply is not None:
            self._send(reply)
        self._arm(frame.address, link)

    def _new_link(self, address: int) -> ClientLink:
        desk = RequestDesk(
            self._service,
            address,
            who=self.name,
            put=partial(self._put, address),
            fall_silent=lambda: link.fall_silent(),
            waiting=lambda: link.waiting_bytes,
            hold_back=partial(self._hold_back, address),
            tell=self._say,
        )
        link = ClientLink(address, desk)
        self._desks.append(desk)
        self._links[address] = link
        return link

    def _put(self, address: int, asdu: bytes) -> None:
        """An answer for the application."""
        link = self._links[address]
        if (reply := link.put(asdu)) is not None:
            self._send(reply)
        self._arm(address, link)

    def _hold_back(self, address: int, count: int) -> None:
        """So many answers are doled out."""
        link = self._links[address]
        if (reply := link.hold_back(count)) is not None:
            self._send(reply)
        self._arm(address, link)

    def _arm(self, address: int, link: ClientLink) -> None:
        """The timer follows the link's deadline."""
        timer = self._timers.pop(address, None)
        if timer is not None:
            timer.cancel()
        if link.deadline is not None and self._transport is not None:
            self._timers[address] = self._loop.call_at(link.deadline, self._expire, address)

    def _expire(self, address: int) -> None:
        link = self._links[address]
        if (reply := link.expire()) is not None:
            self._send(reply)
        self._arm(address, link)

    def _send(self, frame: Frame) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > _MOST_UNREAD:
            self.close("it does not read its answers")
            return
        self._record(Direction.SENT, frame)
        self._transport.write(frame.encode())

    def _watch_idleness(self) -> None:
        left = self._heard_at + self._service.idle - self._loop.time()
        if left > 0:
            self._idle_timer = self._loop.call_later(left, self._watch_idleness)
        else:
            self.close(f"nothing was heard of it for {self._service.idle:g} s")

    def _record(self, direction: Direction, item: Frame | Garbage) -> None:
        tap, clock = self._service.tap, self._service.clock
        if tap is None:
            return
        # What an application sends between frames may be a key as well as anything else.
        secret = isinstance(item, Garbage) or not SECRET_TYPES.isdisjoint((item.asdu or b"")[:1])
        tap(TapRecord(clock.boottime(), clock.wall(), direction, item, secret=secret, client=self.name))
