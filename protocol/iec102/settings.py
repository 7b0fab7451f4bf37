"""What a line and a station need to be told, with the ranges of each setting."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

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
    "modem_timeout": (1000, 600_000, " ms"),
    "hang_up_after": (1, 86_400, " s"),
}

_NAMES = {
    "link_address": "setting.link_address",
    "point_address": "setting.point_address",
    "timeout": "setting.timeout",
    "retries": "setting.retries",
    "delay": "setting.delay",
    "settle": "setting.settle",
    "modem_timeout": "setting.modem_timeout",
    "hang_up_after": "setting.hang_up_after",
}
_MILLISECONDS = 1000
_COMMANDS = re.compile(r"\s*AT[ -~]*", re.ASCII | re.IGNORECASE)
# What ITU-T V.250 has in a number; a semicolon, which makes it a call by voice, and other commands are kept out.
_DIALLED = re.compile(r"[0-9A-Da-d+*#,.WTPwtp() /-]{0,39}[0-9][0-9A-Da-d+*#,.WTPwtp() /-]{0,39}", re.ASCII)


def check_range(name: str, value: int) -> None:
    """Raise InvalidSetting where a numeric setting is out of its range."""
    low, high, unit = RANGES[name]
    if not low <= value <= high:
        words = Sentence(_NAMES[name])
        raise InvalidSetting(Sentence("setting.range", name=words, value=value, unit=unit, low=low, high=high))


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How to use a line. Raises InvalidSetting for a value outside its range (``RANGES``).

    ``timeout`` (100 to 600,000), ``delay`` between two requests (0 to 600,000) and ``settle`` (0 to 60,000) are
    milliseconds. ``settle``: wait so long after the line was opened, and drop what comes meanwhile; modems and
    converters have things of their own to say. ``retries`` (0 to 100): 3 means four attempts. ``baudrate`` is one of
    ``BAUDRATES``, ``format`` one of ``FORMATS``; they mean nothing to TCP.

    ``dial``: the number that a modem calls, None where there is no modem; digits, and ``+ * # , W T P`` and spaces.
    ``modem_init``: commands before that, None for the usual ones. ``modem_timeout``: milliseconds for a call to be
    answered; for a meter that calls in, to do so (None: 60,000, and without end). ``hang_up_after``: seconds without a
    request, None for 60. ``identification``: a regular expression for the line that a modem which calls in says first.
    """

    baudrate: int = 9600
    format: str = "8N1"
    timeout: int = 3000
    retries: int = 3
    delay: int = 0
    settle: int = 0
    dial: str | None = None
    modem_init: str | None = None
    modem_timeout: int | None = None
    hang_up_after: int | None = None
    identification: str | None = None

    def __post_init__(self) -> None:
        if self.baudrate not in BAUDRATES:
            raise InvalidSetting(
                Sentence("setting.baudrate", value=self.baudrate, choices=", ".join(map(str, BAUDRATES)))
            )
        if self.format not in FORMATS:
            raise InvalidSetting(Sentence("setting.format", value=self.format, choices=", ".join(FORMATS)))
        for name in ("timeout", "retries", "delay", "settle", "modem_timeout", "hang_up_after"):
            if (value := getattr(self, name)) is not None:
                check_range(name, value)
        if self.dial is not None and not _DIALLED.fullmatch(self.dial):
            raise InvalidSetting(Sentence("setting.dial"))
        if self.modem_init is not None and not _COMMANDS.fullmatch(self.modem_init):
            raise InvalidSetting(Sentence("setting.modem_init"))
        if self.identification is not None:
            _check_expression(self.identification)

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
        """Seconds that one byte takes on a serial line, with start bit, parity and stop bits."""
        bits = 1 + int(self.format[0]) + (self.format[1] != "N") + int(self.format[2])
        return bits / self.baudrate


def _check_expression(text: str) -> None:
    if not text or " " in text:
        raise InvalidSetting(Sentence("setting.identification", text=text))
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError):
        raise InvalidSetting(Sentence("setting.identification", text=text)) from None


@dataclass(frozen=True, slots=True)
class Station:
    """A measuring point behind a line: link address and point address (0 to 65535), and the key of its session.

    Raises InvalidSetting for an address outside its range.
    """

    link_address: int = 1
    point_address: int = 1
    password: Password | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        check_range("link_address", self.link_address)
        check_range("point_address", self.point_address)
