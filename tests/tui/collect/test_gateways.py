"""The gateways of the lines that a collector reads stay where they are."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from support.collecting import Scene, play


def listening(log: pytest.LogCaptureFixture) -> int:
    """How often a gateway has begun to listen."""
    return sum("listens on" in record.message for record in log.records)


async def reloaded(scene: Scene, **profiles: dict[str, object]) -> None:
    assert scene.collector is not None
    scene.write_profiles(**profiles)
    scene.collector.reload()
    await asyncio.sleep(60)


def test_it_listens_where_it_did_when_its_meter_is_added_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(scene: Scene) -> None:
        scene.write_profiles(north={})
        async with scene.running():
            await asyncio.sleep(60)
            before = scene.meter("north").gateway
            await reloaded(scene, north={"retries": 1})
            assert scene.meter("north").gateway == before is not None
        assert scene.opened == {"tcp://north:1": 2}

    play(tmp_path, story)
    assert listening(caplog) == 2


def test_where_another_program_has_its_port_by_now_it_listens_at_another(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.write_profiles(north={}, south={})
        async with scene.running():
            await asyncio.sleep(60)
            before = str(scene.meter("north").gateway)
            await reloaded(scene, south={})
            with socket.create_server(("127.0.0.1", int(before.rpartition(":")[2]))):
                await reloaded(scene, north={}, south={})
                assert scene.meter("north").gateway_problem is None
                assert scene.meter("north").gateway not in (before, None)

    play(tmp_path, story)


def test_who_is_connected_stays_so_when_meters_are_added_behind_the_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(scene: Scene) -> None:
        one = {"target": "tcp://line:1"}
        scene.write_profiles(one=one)
        async with scene.running():
            await asyncio.sleep(60)
            url = scene.meter("one").gateway
            await reloaded(scene, one=one, two={**one, "link_address": 2})
            assert scene.meter("two").gateway == url is not None
            await reloaded(scene, one=one)
            assert scene.meter("one").gateway == url

    play(tmp_path, story)
    assert listening(caplog) == 1
