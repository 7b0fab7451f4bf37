"""Answers to polls that may come a second time (REE profile reference, 9.2)."""

from __future__ import annotations

_MOST = 64


class SecondCopies:
    """Knows a late second copy of an answer to a poll by its content, however late it comes.

    Each poll that nothing has answered may still be answered: with a copy of the answer that was taken for it,
    because a meter repeats its last answer. A copy is expected once for each such poll, and dropped once.

    The last ASDU of an exchange is expected even without a repeat: a line may double a frame. Two records in a row
    are hardly ever equal, and if they are, the one that is dropped comes again with the next repeat.

    The content is an ASDU, or None for "no data".
    """

    def __init__(self) -> None:
        self._expected: dict[bytes | None, int] = {}
        self._last: bytes | None = None
        self._dropped: list[bytes | None] = []

    def expect(self, content: bytes | None, unanswered: int, doubted: int) -> None:
        """``content`` was taken; ``unanswered`` polls had no answer, and of ``doubted`` ones it was dropped."""
        # Equal to what was dropped: that was the answer already. Otherwise that was old, and the answer may follow.
        count = unanswered if content in self._dropped else unanswered + doubted
        self._dropped.clear()
        self._last = content
        if not count:
            return
        # Behind all others, so that the oldest is forgotten first.
        self._expected[content] = self._expected.pop(content, 0) + count
        if len(self._expected) > _MOST:
            del self._expected[next(iter(self._expected))]

    def expects(self, content: bytes | None) -> bool:
        """A copy of this may come because of a repeat."""
        return content in self._expected

    def take(self, content: bytes | None, *, last_too: bool) -> bool:
        """Whether an answer is an expected copy, or with ``last_too`` the last ASDU again."""
        if count := self._expected.pop(content, 0):
            if count > 1:
                self._expected[content] = count - 1
        elif content is None or content != self._last or not last_too:
            return False
        self._dropped = [content]
        return True

    def next_exchange(self) -> None:
        """Equal answers to two requests are two answers."""
        self._last = None

    def forget(self) -> None:
        """After a new start of the link nothing old can come."""
        self._expected.clear()
        self._last = None
        self._dropped.clear()
