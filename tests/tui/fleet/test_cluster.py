"""A cluster loses a node while 100 meters publish: the screen's ear goes on at another, and no record is lost."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from iec102.clock import SYSTEM_CLOCK
from iec102_tui.fleet import subscriber as hearing
from iec102_tui.fleet.meter import Status
from iec102_tui.fleet.model import FleetModel
from iec102_tui.fleet.subscriber import Subscriber
from iec102_tui.publish import delivery
from iec102_tui.publish.message import Kind, Message
from iec102_tui.publish.publisher import Publisher
from iec102_tui.publish.settings import broker_settings
from support.fleet_boxes import Box
from support.nats_cluster import LONGEST, Cluster
from support.real_programs import required

METERS = 100
ROUNDS = 100
"""At most: each is a reading and a record of every meter."""


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with Cluster(tmp_path) as made:
        yield made


def waited_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether it has come to that in time."""
    pause = threading.Event()
    return any(condition() or pause.wait(0.05) for _ in range(int(seconds / 0.05)))


def test_the_fleet_goes_on_at_another_node(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (delivery, hearing):
        monkeypatch.setattr(module, "FIRST_PAUSE", 0.2)
        monkeypatch.setattr(module, "LONGEST_PAUSE", 1.0)
    settings = broker_settings({"url": cluster.urls(), "site": "box"}, None)
    boxes = [Box(number) for number in range(METERS)]
    publisher = Publisher(settings, tmp_path / "queue.sqlite")
    subscriber = Subscriber(settings, lambda: None)
    model, rounds = FleetModel("iec102"), 0

    def publish() -> None:
        """A reading and a record of each."""
        nonlocal rounds
        rounds += 1
        for box in boxes:
            live = box.live(SYSTEM_CLOCK.wall(), **{"power.active_total": 1000 + rounds})
            publisher.publish(Message(Kind.LIVE, box.of("live"), live))
            end = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=rounds)
            publisher.publish(Message(Kind.RECORD, *box.hour(end)))

    def all_have_the_latest() -> bool:
        reconnected, messages = subscriber.inbox.take()
        if reconnected:
            model.connected()
        for message in messages:
            model.take(message)
        found = model.rows(SYSTEM_CLOCK.boottime())
        return len(found) == METERS and all(row.power == 1000 + rounds for row in found)

    reader: Records | None = None
    publisher.start()
    subscriber.start()
    try:
        assert waited_for(lambda: publisher.status.is_connected and subscriber.status.is_connected, 3 * LONGEST)
        node = [f"127.0.0.1:{port}" for port in cluster.mqtt].index(subscriber.status.host)
        reader = Records(cluster.mqtt[node - 1])
        reader.start()
        publish()
        assert waited_for(all_have_the_latest, LONGEST)
        cluster.kill(node)
        for _ in range(ROUNDS):  # as meters do: what a node that is behind does not know comes with the next reading
            publish()
            if waited_for(all_have_the_latest, LONGEST / 10):
                break
        status = subscriber.status
        assert not status.host.endswith(str(cluster.mqtt[node]))
        assert status.connections > 1, (status, publisher.status)
        assert status.away is not None  # the gap is said
        assert status.away.until is not None
        assert all(row.status is Status.LIVE for row in model.rows(SYSTEM_CLOCK.boottime()))
        assert publisher.close(LONGEST).waiting == 0
        assert len(reader.all(METERS * rounds)) == METERS * rounds
    finally:
        subscriber.close()
        publisher.close(0)
        if reader is not None:
            reader.end()


class Records:
    """mosquitto_sub at a node that stays: what it hears of the records."""

    def __init__(self, port: int) -> None:
        self._command = [required("mosquitto_sub"), "-p", str(port), "-i", "records", "-c", "-q", "1", "-v"]
        self._command += ["-t", "iec102/+/+/profile/hourly"]
        self._heard: set[tuple[str, str]] = set()
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        # It subscribes first, so that nothing is missed however long the next start takes.
        subprocess.run([*self._command, "-E"], check=True, timeout=LONGEST)
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        self._thread = threading.Thread(target=self._listen, args=(self._process,), daemon=True)
        self._thread.start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            topic, _blank, payload = line.partition(" ")
            self._heard.add((topic, json.loads(payload)["time"]))

    def all(self, count: int) -> set[tuple[str, str]]:
        """What has come, as soon as there is so much of it."""
        waited_for(lambda: len(self._heard) >= count, LONGEST)
        return self._heard

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._thread.join()
            assert self._process.stdout
            self._process.stdout.close()
