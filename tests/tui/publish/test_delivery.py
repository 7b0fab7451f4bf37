"""The delivery in virtual time: attempts, hosts in turn, what goes when the broker is back, and how it ends."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sqlite3
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from iec102.clock import Clock
from iec102_tui.publish.client import LoginRefused
from iec102_tui.publish.delivery import Delivery
from iec102_tui.publish.message import Kind, Message, Site
from iec102_tui.publish.outbox import Limits, Outbox
from iec102_tui.publish.settings import BrokerSettings, Host
from iec102_tui.publish.store import QueueError, Store
from support.memory_broker import MemoryBroker
from support.virtual_time import run

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOSTS = (Host("a", 1883, False), Host("b", 1883, False))
SITE = Site("iec102", "box")
SETTINGS = BrokerSettings(HOSTS, SITE)


class Scene:
    """A delivery with its broker."""

    def __init__(self, path: Path, settings: BrokerSettings) -> None:
        loop = asyncio.get_running_loop()
        self.broker = MemoryBroker()
        self.store = Store(path)
        self.outbox = Outbox(self.store, settings.limits)
        clock = Clock(loop.time, lambda: START + timedelta(seconds=loop.time()))
        self.delivery = Delivery(settings, self.outbox, self.broker.connect, clock)

    def publish(self, *messages: Message) -> None:
        for message in messages:
            self.delivery.add(message)
        self.delivery.wake()

    def payloads(self, topic: str) -> list[str]:
        return [each.payload for each in self.broker.received if each.topic == topic]

    def site_state(self) -> str:
        return str(json.loads(self.broker.retained[SITE.state])["state"])


Play = Callable[..., None]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    def carry_out(
        story: Callable[[Scene], Coroutine[Any, Any, None]],
        settings: BrokerSettings = SETTINGS,
        before: Callable[[Scene], None] = lambda _scene: None,
    ) -> None:
        async def main() -> None:
            scene = Scene(tmp_path / "queue.sqlite", settings)
            before(scene)
            running = asyncio.create_task(scene.delivery.run())
            try:
                await story(scene)
                scene.delivery.end(2)
                await running
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
                scene.store.close()

        run(main())

    return carry_out


def live(value: object) -> Message:
    return Message(Kind.LIVE, "live", str(value))


def record(value: object) -> Message:
    return Message(Kind.RECORD, "event", str(value))


def test_what_is_published_arrives_and_the_site_is_online_until_the_end(play: Play) -> None:
    scenes = []

    async def story(scene: Scene) -> None:
        scenes.append(scene)
        scene.publish(live(1), Message(Kind.STATUS, "state", "x"))
        await asyncio.sleep(1)
        assert scene.broker.retained == {SITE.state: scene.broker.retained[SITE.state], "live": "1", "state": "x"}
        assert scene.site_state() == "online"
        assert scene.outbox.is_empty

    play(story)
    assert scenes[0].site_state() == "offline"


def test_attempts_are_a_second_apart_and_then_up_to_thirty_at_the_hosts_in_turn(play: Play) -> None:
    async def story(scene: Scene) -> None:
        await asyncio.sleep(140)
        times = [time for time, _host in scene.broker.attempts]
        pauses = [round(after - before) for before, after in itertools.pairwise(times)]
        assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]
        assert [host for _time, host in scene.broker.attempts][:4] == ["a", "b", "a", "b"]
        assert scene.delivery.problem in ("a is away", "b is away")

    play(story, before=lambda scene: scene.broker.stop("a", "b"))


def test_another_node_takes_over_a_second_later(play: Play) -> None:
    async def story(scene: Scene) -> None:
        await asyncio.sleep(1)
        scene.broker.stop("a")
        scene.publish(live(1))
        await asyncio.sleep(1.5)
        assert [host for _time, host in scene.broker.attempts] == ["a", "b"]
        assert scene.payloads("live") == ["1"]
        assert scene.delivery.problem is None

    play(story)


def test_states_that_a_cluster_acknowledged_without_keeping_them_go_out_once_more(play: Play) -> None:
    async def story(scene: Scene) -> None:
        scene.broker.keeps = False
        scene.publish(Message(Kind.STATUS, "info", "x"))
        await asyncio.sleep(20)
        assert scene.broker.retained == {}
        scene.broker.keeps = True
        await asyncio.sleep(41)
        assert scene.broker.retained["info"] == "x"
        assert scene.site_state() == "online"
        await asyncio.sleep(3600)
        assert scene.payloads("info") == ["x", "x"]  # once, not from then on

    play(story)


def test_a_connection_that_breaks_while_states_go_out_once_more_is_lost_at_once(play: Play) -> None:
    async def story(scene: Scene) -> None:
        scene.publish(Message(Kind.STATUS, "info", "x"))
        await asyncio.sleep(59)
        scene.broker.takes = 0
        await asyncio.sleep(3)
        scene.broker.takes = None
        assert [host for _time, host in scene.broker.attempts] == ["a", "b"]

    play(story)


def test_they_go_out_once_more_behind_all_that_waits(play: Play) -> None:
    async def story(scene: Scene) -> None:
        scene.broker.seconds = 10  # for twenty at once
        scene.publish(Message(Kind.STATUS, "info", "x"), *(record(number) for number in range(200)))
        await asyncio.sleep(100)
        assert scene.outbox.waiting
        assert scene.payloads("info") == ["x"]
        await asyncio.sleep(100)
        assert len(scene.payloads("event")) == 200
        assert scene.payloads("info") == ["x", "x"]

    play(story)


def test_ten_hours_without_a_broker_cost_nothing_and_live_readings_are_not_disturbed(play: Play) -> None:
    async def story(scene: Scene) -> None:
        await asyncio.sleep(1)
        scene.broker.stop("a", "b")
        for number in range(1800):  # one reading in twenty seconds, an event every ten minutes
            scene.publish(live(number), *([record(number)] if number % 30 == 0 else []))
            await asyncio.sleep(20)
        scene.broker.away.clear()
        await asyncio.sleep(31)
        retained = []
        for number in range(1800, 1810):
            scene.publish(live(number))
            await asyncio.sleep(0.05)
            retained.append(scene.broker.retained["live"])
        await asyncio.sleep(60)
        assert retained == [str(number) for number in range(1800, 1810)]
        assert scene.payloads("live")[0] == "1799"
        assert scene.payloads("live/late") == [str(number) for number in range(1799)]
        assert scene.payloads("event") == [str(number) for number in range(0, 1800, 30)]
        assert (scene.outbox.dropped_live, scene.outbox.waiting) == (0, 0)

    play(story)


def test_a_broker_that_breaks_in_the_middle_gets_the_rest_and_what_it_did_not_acknowledge(play: Play) -> None:
    async def story(scene: Scene) -> None:
        await asyncio.sleep(1)
        scene.broker.takes = 30
        scene.publish(*(record(number) for number in range(100)))
        await asyncio.sleep(1)
        assert scene.site_state() == "offline"  # the last will
        scene.broker.takes = None
        await asyncio.sleep(5)
        got = [int(value) for value in scene.payloads("event")]
        assert list(dict.fromkeys(got)) == list(range(100))
        assert len(got) < 100 + 20  # at most what was on the way

    play(story)


def test_what_is_not_delivered_at_the_end_is_on_the_disk(play: Play, tmp_path: Path) -> None:
    async def away(scene: Scene) -> None:
        scene.publish(live(1), record("a"))
        await asyncio.sleep(0.5)

    play(away, before=lambda scene: scene.broker.stop("a", "b"))

    async def back(scene: Scene) -> None:
        await asyncio.sleep(1)
        assert (scene.payloads("live"), scene.payloads("event")) == (["1"], ["a"])

    play(back)


def test_a_refused_login_is_not_sent_again_until_the_password_file_changes(play: Play, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("wrong")

    async def story(scene: Scene) -> None:
        await asyncio.sleep(3600)
        assert len(scene.broker.attempts) == 1
        assert scene.delivery.problem == "refused"
        file.write_text("right, and longer")
        os.utime(file, (1, 1))
        scene.broker.away.clear()
        await asyncio.sleep(31)
        assert scene.site_state() == "online"

    settings = BrokerSettings(HOSTS, SITE, "user", file)
    play(story, settings, lambda scene: scene.broker.away.update(dict.fromkeys("ab", LoginRefused("refused"))))


def test_an_end_without_a_broker_is_told_and_takes_no_longer_than_its_patience(play: Play) -> None:
    async def story(scene: Scene) -> None:
        scene.publish(live(1))
        scene.delivery.end(5)
        await scene.delivery._ended.wait()
        assert asyncio.get_running_loop().time() == pytest.approx(5)
        assert scene.delivery.problem is not None

    play(story, before=lambda scene: scene.broker.stop("a", "b"))


def test_a_queue_that_is_too_large_is_told_with_the_state(play: Play) -> None:
    settings = BrokerSettings(HOSTS, SITE, limits=Limits(100, 10**9))

    async def story(scene: Scene) -> None:
        scene.publish(*(live("x" * 40) for _number in range(4)))
        await asyncio.sleep(3)
        scene.broker.away.clear()
        await asyncio.sleep(10)
        state = json.loads(scene.broker.retained[SITE.state])
        assert (state["dropped_live"], state["dropped_records"], state["waiting"]) == (2, 0, 2)

    play(story, settings, lambda scene: scene.broker.stop("a", "b"))


def test_a_broker_that_has_forgotten_what_it_retained_is_told_again(play: Play) -> None:
    async def story(scene: Scene) -> None:
        scene.publish(Message(Kind.STATUS, "info", "x"))
        await asyncio.sleep(1)
        scene.broker.stop("a")
        scene.broker.retained.clear()
        await asyncio.sleep(2)
        assert scene.broker.retained["info"] == "x"
        assert scene.site_state() == "online"

    play(story)


def test_what_is_to_be_kept_is_on_the_disk_at_once_and_goes_out_once(play: Play, tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.broker.stop("a", "b")
        await asyncio.sleep(0.1)
        scene.delivery.add(record(1))
        assert scene.delivery.keep()
        with sqlite3.connect(
            f"file:{tmp_path}/queue.sqlite?immutable=1", uri=True
        ) as alone:  # without what is beside it
            assert alone.execute("SELECT payload FROM message").fetchall() == [("1",)]
        alone.close()
        scene.broker.away.clear()
        await asyncio.sleep(60)
        assert scene.payloads("event") == ["1"]

    play(story)


def test_what_cannot_be_kept_is_said_and_goes_out_from_memory(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(scene: Scene) -> None:
        def full(*_values: object) -> None:
            raise QueueError("the disk is full")

        monkeypatch.setattr(scene.store, "add", full)
        scene.delivery.add(record(1))
        assert not scene.delivery.keep()
        await asyncio.sleep(5)
        assert scene.payloads("event") == ["1"]

    play(story)


def test_what_the_disk_cannot_forget_is_said_and_goes_out_once(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(scene: Scene) -> None:
        def full(*_values: object) -> None:
            raise QueueError("the disk is full")

        scene.broker.stop("a", "b")
        scene.publish(*map(record, range(50)))
        await asyncio.sleep(10)
        monkeypatch.setattr(scene.store, "remove", full)
        scene.broker.away.clear()
        scene.publish(*map(record, range(50, 60)))
        await asyncio.sleep(600)
        assert scene.delivery.is_connected
        assert scene.delivery.store_problem == "the disk is full"
        assert scene.payloads("event") == [str(number) for number in range(60)]
        monkeypatch.undo()
        await asyncio.sleep(5)
        assert scene.delivery.store_problem is None
        assert scene.store.totals() == (0, 0)

    play(story)


def test_a_disk_that_takes_one_thing_and_not_the_next_is_said_once(
    play: Play, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(scene: Scene) -> None:
        def full(*_values: object) -> None:
            raise QueueError("the disk is full")

        scene.broker.stop("a", "b")
        monkeypatch.setattr(scene.store, "add", full)
        for number in range(60):
            scene.publish(live(number))
            await asyncio.sleep(5)
        monkeypatch.undo()

    play(story)
    assert caplog.text.count("the disk is full") == 1
