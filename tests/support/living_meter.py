"""A simulated meter whose clock is the loop's, and a judge of whether a reading is what it has just measured."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from iec102.asdu import MADRID, InstantaneousValues
from iec102.asdu.instantaneous import ENERGIES, POWERS, VOLTAGES_CURRENTS
from iec102.clock import Clock
from iec102.errors import ConnectFailed
from iec102.meter.reading import Reading
from iec102.meter.signals import SignalValue, signal_values
from iec102.simulator import SimulatedMeter, SimulatorConfig, connect_memory
from iec102.simulator.electrical import Site
from iec102.simulator.events import EventLog
from iec102.simulator.instruments import measure
from iec102.simulator.station import MeterStation
from iec102.transport.base import Receiver, Transport

START = datetime(2026, 11, 22, 10, 0, tzinfo=MADRID)
# So many of the latest moments are kept at which the meter was asked for something.
_KEPT = 500


class LivingMeter(SimulatedMeter):
    """Its values change from one moment to the next."""

    def __init__(self, config: SimulatorConfig) -> None:
        super().__init__(config)
        self.asked: deque[float] = deque(maxlen=_KEPT)
        self._judge = Site(config.seed)
        self.gave_single_objects = False
        """Since ``new_reader`` its readers had, for a while, to ask for one object at a time."""
        self._gives_single_objects = False

    def station(self) -> MeterStation:
        """Whoever connects meets the quirks of now."""
        self._gives_single_objects = "one-object" in self.config.quirks
        self.gave_single_objects |= self._gives_single_objects
        return super().station()

    def new_reader(self) -> None:
        """The reader knows nothing of it any more."""
        self.gave_single_objects = self._gives_single_objects

    def now(self) -> datetime:
        """The time of the loop. Whoever asks for it is about to measure."""
        at = asyncio.get_running_loop().time()
        if not self.asked or self.asked[-1] != at:
            self.asked.append(at)
        return START + timedelta(seconds=at)

    def values_at(self, at: float) -> dict[str, SignalValue]:
        """What it shows at a time of the loop."""
        now = START + timedelta(seconds=at)
        lost = EventLog(self.config).phases_lost(now)
        all_objects = (ENERGIES, POWERS, VOLTAGES_CURRENTS)
        objects = (measure(self._judge, object_, now, MADRID, lost) for object_ in all_objects)
        return signal_values(InstantaneousValues(tuple(part for part in objects if part is not None)))

    def is_right(self, reading: Reading, asked_at: float, *, single_objects: bool = False) -> bool:
        """The values are those of a moment at which it was asked since ``asked_at``.

        ``single_objects``: it may have been asked for one at a time; then each object's values are of such a moment.
        """
        times = [at for at in self.asked if at >= asked_at]
        moments = [self.values_at(at) for at in reversed(times)]
        if any(moment == dict(reading.values) for moment in moments):
            return True
        return single_objects and all(
            any(self._group(moment, group) == self._group(reading.values, group) for moment in moments)
            for group in ("energy.", "power.", "vi.")
        )

    @staticmethod
    def _group(values: Mapping[str, SignalValue], group: str) -> dict[str, SignalValue]:
        return {key: value for key, value in values.items() if key.startswith(group)}


def living_clock() -> Clock:
    """This machine's clock goes as the meter's."""
    now = asyncio.get_running_loop().time
    return Clock(boottime=now, wall=lambda: (START + timedelta(seconds=now())).astimezone(UTC))


class LivingLine:
    """Opens lines to it. ``away``: nothing can be opened; ``off``: the meter has no power."""

    name = "simulated:"

    def __init__(self, config: SimulatorConfig) -> None:
        self.meter = LivingMeter(config)
        self.byte_time = config.line.byte_time if config.line is not None else 0.0
        self.away = False
        self.off = False
        self._end: _End | None = None

    async def open(self, receiver: Receiver) -> Transport:
        if self.away:
            raise ConnectFailed("simulated: there is no line")
        self._end = _End(self, receiver)
        return self._end

    def cut(self) -> None:
        """The other side closes the connection."""
        if self._end is not None:
            self._end.cut()

    def switch_on(self) -> None:
        """The meter has power again, and knows neither link nor session."""
        self.off = False
        if self._end is not None:
            self._end.meter.line.restart(0.0)


class _End:
    """Between the meter's end of a line in memory and its reader."""

    def __init__(self, line: LivingLine, receiver: Receiver) -> None:
        self._line = line
        self._receiver = receiver
        self.meter = connect_memory(line.meter, self)

    def write(self, data: bytes) -> None:
        if not self._line.off:
            self.meter.write(data)

    def close(self) -> None:
        self.meter.close()

    def cut(self) -> None:
        self.meter.close()
        self._receiver.connection_lost(None)

    def data_received(self, data: bytes) -> None:
        if not self._line.off:
            self._receiver.data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._receiver.connection_lost(exc)
