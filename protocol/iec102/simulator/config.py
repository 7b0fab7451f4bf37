"""What a simulated meter can be told: addresses, clock, seed, line speed, quirks and faults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from types import MappingProxyType

from iec102.application.timetag import MADRID
from iec102.errors import InvalidSetting

# Ways in which real meters differ, or are suspected to (REE profile reference, 5, 9.2, 10).
QUIRKS: Mapping[str, str] = MappingProxyType(
    {
        "no-blocks": "answers block readings (189, 190) with cause 14",
        "no-122": "answers absolute totals by range (122) with cause 14",
        "no-quarter-hours": "does not have record 12: cause 15",
        "start-bound-included": "returns the record at the start of a range too",
        "su-ignored": "reads the bounds of a range without their summer time bit",
        "fill-ff": "sends fill bytes 0xFF before each frame",
        "refuse-login-14": "refuses a wrong key with cause 14 instead of 7 and P/N=1",
        "silent-login": "does not answer a wrong key at all",
        "silent-without-session": "does not answer requests outside a session, instead of cause 14",
        "negative-errors": "sets P/N=1 in error echoes",
        "not-ready": "answers the first poll after each request with function 9",
        "keep-pending": "keeps the answers of an unfinished reading when the next request comes",
    }
)

# Faults of the line, each with a rate from 0 to 1, counted over the frames of both directions.
FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "drop": "the frame is lost",
        "corrupt": "one byte of the frame is changed",
        "delay": "the frame comes 4 s late",
        "noise": "rubbish stands before the frame",
        "disconnect": "the connection is closed instead",
    }
)

_LINE = re.compile(r"(\d+)-([78])([NEO])([12])")


@dataclass(frozen=True, slots=True)
class LineSpeed:
    """A serial line whose speed is imitated; ``byte_time`` is the seconds that one byte takes."""

    byte_time: float

    @classmethod
    def parse(cls, text: str) -> LineSpeed:
        """From ``9600-8E1``. Raises InvalidSetting."""
        found = _LINE.fullmatch(text.upper())
        if found is None or not int(found[1]):
            raise InvalidSetting(f"the line {text!r} is not of the form 9600-8E1")
        bits = 1 + int(found[2]) + (found[3] != "N") + int(found[4])
        return cls(bits / int(found[1]))


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """Everything that a simulated meter answers follows from this, byte for byte where ``clock`` is set.

    ``clock`` freezes the meter's clock (aware). ``faults`` gives rates of 0 to 1 by name.
    """

    link_address: int = 1
    point_address: int = 1
    password: int = 1
    clock: datetime | None = None
    seed: int = 1
    quirks: frozenset[str] = frozenset()
    faults: Mapping[str, float] = field(default_factory=dict)
    line: LineSpeed | None = None
    zone: tzinfo = MADRID

    def __post_init__(self) -> None:
        for name in self.quirks:
            if name not in QUIRKS:
                raise InvalidSetting(f"quirk {name!r} is not one of {', '.join(QUIRKS)}")
        for name, rate in self.faults.items():
            if name not in FAULTS:
                raise InvalidSetting(f"fault {name!r} is not one of {', '.join(FAULTS)}")
            if not 0 <= rate <= 1:
                raise InvalidSetting(f"the rate of fault {name!r} is {rate}: it must be from 0 to 1")


def parse_fault(text: str) -> tuple[str, float]:
    """``drop=0.02`` as name and rate. Raises InvalidSetting."""
    name, _, rate = text.partition("=")
    try:
        return name, float(rate)
    except ValueError:
        raise InvalidSetting(f"the fault {text!r} is not of the form NAME=RATE, such as drop=0.02") from None
