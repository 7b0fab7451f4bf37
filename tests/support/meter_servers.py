"""Many simulated meters over TCP in a process of their own: prints a URL each, ends with its standard input."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from iec102.simulator import SimulatedMeter, SimulatorConfig
from iec102.simulator.server import serve_tcp


async def _serve(count: int) -> None:
    config = SimulatorConfig()
    servers = [await serve_tcp(SimulatedMeter(replace(config, seed=n + 1)), "127.0.0.1", 0) for n in range(count)]
    print(*(server.url for server in servers), flush=True)
    await asyncio.to_thread(sys.stdin.read)


@contextmanager
def meter_servers(count: int) -> Iterator[list[str]]:
    """Gives where they can be reached."""
    command = [sys.executable, __file__, str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
