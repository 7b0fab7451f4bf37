"""A meter that is read, whether the screen shows it or not, and all of them by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo

from iec102.clock import Clock
from iec102.line.state import Phase
from iec102.meter.monitor import Snapshot

from iec102_tui.meter_side.alarms import AlarmWatch, log_alarm
from iec102_tui.meter_side.background_task import Joinable
from iec102_tui.meter_side.engine import Engine, Leaving
from iec102_tui.meter_side.history import History
from iec102_tui.meter_side.meeting import Meet
from iec102_tui.meter_side.meter_service import THIN, MeterService
from iec102_tui.meter_side.shared_line import Login, place_of
from iec102_tui.meter_side.way import Look, Through
from iec102_tui.meter_side.wiring_watch import WiringWatch
from iec102_tui.profiles.connection import Connection

_FRAMES_OF_OTHERS, _LEAST_FRAMES = 20_000, 100
"""Frames that are kept of all meters together that are not shown, and of each at least."""


def stale_after(connection: Connection | None) -> float:
    """Age in seconds from which values are stale: two readings and two seconds are missing."""
    return 2 * (1.0 if connection is None else connection.poll_period) + 2


class ReadMeter:
    """What there is of it besides its service; the screen reads it."""

    def __init__(self, connection: Connection, service: MeterService, clock: Clock) -> None:
        self.connection = connection
        self.service = service
        self.clock = clock
        self.wiring_watch = WiringWatch()
        self.alarm_watch = AlarmWatch(connection.name, connection.limits, log_alarm) if connection.limits else None
        self.noted: float | None = None
        """The clock difference that was noted last."""
        self.room: tuple[int, float | None] = (0, None)
        """How many frames are kept, and how far apart the points of the history are."""
        self.told: tuple[Phase, int] | None = None
        """State and number of alarms that the screen was told last."""
        self.refusal_noted = False
        service.watch(self.wiring_watch)
        if self.alarm_watch is not None:
            service.watch(self.alarm_watch)

    @property
    def name(self) -> str:
        """That of its profile."""
        return self.connection.name

    @property
    def zone(self) -> tzinfo:
        """Of its clock."""
        return self.connection.zone

    @property
    def latest(self) -> Snapshot | None:
        """Its latest state; None before there is any."""
        return self.service.snapshot

    @property
    def history(self) -> History:
        """Its readings since the connection."""
        return self.service.history

    @property
    def is_running(self) -> bool:
        """It is being read, or its line is being opened again and again."""
        return self.service.is_running

    @property
    def is_answering(self) -> bool:
        """Requests are being answered."""
        return self.is_running and self.latest is not None and self.latest.state.connected

    def age(self) -> float | None:
        """Seconds since its values were read; None while there are none."""
        latest = self.latest
        return None if latest is None or latest.read_at is None else max(0.0, self.clock.boottime() - latest.read_at)

    def is_stale(self) -> bool:
        """Its values are no longer what it measures now."""
        age = self.age()
        return age is not None and age > stale_after(self.connection)


class ReadMeters:
    """The meters of one program by name, in the order in which they were connected, and their engine.

    ``woken`` is called with a meter, on the engine's thread, when there is news of it. ``frames``: how many are kept of
    the meter that is shown.
    """

    def __init__(
        self, clock: Clock, woken: Callable[[ReadMeter], None], on_fault: Callable[[str], None], frames: int
    ) -> None:
        self.engine: Engine | None = None
        self.notices: list[str] = []
        """What a person should know, until it is taken; the engine's thread adds to it."""
        self._clock = clock
        self._woken = woken
        self._on_fault = on_fault
        self._frames = frames
        self._meters: dict[str, ReadMeter] = {}
        self._left: list[Leaving] = []
        """Meters that have still to give their lines back."""
        self._refused: set[Login] = set()

    def __iter__(self) -> Iterator[ReadMeter]:
        return iter(list(self._meters.values()))

    def find(self, name: str) -> ReadMeter | None:
        """The meter of this name, if it was connected."""
        return self._meters.get(name)

    @property
    def running(self) -> list[ReadMeter]:
        """Those that are being read."""
        return [meter for meter in self._meters.values() if meter.is_running]

    def rivals(self, connection: Connection, target: str | None = None) -> list[ReadMeter]:
        """Those that have to be left before this meter can be read.

        Itself, where it is read already, and those that have its port or converter with other settings. ``target``:
        what is opened, where it is not the connection's own.
        """
        target = target or connection.target
        place, key = place_of(target), (target, connection.settings)
        return [
            other
            for other in self.running
            if other.name == connection.name
            or (place and place_of(other.service.key.target) == place and other.service.key[:2] != key)
        ]

    def holds(self, target: str | None) -> bool:
        """The line of this target is in use here."""
        if target is None:
            return False
        place = place_of(target)
        targets = [meter.service.key.target for meter in self.running]
        return target in targets or (bool(place) and place in map(place_of, targets))

    def add(
        self,
        connection: Connection,
        *,
        target: str | None,
        meet: Meet,
        begin: Callable[[ReadMeter], None],
        after: Sequence[Joinable],
        through: Through | None = None,
        look: Look | None = None,
        asked: bool = True,
    ) -> ReadMeter:
        """Reads this meter from now on, in the place of its rivals; ``begin`` is called before it is read.

        ``asked``: a person wants its password to be sent, also where that was refused before.
        """
        for rival in self.rivals(connection, target) if through is None else filter(None, [self.find(connection.name)]):
            self.leave(rival)
        if self.engine is None or not self.engine.is_running:
            self.engine = Engine(clock=self._clock, on_fault=self._on_fault)
        meters: list[ReadMeter] = []

        def made(service: MeterService) -> None:
            meters.append(ReadMeter(connection, service, self._clock))
            self._meters[connection.name] = meters[0]
            begin(meters[0])

        self.engine.add(
            connection,
            wake=lambda: self._woken(meters[0]),
            target=target,
            meet=meet,
            through=through,
            look=look,
            on_notice=self.notices.append,
            begin=made,
            after=after,
            asked=asked,
        )
        return meters[0]

    def leave(self, meter: ReadMeter) -> None:
        """Ends the session with it; returns at once."""
        self.note_refusal(meter)
        if self.engine is not None and meter.is_running:
            self._left.append(self.engine.remove(meter.service))

    def rename(self, before: str, name: str) -> ReadMeter | None:
        """It has another name from now on, in its place in the order; gives it, None where there is none."""
        meter = self._meters.get(before)
        if meter is not None and name not in self._meters:
            meter.connection = replace(meter.connection, name=name)
            self._meters = {each.name: each for each in self._meters.values()}
        return meter

    def forget(self, meter: ReadMeter) -> None:
        """It was left, and nobody asks for its last values."""
        self.note_refusal(meter)
        if self._meters.get(meter.name) is meter:
            del self._meters[meter.name]

    def leaving(self) -> list[Joinable]:
        """Those that have still to give their lines back."""
        self._left = [left for left in self._left if not left.over.is_set()]
        return [*self._left]

    def share_room(self, shown: ReadMeter | None) -> None:
        """Of the meter that is shown the most frames and points are kept."""
        others = max(1, len(self._meters) - 1)
        parts = 1 << (others - 1).bit_length()  # the share of all does not change with each new one
        few = min(self._frames, max(_LEAST_FRAMES, _FRAMES_OF_OTHERS // parts))
        for meter in self._meters.values():
            room = (self._frames, None) if meter is shown else (few, THIN)
            if meter.room != room:
                meter.room = room
                meter.service.keep(*room)

    def remember_refusal(self, connection: Connection) -> None:
        """The meter has refused the password, or has not answered it; it is remembered until the program ends."""
        self._refused.add(Login.of(connection))

    def remember_acceptance(self, connection: Connection) -> None:
        """The meter has accepted the password."""
        self._refused.discard(Login.of(connection))

    def was_refused(self, connection: Connection) -> bool:
        """This meter has refused this password, or may have: a meter locks out after several wrong ones."""
        for meter in self:  # also what none has looked at since
            self.note_refusal(meter)
        return Login.of(connection) in self._refused

    def note_refusal(self, meter: ReadMeter) -> None:
        """What is known of its password by now."""
        noted, meter.refusal_noted = meter.refusal_noted, meter.service.was_refused
        if meter.refusal_noted:
            if not noted:
                self.remember_refusal(meter.connection)
        elif meter.latest is not None and meter.latest.state.phase is Phase.CONNECTED:
            self.remember_acceptance(meter.connection)

    def taken_notices(self) -> list[str]:
        """What a person should know, each once."""
        taken = self.notices[:]
        del self.notices[: len(taken)]
        return taken

    def close(self) -> None:
        """Ends all sessions and waits for that, in bounded time."""
        if self.engine is not None:
            self.engine.stop()
            self.engine.join()
