"""The records of a load profile, and the gaps in it; the names of its channels and registers."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import NamedTuple

from iec102.asdu import Total
from iec102.errors import RequestRefused
from iec102.load_profile.intervals import Register
from iec102.sentence import Sentence

CHANNELS = ("A+", "A-", "Ri+", "Rc+", "Ri-", "Rc-", "Res1", "Res2")
"""The names of the totals 1 to 8."""

CHANNEL_LABELS = (
    "A+ (grid -> site) kWh",
    "A- (site -> grid) kWh",
    "Ri+ (Q1) kVArh",
    "Rc+ (Q2) kVArh",
    "Ri- (Q3) kVArh",
    "Rc- (Q4) kVArh",
    "Res1",
    "Res2",
)
"""The same with what they mean, as columns of files. A+ is what the live signal "Active imported" counts."""

REGISTER_WORDS = {
    Register.HOURLY: Sentence("register.hourly"),
    Register.QUARTER_HOURLY: Sentence("register.quarter_hourly"),
    Register.DAILY: Sentence("register.daily"),
}


class LoadRecord(NamedTuple):
    """The totals of one interval, known by its ``end`` in UTC. A channel that the meter does not give is not there."""

    end: datetime
    totals: tuple[Total, ...]

    def total(self, address: int) -> Total | None:
        """The total of a channel, 1 to 8."""
        for total in self.totals:
            if total.address == address:
                return total
        return None


class GapKind(Enum):
    """Why an interval is missing."""

    LEFT_OUT = "left_out"
    REFUSED = "refused"
    UNFINISHED = "unfinished"


class Gap(NamedTuple):
    """An interval that the meter did not give, by its ``end`` in UTC; ``reason`` is one plain phrase."""

    end: datetime
    reason: str
    kind: GapKind = GapKind.LEFT_OUT


def refusal_words(error: RequestRefused) -> str:
    """Why an interval is missing that the meter refused. It may have it all the same."""
    return Sentence("gap.refused", cause=error.cause)
