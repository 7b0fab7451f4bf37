"""The catalogue of the 24 signals, and their values in an answer of type 163 (REE profile reference, 8.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from iec102.application.instantaneous import (
    ENERGIES,
    POWERS,
    VOLTAGES_CURRENTS,
    Energies,
    InstantaneousValues,
    Powers,
    VoltagesCurrents,
)


@dataclass(frozen=True, slots=True)
class Signal:
    """One of the 24. ``unit`` is None for power factors; ``object`` is 192, 193 or 194."""

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

_ENERGY_SIGNALS = SIGNALS[:6]
_POWER_SIGNALS = (SIGNALS[6:9], SIGNALS[9:12], SIGNALS[12:15], SIGNALS[15:18])
_VI_SIGNALS = (SIGNALS[18:20], SIGNALS[20:22], SIGNALS[22:24])


def signal_values(answer: InstantaneousValues) -> dict[str, SignalValue]:
    """All 24 in order; the signals of an object that the meter did not send are None and not valid."""
    values: dict[str, SignalValue] = {}
    energies, powers, phases = answer.energies, answer.powers, answer.voltages_currents
    if energies is None:
        _add_missing(values, ENERGIES)
    else:
        _add_energies(values, energies)
    if powers is None:
        _add_missing(values, POWERS)
    else:
        _add_powers(values, powers)
    if phases is None:
        _add_missing(values, VOLTAGES_CURRENTS)
    else:
        _add_voltages_currents(values, phases)
    return values


def _add_missing(values: dict[str, SignalValue], object_: int) -> None:
    values.update((signal.key, SignalValue(signal, None, False)) for signal in SIGNALS if signal.object == object_)


def _add_energies(values: dict[str, SignalValue], energies: Energies) -> None:
    for signal, total in zip(_ENERGY_SIGNALS, energies.values, strict=True):
        values[signal.key] = SignalValue(signal, total.value, not total.invalid)


def _add_powers(values: dict[str, SignalValue], powers: Powers) -> None:
    parts = (powers.total, powers.l1, powers.l2, powers.l3)
    for (active, reactive, factor), power in zip(_POWER_SIGNALS, parts, strict=True):
        valid = not power.invalid
        values[active.key] = SignalValue(active, power.signed_active, valid)
        values[reactive.key] = SignalValue(reactive, power.signed_reactive, valid)
        values[factor.key] = SignalValue(factor, power.factor / 1000, valid)


def _add_voltages_currents(values: dict[str, SignalValue], phases: VoltagesCurrents) -> None:
    for (current, voltage), phase in zip(_VI_SIGNALS, (phases.l1, phases.l2, phases.l3), strict=True):
        valid = not phase.invalid
        values[current.key] = SignalValue(current, phase.current / 10, valid)
        values[voltage.key] = SignalValue(voltage, phase.voltage / 10, valid)
