"""What has happened on a line, in numbers: what it counts itself, and the sum with what its links have counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from iec102.link import GarbageKind, LinkCounters
from iec102.link.counters import RecentTimes


class LineCounters(NamedTuple):
    """What has happened on a line since it was made. Times in seconds.

    ``seconds`` have passed since its first opening; in ``busy_seconds`` of them a request or its answer was awaited or
    on the way, so that nobody else could use it. Round trips are those of requests that were answered at once;
    ``round_trip_median`` is that of the latest 500.
    """

    requests: int = 0
    answers: int = 0
    repeats: int = 0
    timeouts: int = 0
    nacks: int = 0
    late: int = 0
    foreign: int = 0
    unmatched: int = 0
    echoes: int = 0
    bad_frames: int = 0
    bad_frames_by_kind: Mapping[GarbageKind, int] = MappingProxyType({})
    garbage_bytes: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    connections: int = 0
    reconnections: int = 0
    exchanges: int = 0
    round_trip_last: float | None = None
    round_trip_min: float | None = None
    round_trip_median: float | None = None
    round_trip_max: float | None = None
    seconds: float = 0.0
    busy_seconds: float = 0.0

    @property
    def connection_number(self) -> int:
        """Another one after each new connection, and each new start of a link: who answers may be another meter."""
        return self.connections + self.reconnections

    @property
    def line_use(self) -> float:
        """How much of the time the line was in use: 0 to 100 percent."""
        return min(100.0, 100 * self.busy_seconds / self.seconds) if self.seconds else 0.0

    def to_json(self) -> dict[str, Any]:
        """The object ``stats`` that ``iec102-tui read --json --stats`` prints; round trips in milliseconds."""
        return {
            "requests": self.requests,
            "answers": self.answers,
            "repeats": self.repeats,
            "timeouts": self.timeouts,
            "busy_answers": self.nacks,
            "late": self.late,
            "foreign": self.foreign,
            "unmatched": self.unmatched,
            "echoes": self.echoes,
            "bad_frames": self.bad_frames,
            "bad_frames_by_reason": {str(kind): self.bad_frames_by_kind.get(kind, 0) for kind in GarbageKind},
            "garbage_bytes": self.garbage_bytes,
            "bytes_sent": self.bytes_sent,
            "bytes_received": self.bytes_received,
            "connections": self.connections,
            "reconnections": self.reconnections,
            "round_trip_ms": {
                "min": _milliseconds(self.round_trip_min),
                "median": _milliseconds(self.round_trip_median),
                "max": _milliseconds(self.round_trip_max),
                "last": _milliseconds(self.round_trip_last),
            },
            "line_use_percent": round(self.line_use, 1),
        }


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)


@dataclass(slots=True)
class RunningCounters:
    """What a line itself counts, besides its links. Times are those of the age clock."""

    bytes_sent: int = 0
    bytes_received: int = 0
    garbage_bytes: int = 0
    bad_frames: dict[GarbageKind, int] = field(default_factory=dict)
    unasked: int = 0
    echoes: int = 0
    connections: int = 0
    reconnections: int = 0
    exchanges: int = 0
    opened_at: float | None = None
    busy_since: float | None = None  # when the service under way began
    busy_before: float = 0.0  # seconds of the services that have ended

    def seconds(self, now: float) -> float:
        """Since the first opening."""
        return 0.0 if self.opened_at is None else now - self.opened_at

    def busy_seconds(self, now: float) -> float:
        """How long the line was in use."""
        return self.busy_before + (0.0 if self.busy_since is None else now - self.busy_since)


def total(line: RunningCounters, links: Iterable[LinkCounters], now: float) -> LineCounters:
    """Sum up what a line and all its links have counted; ``now`` is a time of the clock that ``line`` goes by."""
    links = list(links)
    shortest = [link.round_trip_min for link in links if link.round_trip_min is not None]
    longest = [link.round_trip_max for link in links if link.round_trip_max is not None]
    last = [link.round_trip_last for link in links if link.round_trip_last is not None]
    return LineCounters(
        requests=sum(link.requests for link in links),
        answers=sum(link.answers for link in links),
        repeats=sum(link.repeats for link in links),
        timeouts=sum(link.timeouts for link in links),
        nacks=sum(link.nacks for link in links),
        late=sum(link.late for link in links),
        foreign=sum(link.ignored_foreign for link in links),
        unmatched=sum(link.ignored_unmatched for link in links) + line.unasked,
        echoes=line.echoes,
        bad_frames=sum(line.bad_frames.values()),
        bad_frames_by_kind=MappingProxyType(dict(line.bad_frames)),
        garbage_bytes=line.garbage_bytes,
        bytes_sent=line.bytes_sent,
        bytes_received=line.bytes_received,
        connections=line.connections,
        reconnections=line.reconnections,
        exchanges=line.exchanges,
        round_trip_last=last[-1] if last else None,
        seconds=line.seconds(now),
        busy_seconds=line.busy_seconds(now),
        round_trip_min=min(shortest, default=None),
        round_trip_median=RecentTimes.median(link.round_trips for link in links),
        round_trip_max=max(longest, default=None),
    )
