"""What a profile says to the collector: how often each of a meter's readings is taken."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from iec102.errors import InvalidSetting
from iec102.load_profile.intervals import Register

from iec102_tui.files.misspelling import misspelt
from iec102_tui.words.plain_text import printable, quoted
from iec102_tui.words.text import N_, _

WANTED = N_('a table such as live = 5, profile = "hourly", every = "1h", events = "1h", closings = "1d"')
NEVER = "never"
REGISTERS = {"hourly": Register.HOURLY, "quarter-hourly": Register.QUARTER_HOURLY, "daily": Register.DAILY}
"""The load profiles that can be collected, by their names in a profile."""
_PERIOD = N_('a time of a minute to a year, such as "15min", "1h" or "1d", or "never"')
_PROFILE = N_('one of "hourly", "quarter-hourly" and "daily", a list of them, or "none"')
_LIVE = N_("a number of 0 to 86400 s")
_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
_TEXT = re.compile(r"(\d{1,9})\s*(s|min|h|d)", re.ASCII)
_SHORTEST, _LONGEST, _LONGEST_LIVE = 60, 366 * 86_400, 86_400
_NONE = "none"


class CollectOptions(NamedTuple):
    """As they stand in the file; None: not given. ``registers`` and what follows says what they mean."""

    live: float | None = None
    profile: str | tuple[str, ...] | None = None
    every: str | None = None
    events: str | None = None
    closings: str | None = None

    @property
    def registers(self) -> tuple[Register, ...]:
        """The load profiles that are read; hourly unless said."""
        names = (self.profile,) if isinstance(self.profile, str) else self.profile or ("hourly",)
        return tuple(REGISTERS[name] for name in names if name != _NONE)

    @property
    def profile_period(self) -> int | None:
        """Seconds between two readings of the load profile; None: never."""
        return period(self.every or "1h")

    @property
    def events_period(self) -> int | None:
        """Seconds between two readings of the events; None: never."""
        return period(self.events or "1h")

    @property
    def closings_period(self) -> int | None:
        """Seconds between two readings of the closings; None: never."""
        return period(self.closings or "1d")


def period(text: str) -> int | None:
    """Seconds that a text means, 60 to a year; None for never. Raises InvalidSetting."""
    if text.strip() == NEVER:
        return None
    found = _TEXT.fullmatch(text.strip())
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not _SHORTEST <= seconds <= _LONGEST:
        raise InvalidSetting(_("{text} is not {wanted}", text=quoted(text), wanted=_(_PERIOD)))
    return seconds


def parse_collect(table: Mapping[str, object]) -> CollectOptions:
    """Read the table ``collect`` of a profile. Raises InvalidSetting."""
    return CollectOptions(**{key: _value(key, value) for key, value in table.items()})


def _value(key: str, value: object) -> Any:
    if key not in CollectOptions._fields:
        what = misspelt(key, CollectOptions._fields).rstrip(".")
        raise InvalidSetting(f"{printable(key)} {what}")
    if key == "live":
        return _live(value)
    if key == "profile":
        return _profile(value)
    if not isinstance(value, str):
        raise InvalidSetting(_("{key} must be {wanted}", key=key, wanted=_(_PERIOD)))
    period(value)
    return value


def _live(value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not (math.isfinite(value) and 0 <= value <= _LONGEST_LIVE):  # type: ignore[arg-type,operator]
        raise InvalidSetting(_("{key} must be {wanted}", key="live", wanted=_(_LIVE)))
    return float(value)  # type: ignore[arg-type]


def _profile(value: object) -> str | tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    if not names or len(set(map(str, names))) != len(names) or not all(_is_name(name, names) for name in names):
        raise InvalidSetting(_("{key} must be {wanted}", key="profile", wanted=_(_PROFILE)))
    return value if isinstance(value, str) else tuple(map(str, names))


def _is_name(name: object, names: list[object]) -> bool:
    return isinstance(name, str) and (name in REGISTERS or (name == _NONE and len(names) == 1))


def plain_collect(options: CollectOptions) -> dict[str, Any]:
    """Make the table that holds them, with what was given alone."""
    given = {key: value for key, value in options._asdict().items() if value is not None}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in given.items()}
