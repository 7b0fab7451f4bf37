"""A cluster of three nats-server nodes: one is killed, and another takes over, with nothing lost.

While the others elect a leader, nats-server acknowledges what it is to retain also where it cannot keep it ("unable to
store retained message", version 2.9.10): it has the next reading then, as it has from a meter.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from iec102_tui.publish import delivery
from iec102_tui.publish.message import Kind, Message
from iec102_tui.publish.publisher import Publisher
from iec102_tui.publish.settings import broker_settings
from support.nats_cluster import LONGEST, Cluster
from support.waiting import until

METERS = 40


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with Cluster(tmp_path) as made:
        yield made


def test_a_node_that_is_killed_costs_nothing(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_PAUSE", 0.2)
    monkeypatch.setattr(delivery, "LONGEST_PAUSE", 1.0)
    settings = broker_settings({"url": cluster.urls(), "site": "box"}, None)
    publishing, values = Publisher(settings, tmp_path / "queue.sqlite"), itertools.count(1)

    def publish() -> dict[str, str]:
        """A reading of each; gives what is to be retained then."""
        payload = json.dumps({"value": next(values)})
        readings = {f"iec102/box/m{meter}/live": payload for meter in range(METERS)}
        for topic in readings:
            publishing.publish(Message(Kind.LIVE, topic, payload))
        return readings

    def the_next_is_retained() -> bool:
        wanted = publish()
        until(lambda: publishing.status.waiting == 0)
        return any(wanted.items() <= cluster.retained(node, METERS + 1).items() for node in (1, 2))

    publishing.start()
    until(lambda: publishing.status.is_connected)
    publish()
    cluster.kill(0)
    publish()
    until(the_next_is_retained)
    assert publishing.close(LONGEST).waiting == 0
    states = [cluster.retained(node, METERS + 1).get("iec102/box/state", "{}") for node in (1, 2)]
    assert "offline" in [json.loads(state).get("state") for state in states]
