"""The counters of a line, summed up from its parts."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from iec102.line.state import LineCounters, RunningCounters
from iec102.link import LinkCounters
from iec102.link.counters import RecentTimes


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
