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


class Backoff:
    """Attempts at most 1.5 s apart in the first ten minutes, then ever further apart, up to 30 s. Time is handed in."""

    def __init__(self) -> None:
        self.attempt = 0
        self.next_attempt: float | None = None
        self._lost_at: float | None = None
        self._pause = FIRST_PAUSE

    def failed(self, now: float, tried_at: float | None = None) -> float:
        """An attempt failed, or the connection was lost; gives the time of the next attempt.

        The pause runs from ``tried_at``, when the last thing was sent that nobody answered (default: now).
        """
        if self._lost_at is None:
            self._lost_at = now
            self._pause = FIRST_PAUSE
        elif now - self._lost_at < QUICK_PERIOD:
            self._pause = QUICK_PAUSE
        else:
            self._pause = min(self._pause * GROWTH, LONGEST_PAUSE)
        self.attempt += 1
        self.next_attempt = max(now, (now if tried_at is None else tried_at) + self._pause)
        return self.next_attempt

    def is_quick(self, now: float) -> bool:
        """The first ten minutes are not over."""
        return self._lost_at is None or now - self._lost_at < QUICK_PERIOD

    def hurry(self) -> None:
        """The next attempt may come at once: somebody asked for it."""
        self.next_attempt = None

    def reappeared(self) -> None:
        """What was away can be seen again: at once, and the ten minutes begin anew."""
        self.next_attempt = None
        self._lost_at = None

    def succeeded(self) -> None:
        """Connected: the next loss begins anew."""
        self.attempt = 0
        self.next_attempt = None
        self._lost_at = None
