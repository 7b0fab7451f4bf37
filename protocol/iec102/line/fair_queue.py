"""Who is served next on a line."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Waiting items, each somebody's; the one whose turn is longest ago comes next, whatever the others have queued."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[T]] = OrderedDict()

    def push(self, who: str, item: T) -> None:
        """Behind this one's other items; somebody new, or back again, stands behind all others."""
        self._waiting.setdefault(who, deque()).append(item)

    def push_back(self, who: str, item: T) -> None:
        """An item that could not be served yet is this one's next again."""
        self._waiting.setdefault(who, deque()).appendleft(item)

    def pop(self, ready: Callable[[T], bool] = lambda _: True) -> T | None:
        """The next item that is ready; None when none is. Only the first item of each is looked at."""
        for who, items in self._waiting.items():
            if ready(items[0]):
                item = items.popleft()
                if items:
                    self._waiting.move_to_end(who)
                else:
                    del self._waiting[who]
                return item
        return None

    def discard(self, who: str, item: T) -> None:
        """Takes an item out, if it still waits."""
        items = self._waiting.get(who)
        if items is not None and item in items:
            items.remove(item)
            if not items:
                del self._waiting[who]

    def heads(self) -> Iterator[T]:
        """The first item of each."""
        return (items[0] for items in self._waiting.values())

    def drain(self) -> list[T]:
        """Takes out everything."""
        items = [item for queue in self._waiting.values() for item in queue]
        self._waiting.clear()
        return items

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))
