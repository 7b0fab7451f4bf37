"""The honest scales of the signals: a trend never fills its height with noise."""

from __future__ import annotations

from iec102.meter.signals import Signal

_NOMINAL = (57.7, 63.5, 100.0, 110.0, 127.0, 230.0, 400.0)
"""Voltages that meters are connected to, V: low voltage, and the secondary sides of transformers."""
_WITHIN = 0.1
_LEAST_FACTOR = 0.8


def range_of(signal: Signal, low: float, high: float, factor: float = 1.0) -> tuple[float, float]:
    """Give what the axis of a signal must hold, when its values are from ``low`` to ``high``.

    Voltages: nominal +-10 %. Power factors: 0.8 to 1. Anything else from 0. What lies outside widens it.
    ``factor``: of the transformers, with which the values are multiplied.
    """
    if signal.unit == "V":
        nominal = nominal_voltage((low + high) / 2 / factor) * factor
        return min(low, nominal * (1 - _WITHIN)), max(high, nominal * (1 + _WITHIN))
    if signal.unit is None:
        return (_LEAST_FACTOR if low >= _LEAST_FACTOR else min(low, 0.0)), max(high, 1.0)
    return min(low, 0.0), max(high, 0.0)


def nominal_voltage(volts: float) -> float:
    """Give the nominal voltage that a measured one is nearest to, in proportion; 0 V is that of low voltage."""
    return min(_NOMINAL, key=lambda nominal: max(nominal, volts) / max(min(nominal, volts), 1e-6))


def least_step(signal: Signal, decimals: int) -> float:
    """Give the finest step between two ticks: no finer than what the meter sends."""
    return 0.05 if signal.unit is None else 10.0**-decimals
