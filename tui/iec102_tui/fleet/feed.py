"""Where the broker meets the screen: takes what the subscriber has heard into the model, a few times a second."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from iec102.clock import SYSTEM_CLOCK, Clock

from iec102_tui.fleet.model import FleetModel
from iec102_tui.fleet.subscriber import BrokerStatus, Subscriber
from iec102_tui.publish.settings import BrokerSettings

REFRESH = 0.5
"""Seconds between two looks at what has come, at least."""


class Feed:
    """The meters of a broker. All but ``start`` and ``close`` belong to the interface's loop.

    ``make`` gives what hears the broker, by what it is to call when there is news, on any thread.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        *,
        refresh: float = REFRESH,
        clock: Clock = SYSTEM_CLOCK,
        make: Callable[[Callable[[], None]], Subscriber] | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.model = FleetModel(settings.site.topic)
        self.subscriber = make(self._woken) if make else Subscriber(settings, self._woken, clock=clock)
        self.last_heard: float | None = None
        """When the newest message came, in seconds since 1970."""
        self._refresh = refresh
        self._changed: Callable[[], None] = lambda: None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._next = 0.0

    @property
    def is_started(self) -> bool:
        """It hears the broker, or tries to."""
        return self._loop is not None

    @property
    def status(self) -> BrokerStatus:
        """Of the connection."""
        return self.subscriber.status

    def start(self, changed: Callable[[], None]) -> None:
        """Begins to hear, on the interface's loop. Raises InvalidSetting for aiomqtt or a file of the settings."""
        self._loop = asyncio.get_running_loop()
        self._changed = changed
        self.subscriber.start()

    def attach(self, changed: Callable[[], None]) -> None:
        """Another screen wants the news."""
        self._changed = changed

    def detach(self) -> None:
        """Nobody wants them now; what comes is taken all the same."""
        self._changed = lambda: None

    def close(self) -> None:
        """Ends the connection, in bounded time."""
        self.detach()
        self.subscriber.close()

    def _woken(self) -> None:
        """On the subscriber's thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the interface has ended
                self._loop.call_soon_threadsafe(self._schedule)

    def _schedule(self) -> None:
        assert self._loop is not None
        if self._timer is None:
            self._timer = self._loop.call_at(max(self._loop.time(), self._next), self._deliver)

    def _deliver(self) -> None:
        assert self._loop is not None
        self._timer = None
        self._next = self._loop.time() + self._refresh
        self.take()
        self._changed()

    def take(self) -> None:
        """What has come goes into the model."""
        reconnected, messages = self.subscriber.inbox.take()
        if reconnected:
            self.model.connected()
        for message in messages:
            self.model.take(message)
        if messages:
            self.last_heard = max(message.wall for message in messages)
