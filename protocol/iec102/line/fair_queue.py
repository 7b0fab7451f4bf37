"""The queue of a line: who is served next."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

# Turns that are remembered of those who do not wait.
_MOST_REMEMBERED = 100


class FairQueue(Generic[T]):
    """Waiting items, each somebody's; the one whose turn is longest ago comes next, whatever the others have queued.

    Users who come back have not lost their turn; a new one stands behind all others. Several may share one ``turn``,
    each by a name of its own: then they come in turn there, and all of them together no more often than anybody else.
    """

    def __init__(self) -> None:
        self._turns: dict[str, OrderedDict[str, deque[T]]] = {}
        self._served: OrderedDict[str, int] = OrderedDict()  # the number of the latest turn, or of the one at arrival
        self._number = 0

    def push(self, who: str, item: T, turn: str | None = None) -> None:
        """Add an item behind the others of ``who``."""
        self._items(who, turn).append(item)

    def push_back(self, who: str, item: T, turn: str | None = None) -> None:
        """Give back an item that could not be served yet; it is the next of ``who`` again."""
        self._items(who, turn).appendleft(item)

    def pop(self, ready: Callable[[T], bool] = lambda _: True) -> T | None:
        """Take the next item that is ready, None when none is. Only the first item of each is looked at."""
        for turn in sorted(self._turns, key=self._served.__getitem__):
            users = self._turns[turn]
            for who, items in users.items():
                if ready(items[0]):
                    item = items.popleft()
                    users.move_to_end(who)
                    self._has_its_turn(turn)
                    self._tidy(who, turn)
                    return item
        return None

    def discard(self, who: str, item: T, turn: str | None = None) -> None:
        """Take an item out, if it still waits."""
        turn = who if turn is None else turn
        users = self._turns.get(turn)
        items = None if users is None else users.get(who)
        if items is not None and item in items:
            items.remove(item)
            self._tidy(who, turn)

    def heads(self) -> Iterator[T]:
        """The first item of each."""
        return (items[0] for users in self._turns.values() for items in users.values())

    def drain(self) -> list[T]:
        """Take out everything."""
        drained = [item for users in self._turns.values() for items in users.values() for item in items]
        self._turns.clear()
        return drained

    def __len__(self) -> int:
        return sum(len(items) for users in self._turns.values() for items in users.values())

    def _items(self, who: str, turn: str | None) -> deque[T]:
        turn = who if turn is None else turn
        if turn not in self._served:
            self._has_its_turn(turn)
        return self._turns.setdefault(turn, OrderedDict()).setdefault(who, deque())

    def _has_its_turn(self, turn: str) -> None:
        self._number += 1
        self._served[turn] = self._number
        self._served.move_to_end(turn)
        if len(self._served) > _MOST_REMEMBERED:
            idle = next((known for known in self._served if known not in self._turns), None)
            if idle is not None:
                del self._served[idle]

    def _tidy(self, who: str, turn: str) -> None:
        users = self._turns[turn]
        if not users[who]:
            del users[who]
        if not users:
            del self._turns[turn]
