"""How long a meter keeps a session in which nothing is asked. Time is handed in."""

from __future__ import annotations

# Seconds: no meter ends a session sooner.
_SHORTEST = 1.0
# Of the time after which a session was over: the next login comes well before it.
_CAUTION = 0.75


class IdleSession:
    """Learns from a meter that has ended an idle session without a word and then answers "no data" to everything.

    Each reading after such a pause would otherwise wait for content that never comes.
    """

    def __init__(self) -> None:
        self._heard_at = 0.0
        self._lasts = float("inf")

    def answered(self, now: float) -> None:
        """The meter has answered in its session."""
        self._heard_at = now

    def said_nothing(self, asked_at: float) -> None:
        """What was asked then had no content: perhaps the session was over."""
        idle = asked_at - self._heard_at
        if idle >= _SHORTEST:
            self._lasts = min(self._lasts, _CAUTION * idle)

    def is_over(self, now: float) -> bool:
        """By all that is known of this meter."""
        return now - self._heard_at >= self._lasts
