"""The limit of wrong keys of a running gateway: asked by the line before a key goes out, and kept by the program."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from iec102.clock import Clock
from iec102.gateway.key_attempts import KeptKeys, KeyAttemptLimit, WrongKeys
from iec102.line import Line
from iec102.sentence import Sentence
from iec102.settings import Station

# Seconds for what is known of the keys to be on the disk when the gateway is closed.
_LONGEST_FAREWELL = 2.0


class KeyStore(Protocol):
    """Keeps what is known of the keys of a line over restarts. Both raise OSError; file work is not the loop's."""

    async def load(self, line: str) -> KeptKeys | None:
        """What is kept of a line; None where nothing was ever kept on this machine."""

    async def save(self, line: str, kept: KeptKeys) -> KeptKeys:
        """Keep this together with what is kept already; gives the whole (``KeptKeys.merged``)."""


class KeyKeeper:
    """One line's limit, with what is kept of it; the line asks here from now on.

    ``tell`` hears once why it cannot be kept.
    """

    def __init__(
        self, line: Line, store: KeyStore | None, *, most: int, clock: Clock, tell: Callable[[str], None]
    ) -> None:
        self._line = line
        self._store = store
        self._tell = tell
        self._told = False
        self._dirty = False
        self._saver: asyncio.Task[None] | None = None
        self._limit = KeyAttemptLimit(
            line.name,
            now=lambda: clock.wall().timestamp(),
            most=most,
            changed=self._changed,
            forget=line.forget_refusal,
        )
        line.key_guard = self

    async def close(self) -> None:
        """Leave the line alone. What is to be kept is, unless the disk takes too long."""
        if self._line.key_guard is self:
            self._line.key_guard = None
        if self._saver is not None:
            await asyncio.wait((self._saver,), timeout=_LONGEST_FAREWELL)

    @property
    def wrong(self) -> tuple[WrongKeys, ...]:
        """How many different keys each meter has refused lately."""
        return self._limit.wrong

    def wrong_of(self, link_address: int) -> WrongKeys:
        """How many different keys one meter has refused lately."""
        return self._limit.wrong_of(link_address)

    def reset(self) -> None:
        """Forget the refused keys."""
        self._limit.reset()

    async def refresh(self) -> None:
        """Take over what another instance has found, or made forgotten."""
        if self._store is None:
            return
        try:
            kept = await self._store.load(self._line.name)
        except OSError as error:
            self._complain(error)
        else:
            if kept is not None:
                self._limit.take_over(kept)

    def tried(self, client: str, station: Station) -> None:
        """A wrong key was not even sent."""
        self._limit.tried(_host(client), station)

    # For the line, as its KeyGuard

    def check(self, client: str, station: Station) -> None:
        """Raise KeyRefused when this key must not go to the meter."""
        self._limit.check(_host(client), station)

    def accepted(self, station: Station) -> None:
        """Note that the meter has accepted a key, from any client or from this program."""
        self._limit.accepted(station)

    def refused(self, client: str, station: Station, cause: int | None) -> None:
        """The meter has refused a key with a cause, or (None) has not answered it; no client: it is this program's."""
        self._limit.refused(_host(client), station, cause)

    # Inside

    def _changed(self) -> None:
        self._dirty = True
        if self._store is not None and self._saver is None:
            self._saver = asyncio.create_task(self._save(self._store), name="gateway keys")

    async def _save(self, store: KeyStore) -> None:
        try:
            while self._dirty:
                self._dirty = False
                self._limit.take_over(await store.save(self._line.name, self._limit.kept))
        except OSError as error:
            self._complain(error)
        finally:
            self._saver = None

    def _complain(self, error: OSError) -> None:
        if not self._told:
            self._told = True
            self._tell(Sentence("gateway.keys_unsaved", path=error.filename, why=error.strerror))


def _host(client: str) -> str:
    return client.rpartition(":")[0]
