"""Connects a line: opens its transport when it is needed, gives it back when it is useless, and tries again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from iec102.clock import Clock
from iec102.errors import Disconnected, HungUp, LineError, LinkError
from iec102.line.connection import Connection
from iec102.line.counters import RunningCounters
from iec102.line.opening import Attempts
from iec102.line.publisher import StatePublisher
from iec102.line.reconnect import Backoff
from iec102.line.state import Phase, phase_of
from iec102.sentence import Sentence
from iec102.transport.base import Calling, Expecting, Opener, Pluggable
from iec102.transport.tap import Tap

# Seconds between two looks at whether a port that was pulled out is back.
_LOOK_PERIOD = 0.25


class Connector:
    """One connection at a time, and when the next attempt comes after one was lost or did not open.

    ``connection`` is the latest, until it is dropped; ``backoff`` says when to try again. ``busy``: a service is under
    way, which fails by itself when the connection is lost. ``on_behalf``: the client for whom it is, empty for this
    program. ``on_drop`` is called when a connection is dropped, with which all links and sessions are lost.
    """

    def __init__(
        self,
        opener: Opener,
        counters: RunningCounters,
        clock: Clock,
        *,
        reconnect: bool,
        tap: Tap | None,
        status: StatePublisher,
        on_drop: Callable[[], None],
    ) -> None:
        self.connection: Connection | None = None
        self.redial_pauses = opener.redial_pauses if isinstance(opener, Calling) else None
        self.backoff = Backoff(self.redial_pauses)
        self.busy = False
        self.on_behalf = ""
        self._opener = opener
        self._counters = counters
        self._clock = clock
        self._reconnect = reconnect
        self._tap = tap
        self._status = status
        self._on_drop = on_drop
        self._attempts = Attempts(opener, self._new_connection)
        self._is_there = True

    async def connect(self, link_address: int | None = None) -> Connection:
        """Open a new connection. ``link_address``: whom it must reach, None: whoever is there.

        Raises ConnectFailed, Disconnected or InvalidSetting.
        """
        self.drop()
        if link_address is not None and isinstance(self._opener, Expecting):
            self._opener.expect(link_address)
        self._status.publish(Phase.OPENING, Sentence("step.opening", line=self._opener.name))
        overlap = self._reconnect and self.backoff.is_quick(asyncio.get_running_loop().time())
        self.connection = await self._attempts.open(overlap=overlap)
        self._counters.connections += 1
        if self._counters.opened_at is None:
            self._counters.opened_at = self._clock.boottime()
        return self.connection

    def drop(self) -> None:
        """Give the transport back; all links and sessions must be started again."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()
            self._on_drop()

    def close(self) -> None:
        """Give all back, also what is being opened."""
        self._attempts.cancel()
        self.drop()

    async def parted(self) -> None:
        """Wait until all is given back, in bounded time: a call is hung up."""
        await self._attempts.ended()

    @property
    def tried_at(self) -> float:
        """When the last thing was sent that nobody answered, or the opening began that has not come to its end."""
        return self._attempts.started_at if self.connection is None else self.connection.sent_at

    def look_for_port(self, appeared: Callable[[], None]) -> float | None:
        """Look whether a port that was pulled out is back, which may then be tried at once; ``appeared`` is told.

        Gives the time of the event loop at which to look again; None where there is nothing to look for.
        """
        opener = self._opener
        if self.connection is not None or not self._reconnect or not isinstance(opener, Pluggable):
            return None
        was_there, self._is_there = self._is_there, opener.is_there()
        if self._is_there and not was_there:
            self.backoff.reappeared()
            appeared()
        return asyncio.get_running_loop().time() + _LOOK_PERIOD

    def lost_in_use(self, error: LineError | LinkError) -> None:
        """Say that a connection that stood is gone. One that was a call is not made again at once."""
        if self.redial_pauses is None:
            self.publish_failure(error, None)
        else:
            self.backoff.failed(asyncio.get_running_loop().time())
            self.publish_failure(error, self.backoff)

    def publish_failure(self, error: LineError | LinkError, waiting: Backoff | None) -> None:
        """Publish an error; ``waiting`` says when the next attempt comes, None where none comes by itself."""
        if not self._reconnect or waiting is None or waiting.next_attempt is None:
            self._status.publish(phase_of(error), "", error.sentence)
            return
        wait = max(0.0, waiting.next_attempt - asyncio.get_running_loop().time())
        self._status.publish(Phase.WAITING, "", error.sentence, waiting.attempt, self._clock.boottime() + wait)

    def _new_connection(self) -> Connection:
        connection: Connection = Connection(
            self._opener.byte_time,
            self._counters,
            self._clock,
            self._tap,
            lambda error: self._went_away(connection, error),
            lambda step: self._status.publish(Phase.OPENING, step),
        )
        connection.on_behalf = self.on_behalf
        return connection

    def _went_away(self, connection: Connection, error: Disconnected) -> None:
        """Take note that the transport is lost."""
        if self.busy or connection is not self.connection:
            return
        self.drop()
        if isinstance(error, HungUp):
            self.backoff.ended_well()
            self._status.publish(Phase.IDLE, Sentence("step.hung_up", seconds=error.fields["seconds"]))
        else:
            self.lost_in_use(error)
