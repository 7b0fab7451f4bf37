"""Three nodes of nats-server with JetStream, which speak MQTT: a cluster that nobody here wrote."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Self

from support.ports import free_port
from support.real_programs import required

NODES = 3
LONGEST = 120.0  # an election after a node was lost takes seconds


class Cluster:
    """Nodes that know each other by ports of their own; each keeps its files in the folder."""

    def __init__(self, folder: Path) -> None:
        program = required("nats-server")
        ports = [free_port() for _ in range(3 * NODES)]
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

    def retained(self, number: int, count: int) -> dict[str, str]:
        """What a node tells whoever comes now: so many topics at most, as it may know fewer."""
        command = [required("mosquitto_sub"), "-p", str(self.mqtt[number]), "-t", "#", "-F", "%t %p", "-q", "1"]
        done = subprocess.run(
            [*command, "--retained-only", "-C", str(count), "-W", "5"],
            capture_output=True, text=True, check=False, timeout=LONGEST,
        )  # fmt: skip
        return dict(line.split(" ", 1) for line in done.stdout.splitlines())
