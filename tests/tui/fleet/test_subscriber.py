"""Hearing a broker: hosts in turn, pauses, refused logins with a connection of the test; and mosquitto itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from iec102.clock import Clock
from iec102.errors import InvalidSetting
from iec102_tui.fleet import subscriber as module
from iec102_tui.fleet.inbox import Inbox
from iec102_tui.fleet.model import Arrived, FleetModel
from iec102_tui.fleet.payloads import LARGEST_PAYLOAD
from iec102_tui.fleet.subscriber import Subscriber
from iec102_tui.publish import client
from iec102_tui.publish.client import LoginRefused, PublishFailed
from iec102_tui.publish.settings import Host, broker_settings
from support.fleet_boxes import Box
from support.mosquitto import Mosquitto, broker
from support.real_programs import required
from support.still_meter import WALL
from support.virtual_time import run
from support.waiting import until

CLUSTER = broker_settings({"url": ["mqtt://one", "mqtt://two"], "site": "here"}, None)


class Scripted:
    """Attempts end as the script says: an error, or seconds for which the connection lasts."""

    def __init__(self, *script: Exception | float) -> None:
        self.script = list(script)
        self.attempts: list[tuple[float, str]] = []
        self.subscriber = Subscriber(CLUSTER, lambda: None, clock=Clock(self.now, lambda: WALL), connect=self.connect)

    @staticmethod
    def now() -> float:
        return asyncio.get_running_loop().time()

    def connect(self, host: Host) -> AbstractAsyncContextManager[Scripted]:
        return self._connect(host)

    @contextlib.asynccontextmanager
    async def _connect(self, host: Host) -> AsyncIterator[Scripted]:
        self.attempts.append((self.now() - self.began, host.name))
        if not self.script:
            await asyncio.Event().wait()
        if isinstance(self.script[0], Exception):
            raise self.script.pop(0)
        yield self

    async def listen(self, filters: Sequence[str], take: Callable[[str, bytes, bool], None]) -> None:
        assert f"{filters[0]}".startswith("iec102/")
        take(Box(1).of("live"), b"{}", True)
        lasts = self.script.pop(0)
        assert isinstance(lasts, float)
        await asyncio.sleep(lasts)
        raise PublishFailed("closed")

    async def until_the_script_ends(self, seconds: float = 500.0) -> None:
        self.began = self.now()
        task = asyncio.create_task(self.subscriber.run())
        await asyncio.sleep(seconds)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def test_hosts_are_tried_in_turn_with_pauses_that_grow() -> None:
    scripted = Scripted(*(PublishFailed("no") for _ in range(7)))
    run(scripted.until_the_script_ends())
    assert [host for _at, host in scripted.attempts] == ["one", "two"] * 4
    assert [round(at) for at, _host in scripted.attempts] == [0, 1, 3, 7, 15, 31, 61, 91]
    assert scripted.subscriber.status.problem == "no"
    assert scripted.subscriber.status.away is None  # it was never there


def test_a_connection_that_lasted_makes_the_pause_short_again() -> None:
    scripted = Scripted(PublishFailed("no"), PublishFailed("no"), 60.0, PublishFailed("no"))
    run(scripted.until_the_script_ends())
    assert [round(at) for at, _host in scripted.attempts] == [0, 1, 3, 64, 66]
    status = scripted.subscriber.status
    assert (status.connections, status.is_connected) == (1, False)
    assert status.away is not None
    assert status.away.until is None


def test_a_broker_that_is_back_ends_the_gap() -> None:
    scripted = Scripted(20.0, 1000.0)
    run(scripted.until_the_script_ends(100))
    status = scripted.subscriber.status
    assert (status.connections, status.is_connected, status.problem) == (2, True, None)
    assert status.away is not None
    assert status.away.until is not None
    assert scripted.subscriber.inbox.take()[0]


def test_a_refused_login_is_not_sent_again_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    files: list[int | None] = [1]
    monkeypatch.setattr(client, "credentials", lambda _settings: list(files))
    scripted = Scripted(LoginRefused("refused"), LoginRefused("refused"))

    async def steps() -> None:
        scripted.began = scripted.now()
        task = asyncio.create_task(scripted.subscriber.run())
        await asyncio.sleep(3_000)
        assert len(scripted.attempts) == 1
        files[0] = 2
        await asyncio.sleep(60)
        assert len(scripted.attempts) == 2
        await asyncio.sleep(3_000)
        assert len(scripted.attempts) == 2
        scripted.subscriber._again.set()  # the user wants it
        await asyncio.sleep(1)
        assert len(scripted.attempts) == 3
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run(steps())


def test_without_aiomqtt_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "aiomqtt", None)
    with pytest.raises(InvalidSetting, match="pip install"):
        Subscriber(CLUSTER, lambda: None).start()


def test_the_inbox_keeps_the_newest_of_a_topic_and_records_in_order() -> None:
    inbox = Inbox()
    assert inbox.put(Arrived("a/live", b"1", False, 1, 1))
    assert not inbox.put(Arrived("a/event", b"x", False, 1, 1))
    inbox.put(Arrived("a/live", b"2", False, 2, 2))
    inbox.put(Arrived("a/event", b"y", False, 2, 2))
    inbox.put(Arrived("b/live", b"z" * (LARGEST_PAYLOAD + 1), False, 2, 2))
    reconnected, found = inbox.take()
    assert not reconnected
    assert [(each.topic, each.payload) for each in found] == [("a/live", b"2"), ("a/event", b"x"), ("a/event", b"y")]
    assert inbox.dropped == 1
    assert inbox.take() == (False, [])


def test_the_inbox_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iec102_tui.fleet.inbox.MOST_TOPICS", 2)
    monkeypatch.setattr("iec102_tui.fleet.inbox.MOST_RECORDS", 2)
    inbox = Inbox()
    for number in range(4):
        inbox.put(Arrived(f"{number}/live", b"", False, 1, 1))
        inbox.put(Arrived(f"{number}/event", b"", False, 1, 1))
    assert [each.topic for each in inbox.take()[1]] == ["0/live", "1/live", "2/event", "3/event"]
    assert inbox.dropped == 4


def test_what_waits_of_the_connection_before_is_not_told_on_the_next() -> None:
    inbox, model, box = Inbox(), FleetModel("iec102"), Box(1)

    def say(topic: str, payload: str, *, retained: bool = False) -> None:
        inbox.put(Arrived(topic, payload.encode(), retained, 1, WALL.timestamp()))

    say(box.site_topic, box.site_state(WALL))
    say(box.of("state"), box.state(WALL, "connected"))
    say(box.of("info"), box.info(), retained=True)
    say(Box(2).of("live"), Box(2).live(WALL), retained=True)
    say(Box(3).of("state"), "")
    say(box.of("live"), box.live(WALL))
    say(*box.event(WALL))
    inbox.connected()
    say(box.of("info"), box.info(name="anew"), retained=True)
    reconnected, messages = inbox.take()
    assert reconnected
    assert [each.topic.rpartition("/")[2] for each in messages] == ["state", "live", "info", "event"]
    assert messages[0].payload == b""
    for message in messages:
        model.take(message)
    assert model.site(box.site) is None
    (row,) = model.rows(1.0)
    assert (row.name, row.trusted, row.phase) == ("anew", False, None)


# With mosquitto


class Reader:
    """A subscriber, and a model that takes what it hears when it is looked at."""

    def __init__(self, *urls: str, **more: str) -> None:
        self.settings = broker_settings({"url": list(urls), "site": "here", **more}, None)
        self.subscriber = Subscriber(self.settings, lambda: None)
        self.model = FleetModel("iec102")
        self._lock = threading.Lock()

    def take(self) -> FleetModel:
        with self._lock:
            reconnected, messages = self.subscriber.inbox.take()
            if reconnected:
                self.model.connected()
            for message in messages:
                self.model.take(message)
        return self.model

    def power(self, box: Box) -> float | None:
        rows = {row.key: row for row in self.take().rows(0.0)}
        found = rows.get((box.site, box.meter))
        return None if found is None else found.power


@contextlib.contextmanager
def reading(*urls: str, **more: str) -> Iterator[Reader]:
    made = Reader(*urls, **more)
    made.subscriber.start()
    try:
        yield made
    finally:
        made.subscriber.close()


def publish(to: Mosquitto, topic: str, payload: str) -> None:
    command = [required("mosquitto_pub"), "-p", str(to.port), "-t", topic, "-m", payload, "-q", "1", "-r"]
    subprocess.run(command, check=True, timeout=30)


def test_retained_values_are_there_and_a_broker_that_is_killed_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.2)
    box = Box(1)
    with broker(tmp_path / "one") as first, broker(tmp_path / "two") as second:
        publish(first, box.of("live"), box.live(WALL, **{"power.active_total": 1}))
        later = {"time": "2026-11-22T12:50:00Z"}
        publish(second, box.of("live"), box.live(WALL, **{"power.active_total": 2}, **later))
        with reading(first.url, second.url) as reader:
            until(lambda: reader.power(box) == 1)
            publish(first, box.of("live"), box.live(WALL, **{"power.active_total": 3, "time": "2026-11-22T12:40:00Z"}))
            until(lambda: reader.power(box) == 3)
            first.kill()
            until(lambda: reader.power(box) == 2)
            assert reader.subscriber.status.host.endswith(str(second.port))
            assert reader.subscriber.status.away is not None
            second.kill()
            until(lambda: reader.subscriber.status.problem is not None)
            first.start()
            until(lambda: reader.subscriber.status.is_connected)
            publish(first, box.site_topic, json.dumps({"state": "offline"}))
            until(lambda: (site := reader.take().site(box.site)) is not None and site.is_offline)


def test_a_wrong_password_is_sent_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.05)
    users, password = tmp_path / "users", tmp_path / "password"
    subprocess.run([required("mosquitto_passwd"), "-b", "-c", str(users), "box", "right"], check=True, timeout=30)
    password.write_text("wrong")
    with (
        broker(tmp_path / "one", "allow_anonymous false", f"password_file {users}") as made,
        reading(made.url, username="box", password_file=str(password)) as reader,
    ):
        until(lambda: reader.subscriber.status.problem is not None)
        assert "refuses the login" in (reader.subscriber.status.problem or "")
        until(lambda: made.refusals() == 1)
        password.write_text("right")
        reader.subscriber.retry()
        until(lambda: reader.subscriber.status.is_connected)
        assert made.refusals() == 1
