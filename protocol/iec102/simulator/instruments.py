"""What the simulated meter measures at this moment, as the objects of type 163."""

from __future__ import annotations

from datetime import datetime, tzinfo

from iec102.asdu.instantaneous import (
    ENERGIES,
    POWERS,
    VOLTAGES_CURRENTS,
    Energies,
    Energy,
    InstantaneousObject,
    Power,
    Powers,
    VoltageCurrent,
    VoltagesCurrents,
)
from iec102.asdu.timetag import TimeTagA
from iec102.simulator.electrical import Phase, Site, power_factor

PRIMARY_VOLTAGE, SECONDARY_VOLTAGE = 400, 400  # V
PRIMARY_CURRENT, SECONDARY_CURRENT = 500, 5  # A

_NO_POWER = Power(0, 0, 1000)


def measure(
    site: Site, object_: int, now: datetime, zone: tzinfo, lost: frozenset[int] = frozenset()
) -> InstantaneousObject | None:
    """One object; None where the meter has no such object. ``lost``: the phases (1 to 3) whose voltage is missing."""
    time = TimeTagA.of(now, zone)
    stamp = now.timestamp()
    if object_ == ENERGIES:
        return Energies(tuple(Energy(int(value)) for value in site.energies(stamp)), time)
    if object_ == POWERS:
        active, reactive = site.powers(stamp)
        phases = enumerate(site.phases(stamp), 1)
        l1, l2, l3 = (_NO_POWER if number in lost else _power(phase) for number, phase in phases)
        return Powers(_total((l1, l2, l3), power_factor(active, reactive)), l1, l2, l3, time)
    if object_ == VOLTAGES_CURRENTS:
        found = enumerate(map(_secondary, site.phases(stamp)), 1)
        first, second, third = (part._replace(voltage=0) if number in lost else part for number, part in found)
        return VoltagesCurrents(first, second, third, time)
    return None


def _power(phase: Phase) -> Power:
    return Power(
        round(abs(phase.active)),
        round(abs(phase.reactive)),
        round(phase.factor * 1000),
        phase.active < 0,
        phase.reactive < 0,
    )


def _total(phases: tuple[Power, Power, Power], factor: float) -> Power:
    """The sum of what the phases show, so that the screen adds up."""
    active = sum(-phase.active if phase.exporting else phase.active for phase in phases)
    reactive = sum(-phase.reactive if phase.reactive_negative else phase.reactive for phase in phases)
    return Power(
        abs(active),
        abs(reactive),
        round(factor * 1000),
        active < 0 if active else phases[0].exporting,
        reactive < 0 if reactive else phases[0].reactive_negative,
    )


def _secondary(phase: Phase) -> VoltageCurrent:
    current = phase.current * SECONDARY_CURRENT / PRIMARY_CURRENT
    voltage = phase.voltage * SECONDARY_VOLTAGE / PRIMARY_VOLTAGE
    return VoltageCurrent(round(current * 10), round(voltage * 10))
