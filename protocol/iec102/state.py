"""How a line is doing, in immutable values that may cross threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from iec102.link import GarbageKind


class Phase(StrEnum):
    """Where a line stands, in words for the screen."""

    IDLE = "not connected"
    OPENING = "connecting"
    STARTING = "starting the link"
    LOGIN = "logging in"
    CONNECTED = "connected"
    LOST = "no answer"
    WAITING = "waiting to reconnect"
    REFUSED = "password refused"
    STOPPED = "stopped"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class LineState:
    """``since`` and ``next_attempt`` are times of the boottime clock; ``attempt`` counts since the connection was lost.

    ``step`` says what is being done, such as "link status of address 1"; ``error`` is one sentence, None when all is
    well, and stays through the attempts to reconnect.
    """

    phase: Phase = Phase.IDLE
    step: str = ""
    error: str | None = None
    attempt: int = 0
    next_attempt: float | None = None
    since: float = 0.0

    @property
    def connected(self) -> bool:
        """Requests are being answered."""
        return self.phase is Phase.CONNECTED


@dataclass(frozen=True, slots=True)
class LineCounters:
    """What has happened on a line since it was made. Times in seconds; ``bad_frames`` by reason."""

    requests: int = 0
    answers: int = 0
    repeats: int = 0
    timeouts: int = 0
    nacks: int = 0
    late: int = 0
    foreign: int = 0
    unmatched: int = 0
    bad_frames: int = 0
    bad_frames_by_kind: Mapping[GarbageKind, int] = field(default_factory=lambda: MappingProxyType({}))
    garbage_bytes: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    connections: int = 0
    reconnections: int = 0
    exchanges: int = 0
    round_trip_last: float | None = None
    round_trip_min: float | None = None
    round_trip_max: float | None = None


@dataclass(slots=True)
class Tally:
    """What a line itself counts, besides its links."""

    bytes_sent: int = 0
    bytes_received: int = 0
    garbage_bytes: int = 0
    bad_frames: dict[GarbageKind, int] = field(default_factory=dict)
    unasked: int = 0
    connections: int = 0
    reconnections: int = 0
    exchanges: int = 0
