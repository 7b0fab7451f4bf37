"""How each of several meters behind one line is doing: what one of them refuses is not the state of the others."""

from __future__ import annotations

from collections.abc import Callable

from iec102.line.state import LineState, Phase
from iec102.settings import Station

Told = Callable[[LineState], None]

_OF_LINK = (Phase.STARTING, Phase.LOST, Phase.WRONG, Phase.WAITING)
"""What concerns all measuring points behind a link address."""


class StationStates:
    """The states of the stations that are watched; each is told its own, on the line's loop."""

    def __init__(self) -> None:
        self.known: dict[Station, LineState] = {}
        """What there is of each that is watched."""
        self._told: dict[Station, list[Told]] = {}

    def watch(self, station: Station, told: Told, state: LineState) -> None:
        """``told`` is called with each change; ``state`` holds until the first one."""
        self.known.setdefault(station, state)
        self._told.setdefault(station, []).append(told)

    def unwatch(self, station: Station, told: Told) -> None:
        """It is told nothing more."""
        others = self._told.get(station, [])
        if told in others:
            others.remove(told)
        if not others:
            self._told.pop(station, None)
            self.known.pop(station, None)

    def change(self, served: Station | None, line: LineState, now: float, *, trying: bool) -> None:
        """A step with the station that is ``served``, which made the state of the line; None: it concerns all.

        ``trying``: the error and the attempts before this step still hold.
        """
        for station, old in list(self.known.items()):
            if served is None or _concerns(served, line.phase, station):
                was_connected = old.phase is Phase.CONNECTED
                new = line._replace(
                    error=old.error if trying else line.error,
                    attempt=old.attempt if trying else line.attempt,
                    since=old.since if was_connected == (line.phase is Phase.CONNECTED) else now,
                )
                if new != old:
                    self.known[station] = new
                    for told in list(self._told.get(station, ())):
                        told(new)


def _concerns(served: Station, phase: Phase, station: Station) -> bool:
    return station == served or (phase in _OF_LINK and station.link_address == served.link_address)
