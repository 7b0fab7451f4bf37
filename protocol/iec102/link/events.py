"""What a primary station tells its user: a frame to transmit, or how a service ended."""

from __future__ import annotations

from dataclasses import dataclass, field

from iec102.errors import LinkError
from iec102.link.frame import Frame
from iec102.link.recent import RecentTimes


@dataclass(frozen=True, slots=True)
class Transmit:
    """Put this frame on the line now."""

    frame: Frame
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Started:
    """The link start is done: both sides agree on the next FCB."""


@dataclass(frozen=True, slots=True)
class StatusReceived:
    """The link status that was asked for alone has come."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The meter has taken the user data."""


@dataclass(frozen=True, slots=True)
class Data:
    """Class 2 data: one ASDU."""

    asdu: bytes


@dataclass(frozen=True, slots=True)
class NoData:
    """The meter has no class 2 data yet."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The service ended without an answer; the link must be started again."""

    error: LinkError


LinkEvent = Transmit | Started | StatusReceived | Confirmed | Data | NoData | Failed


@dataclass(slots=True)
class LinkCounters:
    """What has happened on one link; times in seconds."""

    requests: int = 0
    answers: int = 0
    repeats: int = 0
    timeouts: int = 0
    nacks: int = 0
    late: int = 0
    ignored_foreign: int = 0
    ignored_unmatched: int = 0
    round_trip_last: float | None = None
    round_trip_min: float | None = None
    round_trip_max: float | None = None
    round_trips: RecentTimes = field(default_factory=RecentTimes, compare=False, repr=False)

    def round_trip(self, seconds: float) -> None:
        """Takes one round trip that is certain: answered at the first attempt."""
        self.round_trip_last = seconds
        self.round_trip_min = seconds if self.round_trip_min is None else min(seconds, self.round_trip_min)
        self.round_trip_max = seconds if self.round_trip_max is None else max(seconds, self.round_trip_max)
        self.round_trips.add(seconds)
