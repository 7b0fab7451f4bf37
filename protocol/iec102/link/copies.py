"""Answers to polls that may come a second time (REE profile reference, 9.2)."""

from __future__ import annotations

from dataclasses import dataclass

_MOST = 64


@dataclass(slots=True)
class _Owed:
    """Copies of one content that may still come: how many, from which request and exchange, and how late at most.

    ``first_sent`` and ``last_sent``: when the polls went out that they answer. None comes from ``until`` on.
    """

    count: int
    request: bytes
    exchange: int
    first_sent: float
    last_sent: float
    until: float


class SecondCopies:
    """Knows a late second copy of an answer to a poll by its content.

    Each poll that nothing has answered may still be answered: with a copy of the answer that was taken for it,
    because a meter repeats its last answer. A copy is expected once for each such poll, and dropped once. Where the
    same request has been sent again and acknowledged since, an equal answer is nothing special: it counts as a copy
    only as long as answers on this line have ever been late.

    The last ASDU of an exchange is expected even without a repeat: a line may double a frame. Two records in a row
    are hardly ever equal, and if they are, the one that is dropped comes again with the next repeat.

    The content is an ASDU, or None for "no data".
    """

    def __init__(self) -> None:
        self._owed: dict[bytes | None, _Owed] = {}
        self._last: bytes | None = None
        self._dropped: dict[bytes | None, tuple[float, float] | None] = {}
        self.lateness: list[tuple[float, float]] = []
        self._request = b""
        self._exchange = 0

    def expect(
        self,
        content: bytes | None,
        unanswered: int,
        doubted: int,
        *,
        first_sent: float,
        last_sent: float,
        until: float,
    ) -> None:
        """``content`` was taken; ``unanswered`` polls had no answer, and of ``doubted`` ones it was dropped."""
        # Equal to what was dropped: that was the answer already. Otherwise that was old, and the answer may follow.
        count = unanswered if content in self._dropped else unanswered + doubted
        for other, since in self._dropped.items():
            if other != content:
                self.is_late(since)
        self._dropped.clear()
        self._last = content
        if not count:
            return
        # Behind all others, so that the oldest is forgotten first.
        earlier = self._owed.pop(content, None)
        if earlier is not None and earlier.until > first_sent and not self._is_same_request(earlier):
            count += earlier.count
        self._owed[content] = _Owed(count, self._request, self._exchange, first_sent, last_sent, until)
        if len(self._owed) > _MOST:
            del self._owed[next(iter(self._owed))]

    def doubts(self, content: bytes | None, now: float, reach: float, *, usual: bool) -> bool:
        """An equal answer to the same request: a copy may come within ``reach``, as late as answers are here."""
        return self.owes(content, now) and (not usual or now < self._owed[content].last_sent + reach)

    def owes(self, content: bytes | None, now: float) -> bool:
        """An answer equal to this was repeated, and asked for with the same request."""
        owed = self._owed.get(content)
        return owed is not None and self._is_same_request(owed) and now < owed.until

    def held(self, content: bytes | None, now: float) -> None:
        """It was dropped because it was in doubt."""
        owed = self._owed.get(content)
        self._dropped[content] = None if owed is None else (now - owed.first_sent, now - owed.last_sent)

    def take(self, content: bytes | None, now: float, *, awaited: bool, last_too: bool) -> bool:
        """Whether an answer is an expected copy, or with ``last_too`` the last ASDU again.

        ``awaited``: it may be the answer to the request.
        """
        owed = self._owed.get(content)
        if owed is not None and now < owed.until and not (awaited and self._is_same_request(owed)):
            self.held(content, now)
            if not awaited:
                self.is_late(self._dropped[content])
            owed.count -= 1
            if not owed.count:
                del self._owed[content]
            return True
        if content is None or content != self._last or not last_too:
            return False
        self._dropped[content] = None
        return True

    def is_late(self, since: tuple[float, float] | None) -> None:
        """A copy has come, so long after the first and the last poll that it may answer."""
        if since is not None:
            self.lateness.append(since)

    def _is_same_request(self, owed: _Owed) -> bool:
        """The request of these copies was sent once more since."""
        return owed.exchange != self._exchange and owed.request == self._request

    def next_exchange(self, request: bytes) -> None:
        """Equal answers to two requests are two answers."""
        self._last = None
        self._request = request
        self._exchange += 1

    def forget(self) -> None:
        """After a new start of the link nothing old can come."""
        self._owed.clear()
        self._last = None
        self._dropped.clear()
