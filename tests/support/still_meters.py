"""A session whose meters all stand still: the one that is shown, and others beside it, as F1 lists them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from iec102.line.state import LineState, Phase
from iec102.meter.monitor import Snapshot
from iec102.meter.reading import Reading
from iec102_tui.app import MonitorApp
from iec102_tui.meter_side.history import History
from iec102_tui.meter_side.read_meter import ReadMeter
from iec102_tui.profiles.connection import resolve
from iec102_tui.profiles.store import ProfileStore
from support.screen_states import State
from support.still_meter import NOW, StillSession, changed, reading, snapshot

LOST = LineState(Phase.WAITING, error="no answer", attempt=9, next_attempt=NOW + 3, since=NOW - 6_900)
PLACES = (
    ("Polígono Norte", 133.0, 0.4, 'target = "serial:/dev/ttyUSB0"\nformat = "8E1"\nlink_address = 54321'),
    ("Depuradora Sur", 412.0, 0.6, 'target = "tcp://192.0.2.10:40001"\nlink_address = 12873'),
    ("FV La Muela 1", -871.0, 2.0, 'target = "tcp://192.0.2.11:40001"'),
    ("FV La Muela 2", -866.0, 1.0, 'target = "tcp://192.0.2.12:40001"'),
    ("Hospital", 208.0, 41.0, 'target = "serial:/dev/ttyUSB1"\nlink_address = 20417'),
    ("Puerto", None, None, 'target = "modem:/dev/ttyUSB2?dial=600123456"\nlink_address = 33018'),
)
"""Name, power in kW, age of the reading in seconds and settings; no power: it does not answer."""


@dataclass
class StillService:
    """What a meter reads of its service."""

    snapshot: Snapshot | None
    history: History
    is_running: bool = True
    recorder: Any = None
    frame_recorder: None = None
    through: None = None

    def watch(self, _watch: object) -> None:
        """Nothing comes."""


class StillMeters(StillSession):
    """The first of the meters is shown."""

    beside: list[ReadMeter]

    @property
    def others(self) -> list[ReadMeter]:
        return self.beside


def meters(folder: Path, count: int) -> State:
    """So many saved meters, all of them connected."""
    path = folder / "profiles.toml"
    chosen = [_place(number) for number in range(count)]
    path.write_text("".join(f'[profiles."{name}"]\n{settings}\npassword = 1\n\n' for name, _, _, settings in chosen))
    store = ProfileStore(path)
    made = []
    session = StillMeters()
    for name, power, age, _settings in chosen:
        latest = snapshot(None, state=LOST, error=LOST.error)
        if power is not None and age is not None:
            latest = snapshot(_drawing(power), age=age)
        service: Any = StillService(latest, _trend(power))
        made.append(ReadMeter(resolve(name, {}, store), service, session.clock))
    first, *session.beside = made
    session.connection, session.shown, session._history = first.connection, first.latest, first.history
    if len(made) > 1:
        recorder: Any = SimpleNamespace(is_open=True)
        made[1].service.recorder = recorder
    return State(MonitorApp(session, None, store=store), ["1"])


def _place(number: int) -> tuple[str, float | None, float | None, str]:
    name, power, age, settings = PLACES[number % len(PLACES)]
    turn = number // len(PLACES)
    return (name if not turn else f"{name} {turn + 1}"), power, age, settings


def _drawing(power: float) -> Reading:
    return reading(power__active_total=changed("power.active_total", value=power))


@functools.cache
def _trend(power: float | None) -> History:
    history = History()
    for step, ago in enumerate(range(600, 0, -75)):
        if power is not None:
            history.add(_drawing(power * (1 + 0.4 * (step % 3))), NOW - ago)
    return history
