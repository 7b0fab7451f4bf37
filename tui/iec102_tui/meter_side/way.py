"""The way to a meter: its own line, or the gateway of a collector of this machine that has that line already.

The collector may end, and whatever program takes its port later must not be sent a password: before each attempt to
connect it is looked up again. Where it is gone the meter is read over its own line, and through the collector again
once that is back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

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
_GONE = N_("the collector of this machine no longer has this meter: its own line is tried in a moment")

Look = Callable[[], str | None]
"""Gives the URL of the gateway that has the line, None where none does; file work."""


class Way:
    """How one meter is reached; ``through`` is the URL of the gateway, None: over its own line.

    ``on_notice`` is called with a sentence on another way that is taken.
    """

    def __init__(
        self,
        through: str | None = None,
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
        """A collector has the line by now."""
        return self.wanted is not None and self.wanted != self.through

    def is_there(self) -> bool:
        """The gateway is still that of the collector; file work."""
        return self._look is None or self._look() == self.through

    async def look(self) -> str | None:
        """Looks which way is the right one by now."""
        if self._look is not None:
            self.wanted = await asyncio.to_thread(self._look)
        return self.wanted

    async def other(self, may_change: Callable[[], bool]) -> str | None:
        """Waits until another way is the right one and may be taken; gives that."""
        if self._look is None:
            await asyncio.Event().wait()
        while True:
            if await self.look() != self.through and may_change():
                return self.wanted
            await asyncio.sleep(LOOK_PERIOD)

    def take(self, name: str) -> None:
        """Takes the way that was found, to the meter of this name."""
        self.through = self.wanted
        sentence = _(_DIRECTLY if self.through is None else _THROUGH, name=printable(name))
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
    """Connects to the gateway of a collector only while that ``is_there``."""

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
