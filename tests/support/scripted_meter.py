"""A meter of a few lines whose every answer, delay and fault a test decides; for dialogues in virtual time."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime

from iec102 import clock
from iec102.asdu import (
    AccessKey,
    Asdu,
    Cause,
    ClockTime,
    Energies,
    Energy,
    Identity,
    InstantaneousValues,
    IntegratedTotals,
    ObjectList,
    Password,
    Power,
    Powers,
    RangeRequest,
    TimeTagA,
    TimeTagB,
    Total,
    VoltageCurrent,
    VoltagesCurrents,
    decode_asdu,
)
from iec102.asdu.timetag import MADRID
from iec102.clock import Clock
from iec102.errors import ConnectFailed
from iec102.link import Frame, FrameReader, SecondaryStation
from iec102.transport import Receiver

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=MADRID)

Alter = Callable[[Frame], list[bytes]]


def as_it_is(frame: Frame) -> list[bytes]:
    return [frame.encode()]


class ScriptedMeter:
    """Behind a link address; ``requests`` keeps every ASDU that was executed, ``keys`` every key."""

    def __init__(self, address: int = 1, *, key: int = 1) -> None:
        self.station = SecondaryStation(address, self)
        self.key = key
        self.login = "accept"  # or: refuse, silent, mute
        self.requests: list[Asdu] = []
        self.keys: list[int] = []
        self.resets = 0
        self.session = False
        self.tells_no_session = False  # refuses requests without a session, instead of silence
        self.not_ready = 0  # polls answered with "no data yet"
        self.energy = 1000
        self.records = 24
        self.answers: deque[Asdu] = deque()

    def types(self) -> list[int]:
        return [request.type for request in self.requests]

    def reset(self) -> None:
        self.resets += 1
        self.session = False
        self.answers.clear()

    def next_data(self) -> bytes | None:
        if self.not_ready > 0:
            self.not_ready -= 1
            return None
        return self.answers.popleft().encode() if self.answers else None

    def user_data(self, asdu: bytes) -> bool:
        request = decode_asdu(asdu)
        assert request is not None
        self.requests.append(request)
        self.answers.clear()
        if isinstance(request.content, AccessKey):
            self._log_in(request, request.content.key)
        elif request.type == 187:
            self.session = False
            self.answers.append(echo(request, Cause.CONFIRMATION))
        elif self.session:
            self.answers.extend(self.answer(request))
        elif self.tells_no_session:
            self.answers.append(echo(request, Cause.TYPE_NOT_AVAILABLE))
        return True

    def _log_in(self, request: Asdu, key: Password) -> None:
        self.keys.append(key.reveal())
        right = key == Password(self.key)
        self.session = right and self.login == "accept"
        if right and self.login == "accept":
            self.answers.append(echo(request, Cause.CONFIRMATION))
        elif self.login != "silent":
            self.answers.append(echo(request, Cause.CONFIRMATION, negative=True))

    def answer(self, request: Asdu) -> list[Asdu]:
        point = request.point_address
        if request.type == 100:
            return [Asdu(71, Cause.REQUEST, point, content=Identity(2002, 4, 66, 48304838))]
        if request.type == 103:
            return [Asdu(72, Cause.REQUEST, point, content=ClockTime(TimeTagB.of(self.time())))]
        if request.type == 162:
            self.energy += 1
            return [Asdu(163, Cause.REQUEST, point, content=InstantaneousValues(self.measured(request)))]
        if isinstance(request.content, RangeRequest):
            data = [
                Asdu(11, Cause.REQUEST, point, 11, IntegratedTotals((Total(1, number),), request.content.start))
                for number in range(self.records)
            ]
            return [echo(request, Cause.CONFIRMATION), *data, echo(request, Cause.TERMINATION)]
        return [echo(request, Cause.TYPE_NOT_AVAILABLE)]

    def measured(self, request: Asdu) -> tuple[Energies | Powers | VoltagesCurrents, ...]:
        """The objects that are asked for."""
        assert isinstance(request.content, ObjectList)
        at = TimeTagA.of(NOW)
        power, voltage = Power(8, 3, 922), VoltageCurrent(12, 2389)
        objects = {
            192: Energies(tuple(Energy(self.energy) for _ in range(6)), at),
            193: Powers(power, power, power, power, at),
            194: VoltagesCurrents(voltage, voltage, voltage, at),
        }
        return tuple(objects[number] for number in request.content.objects)

    def time(self) -> datetime:
        return NOW


def echo(request: Asdu, cause: int, *, negative: bool = False) -> Asdu:
    return Asdu(request.type, cause, request.point_address, request.record, request.content, negative)


class ScriptedLine:
    """An opener for meters on one line, ``latency`` seconds each way and ``byte_time`` seconds a byte.

    ``to_meter`` and ``to_reader`` may alter, drop or double each frame; ``away``: nothing can be opened;
    ``mute``: nobody answers. ``openings`` are the times at which the line was opened.
    """

    name = "scripted:"

    def __init__(self, *meters: ScriptedMeter, latency: float = 0.01, byte_time: float = 0.0) -> None:
        self.meters = meters or (ScriptedMeter(),)
        self.latency = latency
        self.byte_time = byte_time
        self.to_meter: Alter = as_it_is
        self.to_reader: Alter = as_it_is
        self.away = False
        self.mute = False
        self.openings: list[float] = []
        self.attempts: list[float] = []
        self.sent: list[tuple[float, Frame]] = []
        self.end: ScriptedEnd | None = None

    async def open(self, receiver: Receiver) -> "ScriptedEnd":
        now = asyncio.get_running_loop().time()
        self.attempts.append(now)
        if self.away:
            raise ConnectFailed("scripted: there is no line")
        self.openings.append(now)
        self.end = ScriptedEnd(self, receiver)
        return self.end

    def cut(self) -> None:
        """The other side closes the connection."""
        assert self.end is not None
        end, self.end = self.end, None
        end.lose()


class ScriptedEnd:
    def __init__(self, line: ScriptedLine, receiver: Receiver) -> None:
        self.line = line
        self.receiver: Receiver | None = receiver
        self.reader = FrameReader()
        self.loop = asyncio.get_running_loop()

    def write(self, data: bytes) -> None:
        if self.receiver is None:
            return
        arrived: list[bytes] = []
        for frame in FrameReader().feed(data):
            assert isinstance(frame, Frame)
            self.line.sent.append((self.loop.time(), frame))
            arrived += self.line.to_meter(frame)
        delay = self.line.latency + len(data) * self.line.byte_time
        for chunk in arrived:
            self.loop.call_later(delay, self.arrive, chunk)

    def arrive(self, data: bytes) -> None:
        for frame in self.reader.feed(data):
            if self.line.mute or not isinstance(frame, Frame):
                continue
            for meter in self.line.meters:
                answer = meter.station.receive(frame)
                if answer is not None:
                    for chunk in self.line.to_reader(answer):
                        self.send(chunk, self.line.latency)

    def send(self, data: bytes, delay: float) -> None:
        """Bytes to the reader: in one piece, or one by one where a byte takes its time."""
        if not self.line.byte_time:
            self.loop.call_later(delay, self.give, data)
            return
        for number in range(len(data)):
            at = delay + (number + 1) * self.line.byte_time
            self.loop.call_later(at, self.give, data[number : number + 1])

    def give(self, data: bytes) -> None:
        if self.receiver is not None:
            self.receiver.data_received(data)

    def close(self) -> None:
        self.receiver = None

    def lose(self) -> None:
        receiver, self.receiver = self.receiver, None
        if receiver is not None:
            receiver.connection_lost(None)


def virtual_clock() -> Clock:
    """Ages follow the loop's virtual time; the wall clock stands still at NOW."""
    return Clock(boottime=lambda: asyncio.get_running_loop().time(), wall=lambda: NOW.astimezone(clock.wall().tzinfo))
