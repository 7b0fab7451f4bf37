"""An alarm in words: for the screen, and for the log of alarms."""

from __future__ import annotations

from datetime import datetime

from iec102.meter.signals import BY_KEY

from iec102_tui.words.numbers import grouped, plain_number
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import N_, _

ABOVE = N_("{label}: {value}, above {limit}")
BELOW = N_("{label}: {value}, below {limit}")
BACK = N_("{label}: {value}, within its limits again")
LINE = N_("{time}  {meter}  {words}")
NONE_YET = N_("Nothing has crossed a limit since the connection.")
NO_LIMITS = N_("This meter has no limits.")
EXAMPLE = N_("They stand in its profile, for example:")
MANY = N_("{count} signals have crossed their limits: a lists them")


def alarm_words(key: str, value: float, limit: float | None, *, plain: bool = False) -> str:
    """What has happened to a signal; ``limit``: what it has crossed, None where it is back.

    ``plain``: numbers as files have them.
    """
    signal = BY_KEY[key]
    form = plain_number if plain else grouped
    template = BACK if limit is None else ABOVE if value > limit else BELOW
    text = f"{form(value, signal.decimals)} {signal.unit or ''}".rstrip()
    return _(template, label=_(signal.label), value=text, limit="" if limit is None else f"{limit:g}")


def alarm_line(time: datetime, meter: str, words: str) -> str:
    """A line of the log: time with its offset, meter and what has happened."""
    return _(LINE, time=time.isoformat(timespec="seconds"), meter=printable(meter), words=words)


OF_METER = N_("{name}: {alarm}")
