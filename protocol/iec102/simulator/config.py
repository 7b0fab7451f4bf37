"""What a simulated meter can be told: addresses, clock, seed, line speed, quirks and faults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone, tzinfo
from difflib import get_close_matches
from types import MappingProxyType
from typing import NamedTuple

from iec102.asdu.catalogue import CATALOGUE
from iec102.asdu.timetag import MADRID, standard_offset
from iec102.errors import InvalidSetting
from iec102.sentence import Sentence
from iec102.simulator.civil_zone import civil_zone
from iec102.simulator.site_kinds import SiteKind
from iec102.simulator.wiring import Wiring

# Quirks that a mistaken name is answered with.
_NEAREST = 6
# Ways in which real meters differ, or are suspected to (REE profile reference, 5, 9.2, 10).
QUIRKS: Mapping[str, str] = MappingProxyType(
    {
        "no-blocks": "answers block readings (189, 190) with cause 14",
        "no-TYPE": "answers requests of a type, or for a type, with cause 14, as in no-102 or no-163",
        "no-quarter-hours": "does not have record 12: cause 15",
        "one-object": "refuses several instantaneous objects in one request (162) with cause 17",
        "rm2-one-object": "refuses several objects of the recorder in one request (156) with cause 17",
        "separate-objects": "answers each instantaneous object in an ASDU of its own",
        "refuses-past": "refuses a range of the load profile that begins before its memory: cause 18",
        "refuses-future": "refuses a range of the load profile that ends after its clock: cause 18",
        "longest-range-HOURS": "refuses a longer range of the load profile with cause 18, as in longest-range-24",
        "max-records-N": "gives so many records of the load profile in one answer at most, as in max-records-38",
        "no-termination": "does not end readings with cause 10",
        "start-bound-included": "returns the record at the start of a range too, as it does anyway",
        "start-bound-excluded": "does not return the record at the start of a range",
        "end-bound-excluded": "does not return the record at the end of a range",
        "su-ignored": "reads the bounds of a range without their summer time bit",
        "no-su": "tells civil time with the summer time bit (SU) always 0, and reads bounds so",
        "standard-time": "stays on standard time all year, SU 0, and reads bounds so",
        "late-change-label": "labels the end of the last hour of summer 03:00 SU=1 instead of 02:00 SU=0",
        "fill-ff": "sends fill bytes 0xFF before each frame",
        "refuse-login-14": "refuses a wrong key with cause 14 instead of 7 and P/N=1",
        "silent-login": "does not answer a wrong key at all",
        "silent-without-session": "does not answer requests outside a session, instead of cause 14",
        "negative-errors": "sets P/N=1 in error echoes",
        "not-ready": "answers the first poll after each request with function 9",
        "keep-pending": "keeps the answers of an unfinished reading when the next request comes",
        "echo": "gives back every byte that it is sent, as some optical heads do",
        "strict-line": "understands only a reader in the same program whose port is set like its line, as in 9600-8E1",
        "latency-MS": "is so many milliseconds away, each way, as in latency-600",
        "slow-MS": "takes so many milliseconds for each answer, as in slow-200",
        "session-timeout-S": "ends a session after so many seconds without a frame, as in session-timeout-60",
    }
)

# The quirks that carry a number.
_COUNTED = {
    "no-TYPE": re.compile(r"no-(\d{1,3})"),
    "longest-range-HOURS": re.compile(r"longest-range-(\d{1,6})"),
    "max-records-N": re.compile(r"max-records-([1-9]\d{0,5})"),
    "latency-MS": re.compile(r"latency-(\d{1,6})"),
    "slow-MS": re.compile(r"slow-(\d{1,6})"),
    "session-timeout-S": re.compile(r"session-timeout-(\d{1,6})"),
}

# Faults of the line, each with a rate from 0 to 1, counted over the frames of both directions.
FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "drop": "the frame is lost",
        "corrupt": "one byte of the frame is changed, so that its checksum shows it",
        "delay": "the frame comes 4 s late, and what follows comes behind it",
        "noise": "rubbish stands before the frame",
        "length": "a length byte of the frame is wrong (frames without one pass)",
        "foreign": "the same frame of another link address stands before it",
        "restart": "the meter restarts instead: 6 s of silence, after which it knows neither link nor session",
        "carrier-lost": "the call of the modem ends instead, with NO CARRIER (nothing where there is none)",
        "disconnect": "the connection is closed instead (a serial port loses the frame)",
    }
)

_HIGHEST_ADDRESS = 0xFFFF
_HIGHEST_PASSWORD = 0xFFFF_FFFF
_LARGEST_DRIFT = 3600.0  # seconds a day
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_LINE = re.compile(r"(\d{1,7})-([78])([NEO])([12])", re.ASCII)


class LineSpeed(NamedTuple):
    """A serial line whose speed is imitated: bit/s, data bits (7 or 8), parity (N, E, O), stop bits."""

    baudrate: int
    data_bits: int
    parity: str
    stop_bits: int

    @property
    def byte_time(self) -> float:
        """Seconds that one byte takes."""
        return (1 + self.data_bits + (self.parity != "N") + self.stop_bits) / self.baudrate

    @classmethod
    def parse(cls, text: str) -> LineSpeed:
        """From ``9600-8E1``. Raises InvalidSetting."""
        found = _LINE.fullmatch(text.upper())
        if found is None or not int(found[1]):
            raise InvalidSetting(Sentence("simulator.line", text=text))
        return cls(int(found[1]), int(found[2]), found[3], int(found[4]))


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """Everything that a simulated meter answers follows from this, byte for byte where ``clock`` is set.

    ``clock`` freezes the meter's clock, from 2000 to 2099; without an offset it is a time in ``zone``. ``clock_start``
    lets it run from such a time instead. ``clock_drift``: seconds that it gains a day, from its start (negative:
    loses), up to an hour. ``site``: what stands behind it, ``wiring``: how it is connected to that. ``faults`` gives
    rates of 0 to 1 by name. Raises InvalidSetting.
    """

    link_address: int = 1
    point_address: int = 1
    password: int = field(default=1, repr=False)
    clock: datetime | None = None
    clock_start: datetime | None = None
    clock_drift: float = 0.0
    seed: int = 1
    site: SiteKind = SiteKind.BUILT_IN
    wiring: Wiring = Wiring()  # noqa: RUF009 (a NamedTuple is immutable)
    quirks: frozenset[str] = frozenset()
    faults: Mapping[str, float] = field(default_factory=dict)
    line: LineSpeed | None = None
    zone: tzinfo = MADRID

    def __post_init__(self) -> None:
        names = Sentence("setting.link_address"), Sentence("setting.point_address")
        for words, address in zip(names, (self.link_address, self.point_address), strict=True):
            if not 0 <= address <= _HIGHEST_ADDRESS:
                raise InvalidSetting(Sentence("simulator.address", name=words, address=address, high=_HIGHEST_ADDRESS))
        if not 0 <= self.password <= _HIGHEST_PASSWORD:
            raise InvalidSetting(Sentence("setting.password", high=_HIGHEST_PASSWORD))
        if self.clock is not None:
            object.__setattr__(self, "clock", self._checked(self.clock))
        if self.clock_start is not None:
            if self.clock is not None:
                raise InvalidSetting(Sentence("simulator.two_clocks"))
            object.__setattr__(self, "clock_start", self._checked(self.clock_start))
        if not abs(self.clock_drift) <= _LARGEST_DRIFT:
            raise InvalidSetting(Sentence("simulator.drift", seconds=self.clock_drift, high=_LARGEST_DRIFT))
        for quirk in self.quirks:
            _check_quirk(quirk)
        if "strict-line" in self.quirks and self.line is None:
            raise InvalidSetting(Sentence("simulator.strict_line"))
        for name, rate in self.faults.items():
            if name not in FAULTS:
                raise InvalidSetting(Sentence("simulator.fault", fault=name, known=", ".join(FAULTS)))
            if not 0 <= rate <= 1:
                raise InvalidSetting(Sentence("simulator.rate", fault=name, rate=rate))

    def _checked(self, clock: datetime) -> datetime:
        aware = clock if clock.tzinfo is not None else clock.replace(tzinfo=self.zone)
        first, end = (datetime(year, 1, 1, tzinfo=self.zone) for year in (_FIRST_YEAR, _LAST_YEAR + 1))
        if not first <= aware < end:
            raise InvalidSetting(Sentence("simulator.year", year=aware.year, first=_FIRST_YEAR, last=_LAST_YEAR))
        return aware

    @property
    def tag_zone(self) -> tzinfo:
        """The zone as the meter writes it into time tags."""
        if "standard-time" in self.quirks:
            return timezone(standard_offset(self.zone))
        return civil_zone(self.zone) if "no-su" in self.quirks else self.zone

    @property
    def lacking(self) -> frozenset[int]:
        """The types of requests that it refuses with cause 14."""
        named = {number for name in self.quirks if (number := _lacking_type(name)) is not None}
        return frozenset(row.type for row in CATALOGUE.values() if row.reads and {row.type, row.answer} & named)

    def count(self, quirk: str) -> int | None:
        """The number of a quirk such as ``slow-MS``; None without that quirk."""
        return dict(counted for name in self.quirks if (counted := _counted(name))).get(quirk)


def _check_quirk(quirk: str) -> None:
    """Raise InvalidSetting for what is no quirk."""
    if quirk in _COUNTED:
        raise InvalidSetting(Sentence("simulator.quirk_number", quirk=quirk, words=QUIRKS[quirk]))
    type_ = _lacking_type(quirk)
    is_known = quirk in QUIRKS or _counted(quirk) is not None if type_ is None else type_ in CATALOGUE
    if not is_known:
        nearest = get_close_matches(quirk, QUIRKS, n=_NEAREST, cutoff=0)
        raise InvalidSetting(Sentence("simulator.quirk", quirk=quirk, nearest=", ".join(nearest)))


def _lacking_type(quirk: str) -> int | None:
    """The type of a quirk such as ``no-102``; None for others."""
    found = _COUNTED["no-TYPE"].fullmatch(quirk)
    return int(found[1]) if found else None


def _counted(name: str) -> tuple[str, int] | None:
    """``slow-MS`` and 200 for ``slow-200``."""
    for quirk, pattern in _COUNTED.items():
        if (found := pattern.fullmatch(name)) is not None:
            return quirk, int(found[1])
    return None


def parse_site(text: str) -> SiteKind:
    """``load``, ``solar`` or ``light``. Raises InvalidSetting."""
    try:
        return SiteKind(text)
    except ValueError:
        raise InvalidSetting(Sentence("simulator.site", text=text, known=", ".join(filter(None, SiteKind)))) from None


def parse_fault(text: str) -> tuple[str, float]:
    """``drop=0.02`` as name and rate. Raises InvalidSetting."""
    name, _, rate = text.partition("=")
    try:
        return name, float(rate)
    except ValueError:
        raise InvalidSetting(Sentence("simulator.fault_form", text=text)) from None
