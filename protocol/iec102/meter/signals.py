"""The catalogue of the 24 signals, and their values in an answer of type 163 (REE profile reference, 8.6)."""

from __future__ import annotations

from typing import NamedTuple

from iec102.asdu.instantaneous import (
    ENERGIES,
    POWERS,
    VOLTAGES_CURRENTS,
    Energies,
    InstantaneousValues,
    Powers,
    VoltagesCurrents,
)
from iec102.asdu.layout import maker


class Signal(NamedTuple):
    """One of the 24 values: its ``key`` in JSON, the ``group`` and ``label`` on a screen, and its ``decimals`` there.

    ``unit`` is None for power factors; ``object`` is 192, 193 or 194.
    """

    key: str
    group: str
    label: str
    unit: str | None
    object: int
    decimals: int


class SignalValue(NamedTuple):
    """A value with its signal; a tuple, since each reading makes 24.

    Power carries its direction: exported active power and Q3/Q4 reactive power are negative. Voltages and
    currents are secondary values. ``value`` is None only where the meter sent no such object.
    """

    signal: Signal
    value: int | float | None
    valid: bool

    @property
    def key(self) -> str:
        return self.signal.key

    @property
    def label(self) -> str:
        return self.signal.label

    @property
    def unit(self) -> str | None:
        return self.signal.unit


def _catalogue() -> tuple[Signal, ...]:
    signals = [
        Signal("energy.active_imported", "Energy", "Active imported", "kWh", ENERGIES, 0),
        Signal("energy.active_exported", "Energy", "Active exported", "kWh", ENERGIES, 0),
    ]
    signals += [
        Signal(f"energy.reactive_q{quadrant}", "Energy", f"Reactive Q{quadrant}", "kVArh", ENERGIES, 0)
        for quadrant in (1, 2, 3, 4)
    ]
    for suffix, words in (("total", "total"), ("l1", "phase 1"), ("l2", "phase 2"), ("l3", "phase 3")):
        signals += [
            Signal(f"power.active_{suffix}", "Power", f"Active {words}", "kW", POWERS, 0),
            Signal(f"power.reactive_{suffix}", "Power", f"Reactive {words}", "kVAr", POWERS, 0),
            Signal(f"power.factor_{suffix}", "Power", f"Power factor {words}", None, POWERS, 3),
        ]
    for phase in (1, 2, 3):
        signals += [
            Signal(f"vi.current_l{phase}", "V-I", f"Current phase {phase}", "A", VOLTAGES_CURRENTS, 1),
            Signal(f"vi.voltage_l{phase}", "V-I", f"Voltage phase {phase}", "V", VOLTAGES_CURRENTS, 1),
        ]
    return tuple(signals)


SIGNALS: tuple[Signal, ...] = _catalogue()
BY_KEY: dict[str, Signal] = {signal.key: signal for signal in SIGNALS}

_KEYS = tuple(BY_KEY)
_signal_value = maker(SignalValue)


def signal_values(answer: InstantaneousValues) -> dict[str, SignalValue]:
    """Make all 24 values in order; those of an object that the meter did not send are None and not valid."""
    there = answer.by_kind
    numbers: list[int | float | None] = []
    valid: list[bool] = []
    if isinstance(energies := there.get(Energies), Energies):
        for value, invalid, _ in energies.values:
            numbers.append(value)
            valid.append(not invalid)
    else:
        numbers += (None,) * 6
        valid += (False,) * 6
    if isinstance(powers := there.get(Powers), Powers):
        for active, reactive, factor, exporting, negative, invalid, _ in (
            powers.total,
            powers.l1,
            powers.l2,
            powers.l3,
        ):
            numbers += (-active if exporting else active, -reactive if negative else reactive, factor / 1000)
            valid += (not invalid,) * 3
    else:
        numbers += (None,) * 12
        valid += (False,) * 12
    if isinstance(phases := there.get(VoltagesCurrents), VoltagesCurrents):
        for current, voltage, invalid, _ in (phases.l1, phases.l2, phases.l3):
            numbers += (current / 10, voltage / 10)
            valid += (not invalid,) * 2
    else:
        numbers += (None,) * 6
        valid += (False,) * 6
    return dict(zip(_KEYS, map(_signal_value, zip(SIGNALS, numbers, valid, strict=True)), strict=True))
