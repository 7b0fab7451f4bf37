"""The way to a meter: its own line, or a gateway of this machine that has that line already, mostly the collector's.

It may end, and whatever program takes its port later must not be sent a password: before each attempt to connect it is
looked up again. Where it is gone the meter is read over its own line, and through the gateway again once that is back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import NamedTuple

from iec102.errors import ConnectFailed
from iec102.meter.monitor import Snapshot
from iec102.transport.base import Opener, Receiver, Transport

from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import N_, _

LOOK_PERIOD = 3.0
"""Seconds between two looks at which way is the right one."""

_log = logging.getLogger(__name__)

_DIRECTLY = N_("{name}: no collector has the line any more. It is read directly.")
_THROUGH = N_("{name}: a collector has the line now. It is read through the collector.")
_NO_GATEWAY = N_("{name}: no gateway of this machine has the line any more. It is read directly.")
_THROUGH_GATEWAY = N_("{name}: a gateway of this machine has the line now. It is read through that.")
_GONE = N_("the collector or gateway of this machine no longer has this meter: its own line is tried in a moment")


class Through(NamedTuple):
    """A gateway of this machine that has the line of a meter already; ``by_collector``: it is the collector's."""

    url: str
    by_collector: bool = True


Look = Callable[[], Through | None]
"""Gives the gateway that has the line, None where none does; file work."""


class Way:
    """How one meter is reached; ``through`` is the gateway, None: over its own line.

    ``on_notice`` is called with a sentence on another way that is taken.
    """

    def __init__(
        self,
        through: Through | None = None,
        look: Look | None = None,
        on_notice: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self.through = through
        self.wanted = through
        """What was found at the latest look."""
        self._look = look
        self._on_notice = on_notice

    @property
    def leads_elsewhere(self) -> bool:
        """A gateway has the line by now."""
        return self.wanted is not None and self.wanted != self.through

    def still_there(self) -> Callable[[], bool] | None:
        """Asks later whether the gateway of now still has the line, also from who has left it; None: no gateway."""
        through, look = self.through, self._look
        return None if through is None or look is None else lambda: look() == through

    async def look(self) -> Through | None:
        """Looks which way is the right one by now."""
        if self._look is not None:
            self.wanted = await asyncio.to_thread(self._look)
        return self.wanted

    async def other(self, may_change: Callable[[], bool]) -> Through | None:
        """Waits until another way is the right one and may be taken; gives that."""
        if self._look is None:
            await asyncio.Event().wait()
        while True:
            if await self.look() != self.through and may_change():
                return self.wanted
            await asyncio.sleep(LOOK_PERIOD)

    def take(self, name: str) -> None:
        """Takes the way that was found, to the meter of this name."""
        before, self.through = self.through, self.wanted
        if self.through is None:
            words = _NO_GATEWAY if before is not None and not before.by_collector else _DIRECTLY
        else:
            words = _THROUGH if self.through.by_collector else _THROUGH_GATEWAY
        sentence = _(words, name=printable(name))
        _log.warning("%s", sentence)
        self._on_notice(sentence)


def continued(snapshot: Snapshot, before: Snapshot | None, reads: int) -> Snapshot:
    """The first snapshots over a line go on from the last one over the line before, where there were so many reads."""
    if before is None:
        return snapshot
    snapshot = snapshot._replace(serial=before.serial + 1, reads=reads + snapshot.reads)
    return (
        snapshot if snapshot.reading is not None else snapshot._replace(reading=before.reading, read_at=before.read_at)
    )


class GatewayOpener:
    """Connects to a gateway of this machine only while that ``is_there``."""

    def __init__(self, opener: Opener, is_there: Callable[[], bool]) -> None:
        self.name = opener.name
        self.byte_time = opener.byte_time
        self._opener = opener
        self._is_there = is_there

    async def open(self, receiver: Receiver) -> Transport:
        """Raises ConnectFailed."""
        if not await asyncio.to_thread(self._is_there):
            raise ConnectFailed(_(_GONE))
        return await self._opener.open(receiver)
