"""Late answers to earlier requests that nothing in them tells from the answer to this one."""

from __future__ import annotations

_MOST = 64


class OldAnswers:
    """Knows until when they may come, and how they give themselves away.

    An acknowledgement that was taken for that of a request which was lost: the meter has not executed it, so it answers
    the poll, whose FCB it knows, with its last data once more. Data that were taken for the answer to a poll: the meter
    repeats its own, which are others, when the poll is repeated. After a poll that was given up all data are tried so;
    after one that was repeated, those that have come before.
    """

    def __init__(self) -> None:
        self._acks_until = self._data_until = self._copies_until = float("-inf")
        self._recent: dict[bytes | None, float] = {}
        self._last: bytes | None = None
        self._confirmed_in_doubt = False
        self._candidate: tuple[bytes | None, ...] = ()

    def expect_ack(self, until: float) -> None:
        """A frame that is acknowledged had no answer; it comes before ``until``, or never."""
        self._acks_until = until

    def expect_data(self, until: float) -> None:
        """A poll was given up; its answer comes before ``until``, or never."""
        self._data_until = until

    def expect_copies(self, until: float) -> None:
        """A poll was sent more than once; what was taken for its answer may come again, before ``until`` or never."""
        self._copies_until = until

    def taken(self, content: bytes | None, until: float) -> None:
        """These data were taken; copies of them come before ``until``, or never."""
        self._recent.pop(content, None)
        self._recent[content] = until
        if len(self._recent) > _MOST:
            del self._recent[next(iter(self._recent))]

    def is_copy(self, content: bytes | None, now: float) -> bool:
        """Whether data that have come before may be the same ones again."""
        return now < self._copies_until and now < self._recent.get(content, now)

    def next_poll(self) -> None:
        """A new poll is sent."""
        self._candidate = ()

    def confirmed(self, now: float) -> None:
        """An acknowledgement was taken for that of the user data."""
        self._confirmed_in_doubt = now < self._acks_until

    def seen(self, content: bytes | None) -> None:
        """These data have come and were dropped."""
        self._candidate = (content,)

    def holds(self, content: bytes | None, now: float, *, repeated: bool) -> bool:
        """Whether data may be old: until the same have come again after the poll was repeated."""
        in_doubt = now < self._data_until or self.is_copy(content, now)
        if not in_doubt or (repeated and self._candidate == (content,)):
            return False
        self.seen(content)
        return True

    def reveal(self, content: bytes | None) -> bool:
        """Whether these data, the first since user data were confirmed, say that the meter never had those."""
        doubtful, self._confirmed_in_doubt = self._confirmed_in_doubt, False
        repeated = content is not None and content == self._last
        self._last = content
        return doubtful and repeated
