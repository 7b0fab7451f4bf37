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
        # By turn, in the order of their latest ones, or of their arrival; those of whom nobody waits are empty.
        self._turns: OrderedDict[str, OrderedDict[str, deque[T]]] = OrderedDict()

    def push(self, who: str, item: T, turn: str | None = None, *, first: bool = False) -> None:
        """Add an item behind the others of ``who``; ``first``: before them, because it could not be served yet."""
        turn = who if turn is None else turn
        items = self._turns.setdefault(turn, OrderedDict()).setdefault(who, deque())
        items.insert(0 if first else len(items), item)
        if len(self._turns) > _MOST_REMEMBERED:
            idle = next((known for known, users in self._turns.items() if not users), None)
            if idle is not None:
                del self._turns[idle]

    def pop(self, ready: Callable[[T], bool] = lambda _: True) -> T | None:
        """Take the next item that is ready, None when none is. Only the first item of each is looked at."""
        for turn, users in self._turns.items():
            for who, items in users.items():
                if ready(items[0]):
                    item = items.popleft()
                    users.move_to_end(who)
                    self._turns.move_to_end(turn)
                    if not items:
                        del users[who]
                    return item
        return None

    def discard(self, who: str, item: T, turn: str | None = None) -> None:
        """Take an item out, if it still waits."""
        users = self._turns.get(who if turn is None else turn, OrderedDict())
        items = users.get(who)
        if items is not None and item in items:
            items.remove(item)
            if not items:
                del users[who]

    def heads(self) -> Iterator[T]:
        """The first item of each."""
        return (items[0] for users in self._turns.values() for items in users.values())

    def drain(self) -> list[T]:
        """Take out everything."""
        drained = [item for users in self._turns.values() for items in users.values() for item in items]
        for users in self._turns.values():
            users.clear()
        return drained

    def __len__(self) -> int:
        return sum(len(items) for users in self._turns.values() for items in users.values())
