"""Hours of a collector in simulated time: twenty meters and a broker, while everything goes wrong, again and again.

`python tests/soak.py --collect` runs it. What must hold at the end: each reading of each meter is at the broker, none
is there twice, but what the broker had not acknowledged when a connection broke, and none that nobody has read; every
hour, event and closing that is archived is published; and the memory stays as it was.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from unittest import mock

from iec102.load_profile.intervals import Register
from iec102.meter.reading import Reading
from iec102.simulator import LineSpeed, SimulatorConfig
from iec102_tui.archive.contents import contents
from iec102_tui.collect.meter import CollectedMeter
from iec102_tui.publish.client import Connection, PublishFailed
from iec102_tui.publish.delivery import Will
from iec102_tui.publish.outbox import Outgoing
from iec102_tui.publish.settings import Host
from support.collecting import Scene
from support.living_meter import START

METERS, PERIOD = 20, 60.0
HOUR = 3600.0
# Seconds without any trouble at the end, for what has waited.
CALM = 3 * HOUR
SHORTEST, LONGEST = 60.0, 1800.0
TROUBLES: tuple[dict[str, float], ...] = (
    {},
    {"drop": 0.05, "corrupt": 0.05},
    {"delay": 0.1},
    {"noise": 0.2, "length": 0.05, "foreign": 0.2},
    {"restart": 0.005},
    {"disconnect": 0.01},
)
ABSENCES = ("cut", "away", "off", "")
_AWAY = 7.0  # seconds that the collector is not there when it is begun again
_RECORDS = ("profile/hourly", "event", "closing")


@dataclass
class CollectFigures:
    """What the table says; memory in bytes, by hour."""

    meters: int = METERS
    read: int = 0
    delivered: int = 0
    lost: int = 0
    doubled: int = 0
    unacknowledged: int = 0
    records: int = 0
    records_lost: int = 0
    records_doubled: int = 0
    hours_missing: int = 0
    most_waiting: int = 0
    line_troubles: int = 0
    broker_troubles: int = 0
    restarts: int = 0
    reloads: int = 0
    memory: list[int] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Nothing was lost, nothing came twice."""
        wrong = (self.lost, self.doubled, self.records_lost, self.records_doubled, self.hours_missing)
        return not any(wrong) and self.read > 0 and self.records > 0


class CountingBroker:
    """A cluster of two that is away, or breaks before it acknowledges; it keeps no payload, so that memory stays flat.

    It counts the readings of each meter by tenths of a second, as they are read and as they come; what comes again
    because nobody acknowledged it, once.
    """

    def __init__(self, seconds: int) -> None:
        self.is_away = False
        self.takes: int | None = None
        self.read, self.live = (
            {f"meter{number}": bytearray(10 * seconds) for number in range(METERS)} for _ in range(2)
        )
        self.records: Counter[tuple[str, str]] = Counter()
        self.unacknowledged = 0
        self._pending: set[tuple[str, str, str]] = set()
        self._breaking: set[asyncio.Event] = set()

    def stop(self) -> None:
        self.is_away = True
        for event in self._breaking:
            event.set()

    @contextlib.asynccontextmanager
    async def connect(self, host: Host, _will: Will) -> AsyncIterator[Connection]:
        await asyncio.sleep(0)
        if self.is_away:
            raise PublishFailed(f"{host.name} is away")
        broken = asyncio.Event()
        self._breaking.add(broken)
        try:
            yield _Connected(self, broken)
        finally:
            self._breaking.discard(broken)

    def was_read(self, meter: str, reading: Reading) -> None:
        """It must come."""
        self.read[meter][_tenth(reading.time)] += 1

    def receive(self, message: Outgoing) -> None:
        """Counts it, unless it is one that was not acknowledged the last time."""
        if (key := _key_of(message)) is None:
            return
        if key in self._pending:
            self.unacknowledged += 1
            return
        self._pending.add(key)
        meter, part, known = key
        if part == "live":
            self.live[meter][_tenth(datetime.fromisoformat(known))] += 1
        else:
            self.records[f"{meter}/{part}", known] += 1

    def acknowledged(self, message: Outgoing) -> None:
        """The sender knows that it is there."""
        if (key := _key_of(message)) is not None:
            self._pending.discard(key)


