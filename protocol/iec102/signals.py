"""The catalogue of the 24 signals, and their values in an answer of type 163 (REE profile reference, 8.6)."""

from __future__ import annotations

from dataclasses import dataclass

from iec102.application.instantaneous import (
    ENERGIES,
    POWERS,
    VOLTAGES_CURRENTS,
    Energies,
    InstantaneousValues,
    Power,
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


@dataclass(frozen=True, slots=True)
class SignalValue:
    """A value with its signal.

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
_POWER_SIGNALS = SIGNALS[6:18]
_VI_SIGNALS = SIGNALS[18:]

Pairs = list[tuple[int | float, bool]]


def signal_values(answer: InstantaneousValues) -> dict[str, SignalValue]:
    """All 24 in order; the signals of an object that the meter did not send are None and not valid."""
    values: dict[str, SignalValue] = {}
    energies, powers, phases = answer.energies, answer.powers, answer.voltages_currents
    _fill(values, _ENERGY_SIGNALS, [] if energies is None else _energy_pairs(energies))
    _fill(values, _POWER_SIGNALS, [] if powers is None else _power_pairs(powers))
    _fill(values, _VI_SIGNALS, [] if phases is None else _vi_pairs(phases))
    return values


def _fill(values: dict[str, SignalValue], signals: tuple[Signal, ...], pairs: Pairs) -> None:
    if not pairs:
        values.update((signal.key, SignalValue(signal, None, False)) for signal in signals)
        return
    for signal, (value, valid) in zip(signals, pairs, strict=True):
        values[signal.key] = SignalValue(signal, value, valid)


def _energy_pairs(energies: Energies) -> Pairs:
    return [(total.value, not total.invalid) for total in energies.values]


def _power_pairs(powers: Powers) -> Pairs:
    pairs: Pairs = []
    for power in (powers.total, powers.l1, powers.l2, powers.l3):
        pairs += _pairs_of(power)
    return pairs


def _pairs_of(power: Power) -> Pairs:
    valid = not power.invalid
    return [(power.signed_active, valid), (power.signed_reactive, valid), (power.factor / 1000, valid)]


def _vi_pairs(phases: VoltagesCurrents) -> Pairs:
    pairs: Pairs = []
    for phase in (phases.l1, phases.l2, phases.l3):
        valid = not phase.invalid
        pairs += [(phase.current / 10, valid), (phase.voltage / 10, valid)]
    return pairs
