"""A collector in virtual time, with its files, its meters in memory, and a broker."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import tomli_w
from iec102.clock import Clock
from iec102.line import Line
from iec102.line.state import LineState
from iec102.settings import LineSettings
from iec102.simulator import SimulatorConfig
from iec102.transport.tap import Tap
from iec102_tui.collect import meter, work
from iec102_tui.collect.collector import Collector
from iec102_tui.collect.notify import Notifier
from iec102_tui.collect.refused import RefusedFile
from iec102_tui.collect.reload import Selection, read_settings
from iec102_tui.collect.status import CollectorStatus, MeterStatus
from iec102_tui.config import Config
from iec102_tui.meter_side import shared_line
from iec102_tui.meter_side.broker_sink import BrokerSink
from iec102_tui.profiles.connection import Connection
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.publish import delivery
from iec102_tui.publish.delivery import Delivery
from iec102_tui.publish.message import Message
from iec102_tui.publish.outbox import Outbox
from iec102_tui.publish.publisher import PublishStatus
from iec102_tui.publish.settings import BrokerSettings
from iec102_tui.publish.store import Store
from support.living_meter import LivingLine, living_clock
from support.memory_broker import MemoryBroker
from support.virtual_time import run

TOPIC = "iec102/box"
TICK = 60.0


class Notes(Notifier):
    """Keeps what the service manager is told."""

    def __init__(self, watchdog: float = 0.0) -> None:
        super().__init__({})
        self.watchdog = watchdog
        self.told: list[tuple[float, str]] = []

    def _tell(self, text: str) -> None:
        self.told.append((asyncio.get_running_loop().time(), text.split("=")[0]))

    def words(self, without: str = "WATCHDOG") -> list[str]:
        return [word for _at, word in self.told if word != without]


class VirtualPublishing:
    """In place of ``Publishing``: the same queue and delivery, on the loop of the meters."""

    def __init__(self, broker: MemoryBroker, folder: Path, settings: BrokerSettings, clock: Clock) -> None:
        self.settings = settings
        self.publisher = self
        self.clock = clock
        self.store = Store(folder / "queue.sqlite")
        self.outbox = Outbox(self.store, settings.limits)
        self.delivery = Delivery(settings, self.outbox, broker.connect, clock)
        self._over = threading.Event()
        self.task = asyncio.create_task(self._run())
        self._loop = asyncio.get_running_loop()
        self.closed = False

    async def _run(self) -> None:
        try:
            await self.delivery.run()
        finally:
            self.store.close()
            self._over.set()

    @property
    def status(self) -> PublishStatus:
        box = self.outbox
        is_there = self.delivery.is_connected
        return PublishStatus(is_there, self.delivery.problem, box.waiting, box.dropped_live, box.dropped_records)

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def publish(self, message: Message) -> None:
        self.delivery.add(message)
        self.delivery.wake()

    def keep(self) -> Future[bool]:
        kept: Future[bool] = Future()
        kept.set_result(self.delivery.keep())
        return kept

    def start(self) -> None:
        """It has begun already."""

    def sink(self, connection: Connection) -> BrokerSink:
        return BrokerSink(connection, self.settings, self.publish, self.clock)

    def close(self, patience: float) -> None:
        """Virtual time stands still meanwhile, since a thread waits."""
        self.closed = True
        self._loop.call_soon_threadsafe(self.delivery.end, patience if self.delivery.is_connected else 0.0)
        assert self._over.wait(10), "it has not ended"


class Scene:
    """A box: its files are below ``folder``. Profiles that nobody has named have their meters at ``tcp://NAME:1``."""

    def __init__(self, folder: Path, *, broker: bool = True, watchdog: float = 0.0) -> None:
        self.folder = folder
        self.back = timedelta(days=2)
        """So far a load profile goes back at first."""
        self.profiles = folder / "profiles.toml"
        self.config = folder / "config.toml"
        self.config.write_text(tomli_w.dumps(self._settings(broker=broker)))
        self.lines: dict[str, LivingLine] = {}
        self.opened: Counter[str] = Counter()
        """How often each target was opened."""
        self.broker = MemoryBroker()
        self.broker.seconds = 0
        self.publishing: list[VirtualPublishing] = []
        self.notes = Notes(watchdog)
        self.written: list[CollectorStatus] = []
        self.clock = living_clock()
        self.collector: Collector | None = None

    def _settings(self, *, broker: bool, **more: Any) -> dict[str, Any]:
        table = {"url": ["mqtt://a", "mqtt://b"], "site": "box", **more}
        return {"folders": {"archive": str(self.folder)}, **({"broker": table} if broker else {})}

    def write_config(self, *, broker: bool, **more: Any) -> None:
        self.config.write_text(tomli_w.dumps(self._settings(broker=broker, **more)))

    def write_profiles(self, **profiles: Mapping[str, Any]) -> None:
        """Each with its meter, made where there is none yet: ``seed`` and ``config`` are for the meter."""
        tables = {}
        for name, given in profiles.items():
            table = {"target": f"tcp://{name}:1", "password": 1, "poll_period": 60, **given}
            config = table.pop("config", None) or SimulatorConfig(seed=table.pop("seed", len(self.lines) + 1))
            self.lines.setdefault(table["target"], LivingLine(config))
            tables[name] = table
        self.profiles.write_text(tomli_w.dumps({"profiles": tables}))

    def open_line(
        self,
        target: str,
        settings: LineSettings,
        *,
        reconnect: bool,
        tap: Tap | None = None,
        on_state: Callable[[LineState], None] | None = None,
        clock: Clock,
    ) -> Line:
        """In place of that of the library."""
        self.opened[target] += 1
        return Line(self.lines[target], settings, reconnect=reconnect, tap=tap, on_state=on_state, clock=clock)

    @contextlib.asynccontextmanager
    async def running(
        self,
        selection: Selection = Selection(everything=True),  # noqa: B008
        *,
        tick: float = TICK,
        refused: RefusedFile | None = None,
    ) -> AsyncIterator[Collector]:
        """As long as the block lasts; then it was asked to end, and has."""
        store, environment = ProfileStore(self.profiles), {"IEC102_TUI_CONFIG": str(self.config)}

        def make(settings: BrokerSettings, config: Config, _changed: object) -> VirtualPublishing:
            self.publishing.append(VirtualPublishing(self.broker, config.folders.archive, settings, self.clock))
            return self.publishing[-1]

        with (
            mock.patch.object(shared_line, "open_line", self.open_line),
            mock.patch.object(work, "FAR_BACK", self.back),
            mock.patch.object(delivery, "_HOUSEKEEPING", TICK),
            mock.patch.object(meter, "_LOOK", 10 * TICK),
        ):
            self.collector = collector = Collector(
                read_settings(store, selection, None, environment),
                lambda before: read_settings(store, selection, before, environment),
                make,
                status=self,
                notifier=self.notes,
                refused=refused,
                clock=self.clock,
                tick=tick,
            )
            task = asyncio.create_task(collector.run())
            try:
                yield collector
                if task.done():
                    task.result()
            finally:
                task.cancel()
                (ended,) = await asyncio.gather(task, return_exceptions=True)
                await asyncio.gather(*(each.task for each in self.publishing))
            assert isinstance(ended, asyncio.CancelledError), ended

    def write(self, status: CollectorStatus) -> None:
        """The collector's status file."""
        self.written.append(status)
        del self.written[:-3]

    def meter(self, name: str) -> MeterStatus:
        """What is said of one meter now."""
        assert self.collector is not None
        return next(each for each in self.collector.status().meters if each.name == name)

    # What the broker has got

    def documents(self, part: str) -> Iterator[dict[str, Any]]:
        """Of one topic below the site, as they came."""
        for each in self.broker.received:
            if each.topic == f"{TOPIC}/{part}":
                yield json.loads(each.payload)

    def keys(self, part: str) -> list[str]:
        """What tells the records of a topic apart."""
        return [str(each.get("id") or each["time"]) for each in self.documents(part)]


Story = Callable[[Scene], Coroutine[Any, Any, None]]


def play(folder: Path, story: Story, **options: Any) -> Scene:
    """The whole of it in virtual time."""
    scenes = []

    async def main() -> None:
        scene = Scene(folder, **options)
        scenes.append(scene)
        await story(scene)

    run(main())
    return scenes[0]
