"""The real collector in a process of its own, with its meters in this one and a service manager that hears it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import tomli_w
from iec102.simulator import SimulatedMeter, SimulatorConfig
from iec102.simulator.server import TcpServer, serve_tcp
from iec102.simulator.station import MeterStation
from iec102_tui.collect import status
from iec102_tui.collect.status import CollectorStatus
from support.program import COMMAND

PATIENCE = 120.0
"""Seconds for what comes in one or two: a machine may be busy."""


class CountingMeter(SimulatedMeter):
    """Counts who connects."""

    connections = 0

    def station(self) -> MeterStation:
        self.connections += 1
        return super().station()


class Box:
    """Its files are in ``folder``; its meters stay where they are when the profiles change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {"RUNTIME_DIRECTORY": str(folder / "run"), "IEC102_TUI_CONFIG": str(folder / "config.toml")}
        self.meters: dict[str, CountingMeter] = {}
        self.servers: dict[str, TcpServer] = {}
        self.told: list[str] = []
        self._manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._manager.setblocking(False)
        self._manager.bind(str(folder / "notify"))
        asyncio.get_running_loop().add_reader(self._manager, self._hear)

    def _hear(self) -> None:
        self.told.append(self._manager.recv(4096).decode())

    def words(self) -> list[str]:
        """What the service manager was told, without the pings."""
        return [word for text in self.told if (word := text.partition("=")[0]) != "WATCHDOG"]

    async def write(self, broker: Mapping[str, Any] | None = None, **profiles: Mapping[str, Any]) -> None:
        """The profiles, whose meters are made where there are none; and the settings."""
        tables = {}
        for name, given in profiles.items():
            if name not in self.servers:
                self.meters[name] = CountingMeter(SimulatorConfig(seed=len(self.meters) + 1))
                self.servers[name] = await serve_tcp(self.meters[name], "127.0.0.1", 0)
            tables[name] = {"target": self.servers[name].url, "password": 1, **given}
        (self.folder / "profiles.toml").write_text(tomli_w.dumps({"profiles": tables}))
        settings: dict[str, Any] = {"folders": {"archive": str(self.folder)}}
        (self.folder / "config.toml").write_text(tomli_w.dumps(settings | ({"broker": broker} if broker else {})))

    @contextlib.asynccontextmanager
    async def collector(self, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """The process; ended by SIGTERM, as a service is."""
        command = [*COMMAND, "--profiles", str(self.folder / "profiles.toml"), "collect", *arguments]
        environment = os.environ | self.environment | {"NOTIFY_SOCKET": str(self.folder / "notify")}
        with (self.folder / "said").open("ab") as said:
            process = await asyncio.create_subprocess_exec(*command, stdout=said, stderr=said, env=environment)
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE):
                await process.wait()
        assert process.returncode == 0, (self.folder / "said").read_text()

    async def program(self, *arguments: str) -> tuple[int | None, str]:
        """Another run of the program beside it, to its end: exit status and standard output."""
        environment = os.environ | self.environment
        process = await asyncio.create_subprocess_exec(
            *COMMAND, *arguments, stdout=asyncio.subprocess.PIPE, env=environment
        )
        async with asyncio.timeout(PATIENCE):
            out, _ = await process.communicate()
        return process.returncode, out.decode()

    async def until(self, wanted: Callable[[], bool], what: str) -> None:
        """Waits for something that is seen only by looking."""
        for _ in range(int(PATIENCE / 0.02)):
            if wanted():
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{what}: {self.status()}\n{(self.folder / 'said').read_text()}")

    def status(self) -> CollectorStatus | None:
        """What the collector says of itself; None while none runs."""
        return next(iter(status.running(self.environment)), None)

    def all_meters(self, wanted: Callable[[status.MeterStatus], bool], *names: str) -> bool:
        """These and no others are read, and each is so."""
        found = self.status()
        return found is not None and {each.name for each in found.meters if wanted(each)} == set(names) == {
            each.name for each in found.meters
        }

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._manager)
        self._manager.close()
        for server in self.servers.values():
            server.close()


@contextlib.asynccontextmanager
async def box(folder: Path) -> AsyncIterator[Box]:
    made = Box(folder)
    try:
        yield made
    finally:
        made.close()
