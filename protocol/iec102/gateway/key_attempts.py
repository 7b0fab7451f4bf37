"""How few wrong keys the applications of a gateway may try before a meter locks everybody out. Sans-IO.

Problem. A meter counts wrong keys and locks out, for up to a day, no matter from where they came. One host with a list
of keys is stopped by a limit for each host; a program with many addresses, or one that is started again and again, is
not.

Rule. A host may have three different keys refused by a meter. A meter may refuse ten different ones (``most``) in 24
hours; then no key is sent to it that it has not accepted before. A key that was sent and not answered counts as
refused. What a meter has refused is not sent again within 24 hours. Keys are checked when they are about to be sent, by
the one task that owns the line, so that no two are on their way at once; what becomes of a key counts also when its
application has given up waiting or has gone.

Memory. Counts outlive the program, or a restart would give ten more tries. To tell "the same key again" and "accepted
before" after a restart something of each key must be kept, and a key has 32 bits at most: whatever is computed from
all of it, however slowly, can be turned back by trying all keys. So what is kept is a tag of 16 bits, the start of a
keyed hash (BLAKE2b with a random salt of the machine) over line, link address, point address and key.

Why that is safe. A tag cannot be turned back: of the 4,294,967,296 keys about 65,536 have the same one, and only the
meter, which is asked ten times a day, can tell them apart. The salt keeps the tags of two machines from being compared
and tables from being prepared. What a thief of the file can do is to confirm a guess that is likely already (a key
such as 1); the file has the owner's mode, as the profiles have, which hold the keys themselves.
What two keys with one tag do: a wrong key that looks like an accepted one (1 of 65,536) goes to the meter, is counted,
and the tag is no longer an accepted one; one that looks like a refused one is not sent until ``reset``.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple

from iec102.asdu import Cause
from iec102.errors import KeyRefused
from iec102.sentence import Sentence
from iec102.settings import Station

MOST_OF_A_HOST = 3
"""Different keys of one host that a meter may refuse, until ``reset`` or until the gateway is started again."""
MOST_OF_A_METER = 10
"""Different keys that a meter may refuse in ``WINDOW``, by default."""
WINDOW = 24 * 3600.0
"""Seconds that a refused key counts."""

_TAG_BYTES = 2
_SALT_BYTES = 16
_MOST_HOSTS = 1000
# Keys that a meter has accepted; the latest are kept.
_MOST_ACCEPTED = 100


class Outcome(StrEnum):
    """What a meter has said to a key, as it stands in the file."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


class KeptKey(NamedTuple):
    """What is kept of a key: never the key. ``at``: seconds since 1970; ``cause``: of a refusal."""

    link_address: int
    tag: str
    outcome: Outcome
    at: float
    cause: int = Cause.CONFIRMATION


class KeptKeys(NamedTuple):
    """What is kept of a line; ``reset_at`` is when the refused keys were last forgotten, seconds since 1970."""

    salt: bytes
    keys: tuple[KeptKey, ...] = ()
    reset_at: float = 0.0

    def merged(self, other: KeptKeys) -> KeptKeys:
        """Both, the later word on each key; with this salt. What was refused before the later reset is left out."""
        reset_at = max(self.reset_at, other.reset_at)
        known: dict[tuple[int, str], KeptKey] = {}
        for key in sorted((*self.keys, *(other.keys if other.salt == self.salt else ())), key=lambda key: key.at):
            if key.outcome is Outcome.ACCEPTED or key.at > reset_at:
                known[key.link_address, key.tag] = key
        return KeptKeys(self.salt, tuple(known.values()), reset_at)


class WrongKeys(NamedTuple):
    """How many different keys a meter has refused in 24 hours, and how many it may."""

    link_address: int
    refused: int
    most: int


def new_salt() -> bytes:
    """Random bytes, made once for a machine."""
    return secrets.token_bytes(_SALT_BYTES)


