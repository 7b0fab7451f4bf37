"""The limits of a meter's signals: what crosses them is an alarm."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from iec102.errors import InvalidSetting
from iec102.meter.signals import BY_KEY

from iec102_tui.words.plain_text import quoted
from iec102_tui.words.text import N_, _

WANTED = N_('a table of signals, each with its lowest and its highest value, such as "vi.voltage_l1" = [207, 253]')
_BOUNDS = 2


class Limit(NamedTuple):
    """The lowest and the highest usual value of a signal, both usual themselves.

    In the unit and on the side that ``Reading`` has: secondary volts and amperes, exported power negative. Infinite
    where there is no bound.
    """

    key: str
    low: float
    high: float

    def crossed(self, value: float) -> float | None:
        """The bound that a value is beyond; None where it is usual."""
        if value < self.low:
            return self.low
        return self.high if value > self.high else None


Limits = tuple[Limit, ...]


def parse_limits(table: Mapping[str, object]) -> Limits:
    """Read the table ``limits`` of a profile. Raises InvalidSetting."""
    return tuple(_limit(key, bounds) for key, bounds in table.items())


def _limit(key: str, bounds: object) -> Limit:
    if isinstance(bounds, Mapping):
        raise InvalidSetting(_('write the signals in quotes, such as "vi.voltage_l1", not {key}', key=quoted(key)))
    if key not in BY_KEY:
        raise InvalidSetting(_('{key} is no signal: the list in Live, such as "vi.voltage_l1"', key=quoted(key)))
    if not isinstance(bounds, list) or len(bounds) != _BOUNDS or not all(_is_number(bound) for bound in bounds):
        raise InvalidSetting(_("{key} must be two numbers, the lowest and the highest value; inf for none", key=key))
    low, high = (float(bound) for bound in bounds)
    if not low < high:
        raise InvalidSetting(_("{key} must have its lowest value first, below the highest", key=key))
    return Limit(key, low, high)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)


def plain_limits(limits: Limits) -> dict[str, list[float]]:
    """Make the table that holds them."""
    return {limit.key: [limit.low, limit.high] for limit in limits}


def limits_text(table: Mapping[str, object]) -> str:
    """Give the table as a line of a form: ``vi.voltage_l1 207 253, power.active_total -inf 450``."""
    rows = ((key, bounds if isinstance(bounds, list) else [bounds]) for key, bounds in table.items())
    return ", ".join(" ".join((key, *(_bound_text(bound) for bound in bounds))) for key, bounds in rows)


def _bound_text(bound: object) -> str:
    return f"{bound:.15g}" if isinstance(bound, float) else str(bound)


def limits_table(text: str) -> dict[str, object] | str:
    """Read such a line as TOML would hold it; what is no number stays text, which ``parse_limits`` refuses."""
    found: dict[str, object] = {}
    for part in text.split(","):
        key, *bounds = part.split() or [""]
        if key in found:
            return text
        found[key] = [_bound(bound) for bound in bounds]
    return found


def _bound(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
