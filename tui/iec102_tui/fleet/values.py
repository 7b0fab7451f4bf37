"""The values of a reading: what a box says of the 24 signals, as far as a meter can have measured it."""

from __future__ import annotations

from typing import NamedTuple

from iec102.meter.signals import SIGNALS

from iec102_tui.fleet.payloads import Document, number

_24_BITS, _30_BITS = 2.0**24, 2.0**30
_MOST = {"kWh": _30_BITS, "kVArh": _30_BITS, "kW": _24_BITS, "kVAr": _24_BITS, None: 1.023}
_MOST |= {"A": _24_BITS / 10, "V": _30_BITS / 10}
_MEASURES = [(signal.key, _MOST[signal.unit]) for signal in SIGNALS]
"""Each signal, and the most that a meter has room for in its answer (objects 192 to 194): what is more is no value."""
_INDEX = {signal.key: number for number, signal in enumerate(SIGNALS)}
POWER, REACTIVE, FACTOR = (_INDEX[f"power.{name}_total"] for name in ("active", "reactive", "factor"))
VOLTS = [_INDEX[f"vi.voltage_l{phase}"] for phase in (1, 2, 3)]


class Values(NamedTuple):
    """The 24 signals in the order of the catalogue; None where there is no value, or one that is not valid."""

    known: tuple[float | None, ...]
    invalid: frozenset[int] = frozenset()
    """Places of the signals that the meter says are not valid."""
    raw: tuple[float | None, ...] = ()
    """The same with those."""


def values_of(document: Document) -> Values:
    """What a reading says."""
    raw = tuple([_measure(number(document, key), most) for key, most in _MEASURES])
    said = document.get("invalid")
    names = said if isinstance(said, list) else []
    wrong = frozenset(_INDEX[name] for name in names[: 4 * len(SIGNALS)] if isinstance(name, str) and name in _INDEX)
    known = tuple([None if place in wrong else value for place, value in enumerate(raw)]) if wrong else raw
    return Values(known, wrong, raw)


def _measure(value: float | None, most: float) -> float | None:
    return value if value is None or -most <= value <= most else None
