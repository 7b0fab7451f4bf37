"""What waits for the broker, and what goes next. No I/O but that of the store, and no clock.

The problem: the broker goes away for hours and comes back, the program ends in between, and yet nothing may be lost,
what comes late must not stand in the way of what is measured now, and the value that the broker retains must never be
an old one.

The rule. Each message has a number. Of a live topic the message with the highest number is the newest; it goes first,
to its topic, retained. All others of that topic go to the topic of late ones, unretained, and records to theirs, both
in the order of their numbers, behind the newest. What becomes late is marked so on the disk BEFORE the newer is sent:
a program that ends right then does not take the older one for the newest when it begins again.

What the disk holds is always older than what the memory holds: while the broker is there live readings stay in memory
until it has them, so that a card is not written to for each; once it is away, and whenever a record comes, all of the
memory is moved to the disk. A message leaves only when the broker has acknowledged it. One whose acknowledgement was
lost is sent again: readers know it by its time or its id. One that the disk cannot forget now is not.

Too much or too old: live readings go first, the oldest of them first; a record goes only when no live reading is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple, Protocol

from iec102_tui.publish.message import LATE, Kind, Message
from iec102_tui.publish.store import QueueError, Waiting

_CHUNK = 500
MOST_IN_MEMORY = 1000
"""Messages that may wait in memory although the broker is there."""


class Outgoing(NamedTuple):
    """A message as it is sent; ``number`` is given back when the broker has it."""

    number: int
    topic: str
    payload: str
    retain: bool


class Limits(NamedTuple):
    """``size`` in bytes of what waits, ``age`` of live readings in seconds."""

    size: int
    age: float


class Kept(Protocol):
    """What an outbox needs of its store."""

    @property
    def last(self) -> int: ...
    def totals(self) -> tuple[int, int]: ...
    def newest(self) -> dict[str, int]: ...
    def add(self, messages: Iterable[Waiting], newest: Iterable[int], outdated: Iterable[str]) -> None: ...
    def oldest(self, count: int, without: Iterable[int]) -> list[Waiting]: ...
    def get(self, number: int) -> Waiting | None: ...
    def remove(self, numbers: Iterable[int]) -> None: ...
    def oldest_live(self, count: int) -> list[Waiting]: ...
    def shrink(self) -> None: ...
    def sync(self) -> None: ...


class Outbox:
    """Times are handed in, in seconds since 1970. Raises QueueError where the disk fails; nothing is forgotten then.

    What is owed to the disk meanwhile (``is_settled``) is made up for by ``settle``.
    """

    def __init__(self, store: Kept, limits: Limits) -> None:
        self.dropped_live = 0
        """Live readings that were given up, since the beginning."""
        self.dropped_records = 0
        """Records that were given up, since the beginning."""
        self._store = store
        self._limits = limits
        self._number = store.last
        self._stored, self._stored_size = store.totals()
        self._memory: dict[int, Waiting] = {}
        self._memory_size = 0
        self._newest: dict[str, int] = store.newest()
        self._newest_stored = set(self._newest)
        self._outdated: set[str] = set()
        self._done: set[int] = set()
        """Delivered or given up, and on the disk still."""
        self._status: dict[str, Message] = {}
        self._fresh: dict[str, int] = {}

    @property
    def waiting(self) -> int:
        """How many readings and records the broker does not have yet."""
        return self._stored + len(self._memory)

    @property
    def is_empty(self) -> bool:
        """The broker has everything."""
        return not self.waiting and not self._fresh

    def add(self, message: Message, now: float) -> None:
        """Takes a message. A status replaces what its topic had."""
        self._number += 1
        kind, topic, payload = message
        if kind is Kind.STATUS:
            self._status[topic] = message
            self._fresh[topic] = self._number
            return
        self._memory[self._number] = waiting = Waiting(self._number, kind, topic, payload, now)
        self._memory_size += waiting.size
        if kind is Kind.LIVE:
            self._newest[topic] = self._number
            if topic in self._newest_stored:
                self._newest_stored.remove(topic)
                self._outdated.add(topic)

    def connected(self) -> None:
        """The broker is there: it may have forgotten what it retained, so that every status goes out again."""
        for topic in self._status:
            self._number += 1
            self._fresh[topic] = self._number

    def must_store(self) -> bool:
        """There are records in memory, or too much."""
        return len(self._memory) > MOST_IN_MEMORY or any(each.kind is Kind.RECORD for each in self._memory.values())

    def store(self) -> None:
        """Moves what is in memory to the disk."""
        if not self._memory:
            return
        newest = {topic: number for topic, number in self._newest.items() if number in self._memory}
        self._store.add(self._memory.values(), newest.values(), self._outdated)
        self._outdated.clear()
        self._newest_stored |= newest.keys()
        self._stored += len(self._memory)
        self._stored_size += self._memory_size
        self._memory.clear()
        self._memory_size = 0

    def store_for_good(self) -> None:
        """As ``store``, and a power cut takes nothing of it."""
        self.store()
        if self._stored:
            self._store.sync()

    @property
    def is_settled(self) -> bool:
        """The disk knows what is late by now, and has forgotten what was delivered."""
        return not (self._outdated or self._done)

    def settle(self) -> None:
        """Has the disk know it. Until then the newest reading of a topic that has a stored one waits."""
        if self._outdated:
            self._store.add((), (), self._outdated)
            self._outdated.clear()
        if self._done:
            self._store.remove(self._done)
            self._done.clear()
            if not self._stored:
                self._store.shrink()

    def _try_to_settle(self) -> None:
        with suppress(QueueError):
            self.settle()

    def batch(self, count: int) -> list[Outgoing]:
        """What goes next: states, the newest live readings, then some of the others; ``count`` at most.

        A slow broker takes the states of a thousand meters in minutes: half of each batch is left to live readings.
        """
        self._try_to_settle()
        ready = {number: topic for topic, number in self._newest.items() if topic not in self._outdated}
        found = [
            Outgoing(number, topic, self._status[topic].payload, True)
            for topic, number in sorted(self._fresh.items(), key=lambda each: each[1])
        ][: max(count // 2, count - len(ready))]
        for number, topic in sorted(ready.items())[: count - len(found)]:
            each = self._memory.get(number) or self._store.get(number)
            if each is not None:
                found.append(Outgoing(number, topic, each.payload, True))
        if (room := count - len(found)) > 0:
            found += map(_late, self._others(room))
        return found

    def _others(self, count: int) -> list[Waiting]:
        newest = set(self._newest.values())
        found = self._store.oldest(count, newest | self._done) if self._stored else []
        for each in self._memory.values():
            if len(found) >= count:
                break
            if each.number not in newest:
                found.append(each)
        return found

    def delivered(self, sent: Iterable[Outgoing]) -> None:
        """The broker has these."""
        done = {each.number for each in sent}
        self._fresh = {topic: number for topic, number in self._fresh.items() if number not in done}
        self._forget(done)

    def _forget(self, numbers: set[int]) -> None:
        """Takes messages out, whether the disk can forget them now or not."""
        for number in numbers:
            each = self._memory.pop(number, None)
            if each is not None:
                self._memory_size -= each.size
            elif self._stored and number not in self._done and (each := self._store.get(number)) is not None:
                self._done.add(number)
                self._stored -= 1
                self._stored_size -= each.size
        for topic in [topic for topic, number in self._newest.items() if number in numbers]:
            del self._newest[topic]
            self._newest_stored.discard(topic)
        self._try_to_settle()

    def trim(self, now: float) -> None:
        """Gives up live readings that are too old, and what is too much."""
        if self._stored:
            while any(self._is_old(each, now) for each in self._oldest_live(1)):
                self._give_up([each for each in self._oldest_live(_CHUNK) if self._is_old(each, now)])
        self._give_up([each for each in self._memory.values() if self._is_old(each, now)])
        while (over := self._stored_size + self._memory_size - self._limits.size) > 0:
            oldest = (
                (self._oldest_live(_CHUNK) if self._stored else [])
                or [each for each in self._memory.values() if each.kind is Kind.LIVE]
                or (self._store.oldest(_CHUNK, self._done) if self._stored else [])
                or list(self._memory.values())
            )
            if not oldest:
                break
            some, size = [], 0
            for each in oldest:
                if size >= over:
                    break
                some.append(each)
                size += each.size
            self._give_up(some)

    def _oldest_live(self, count: int) -> list[Waiting]:
        found = self._store.oldest_live(count + len(self._done))
        return [each for each in found if each.number not in self._done][:count]

    def _is_old(self, each: Waiting, now: float) -> bool:
        return each.kind is Kind.LIVE and each.added < now - self._limits.age

    def _give_up(self, messages: list[Waiting]) -> None:
        live = sum(each.kind is Kind.LIVE for each in messages)
        self.dropped_live += live
        self.dropped_records += len(messages) - live
        self._forget({each.number for each in messages})


def _late(each: Waiting) -> Outgoing:
    """One that is not the newest: a live reading goes to the topic of late ones."""
    return Outgoing(each.number, each.topic + LATE if each.kind is Kind.LIVE else each.topic, each.payload, False)
