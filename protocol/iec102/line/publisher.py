"""Publishes how a line is doing, and how each meter behind it: what one refuses is not the state of the others."""

from __future__ import annotations

from collections.abc import Callable

from iec102.clock import Clock
from iec102.errors import AccessError
from iec102.line.connection import Connection
from iec102.line.state import LineState, Phase, phase_of
from iec102.settings import Station

OnState = Callable[[LineState], None]

_TRYING = (Phase.OPENING, Phase.STARTING, Phase.LOGIN)
# What concerns all measuring points behind a link address.
_OF_LINK = (Phase.STARTING, Phase.LOST, Phase.WRONG, Phase.WAITING)


class StatePublisher:
    """Keeps the state of a line and of the stations that are watched, and tells each change, on the line's loop.

    ``line`` is the state of the line. ``served``: the station that the next steps are about; None: they concern all.
    ``connection`` gives the open connection, if there is one.
    """

    def __init__(self, on_state: OnState | None, clock: Clock, connection: Callable[[], Connection | None]) -> None:
        self.line = LineState(since=clock.boottime())
        self.served: Station | None = None
        self._on_state = on_state
        self._clock = clock
        self._connection = connection
        self._watched: dict[Station, LineState] = {}
        self._listeners: dict[Station, list[OnState]] = {}
        self._refusals: dict[Station, LineState] = {}

    def state_of(self, station: Station) -> LineState:
        """The state of a station; that of the line where nobody watches it."""
        return self._watched.get(station) or self._refusals.get(station) or self.line

    def watch(self, station: Station, on_state: OnState) -> None:
        """Call ``on_state`` with each change of a station's state, and at once where its key was refused before."""
        refusal = self._refusals.get(station)
        self._watched.setdefault(station, refusal or LineState(since=self._clock.boottime()))
        self._listeners.setdefault(station, []).append(on_state)
        if refusal is not None:
            on_state(refusal)

    def unwatch(self, station: Station, on_state: OnState) -> None:
        """Call ``on_state`` no more."""
        others = self._listeners.get(station, [])
        if on_state in others:
            others.remove(on_state)
        if not others:
            self._listeners.pop(station, None)
            self._watched.pop(station, None)

    def hold(self, station: Station, error: AccessError) -> None:
        """Let this be the state of a station until ``release``: what becomes of the line does not change it."""
        refusal = LineState(phase_of(error), error=error.sentence, since=self._clock.boottime())
        self._refusals[station] = refusal
        self._tell(station, refusal)

    def release(self, station: Station) -> None:
        """Let the state of a station be what is published, from the next step on."""
        self._refusals.pop(station, None)

    def publish(
        self,
        phase: Phase,
        step: str = "",
        error: str | None = None,
        attempt: int = 0,
        next_attempt: float | None = None,
    ) -> None:
        """Make this the state, and tell it. Errors and attempts stay through the phases of a reconnection."""
        connection = self._connection()
        remark = None if connection is None else connection.evidence.remark
        step_only = LineState(phase, step, error, attempt, next_attempt, remark=remark)
        old, self.line = self.line, self._after(self.line, step_only)
        served = None if connection is None else self.served
        for station, before in list(self._watched.items()):
            if served is None or _concerns(served, phase, station):
                refusal = None if phase is Phase.CLOSED else self._refusals.get(station)
                self._tell(station, refusal or self._after(before, step_only))
        if self.line != old and self._on_state is not None:
            self._on_state(self.line)

    def _tell(self, station: Station, now: LineState) -> None:
        if station in self._watched and now != self._watched[station]:
            self._watched[station] = now
            for on_state in list(self._listeners.get(station, ())):
                on_state(now)

    def _after(self, old: LineState, new: LineState) -> LineState:
        """The new state with what stays of the old one."""
        trying = new.phase in _TRYING
        stays_so = (old.phase is Phase.CONNECTED) == (new.phase is Phase.CONNECTED)
        return new._replace(
            error=old.error if trying else new.error,
            attempt=old.attempt if trying else new.attempt,
            since=old.since if stays_so else self._clock.boottime(),
        )


def _concerns(served: Station, phase: Phase, station: Station) -> bool:
    return station == served or (phase in _OF_LINK and station.link_address == served.link_address)
