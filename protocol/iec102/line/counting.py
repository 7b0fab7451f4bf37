"""The counters of a line, summed up from its parts."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from iec102.line.state import LineCounters, RunningCounters
from iec102.link import LinkCounters
from iec102.link.recent import RecentTimes


def total(tally: RunningCounters, links: Iterable[LinkCounters], now: float) -> LineCounters:
    """One value for the line and all links on it; ``now`` is a time of the clock that ``tally`` goes by."""
    counters = list(links)
    shortest = [link.round_trip_min for link in counters if link.round_trip_min is not None]
    longest = [link.round_trip_max for link in counters if link.round_trip_max is not None]
    last = [link.round_trip_last for link in counters if link.round_trip_last is not None]
    return LineCounters(
        requests=sum(link.requests for link in counters),
        answers=sum(link.answers for link in counters),
        repeats=sum(link.repeats for link in counters),
        timeouts=sum(link.timeouts for link in counters),
        nacks=sum(link.nacks for link in counters),
        late=sum(link.late for link in counters),
        foreign=sum(link.ignored_foreign for link in counters),
        unmatched=sum(link.ignored_unmatched for link in counters) + tally.unasked,
        echoes=tally.echoes,
        bad_frames=sum(tally.bad_frames.values()),
        bad_frames_by_kind=MappingProxyType(dict(tally.bad_frames)),
        garbage_bytes=tally.garbage_bytes,
        bytes_sent=tally.bytes_sent,
        bytes_received=tally.bytes_received,
        connections=tally.connections,
        reconnections=tally.reconnections,
        exchanges=tally.exchanges,
        round_trip_last=last[-1] if last else None,
        seconds=tally.seconds(now),
        busy_seconds=tally.busy_seconds(now),
        round_trip_min=min(shortest, default=None),
        round_trip_median=RecentTimes.median(link.round_trips for link in counters),
        round_trip_max=max(longest, default=None),
    )
