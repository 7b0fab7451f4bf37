"""When to try again after a connection was lost."""

from __future__ import annotations

# Seconds. A meter or a converter that restarts is back soon; one that stays away must not be hammered.
QUICK_PERIOD = 600.0
QUICK_PAUSE = 1.0
FIRST_PAUSE = 0.25
GROWTH = 1.5
LONGEST_PAUSE = 30.0
# A link-status request is repeated this often while a meter is awaited, so that one that returns is seen at once.
PROBE_PERIOD = 1.5


# A meter that does not answer has the line for a tenth of the time at most, where others answer there; a bad line, on
# which each attempt may fail, keeps it away for two minutes at most.
_SHARE = 9.0
_LONGEST_LEAVE = 120.0

# A call that has lasted so many seconds was a good one: the next that fails is the first again.
_GOOD_CALL = 600.0


class Backoff:
    """When the next attempt comes: within 1.5 s in the first ten minutes, then ever later, up to 30 s.

    Time is handed in, in seconds of any clock.

    ``calls``: each attempt is a call, which costs money, and operators bar who calls too often. The first pause and the
    longest, in seconds: each is twice as long as the one before, until a call has lasted for ten minutes.
    """

    def __init__(self, calls: tuple[float, float] | None = None) -> None:
        self.attempt = 0
        self.next_attempt: float | None = None
        self._calls = calls
        self._lost_at: float | None = None
        self._succeeded_at: float | None = None
        self._pause = FIRST_PAUSE

    def failed(self, now: float, tried_at: float | None = None) -> float:
        """Note that an attempt failed, or that the connection was lost; gives the time of the next attempt.

        The pause runs from ``tried_at``, when the last thing was sent that nobody answered (default: now).
        """
        if self._calls is not None:
            self._pause = self._pause_after_call(now, *self._calls)
        elif self._lost_at is None:
            self._lost_at = now
            self._pause = FIRST_PAUSE
        elif now - self._lost_at < QUICK_PERIOD:
            self._pause = QUICK_PAUSE
        else:
            self._pause = min(self._pause * GROWTH, LONGEST_PAUSE)
        self.attempt += 1
        self.next_attempt = max(now, (now if tried_at is None else tried_at) + self._pause)
        return self.next_attempt

    def wait_until(self, time: float) -> None:
        """Let the next attempt come no sooner."""
        self.next_attempt = time if self.next_attempt is None else max(self.next_attempt, time)

    def is_quick(self, now: float) -> bool:
        """Whether the first ten minutes are not over."""
        return self._lost_at is None or now - self._lost_at < QUICK_PERIOD

    def hurry(self) -> None:
        """Let the next attempt come at once, because somebody asked for it."""
        self.next_attempt = None

    def reappeared(self) -> None:
        """Let the next attempt come at once, because what was away can be seen again; the ten minutes begin anew."""
        self.next_attempt = None
        self._lost_at = None

    def succeeded(self, now: float = 0.0) -> None:
        """Note that it is connected: the next loss begins anew, with calls only after a good one."""
        if self._succeeded_at is None:
            self._succeeded_at = now
        self.next_attempt = None
        if self._calls is None:
            self.attempt = 0
            self._lost_at = None

    def ended_well(self) -> None:
        """Note that a call was ended on purpose: the next one that fails is the first."""
        self.attempt = 0
        self._succeeded_at = None

    def _pause_after_call(self, now: float, first: float, longest: float) -> float:
        good = self._succeeded_at is not None and now - self._succeeded_at >= _GOOD_CALL
        self._succeeded_at = None
        if good:
            self.attempt = 0
        return first if not self.attempt else min(self._pause * 2, longest)


class LineShare:
    """How long a meter that does not answer leaves the line to the others on it, which wait through each attempt.

    A first failure costs nothing: an answer was lost. The second pause is as long as the attempt has taken, and each
    later one twice as long, up to nine times and two minutes: one who is back soon is read again soon.
    ``failures`` is set to 0 when it answers.
    """

    def __init__(self) -> None:
        self.failures = 0

    def failed(self, cost: float) -> float:
        """Note that an attempt has failed that took ``cost`` seconds of the line; gives the seconds of the pause."""
        self.failures += 1
        times = min(2.0 ** (self.failures - 2), _SHARE) if self.failures > 1 else 0.0
        return min(cost * times, _LONGEST_LEAVE)
