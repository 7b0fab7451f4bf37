"""A cluster of three nats-server nodes: one is killed, and another takes over, with nothing lost."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from iec102_tui.publish import delivery
from iec102_tui.publish.message import Kind, Message
from iec102_tui.publish.publisher import Publisher
from iec102_tui.publish.settings import broker_settings
from support.real_programs import required

NODES = 3
RECORDS = 40
LONGEST = 60.0  # an election after a node was lost takes seconds


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


class Cluster:
    def __init__(self, folder: Path) -> None:
        program = required("nats-server")
        ports = free_ports(3 * NODES)
        self.mqtt, routes, clients = ports[:NODES], ports[NODES : 2 * NODES], ports[2 * NODES :]
        self.processes: list[subprocess.Popen[bytes]] = []
        self.logs = [folder / f"n{number}.log" for number in range(NODES)]
        for number in range(NODES):
            settings = folder / f"n{number}.conf"
            settings.write_text(
                f"""
                server_name: n{number}
                listen: 127.0.0.1:{clients[number]}
                log_file: "{self.logs[number]}"
                jetstream {{ store_dir: "{folder}/n{number}" }}
                cluster {{
                  name: test
                  listen: 127.0.0.1:{routes[number]}
                  routes: [{", ".join(f"nats://127.0.0.1:{port}" for port in routes)}]
                }}
                mqtt {{ listen: 127.0.0.1:{self.mqtt[number]}, stream_replicas: 3 }}
                """
            )
            self.processes.append(subprocess.Popen([program, "-c", str(settings)]))

    def urls(self) -> list[str]:
        return [f"mqtt://127.0.0.1:{port}" for port in self.mqtt]

    def kill(self, number: int | None = None) -> None:
        for process in self.processes if number is None else [self.processes[number]]:
            process.kill()
            process.wait()

    def retained(self, number: int, wanted: dict[str, str]) -> dict[str, str]:
        """What a node tells whoever comes now; it is asked until it has learned what is wanted."""
        command = [required("mosquitto_sub"), "-p", str(self.mqtt[number]), "-t", "#", "-F", "%t %p", "-q", "1"]
        found: dict[str, str] = {}
        for _ in range(int(LONGEST / 5)):
            topics = len(wanted) + 1  # and the state of the publisher
            done = subprocess.run(
                [*command, "--retained-only", "-C", str(topics), "-W", "5"],
                capture_output=True, text=True, check=False, timeout=LONGEST,
            )  # fmt: skip
            found |= dict(line.split(" ", 1) for line in done.stdout.splitlines())
            if len(found) >= topics and wanted.items() <= found.items():
                break
        return found


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    try:
        yield made
    finally:
        made.kill()


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
    found = cluster.retained(1, wanted)
    assert wanted.items() <= found.items()
    assert json.loads(found["iec102/box/state"])["state"] == "offline"
