"""What a line and a station need to be told, with the ranges of each setting."""

from __future__ import annotations

from dataclasses import dataclass

from iec102.asdu.password import Password
from iec102.errors import InvalidSetting
from iec102.sentence import Sentence

BAUDRATES = (300, 600, 1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 115200)
FORMATS = tuple(f"{bits}{parity}{stop}" for bits in "87" for parity in "NEO" for stop in "12")

# Lowest and highest value of each numeric setting, and its unit.
RANGES: dict[str, tuple[int, int, str]] = {
    "link_address": (0, 65_535, ""),
    "point_address": (0, 65_535, ""),
    "timeout": (100, 600_000, " ms"),
    "retries": (0, 100, ""),
    "delay": (0, 600_000, " ms"),
    "settle": (0, 60_000, " ms"),
}

_NAMES = {
    "link_address": "setting.link_address",
    "point_address": "setting.point_address",
    "timeout": "setting.timeout",
    "retries": "setting.retries",
    "delay": "setting.delay",
    "settle": "setting.settle",
}
_MILLISECONDS = 1000


def check_range(name: str, value: int) -> None:
    """Raises InvalidSetting where a numeric setting is out of its range."""
    low, high, unit = RANGES[name]
    if not low <= value <= high:
        words = Sentence(_NAMES[name])
        raise InvalidSetting(Sentence("setting.range", name=words, value=value, unit=unit, low=low, high=high))


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How to use a line. ``timeout``, ``delay`` (between two requests) and ``settle`` are milliseconds.

    ``settle``: wait so long after the line was opened, and drop what comes meanwhile; modems and converters have things
    of their own to say. ``retries`` 3 means four attempts. Speed and format mean nothing to TCP.
    """

    baudrate: int = 9600
    format: str = "8N1"
    timeout: int = 3000
    retries: int = 3
    delay: int = 0
    settle: int = 0

    def __post_init__(self) -> None:
        if self.baudrate not in BAUDRATES:
            raise InvalidSetting(
                Sentence("setting.baudrate", value=self.baudrate, choices=", ".join(map(str, BAUDRATES)))
            )
        if self.format not in FORMATS:
            raise InvalidSetting(Sentence("setting.format", value=self.format, choices=", ".join(FORMATS)))
        for name in ("timeout", "retries", "delay", "settle"):
            check_range(name, getattr(self, name))

    @property
    def timeout_seconds(self) -> float:
        return self.timeout / _MILLISECONDS

    @property
    def delay_seconds(self) -> float:
        return self.delay / _MILLISECONDS

    @property
    def settle_seconds(self) -> float:
        return self.settle / _MILLISECONDS

    @property
    def byte_time(self) -> float:
        """Seconds that one byte takes on a serial line: start bit, data, parity, stop."""
        bits = 1 + int(self.format[0]) + (self.format[1] != "N") + int(self.format[2])
        return bits / self.baudrate


@dataclass(frozen=True, slots=True)
class Station:
    """A measuring point behind a line: link address and point address (0 to 65535), key of the session."""

    link_address: int = 1
    point_address: int = 1
    password: Password | None = None

    def __post_init__(self) -> None:
        check_range("link_address", self.link_address)
        check_range("point_address", self.point_address)