def _tenth(time: datetime) -> int:
    """Of milliseconds, as they are published."""
    return (time - START) // timedelta(milliseconds=1) // 100


def _key_of(message: Outgoing) -> tuple[str, str, str] | None:
    """Meter, kind, and what tells it apart; None for a state."""
    meter, _slash, part = message.topic.removeprefix("iec102/box/").partition("/")
    part = part.removesuffix("/late")
    if part != "live" and part not in _RECORDS:
        return None
    document = json.loads(message.payload)
    return meter, part, str(document.get("id") or document["time"])


class _Connected:
    def __init__(self, broker: CountingBroker, broken: asyncio.Event) -> None:
        self._broker = broker
        self._broken = broken

    async def publish(self, message: Outgoing) -> None:
        broker = self._broker
        if broker.takes is not None:
            broker.takes -= 1
        if broker.takes == 0:
            broker.takes = None
            self._broken.set()  # it has the message, and nobody hears of it
        elif self._broken.is_set():
            await asyncio.sleep(1000)
        broker.receive(message)
        await asyncio.sleep(0)
        if self._broken.is_set():
            await asyncio.sleep(1000)
        broker.acknowledged(message)

    async def lost(self) -> None:
        await self._broken.wait()
        raise PublishFailed("the connection was lost")


