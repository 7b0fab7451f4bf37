"""How long a meter keeps a session in which nothing is asked. Time is handed in."""

from __future__ import annotations

# Seconds: no meter ends a session sooner.
_SHORTEST = 1.0
# Of the time after which a session was over: the next login comes well before it.
_CAUTION = 0.75


class IdleSession:
    """Learns how long a session of this meter stays open while nothing is asked.

    Some meters end an idle session without a word and then answer "no data" to everything: each reading after such a
    pause would otherwise wait for content that never comes. Others refuse everything as not available then, which is
    also what they say to a type that they do not offer: only behind a pause that no session has outlasted yet may such
    a refusal mean that the session is over.
    """

    def __init__(self) -> None:
        self._heard_at = 0.0
        self._lasts = float("inf")
        self._outlasted = 0.0

    def answered(self, now: float, asked_at: float | None = None) -> None:
        """The meter has answered in its session. ``asked_at``: when it was asked, in a session that was open before."""
        if asked_at is not None:
            self._outlasted = max(self._outlasted, asked_at - self._heard_at)
        self._heard_at = now

    def said_nothing(self, asked_at: float) -> None:
        """What was asked then had no content: perhaps the session was over."""
        idle = asked_at - self._heard_at
        if idle >= _SHORTEST:
            self._lasts = min(self._lasts, _CAUTION * idle)

    def is_over(self, now: float) -> bool:
        """By all that is known of this meter."""
        return now - self._heard_at >= self._lasts

    def may_be_over(self, now: float) -> bool:
        """It may have been idle for too long at this time."""
        return now - self._heard_at > max(_SHORTEST, self._outlasted)
