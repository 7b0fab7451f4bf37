"""Class 2 data that may come a second time (REE profile reference, 9.2)."""

from __future__ import annotations

_MOST = 64


class SecondCopies:
    """Knows a late second copy of an ASDU by its content, however late it comes.

    Each poll that nothing has answered may still be answered: with a copy of the ASDU that was taken for it,
    because a meter repeats its last answer. A copy is expected once for each such poll, and dropped once.

    The last ASDU of an exchange is expected once more even without a repeat: a line may double a frame. Two records
    in a row are hardly ever equal, and if they are, the one that is dropped comes again with the next repeat.
    """

    def __init__(self) -> None:
        self._expected: dict[bytes, int] = {}
        self._last: bytes | None = None
        self._dropped: bytes | None = None

    def expect(self, asdu: bytes, unanswered: int, doubted: int) -> None:
        """``asdu`` was taken; nothing has answered ``unanswered`` polls for it, and ``doubted`` ones a dropped ASDU."""
        # Equal to the dropped one: that was the answer already. Otherwise that was old, and the answer may follow.
        count = unanswered if asdu == self._dropped else unanswered + doubted
        self._dropped = None
        self._last = None if count else asdu
        if not count:
            return
        # Behind all others, so that the oldest is forgotten first.
        self._expected[asdu] = self._expected.pop(asdu, 0) + count
        if len(self._expected) > _MOST:
            del self._expected[next(iter(self._expected))]

    def take(self, asdu: bytes) -> bool:
        """Whether an ASDU is an expected copy; it is expected once less from now on."""
        if count := self._expected.pop(asdu, 0):
            if count > 1:
                self._expected[asdu] = count - 1
        elif asdu == self._last:
            self._last = None
        else:
            return False
        self._dropped = asdu
        return True

    def next_exchange(self) -> None:
        """Equal answers to two requests are two answers."""
        self._last = None

    def forget(self) -> None:
        """After a new start of the link nothing old can come."""
        self._expected.clear()
        self._last = self._dropped = None
