"""A session whose meter stands still and is wired wrong."""

from __future__ import annotations

from dataclasses import replace

from iec102.asdu.timetag import MADRID
from iec102.simulator import SiteKind, Wiring
from iec102_tui.meter_side.wiring_watch import WiringWatch
from iec102_tui.profiles.ratio import Ratio, Ratios
from support.still_meter import StillSession, snapshot
from support.wired_meter import readings

RATIOS = Ratios(Ratio.parse("400/400"), Ratio.parse("500/5"), "profile")


def wired(seed: int, fault: str) -> StillSession:
    """On a load, after a minute of readings; ``fault`` as ``--wiring`` takes it, empty: wired right."""
    found = readings(seed, SiteKind.LOAD, Wiring.parse(fault))
    session = StillSession(snapshot(found[-1]))
    assert session.connection is not None
    ratios = {"voltage_ratio": RATIOS.voltage, "current_ratio": RATIOS.current}
    session.connection = session.connection.with_settings(**ratios)
    session.wiring_watch = WiringWatch()
    for reading in found:
        session.wiring_watch.reading(replace(reading, time=reading.time.astimezone(MADRID)))
    return session
