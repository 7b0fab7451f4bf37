"""Publishes from any thread: a thread of its own, with the connection to the broker and the file of what waits."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

from iec102.clock import SYSTEM_CLOCK, Clock

from iec102_tui.publish import client
from iec102_tui.publish.client import Connection
from iec102_tui.publish.delivery import Delivery, Will
from iec102_tui.publish.message import Message
from iec102_tui.publish.outbox import Outbox
from iec102_tui.publish.settings import BrokerSettings, Host
from iec102_tui.publish.store import Store
from iec102_tui.words.text import spoken

_log = logging.getLogger(__name__)

_LAST_WORDS = 5.0
"""Seconds for the last words and the disk, beyond the patience."""
_LONGEST_SITE = 7  # 23 characters are what every broker takes as the name of a client


class PublishStatus(NamedTuple):
    """``problem`` is one sentence, None while all is well; ``waiting``: what the broker does not have yet."""

    is_connected: bool = False
    problem: str | None = None
    waiting: int = 0
    dropped_live: int = 0
    dropped_records: int = 0


class Publisher:
    """``changed`` is called on its thread with each status whose problem or connection is another one."""

    def __init__(
        self,
        settings: BrokerSettings,
        queue: Path,
        *,
        clock: Clock = SYSTEM_CLOCK,
        changed: Callable[[PublishStatus], None] = lambda _status: None,
    ) -> None:
        self.status = PublishStatus()
        self._settings = settings
        self._queue = queue
        self._clock = clock
        self._tell = changed
        self._identifier = f"iec102-{settings.site.name[:_LONGEST_SITE]}-{secrets.token_hex(4)}"
        self._ready: Future[tuple[asyncio.AbstractEventLoop, Delivery]] = Future()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)

    @property
    def is_over(self) -> bool:
        """It was closed, or has failed: nothing is delivered any more."""
        return self._over.is_set()

    def start(self) -> None:
        """Opens the queue and begins. Raises InvalidSetting for the settings' files, QueueError for the queue's."""
        client.check_installed()
        self._settings.password()
        self._settings.tls()
        self._thread.start()
        self._ready.result()

    def publish(self, message: Message) -> None:
        """Takes a message; returns at once, on any thread. Behind ``close`` nothing is taken."""
        loop, delivery = self._ready.result()
        delivery.add(message)
        with contextlib.suppress(RuntimeError):  # it was closed
            loop.call_soon_threadsafe(delivery.wake)

    def keep(self) -> Future[bool]:
        """Has all that was given so far written to the disk; gives whether it is there, False also behind ``close``."""
        loop, delivery = self._ready.result()
        kept: Future[bool] = Future()

        def keep() -> None:
            kept.set_result(delivery.keep())

        try:
            loop.call_soon_threadsafe(keep)
        except RuntimeError:
            kept.set_result(False)
        return kept

    def close(self, patience: float) -> PublishStatus:
        """Delivers what it can in so many seconds; the rest stays in the queue. Blocks so long, and a little more."""
        if self._thread.ident is not None and not self._ready.exception():
            loop, delivery = self._ready.result()
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(delivery.end, patience)
            self._over.wait(patience + _LAST_WORDS)
        return self.status

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except Exception as error:
            if not self._ready.done():
                self._ready.set_exception(error)
                return
            _log.critical("publishing failed", exc_info=error)
            self.status = self.status._replace(is_connected=False, problem=spoken(error))
            self._tell(self.status)

    async def _main(self) -> None:
        store = Store(self._queue)
        try:
            outbox = Outbox(store, self._settings.limits)
            said = self.status

            def changed() -> None:
                nonlocal said
                self.status = status = PublishStatus(
                    delivery.is_connected,
                    delivery.problem or delivery.store_problem,
                    outbox.waiting,
                    outbox.dropped_live,
                    outbox.dropped_records,
                )
                if status[:2] != said[:2]:
                    said = status
                    self._tell(status)

            delivery = Delivery(self._settings, outbox, self._connect, self._clock, changed)
            self._ready.set_result((asyncio.get_running_loop(), delivery))
            await delivery.run()
        finally:
            store.close()
            self._over.set()

    def _connect(self, host: Host, will: Will) -> contextlib.AbstractAsyncContextManager[Connection]:
        return client.connection(self._settings, host, will, self._identifier)
