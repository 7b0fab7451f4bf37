"""Three nodes of nats-server with JetStream, which speak MQTT: a cluster that nobody here wrote."""

from __future__ import annotations

import contextlib
import itertools
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from support.real_programs import required

NODES = 3
LONGEST = 120.0  # an election after a node was lost takes seconds


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


class Cluster:
    """Nodes that know each other by ports of their own; each keeps its files in the folder."""

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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()

    def urls(self) -> list[str]:
        return [f"mqtt://127.0.0.1:{port}" for port in self.mqtt]

    def kill(self, number: int | None = None) -> None:
        for process in self.processes if number is None else [self.processes[number]]:
            process.kill()
            process.wait()

    def retained(self, numbers: Sequence[int], wanted: dict[str, str]) -> dict[str, str]:
        """What one of these nodes tells whoever comes now; each is asked again until one has learned what is wanted.

        A node that has lost the one from which it learned what is retained may take minutes.
        """
        found: dict[int, dict[str, str]] = {number: {} for number in numbers}
        topics = len(wanted) + 1  # and the state of the publisher
        for number in itertools.islice(itertools.cycle(numbers), int(LONGEST / 5)):
            command = [required("mosquitto_sub"), "-p", str(self.mqtt[number]), "-t", "#", "-F", "%t %p", "-q", "1"]
            done = subprocess.run(
                [*command, "--retained-only", "-C", str(topics), "-W", "5"],
                capture_output=True, text=True, check=False, timeout=LONGEST,
            )  # fmt: skip
            found[number] |= dict(line.split(" ", 1) for line in done.stdout.splitlines())
            if len(found[number]) >= topics and wanted.items() <= found[number].items():
                break
        return found[number]
