"""Which keys meters have accepted and refused, which sessions are open, and for how long one stays so.

Meters lock out after several wrong keys, so one that was refused, or was sent and never answered, is not sent again
by itself. A key that this meter has accepted before may be sent again: after a restart it must be.
"""

from __future__ import annotations

from typing import Protocol

from iec102.errors import (
    AccessError,
    ContentTimeout,
    Iec102Error,
    KeyAnswerLost,
    KeyNeeded,
    KeyNotAnswered,
    KeyRefused,
    NoAnswer,
    OtherContent,
    WrongAnswer,
)
from iec102.sentence import Sentence
from iec102.settings import Station

# Seconds: no meter ends a session sooner.
_SHORTEST = 1.0
# Of the time after which a session was over: the next login comes well before it.
_CAUTION = 0.75
# Refusals in a row behind which nobody knows any more whether there is a session.
_MOST_REFUSALS = 30


class KeyGuard(Protocol):
    """Asked before a key goes out that the meter has not accepted before, and told what became of every key.

    ``client`` is the application of a gateway whose key it is; empty: the key of this program.
    """

    def check(self, client: str, station: Station) -> None:
        """Raise KeyRefused where an application's key must not be sent."""

    def accepted(self, station: Station) -> None:
        """Note that the meter has accepted it."""

    def refused(self, client: str, station: Station, cause: int | None) -> None:
        """Note that the meter has refused it with this cause; None: it has not answered."""


class Access:
    """What one line knows of the keys of its meters. A station is a measuring point with one key.

    ``guard`` is asked before the key of a gateway's application goes out, and told what became of every key.
    """

    def __init__(self) -> None:
        self.guard: KeyGuard | None = None
        self._accepted: set[Station] = set()
        self._refused: dict[Station, int] = {}  # with the cause
        self._unanswered: dict[Station, AccessError] = {}  # with what is said of it
        self._open: list[Station] = []

    def check(self, station: Station) -> None:
        """Raise KeyNeeded, KeyRefused or KeyNotAnswered where no session with this station's key may be started."""
        if station.password is None:
            raise KeyNeeded(Sentence("access.needed", address=station.link_address))
        if (refusal := self.refusal_of(station)) is not None:
            raise refusal

    def refusal_of(self, station: Station) -> AccessError | None:
        """Why this station's key is not sent again by itself; None where it may be sent."""
        if station in self._refused:
            return KeyRefused(Sentence("access.refused_before", address=station.link_address), self._refused[station])
        known = self._unanswered.get(station)
        return None if known is None else type(known)(known.sentence)  # one that is raised twice grows

    def keep_refusal(self, station: Station, refusal: AccessError) -> None:
        """Note what another line knew of the key."""
        if isinstance(refusal, KeyRefused):
            self._refused[station] = refusal.cause
        else:
            self._unanswered[station] = refusal

    def check_client(self, client: str, station: Station) -> None:
        """Raise KeyRefused where this client's key must not be sent; ``client`` is empty for this program."""
        if self.guard is not None and client and station not in self._accepted:
            self.guard.check(client, station)

    @staticmethod
    def _not_answered(station: Station, error: Iec102Error) -> KeyNotAnswered:
        silent = isinstance(error, NoAnswer | ContentTimeout) and not isinstance(error, WrongAnswer | OtherContent)
        if not silent:
            return KeyAnswerLost(Sentence("access.answer_lost", error=error))
        return KeyNotAnswered(Sentence("access.not_answered", address=station.link_address))

    def is_open(self, station: Station) -> bool:
        """Whether the meter's session is open with this station's key."""
        return station in self._open

    def was_accepted(self, station: Station) -> bool:
        """Whether this meter has accepted this key before."""
        return station in self._accepted

    def accepted(self, station: Station) -> None:
        """Note that the meter has accepted the key: its session is open, those with other keys behind its link over."""
        self._accepted.add(station)
        self._open = [
            other
            for other in self._open
            if other.link_address != station.link_address or other.password == station.password
        ]
        if station not in self._open:
            self._open.append(station)
        if self.guard is not None:
            self.guard.accepted(station)

    def refused(self, station: Station, cause: int, client: str) -> None:
        """Note that the meter has refused the key of ``client``, with this cause."""
        self._accepted.discard(station)
        self._refused[station] = cause
        self.lost(station.link_address)
        if self.guard is not None:
            self.guard.refused(client, station, cause)

    def unanswered(self, station: Station, error: Iec102Error, client: str) -> KeyNotAnswered:
        """Note that nothing certain came back to the first key of ``client``; gives the error that says so."""
        self._unanswered[station] = said = self._not_answered(station, error)
        if self.guard is not None:
            self.guard.refused(client, station, None)
        return said

    def forget_refusal(self, station: Station) -> None:
        """Let the key be sent once more, because the user wants it."""
        self._refused.pop(station, None)
        self._unanswered.pop(station, None)

    def lost(self, link_address: int) -> None:
        """Take the sessions behind this link address for lost, because its link starts again."""
        self._open = [station for station in self._open if station.link_address != link_address]

    def ended(self, station: Station) -> None:
        """Note that the session of this measuring point was ended."""
        if station in self._open:
            self._open.remove(station)

    def open_sessions(self) -> list[Station]:
        """The measuring points whose sessions are open, each with the key of its session."""
        return list(self._open)


class IdleSession:
    """Learns how long a session of this measuring point stays open while nothing is asked.

    Some meters end an idle session without a word and then answer "no data" to everything: each reading after such a
    pause would otherwise wait for content that never comes. Others refuse everything as not available then, which is
    also what they say to a type that they do not offer: only behind a pause that no session has outlasted yet may such
    a refusal mean that the session is over.
    """

    def __init__(self) -> None:
        self._heard_at = 0.0
        self._refusals = 0
        self._lasts = float("inf")
        self._outlasted = 0.0

    def answered(self, now: float, asked_at: float | None = None) -> None:
        """Note an answer in the session. ``asked_at``: when it was asked, in a session that was open before."""
        if asked_at is not None:
            self._outlasted = max(self._outlasted, asked_at - self._heard_at)
        self._heard_at = now
        self._refusals = 0

    def refused(self, asked_at: float, now: float) -> None:
        """Note that the meter has refused what it was asked then, in its session unless that was in doubt."""
        self._refusals += 1
        if not self.may_be_over(asked_at):
            self._heard_at = now

    def no_content(self, asked_at: float) -> None:
        """Note that what was asked then had no content: perhaps the session was over."""
        idle = asked_at - self._heard_at
        if idle >= _SHORTEST:
            self._lasts = min(self._lasts, _CAUTION * idle)

    def is_over(self, now: float) -> bool:
        """Whether the session is over, by all that is known of this meter."""
        return now - self._heard_at >= self._lasts

    def may_be_over(self, now: float) -> bool:
        """Whether it may have been idle for too long at this time."""
        return now - self._heard_at > max(_SHORTEST, self._outlasted)

    @property
    def is_unproven(self) -> bool:
        """Whether nothing but refusals has come for long."""
        return self._refusals >= _MOST_REFUSALS