class CollectSoak:
    """One run; the same for the same seed."""

    def __init__(self, seed: int, folder: Path, hours: float) -> None:
        self.figures = CollectFigures()
        self._chance = Random(seed)
        self._end = hours * 3600
        self._troubled = self._end - min(CALM, self._end / 4)
        self._scene = Scene(folder)
        self._scene.back = timedelta(hours=2)
        self._broker = CountingBroker(round(self._end) + 60)
        self._scene.broker = self._broker  # type: ignore[assignment]
        # On a line that takes its time no two readings have the same one.
        speed = LineSpeed.parse("9600-8E1")
        self._calm = [SimulatorConfig(seed=number + 1, line=speed) for number in range(METERS)]
        self._folder = folder

    async def run(self) -> CollectFigures:
        """So many hours of the loop's time; the collector is ended and begun again a few times."""
        scene, figures = self._scene, self.figures
        # The simulated meter takes its time to make up events and closings, so that two of them have to do.
        more = {"events": "1h", "closings": "6h"}, dict.fromkeys(("events", "closings"), "never")
        collect = [{"live": PERIOD, **more[number >= 2]} for number in range(METERS)]
        scene.write_profiles(
            **{f"meter{number}": {"collect": collect[number], "config": self._calm[number]} for number in range(METERS)}
        )
        troubles = [asyncio.create_task(self._trouble_line(number)) for number in range(METERS)]
        troubles.append(asyncio.create_task(self._trouble_broker()))
        parts = 4
        for part in range(parts):
            until = self._end * (part + 1) / parts
            async with self._noted(), scene.running() as collector:
                while (now := _now()) < until:
                    await asyncio.sleep(min(600.0, until - now))
                    figures.most_waiting = max(figures.most_waiting, collector.status().waiting)
                    if self._chance.random() < 0.05:
                        collector.reload()
                        figures.reloads += 1
                    if now >= HOUR * (len(figures.memory) + 1):
                        figures.memory.append(memory())
                if part == parts - 1:
                    self._count_what_waits(collector.status().waiting)
            figures.restarts += part > 0
            scene.written.clear()
            scene.notes.told.clear()
            await asyncio.sleep(_AWAY)
        for task in troubles:
            task.cancel()
        self._judge()
        return figures

    @contextlib.asynccontextmanager
    async def _noted(self) -> AsyncIterator[None]:
        """What is read is noted before it goes to anybody."""
        given, note = CollectedMeter.reading, self._broker.was_read

        def reading(meter: CollectedMeter, reading: Reading) -> None:
            note(meter.connection.name, reading)
            given(meter, reading)

        with mock.patch.object(CollectedMeter, "reading", reading):
            yield

    def _count_what_waits(self, waiting: int) -> None:
        self.figures.lost += waiting

    def _judge(self) -> None:
        figures, broker = self.figures, self._broker
        for name, live in broker.live.items():
            read = broker.read[name]
            figures.read += sum(read)
            figures.delivered += sum(live)
            if read != live:
                figures.lost += sum(max(0, wanted - came) for wanted, came in zip(read, live, strict=True))
                figures.doubled += sum(max(0, came - wanted) for wanted, came in zip(read, live, strict=True))
        figures.unacknowledged = broker.unacknowledged
        figures.records = len(broker.records)
        figures.records_doubled = sum(count - 1 for count in broker.records.values() if count > 1)
        archived = [each for each in contents(self._folder / "archive.sqlite") if each.register is Register.HOURLY]
        hours = Counter(topic for topic, _key in broker.records if topic.endswith("/profile/hourly"))
        expected = int((self._end - 1800) // 3600)
        for number in range(METERS):
            published = hours[f"meter{number}/profile/hourly"]
            figures.hours_missing += max(0, expected - published)
        figures.records_lost = max(0, sum(each.extent.records for each in archived) - sum(hours.values()))
        figures.records_lost += len(archived) != METERS
        stored = _events_and_periods(self._folder / "archive.sqlite")
        came = Counter(topic.rpartition("/")[2] for topic, _key in broker.records)
        figures.records_lost += sum(abs(count - came[kind]) for kind, count in stored.items())

    def _at_most(self, seconds: float) -> float:
        """Until it is to be calm."""
        return max(0.0, min(seconds, self._troubled - _now()))

    async def _trouble_line(self, number: int) -> None:
        chance, line = Random(self._chance.random()), None
        while line is None:
            await asyncio.sleep(1)
            line = self._scene.lines.get(f"tcp://meter{number}:1")
        while _now() < self._troubled:
            await asyncio.sleep(chance.uniform(SHORTEST, LONGEST))
            line.meter.config = replace(self._calm[number], faults=chance.choice(TROUBLES))
            self.figures.line_troubles += 1
            kind = chance.choice(ABSENCES)
            if kind in ("cut", "away"):
                line.away = kind == "away"
                line.cut()
            elif kind == "off":
                line.off = True
            await asyncio.sleep(self._at_most(chance.uniform(0.5, 600.0)))
            line.away = False
            if line.off:
                line.switch_on()
        line.meter.config = self._calm[number]
        line.cut()

    async def _trouble_broker(self) -> None:
        chance, broker = Random(self._chance.random()), self._broker
        while _now() < self._troubled:
            await asyncio.sleep(chance.uniform(SHORTEST, LONGEST))
            self.figures.broker_troubles += 1
            if chance.random() < 0.5:
                broker.takes = chance.randint(1, 50)
            else:
                broker.stop()
                await asyncio.sleep(self._at_most(chance.uniform(1.0, 2 * 3600.0)))
                broker.is_away = False
        broker.takes = None


def _events_and_periods(path: Path) -> dict[str, int]:
    """How many of each the archive has; a closing is as many records as it has periods."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        (events,) = connection.execute("SELECT count(*) FROM event").fetchone()
        documents = [json.loads(text) for (text,) in connection.execute("SELECT document FROM closing")]
    return {"event": events, "closing": sum(len(document["periods"]) for document in documents)}


def collect_table(figures: CollectFigures, hours: float, seconds: float) -> str:
    """What the run has shown."""
    rows = [
        ("simulated time", f"{hours:g} h in {seconds:.0f} s"),
        ("meters", figures.meters),
        ("troubles of lines", figures.line_troubles),
        ("troubles of the broker", figures.broker_troubles),
        ("restarts, reloads", f"{figures.restarts}, {figures.reloads}"),
        ("readings", figures.read),
        ("readings delivered", figures.delivered),
        ("readings lost", figures.lost),
        ("readings doubled", figures.doubled),
        ("records delivered", figures.records),
        ("records lost", figures.records_lost),
        ("records doubled", figures.records_doubled),
        ("hours missing", figures.hours_missing),
        ("sent again, unacknowledged", figures.unacknowledged),
        ("waited at most", figures.most_waiting),
        ("memory by hour, in MB", " ".join(f"{each / 1e6:.1f}" for each in figures.memory)),
    ]
    return "\n".join(f"{name:28} {value}" for name, value in rows)


async def collect_soak(seed: int, hours: float) -> CollectFigures:
    """One run, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return await CollectSoak(seed, Path(folder), hours).run()


def memory() -> int:
    """Resident, in bytes."""
    from soak import _memory

    return _memory()


def _now() -> float:
    return asyncio.get_running_loop().time()
