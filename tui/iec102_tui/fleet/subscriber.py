"""Hears a broker on a thread and loop of its own: connects to the hosts in turn, again and again, and subscribes anew.

A terminal that stands still must not break the connection, nor a broker that stands still the terminal.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple

from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import Iec102Error

from iec102_tui.fleet.inbox import Inbox
from iec102_tui.fleet.model import Arrived
from iec102_tui.fleet.payloads import filters
from iec102_tui.publish import client
from iec102_tui.publish.client import Listening, LoginRefused
from iec102_tui.publish.settings import BrokerSettings, Host
from iec102_tui.words.text import spoken

_log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between two attempts: each is twice the one before."""
_STEADY = 10.0
"""Seconds after which a connection counts as a good one: the next pause is the first again."""
_LAST_WORDS = 3.0


class Away(NamedTuple):
    """A time without the broker, in seconds since 1970; ``until`` is None while it lasts."""

    since: float
    until: float | None = None


class BrokerStatus(NamedTuple):
    """``problem`` is one sentence, None while all is well. ``away``: the last time without the broker.

    ``connections`` counts them, ``host`` is the one that was reached last, ``final``: no further attempt is made.
    """

    is_connected: bool = False
    host: str = ""
    problem: str | None = None
    connections: int = 0
    away: Away | None = None
    final: bool = False


Connect = Callable[[Host], AbstractAsyncContextManager[Listening]]


class Subscriber:
    """``wake`` is called on its thread when there is something in the inbox, or another status."""

    def __init__(
        self,
        settings: BrokerSettings,
        wake: Callable[[], None],
        *,
        clock: Clock = SYSTEM_CLOCK,
        connect: Connect | None = None,
    ) -> None:
        self.inbox = Inbox()
        self.status = BrokerStatus()
        self.settings = settings
        self._wake = wake
        self._clock = clock
        self._connect = connect or self._listening
        self._identifier = f"iec102-fleet-{secrets.token_hex(4)}"
        self._again = asyncio.Event()
        self._ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._thread = threading.Thread(target=self._run, name="fleet", daemon=True)

    def start(self) -> None:
        """Begins. Raises InvalidSetting where aiomqtt or a file of the settings is not to be had."""
        client.check_installed()
        self.settings.password()
        self.settings.tls()
        self._thread.start()

    def retry(self) -> None:
        """The user wants the next attempt now, also with a login that was refused."""
        if self._ready.done() and not self._ready.exception():
            with contextlib.suppress(RuntimeError):  # it was closed
                self._ready.result()[0].call_soon_threadsafe(self._again.set)

    def close(self) -> None:
        """Ends the connection, in bounded time."""
        if self._thread.ident is None:
            return
        with contextlib.suppress(Exception):
            loop, ending = self._ready.result(_LAST_WORDS)
            loop.call_soon_threadsafe(ending.set)
        self._thread.join(_LAST_WORDS)

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except Exception as error:
            _log.critical("hearing the broker failed", exc_info=error)
            self._say(self.status._replace(is_connected=False, problem=spoken(error), final=True))

    async def _main(self) -> None:
        ending = asyncio.Event()
        self._ready.set_result((asyncio.get_running_loop(), ending))
        hearing = asyncio.create_task(self.run())
        over = asyncio.create_task(ending.wait())
        await asyncio.wait([hearing, over], return_when=asyncio.FIRST_COMPLETED)
        for task in (hearing, over):
            task.cancel()
        results = await asyncio.gather(hearing, over, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def run(self) -> None:
        """For ever. On its loop."""
        hosts, loop = self.settings.hosts, asyncio.get_running_loop()
        turn = failures = 0
        while True:
            host = hosts[turn % len(hosts)]
            refused = False
            began: float | None = None
            try:
                async with self._connect(host) as connection:
                    began = loop.time()
                    await self._hear(connection, host)
            except Iec102Error as error:  # of the broker, or of a file of the settings
                refused = isinstance(error, LoginRefused)
                self._lost(spoken(error))
                _log.warning("the broker is not heard: %s", spoken(error))
            turn += 1
            failures = 1 if began is not None and loop.time() - began >= _STEADY else failures + 1
            if refused:
                await self._new_credentials()
            else:
                await self._pause(min(FIRST_PAUSE * 2.0 ** min(failures - 1, 10), LONGEST_PAUSE))

    async def _hear(self, connection: Listening, host: Host) -> None:
        """Until the connection is lost."""
        away = self.status.away
        if away is not None and away.until is None:
            away = away._replace(until=self._now())
        self.inbox.connected()
        self._say(BrokerStatus(True, str(host), None, self.status.connections + 1, away))
        _log.info("hearing %s", host)
        await connection.listen(filters(self.settings.site.topic), self._arrived)

    def _arrived(self, topic: str, payload: bytes, retained: bool) -> None:
        message = Arrived(topic, payload, retained, self._clock.boottime(), self._now())
        if self.inbox.put(message):
            self._wake()

    def _lost(self, problem: str) -> None:
        away = self.status.away
        if self.status.connections and (away is None or away.until is not None):
            away = Away(self._now())
        self._say(self.status._replace(is_connected=False, problem=problem, away=away))

    async def _new_credentials(self) -> None:
        """Waits until a file has changed from which a login comes: a refused one is never sent again by itself."""
        before = client.credentials(self.settings)
        while client.credentials(self.settings) == before:
            if await self._pause(LONGEST_PAUSE):
                return

    async def _pause(self, seconds: float) -> bool:
        """Whether the user did not want to wait so long; one who asks at the very end is not overlooked."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._again.wait(), seconds)
        asked = self._again.is_set()
        self._again.clear()
        return asked

    def _say(self, status: BrokerStatus) -> None:
        if status != self.status:
            self.status = status
            self._wake()

    def _now(self) -> float:
        return self._clock.wall().timestamp()

    def _listening(self, host: Host) -> AbstractAsyncContextManager[Listening]:
        return client.connection(self.settings, host, None, self._identifier)
