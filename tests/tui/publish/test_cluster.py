"""A cluster of three nats-server nodes: one is killed, and another takes over, with nothing lost."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from iec102_tui.publish import delivery
from iec102_tui.publish.message import Kind, Message
from iec102_tui.publish.publisher import Publisher
from iec102_tui.publish.settings import broker_settings
from support.nats_cluster import LONGEST, Cluster

RECORDS = 40


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with Cluster(tmp_path) as made:
        yield made


def test_a_node_that_is_killed_costs_nothing(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_PAUSE", 0.2)
    monkeypatch.setattr(delivery, "LONGEST_PAUSE", 1.0)
    settings = broker_settings({"url": cluster.urls(), "site": "box"}, None)
    connected = threading.Event()
    publishing = Publisher(
        settings, tmp_path / "queue.sqlite", changed=lambda status: status.is_connected and connected.set()
    )
    publishing.start()
    assert connected.wait(LONGEST), [log.read_text()[-2000:] for log in cluster.logs]
    for meter in range(RECORDS):
        publishing.publish(Message(Kind.LIVE, f"iec102/box/m{meter}/live", json.dumps({"value": 1})))
    cluster.kill(0)
    for meter in range(RECORDS):
        publishing.publish(Message(Kind.LIVE, f"iec102/box/m{meter}/live", json.dumps({"value": 2})))
    status = publishing.close(LONGEST)
    assert status.waiting == 0, (status, [log.read_text()[-2000:] for log in cluster.logs[1:]])
    wanted = {f"iec102/box/m{meter}/live": json.dumps({"value": 2}) for meter in range(RECORDS)}
    found = cluster.retained((1, 2), wanted)
    assert wanted.items() <= found.items()
    assert json.loads(found["iec102/box/state"])["state"] == "offline"
