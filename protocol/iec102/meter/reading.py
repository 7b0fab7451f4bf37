"""What a meter has answered, as a user of the library sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from iec102.asdu.identity import Identity
from iec102.meter.clock_difference import ClockVerdict, judge_clock, judge_minute
from iec102.meter.signals import SignalValue


@dataclass(frozen=True, slots=True)
class Reading:
    """The 24 signals of one answer.

    ``time``: this machine's clock when the answer came; ``meter_time``: its time tag (whole minutes), None where the
    meter sent none; both in the meter's zone. ``summer``: the summer time flag of that tag, None where it has not been
    used to convert it. ``values`` by key, in the order of the catalogue.
    """

    time: datetime
    meter_time: datetime | None
    link_address: int
    point_address: int
    values: Mapping[str, SignalValue]
    summer: bool | None = None

    @property
    def clock(self) -> ClockVerdict | None:
        """How far the meter's clock is off, by whole minutes; None where it gave no time."""
        zone = self.time.tzinfo
        if self.meter_time is None or zone is None:
            return None
        return judge_minute(self.meter_time, self.time, zone, self.summer)

    def __getitem__(self, key: str) -> SignalValue:
        return self.values[key]

    def to_json(self, identity: Identity | None = None, clock_difference: float | None = None) -> dict[str, Any]:
        """The document that ``iec102-tui read --json`` prints.

        ``clock_difference``: seconds that the meter's clock is ahead. Both are null until they have been read.
        """
        known = identity and {"manufacturer": identity.manufacturer, "device": str(identity.device_id)}
        return {
            "time": self.time.isoformat(timespec="seconds"),
            "meter_time": None if self.meter_time is None else self.meter_time.isoformat(timespec="seconds"),
            "link_address": self.link_address,
            "point_address": self.point_address,
            "signals": [
                {
                    "key": value.key,
                    "group": value.signal.group,
                    "label": value.label,
                    "value": value.value,
                    "unit": value.unit,
                    "valid": value.valid,
                }
                for value in self.values.values()
            ],
            "identity": known,
            "clock_difference": None if clock_difference is None else round(clock_difference, 3),
        }


class ClockReading(NamedTuple):
    """The meter's clock beside this machine's.

    ``local`` is this machine's time half way between request and answer, and ``difference`` the seconds that the meter
    is ahead of it. It is known to half of ``round_trip`` seconds; ``repeated`` frames make it worthless. ``summer``:
    the summer time flag of the meter's time, None where it has not been used to convert it.
    """

    meter: datetime
    local: datetime
    difference: float
    round_trip: float
    repeated: bool = False
    summer: bool | None = None

    @property
    def verdict(self) -> ClockVerdict:
        """How far the meter's clock is off, and what that means."""
        zone = self.local.tzinfo
        assert zone is not None
        return judge_clock(self.difference, self.local, zone, self.summer, unsure=self.round_trip / 2)
