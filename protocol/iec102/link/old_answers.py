"""Late answers to earlier requests that nothing in them tells from the answer to this one."""

from __future__ import annotations


class OldAnswers:
    """Knows until when they may come, and how they give themselves away.

    An acknowledgement that was taken for that of a request which was lost: the meter has not executed it, so it answers
    the poll, whose FCB it knows, with its last data once more. Data that were taken for the answer to a poll: the meter
    repeats its own, which are others, when the poll is repeated. After a poll that was given up all data are tried so.
    """

    def __init__(self) -> None:
        self._acks_until = self._data_until = float("-inf")
        self._ack_first = self._ack_sent = 0.0
        self._last: bytes | None = None
        self._confirmed_in_doubt = False
        self._candidate: tuple[bytes | None, ...] = ()

    def expect_ack(self, first_sent: float, last_sent: float, until: float) -> None:
        """A frame that is acknowledged had no answer; it comes before ``until``, or never."""
        self._ack_first, self._ack_sent = first_sent, last_sent
        self._acks_until = until

    def late_ack(self, now: float) -> tuple[float, float] | None:
        """An acknowledgement has come that nobody awaits: how late."""
        return (now - self._ack_first, now - self._ack_sent) if now < self._acks_until else None

    def expect_data(self, until: float) -> None:
        """A poll was given up; its answer comes before ``until``, or never."""
        self._data_until = until

    def next_poll(self) -> None:
        """A new poll is sent."""
        self._candidate = ()

    def confirmed(self, sent: float, now: float, usual: float, reach: float) -> None:
        """An acknowledgement was taken for that of the user data which were sent last at ``sent``.

        It is that of another frame if it took longer than ``usual``, or if one may be late still.
        """
        unusual = now - sent > usual or now < self._ack_sent + reach
        self._confirmed_in_doubt = unusual and now < self._acks_until

    def seen(self, content: bytes | None) -> None:
        """These data have come and were dropped."""
        self._candidate = (content,)

    def holds(self, content: bytes | None, now: float, *, repeated: bool, doubted: bool) -> bool:
        """Whether data may be old: until the same have come again after the poll was repeated."""
        if not (doubted or now < self._data_until):
            return False
        if repeated and self._candidate == (content,):
            self._data_until = float("-inf")
            return False
        self.seen(content)
        return True

    def reveal(self, content: bytes | None) -> bool:
        """Whether these data, the first since user data were confirmed, say that the meter never had those."""
        doubtful, self._confirmed_in_doubt = self._confirmed_in_doubt, False
        repeated = content is not None and content == self._last
        self._last = content
        return doubtful and repeated
