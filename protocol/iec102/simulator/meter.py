"""The simulated meter, and one reader's line to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from iec102.link import Frame, FrameReader, Garbage, SecondaryStation
from iec102.simulator.config import SimulatorConfig
from iec102.simulator.electrical import Site
from iec102.simulator.faults import RESTART, FaultOutcome, Faults
from iec102.simulator.history import History
from iec102.simulator.knowledge import Knowledge
from iec102.simulator.pacing import PacedLine
from iec102.simulator.station import MeterStation

_FILL = b"\xff\xff\xff"

# Seconds of silence after which an unfinished frame was no frame: longer than any gap inside one on a network.
_GAP = 0.5


class SimulatedMeter:
    """One meter; each reader has a line, a link and a session of its own."""

    def __init__(self, config: SimulatorConfig) -> None:
        self.config = config
        self._site = Site(config.seed, config.site, config.wiring)
        self._lines = 0
        self.history = History(config)
        self._knowledge: Knowledge | None = None

    def now(self) -> datetime:
        """The meter's clock, frozen where the configuration says so."""
        return self.history.now()

    def station(self) -> MeterStation:
        """The application for one more reader."""
        if self._knowledge is None or self._knowledge.config is not self.config:
            self._knowledge = Knowledge(self.config, self._site, self.history, lambda: self.now())
        return MeterStation(self._knowledge)

    def connect(
        self, deliver: Callable[[bytes], None], disconnect: Callable[[], None], *, call: bool = False
    ) -> MeterLine:
        """A line for one more reader; each has faults of its own, the same in every run. ``call``: by a modem."""
        self._lines += 1
        return MeterLine(self, self._lines, deliver, disconnect, call=call)


class MeterLine:
    """The meter's end of one line: bytes in, bytes out at the speed of the line, faults on the way."""

    def __init__(
        self,
        meter: SimulatedMeter,
        number: int,
        deliver: Callable[[bytes], None],
        disconnect: Callable[[], None],
        *,
        call: bool = False,
    ) -> None:
        config = meter.config
        self._meter = meter
        self._loop = asyncio.get_running_loop()
        self._gap: asyncio.TimerHandle | None = None
        faults = {name: rate for name, rate in config.faults.items() if call or name != "carrier-lost"}
        self._faults = Faults(faults, config.seed * 1_000 + number)
        self._fill = _FILL if "fill-ff" in config.quirks else b""
        self._echo = "echo" in config.quirks
        self._latency = (config.count("latency-MS") or 0) / 1000
        self._under_way: set[asyncio.TimerHandle] = set()
        self._turnaround = (config.count("slow-MS") or 0) / 1000
        self._session_timeout = config.count("session-timeout-S")
        self._heard_at = self._loop.time()
        self._paced = PacedLine(config.line.byte_time if config.line is not None else 0.0)
        self._deliver = deliver
        self._disconnect = disconnect
        self._silent_until = self._loop.time()
        self._switch_on()

    def restart(self, seconds: float = RESTART) -> None:
        """The meter loses its power for so long; what it was sending ends in the middle."""
        self.close()
        self.station.end_session()
        self._meter.history.restarted(seconds)
        self._switch_on()
        self._silent_until = self._loop.time() + seconds

    def _switch_on(self) -> None:
        """It knows of no link and no session."""
        self.station = self._meter.station()
        self._link = SecondaryStation(self._meter.config.link_address, self.station)
        self._reader = FrameReader()

    def receive(self, data: bytes) -> None:
        """Bytes that the reader has sent, in any pieces."""
        if not self._latency:
            self._paced.arrive(data, self._arrived)
            return

        def arrive() -> None:
            self._under_way.discard(timer)
            self._paced.arrive(data, self._arrived)

        timer = self._loop.call_later(self._latency, arrive)
        self._under_way.add(timer)

    def close(self) -> None:
        """The reader is gone."""
        for timer in self._under_way:
            timer.cancel()
        self._under_way.clear()
        self._paced.cancel()
        self._forget_gap()

    def _arrived(self, data: bytes) -> None:
        if self._echo:
            self._deliver(data)
        if self._loop.time() < self._silent_until:
            return
        self._forget_gap()
        self._take(self._reader.feed(data))
        if self._reader.pending:
            self._gap = self._loop.call_later(_GAP, self._silent)

    def _silent(self) -> None:
        """Noise may have looked like the start of a long frame: what it holds is looked at again."""
        self._gap = None
        self._take(self._reader.flush())

    def _forget_gap(self) -> None:
        if self._gap is not None:
            self._gap.cancel()
            self._gap = None

    def _take(self, items: Sequence[Frame | Garbage]) -> None:
        for item in items:
            if isinstance(item, Frame):
                self._hear(item)

    def _hear(self, frame: Frame) -> None:
        """Take a frame, as far as the faults of the line let it through."""
        outcome = self._faults.outcome_of(frame.encode())
        if self._is_cut(outcome):
            return
        reader = FrameReader()
        for item in reader.feed(outcome.data) + reader.flush():
            if isinstance(item, Frame):
                self._answer(item, outcome.delay)

    def _answer(self, frame: Frame, delay: float) -> None:
        now = self._loop.time()
        if self._session_timeout is not None and now - self._heard_at > self._session_timeout:
            self.station.end_session()
        self._heard_at = now
        reply = self._link.receive(frame)
        if reply is None:
            return
        outcome = self._faults.outcome_of(reply.encode())
        if not self._is_cut(outcome) and outcome.data:
            self._paced.send(
                self._fill + outcome.data, self._deliver, delay + outcome.delay + self._turnaround + self._latency
            )

    def _is_cut(self, outcome: FaultOutcome) -> bool:
        if outcome.restart:
            self.restart()
        if outcome.disconnect:
            self._break()
        return outcome.restart or outcome.disconnect

    def _break(self) -> None:
        self.close()
        self._disconnect()
