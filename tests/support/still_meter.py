"""A session whose meter stands still: what the screen shows depends on nothing but the test."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from iec102.asdu import InstantaneousValues
from iec102.clock import Clock
from iec102.line.counters import LineCounters
from iec102.line.state import LineState, Phase
from iec102.link import Answer, Frame, Function, Garbage, GarbageKind, answer, request
from iec102.meter.clock_difference import ClockVerdict, judge_clock
from iec102.meter.monitor import Snapshot
from iec102.meter.reading import Reading
from iec102.meter.signals import SignalValue, signal_values
from iec102.sentence import Sentence
from iec102.simulator.electrical import Site
from iec102.simulator.instruments import measure
from iec102.transport.tap import Direction, TapRecord
from iec102_tui.meter_side.history import History
from iec102_tui.meter_side.session import Session
from iec102_tui.profiles.connection import Connection, demo

ZONE = ZoneInfo("Europe/Madrid")
WALL = datetime(2026, 11, 22, 12, 30, 5, tzinfo=ZONE)
NOW = 5_000.0
"""The age clock, which a test may move."""

CONNECTED = LineState(Phase.CONNECTED, since=NOW - 300)


def reading(at: datetime = WALL, **changes: SignalValue) -> Reading:
    """The simulated site's 24 signals at a moment; ``changes`` by key, with ``__`` for the dot."""
    objects = tuple(measure(Site(1), number, at, ZONE) for number in (192, 193, 194))
    values = signal_values(InstantaneousValues(tuple(part for part in objects if part is not None)))
    for name, value in changes.items():
        values[name.replace("__", ".")] = value
    return Reading(at, at.replace(second=0), 1, 1, values)


def changed(key: str, *, value: float | None = None, valid: bool = True) -> SignalValue:
    """A value of a signal as the site would not give it."""
    return SignalValue(reading().values[key].signal, value, valid)


def snapshot(
    shown: Reading | None,
    *,
    age: float = 0.4,
    state: LineState = CONNECTED,
    error: str | None = None,
    clock: ClockVerdict | None = None,
) -> Snapshot:
    """What the monitor would hand over."""
    return Snapshot(
        serial=1,
        state=state,
        reading=shown,
        read_at=None if shown is None else NOW - age,
        clock_difference=None if shown is None else 3.2,
        reads=0 if shown is None else 42,
        rate=0.0 if shown is None else 1.0,
        counters=LineCounters(timeouts=2, bad_frames=1),
        error=error,
        clock=None if shown is None else clock or judge_clock(3.2, WALL, ZONE, None),
    )


def history(step: float = 3.0, count: int = 50) -> History:
    """The readings of the last minutes."""
    found = History()
    for shown, when in _readings(step, count):
        found.add(shown, when)
    return found


@functools.cache
def _readings(step: float, count: int) -> list[tuple[Reading, float]]:
    """Each with its time on the age clock: the same for every test."""
    agos = [(count - number) * step for number in range(count)]
    return [(reading(datetime.fromtimestamp(WALL.timestamp() - ago, ZONE)), NOW - ago) for ago in agos]


class StillSession(Session):
    """Shows a snapshot that a test hands in, and needs no engine."""

    def __init__(self, shown: Snapshot | None = None, connection: Connection | None = None) -> None:
        self.now = NOW
        super().__init__(clock=Clock(boottime=lambda: self.now, wall=lambda: WALL))
        self.connection = demo() if connection is None else replace(connection)
        self.shown = shown
        self._history = history()

    @property
    def latest(self) -> Snapshot | None:
        return self.shown

    @property
    def history(self) -> History | None:
        return self._history

    def attach(self, changed: Callable[[], None]) -> None:
        self._changed = changed

    def show(self, shown: Snapshot) -> None:
        """StateNotices from the meter."""
        self.shown = shown
        self._changed()


def add_frames(session: Session) -> None:
    """A reading on the line, with a repeat and a corrupt answer."""
    ask = request(Function.CLASS_2, 1, fcb=False)
    data = answer(Answer.USER_DATA, 1, bytes.fromhex("48 01 05 01 00 00 00 64 1E 0C F6 0B 1A"))
    login = request(Function.USER_DATA, 1, fcb=True, asdu=bytes.fromhex("B7 01 06 01 00 00 39 30 00 00"))
    items: list[tuple[float, Direction, Frame | Garbage, bool]] = [
        (0.0, Direction.SENT, request(Function.LINK_STATUS, 1), False),
        (0.02, Direction.RECEIVED, answer(Answer.LINK_STATUS, 1), False),
        (0.021, Direction.SENT, login, False),
        (0.05, Direction.RECEIVED, answer(Answer.ACK, 1), False),
        (0.051, Direction.SENT, ask, False),
        (
            0.08,
            Direction.RECEIVED,
            Garbage(
                data.encode()[:-3] + b"\x01\x02\x16",
                GarbageKind.BAD_CHECKSUM,
                Sentence("garbage.checksums", expected=0x1C, found=0x02),
            ),
            False,
        ),
        (3.051, Direction.SENT, ask, True),
        (3.08, Direction.RECEIVED, data, False),
    ]
    for after, direction, item, repeat in items:
        wall = datetime.fromtimestamp(WALL.timestamp() + after, ZONE)
        session.frames.append(TapRecord(NOW - 10 + after, wall, direction, item, repeat, secret=item is login))