class KeyAttemptLimit:
    """The keys tried on one line. ``now`` gives seconds since 1970, ``changed`` is called when there is more to keep.

    ``forget`` is called with each measuring point whose key may be sent once more after a reset.
    """

    def __init__(
        self,
        line: str,
        *,
        now: Callable[[], float],
        most: int = MOST_OF_A_METER,
        changed: Callable[[], None] = lambda: None,
        forget: Callable[[Station], None] = lambda _station: None,
    ) -> None:
        self.kept = KeptKeys(new_salt())
        self._line = line
        self._now = now
        self._most = most
        self._changed = changed
        self._forget = forget
        self._of_hosts: OrderedDict[tuple[str, int], set[Station]] = OrderedDict()
        self._tried: set[Station] = set()

    # Before a key is sent, and after

    def check(self, host: str, station: Station) -> None:
        """Raise KeyRefused when a host's key must not go to the meter."""
        address = station.link_address
        known = self._find(station)
        if known is not None and known.outcome is Outcome.ACCEPTED:
            return
        if self._is_spent(host, station):
            raise KeyRefused(Sentence("gateway.host_spent", address=address, count=MOST_OF_A_HOST, host=host))
        if known is not None and known.outcome is Outcome.REFUSED and self._counts(known):
            raise KeyRefused(Sentence("gateway.refused_before", address=address), known.cause)
        if self._count(address) >= self._most:
            raise KeyRefused(Sentence("gateway.meter_spent", address=address, count=self._most))

    def accepted(self, station: Station) -> None:
        """The meter has accepted a key."""
        self._tried.discard(station)
        self._keep(station, Outcome.ACCEPTED)

    def refused(self, host: str, station: Station, cause: int | None) -> None:
        """The meter has refused a key of a host with this cause; None: it has not answered."""
        self.tried(host, station)
        if host:  # the key of this program is sent again when its user wants that, and not by a reset
            self._tried.add(station)
        if cause is None:
            self._keep(station, Outcome.UNANSWERED)
        else:
            self._keep(station, Outcome.REFUSED, cause)

    def tried(self, host: str, station: Station) -> None:
        """A host has tried a wrong key, whether it was sent or not; what its limit has stopped does not count."""
        if not host or self._is_spent(host, station):
            return
        self._of_hosts.setdefault((host, station.link_address), set()).add(station)
        if len(self._of_hosts) > _MOST_HOSTS:
            self._of_hosts.popitem(last=False)

    # What is shown and kept

    @property
    def wrong(self) -> tuple[WrongKeys, ...]:
        """Of each meter that has refused any lately."""
        addresses = sorted({key.link_address for key in self.kept.keys if self._counts(key)})
        return tuple(map(self.wrong_of, addresses))

    def wrong_of(self, link_address: int) -> WrongKeys:
        """How many different keys one meter has refused lately, of how many at most."""
        return WrongKeys(link_address, self._count(link_address), self._most)

    def reset(self) -> None:
        """Forget the refused keys: each may be sent once more."""
        latest = max((key.at for key in self.kept.keys), default=0.0)
        self.take_over(self.kept._replace(reset_at=max(self._now(), latest)))
        self._changed()

    def take_over(self, kept: KeptKeys) -> None:
        """What was kept is known here too, and a reset there is one here."""
        is_reset = kept.reset_at > self.kept.reset_at
        mine = self.kept if self.kept.salt == kept.salt else KeptKeys(kept.salt, (), self.kept.reset_at)
        self.kept = self._without_old(kept.merged(mine))
        if is_reset:
            self._of_hosts.clear()
            for station in self._tried:
                self._forget(station)
            self._tried.clear()

    # Inside

    def _is_spent(self, host: str, station: Station) -> bool:
        tried = self._of_hosts.get((host, station.link_address), set())
        return len(tried) >= MOST_OF_A_HOST and station not in tried

    def _counts(self, key: KeptKey) -> bool:
        return key.outcome is not Outcome.ACCEPTED and self._now() - key.at < WINDOW

    def _count(self, link_address: int) -> int:
        return sum(key.link_address == link_address and self._counts(key) for key in self.kept.keys)

    def _find(self, station: Station) -> KeptKey | None:
        place = station.link_address, self._tag(station)
        return next((key for key in self.kept.keys if (key.link_address, key.tag) == place), None)

    def _keep(self, station: Station, outcome: Outcome, cause: int = Cause.CONFIRMATION) -> None:
        known = self._find(station)
        if known is not None and known.outcome is outcome is Outcome.ACCEPTED:
            return
        key = KeptKey(station.link_address, self._tag(station), outcome, self._later_than(known), cause)
        others = (other for other in self.kept.keys if other is not known)
        self.kept = self._without_old(self.kept._replace(keys=(*others, key)))
        self._changed()

    def _later_than(self, known: KeptKey | None) -> float:
        """Now, but behind what it takes the place of, and behind the reset, also where the clock was set back."""
        at = max(self.kept.reset_at, known.at if known is not None else 0.0)
        return max(self._now(), math.nextafter(at, math.inf))

    def _without_old(self, kept: KeptKeys) -> KeptKeys:
        accepted = [key for key in kept.keys if key.outcome is Outcome.ACCEPTED]
        return kept._replace(keys=(*_latest(accepted), *(key for key in kept.keys if self._counts(key))))

    def _tag(self, station: Station) -> str:
        assert station.password is not None
        key = station.password.reveal().to_bytes(4, "little")
        point = f"{self._line}\n{station.link_address}\n{station.point_address}\n".encode()
        return hashlib.blake2b(point + key, key=self.kept.salt, digest_size=_TAG_BYTES).hexdigest()


def _latest(keys: Iterable[KeptKey]) -> list[KeptKey]:
    return sorted(keys, key=lambda key: key.at)[-_MOST_ACCEPTED:]
