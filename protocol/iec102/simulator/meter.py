"""The simulated meter, and one reader's line to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from iec102.clock import wall
from iec102.link import Frame, FrameReader, SecondaryStation
from iec102.simulator.config import SimulatorConfig
from iec102.simulator.electrical import Site
from iec102.simulator.faults import Faults
from iec102.simulator.pacing import PacedLine
from iec102.simulator.station import MeterStation

_FILL = b"\xff\xff\xff"


class SimulatedMeter:
    """One meter; each reader has a line, a link and a session of its own."""

    def __init__(self, config: SimulatorConfig) -> None:
        self.config = config
        self._site = Site(config.seed)
        self._lines = 0

    def now(self) -> datetime:
        """The meter's clock, frozen where the configuration says so."""
        return self.config.clock or wall()

    def station(self) -> MeterStation:
        """The application for one more reader."""
        return MeterStation(self.config, self._site, self.now)

    def connect(self, deliver: Callable[[bytes], None], disconnect: Callable[[], None]) -> MeterLine:
        """A line for one more reader; each has faults of its own, the same in every run."""
        self._lines += 1
        return MeterLine(self, self._lines, deliver, disconnect)


class MeterLine:
    """The meter's end of one line: bytes in, bytes out at the speed of the line, faults on the way."""

    def __init__(
        self,
        meter: SimulatedMeter,
        number: int,
        deliver: Callable[[bytes], None],
        disconnect: Callable[[], None],
    ) -> None:
        config = meter.config
        self.station = meter.station()
        self._link = SecondaryStation(config.link_address, self.station)
        self._reader = FrameReader()
        self._faults = Faults(config.faults, config.seed * 1_000 + number)
        self._fill = _FILL if "fill-ff" in config.quirks else b""
        self._paced = PacedLine(config.line.byte_time if config.line is not None else 0.0)
        self._deliver = deliver
        self._disconnect = disconnect

    def receive(self, data: bytes) -> None:
        """Bytes that the reader has sent, in any pieces."""
        self._paced.arrive(data, self._arrived)

    def close(self) -> None:
        """The reader is gone."""
        self._paced.cancel()

    def _arrived(self, data: bytes) -> None:
        for item in self._reader.feed(data):
            if isinstance(item, Frame):
                self._answer(item)

    def _answer(self, frame: Frame) -> None:
        request = self._faults.fate(frame.encode())
        if request.disconnect:
            self._break()
            return
        if request.data != frame.encode():
            # Lost or damaged on the way: the meter has not understood it.
            return
        reply = self._link.receive(frame)
        if reply is None:
            return
        answer = self._faults.fate(reply.encode())
        if answer.disconnect:
            self._break()
        elif answer.data:
            self._paced.send(self._fill + answer.data, self._deliver, request.delay + answer.delay)

    def _break(self) -> None:
        self._paced.cancel()
        self._disconnect()
