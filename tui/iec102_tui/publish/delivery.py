"""Delivers what waits: one connection at a time, to the hosts of the cluster in turn, again and again."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime
from typing import Any, NamedTuple

from iec102.clock import Clock
from iec102.errors import Iec102Error

from iec102_tui.publish.client import Connection, LoginRefused, PublishFailed, credentials
from iec102_tui.publish.message import Message
from iec102_tui.publish.outbox import Outbox, Outgoing
from iec102_tui.publish.settings import BrokerSettings, Host
from iec102_tui.publish.store import QueueError
from iec102_tui.words.text import spoken

_log = logging.getLogger(__name__)

WINDOW = 20
"""Messages that are on the way at once."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between two attempts: each is twice the one before."""
STATES_AGAIN = 60.0
"""Seconds after which every state goes out once more, behind what waits: a cluster that has just lost a node
acknowledges what it does not keep (nats-server, while it elects a leader)."""
_HOUSEKEEPING = 1.0
_SAY_AGAIN = 600.0
"""Seconds: a disk that is full takes one thing and not the next."""
ONLINE, OFFLINE = "online", "offline"


class Will(NamedTuple):
    """What the broker says of this machine when the connection breaks."""

    topic: str
    payload: str


class Delivery:
    """Runs on one loop. ``changed`` is called when ``problem`` has changed, and once a second for what waits."""

    def __init__(
        self,
        settings: BrokerSettings,
        outbox: Outbox,
        connect: Callable[[Host, Will], AbstractAsyncContextManager[Connection]],
        clock: Clock,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.problem: str | None = None
        """Why nothing is delivered now, or not kept, as one sentence."""
        self.is_connected = False
        self._settings = settings
        self._outbox = outbox
        self._connect = connect
        self._clock = clock
        self._changed = changed
        self._inbox: deque[Message] = deque()
        self._wake = asyncio.Event()
        self._ending_at: float | None = None
        self._ended = asyncio.Event()
        self._broken_store: str | None = None
        self._said_store_at = float("-inf")
        self._failures = 0
        self._states_are_due = False

    def add(self, message: Message) -> None:
        """Takes a message; from any thread together with ``wake`` on the loop."""
        self._inbox.append(message)

    def wake(self) -> None:
        """There is something new."""
        self._wake.set()

    def keep(self) -> bool:
        """Moves what was taken to the disk now; gives whether a power cut leaves it there.

        What is not there waits in memory.
        """
        self._take()
        self._keep(self._outbox.store_for_good)
        self._wake.set()
        return self._broken_store is None

    def end(self, patience: float) -> None:
        """Delivers what it can in so many seconds, says that this machine is offline, and ends."""
        self._ending_at = asyncio.get_running_loop().time() + patience
        self._wake.set()
        asyncio.get_running_loop().call_later(patience, self._ended.set)

    async def run(self) -> None:
        """Until ``end``. What is not delivered then is on the disk."""
        tasks = [asyncio.create_task(self._deliver_always()), asyncio.create_task(self._keep_house())]
        over = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait([*tasks, over], return_when=asyncio.FIRST_COMPLETED)
            if over.done() and not tasks[0].done():  # the last words are on the way
                await asyncio.wait([tasks[0]], timeout=_HOUSEKEEPING)
        finally:
            for task in (*tasks, over):
                task.cancel()
            await asyncio.gather(*tasks, over, return_exceptions=True)
            self._take()
            self._keep(self._outbox.store)
            self._changed()
        for task in tasks:
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error

    async def _deliver_always(self) -> None:
        hosts, refused = self._settings.hosts, False
        self._take()
        while not self._is_pointless(refused):
            host = hosts[self._failures % len(hosts)]
            try:
                will = Will(self._settings.site.state, json.dumps({"state": OFFLINE}))
                async with self._connect(host, will) as connection:
                    await self._greet(connection)
                    self._say(None)
                    _log.info("publishing to %s", host)
                    await self._deliver(connection)
                    return
            except Iec102Error as error:  # of the broker, or of a file of the settings
                refused = isinstance(error, LoginRefused)
                self._say(spoken(error))
                _log.warning("not published: %s", spoken(error))
            finally:
                self._disconnected()
            self._failures += 1
            if refused:
                await self._new_credentials()
            else:
                await self._pause(min(FIRST_PAUSE * 2.0 ** min(self._failures - 1, 10), LONGEST_PAUSE))

    def _is_pointless(self, refused: bool) -> bool:
        """It was asked to end, and another attempt would bring nothing."""
        return self._ending_at is not None and (refused or self._ended.is_set() or not self._outbox.waiting)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)

    async def _new_credentials(self) -> None:
        """Waits until a file has changed from which a login comes: a refused one is never sent again by itself."""
        before = credentials(self._settings)
        while self._ending_at is None and credentials(self._settings) == before:
            self._wake.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LONGEST_PAUSE)

    def _repeat_states(self) -> None:
        self._states_are_due = True
        self._wake.set()

    async def _greet(self, connection: Connection) -> None:
        self._states_are_due = False
        await connection.publish(self._own_state(ONLINE))
        self.is_connected = True
        self._outbox.connected()

    async def _deliver(self, connection: Connection) -> None:
        """Returns when it was asked to end, and this machine was said to be offline."""
        loop = asyncio.get_running_loop()
        lost = loop.create_task(connection.lost())
        again = loop.call_later(STATES_AGAIN, self._repeat_states)
        try:
            while True:
                self._wake.clear()
                self._take()
                if self._outbox.must_store():
                    self._keep(self._outbox.store)
                late = self._ending_at is not None and loop.time() >= self._ending_at
                batch = [] if late else self._outbox.batch(WINDOW)
                self._settle()
                if batch:
                    await self._send(connection, batch, lost)
                elif self._ending_at is not None:
                    await connection.publish(self._own_state(OFFLINE))
                    return
                elif self._states_are_due:  # behind all else: a broker that is slow has enough to do
                    self._states_are_due = False
                    self._outbox.connected()
                    await self._send(connection, [self._own_state(ONLINE)], lost)
                else:
                    self._failures = 0
                    self._changed()
                    waking = loop.create_task(self._wake.wait())
                    await asyncio.wait([waking, lost], return_when=asyncio.FIRST_COMPLETED)
                    waking.cancel()
                if lost.done():
                    lost.result()
        finally:
            again.cancel()
            lost.cancel()
            await asyncio.gather(lost, return_exceptions=True)

    async def _send(self, connection: Connection, batch: list[Outgoing], lost: asyncio.Task[None]) -> None:
        """In order; those that the broker has are forgotten, also when the connection breaks behind them."""
        sending = [asyncio.ensure_future(connection.publish(each)) for each in batch]
        everything: asyncio.Future[Any] = asyncio.gather(*sending)
        waiting: list[asyncio.Future[Any]] = [everything, lost]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in sending:
                task.cancel()
            results = await asyncio.gather(*sending, return_exceptions=True)
            await asyncio.gather(everything, return_exceptions=True)
            done = [each for each, result in zip(batch, results, strict=True) if result is None]
            self._outbox.delivered(done)
        for result in results:
            if isinstance(result, PublishFailed):
                raise result
        self._failures = 0

    async def _keep_house(self) -> None:
        """While the broker is away what comes goes to the disk, once a second; nothing grows without bound."""
        while True:
            await asyncio.sleep(_HOUSEKEEPING)
            self._take()
            if not self.is_connected:
                self._keep(self._outbox.store)
            self._keep(lambda: self._outbox.trim(self._now().timestamp()))
            self._settle()
            self._changed()

    def _disconnected(self) -> None:
        self.is_connected = False
        self._take()
        self._keep(self._outbox.store)

    def _take(self) -> None:
        now = self._now().timestamp()
        while self._inbox:
            self._outbox.add(self._inbox.popleft(), now)

    def _keep(self, work: Callable[[], None]) -> None:
        """A disk that fails is told; what waits stays in memory, and is delivered from there."""
        try:
            work()
        except QueueError as error:
            now = self._clock.boottime()
            if now - self._said_store_at >= _SAY_AGAIN:
                self._said_store_at = now
                _log.error("%s", spoken(error))
            self._broken_store = spoken(error)
            self._changed()
        else:
            self._broken_store = None

    def _settle(self) -> None:
        if not self._outbox.is_settled:  # the disk was asked already, and failed
            self._keep(self._outbox.settle)

    @property
    def store_problem(self) -> str | None:
        """Why the disk does not take what waits, as one sentence."""
        return self._broken_store

    def _say(self, problem: str | None) -> None:
        if problem != self.problem:
            self.problem = problem
            self._changed()

    def _own_state(self, state: str) -> Outgoing:
        box = self._outbox
        document = {
            "state": state,
            "time": self._now().isoformat(timespec="seconds"),
            "waiting": box.waiting,
            "dropped_live": box.dropped_live,
            "dropped_records": box.dropped_records,
        }
        return Outgoing(0, self._settings.site.state, json.dumps(document, separators=(",", ":")), True)

    def _now(self) -> datetime:
        return self._clock.wall()
