"""A line has one gateway, however many wish it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from iec102.errors import ConnectFailed
from iec102.gateway import Address, GatewaySettings
from iec102_tui.meter_side import key_file
from iec102_tui.meter_side.shared_line import LineKey, SharedLine
from iec102_tui.profiles.connection import demo

ANYWHERE = GatewaySettings(Address("127.0.0.1", 0))


@pytest.fixture(autouse=True)
def nowhere_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(key_file, "default_path", lambda: tmp_path / "keys.json")


def port_of(line: SharedLine) -> int:
    assert line.gateway is not None
    return Address.parse(line.gateway.url.partition("://")[2]).port


async def listens(port: int) -> bool:
    try:
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def test_a_gateway_that_is_wished_twice_at_once_is_opened_once_and_closed() -> None:
    async def steps() -> None:
        line = SharedLine(LineKey.of(demo()))
        told: list[str] = []
        line._gateway_told = told.append  # type: ignore[method-assign]
        await asyncio.gather(line.open_gateway(ANYWHERE), line.open_gateway(ANYWHERE))
        assert sum("listens" in each for each in told) == 1
        port = port_of(line)
        assert await listens(port)
        await line.close()
        assert not await listens(port)

    asyncio.run(steps())


def test_a_gateway_that_cannot_listen_leaves_the_line_alone() -> None:
    async def steps() -> None:
        first, second = (SharedLine(LineKey.of(demo())) for _ in range(2))
        await first.open_gateway(ANYWHERE)
        with pytest.raises(ConnectFailed):
            await second.open_gateway(GatewaySettings(Address("127.0.0.1", port_of(first))))
        assert second.line.key_guard is None
        for line in (first, second):
            await line.close()

    asyncio.run(steps())
