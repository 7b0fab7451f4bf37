"""Against mosquitto: what is retained, the last will, TLS, refusals, and a broker that is killed in the middle."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from iec102_tui.publish import delivery
from iec102_tui.publish.message import Kind, Message
from iec102_tui.publish.publisher import Publisher, PublishStatus
from iec102_tui.publish.settings import broker_settings
from support.mosquitto import Mosquitto, broker, certificates, lines
from support.program import COMMAND
from support.program import run as run_program
from support.real_programs import required

PATIENCE = 120.0
SITE = "iec102/box/state"


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_PAUSE", 0.05)


class Told:
    """The statuses of a publisher as they come."""

    def __init__(self) -> None:
        self.problems: list[str | None] = []
        self._news = threading.Condition()

    def __call__(self, status: PublishStatus) -> None:
        with self._news:
            self.problems.append(status.problem)
            self._news.notify_all()

    def wait_for_problem(self) -> str:
        with self._news:
            assert self._news.wait_for(lambda: any(self.problems), PATIENCE)
        return next(problem for problem in self.problems if problem)


def publisher(folder: Path, url: str, told: Told | None = None, **settings: object) -> Publisher:
    found = broker_settings({"url": url, "site": "box", **settings}, None)
    return Publisher(found, folder / "queue.sqlite", changed=told or Told())


def live(value: object) -> Message:
    return Message(Kind.LIVE, "iec102/box/north/live", json.dumps({"value": value}))


def record(number: int) -> Message:
    return Message(Kind.RECORD, "iec102/box/north/event", str(number))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with broker(tmp_path_factory.mktemp("broker")) as found:
        yield found


@pytest.mark.parametrize("version", [3, 5])
def test_what_is_read_is_retained_and_the_site_says_whether_it_is_there(
    shared: Mosquitto, tmp_path: Path, version: int
) -> None:
    topic = f"v{version}"
    publishing = publisher(tmp_path, shared.url, version=version, topic=topic)
    publishing.start()
    publishing.publish(Message(Kind.LIVE, f"{topic}/box/north/live", "{}"))
    publishing.publish(Message(Kind.RECORD, f"{topic}/box/north/event", "{}"))
    publishing.publish(Message(Kind.STATUS, f"{topic}/box/north/state", '{"state":"connected"}'))
    status = publishing.close(PATIENCE)
    assert (status.problem, status.waiting) == (None, 0)
    found = {name: payload for name, payload in shared.retained().items() if name.startswith(topic)}
    assert set(found) == {f"{topic}/box/north/live", f"{topic}/box/north/state", f"{topic}/box/state"}
    assert json.loads(found[f"{topic}/box/state"])["state"] == "offline"


def test_the_last_will_is_said_of_a_program_that_is_killed(tmp_path: Path) -> None:
    with broker(tmp_path / "broker") as found, found.reading() as reader:
        config = tmp_path / "config.toml"
        config.write_text(f'[broker]\nurl = "{found.url}"\nsite = "box"\n')
        command = [*COMMAND, "read", "simulated:", "--watch", "0.2", "--publish"]
        program = subprocess.Popen(
            command, env=os.environ | {"IEC102_TUI_CONFIG": str(config)}, stdout=subprocess.DEVNULL
        )
        try:
            states: list[str] = []
            for _retained, topic, payload in lines(reader):
                if topic == SITE:
                    states.append(json.loads(payload)["state"])
                    if states[-1] == "offline":
                        break
                elif topic.endswith("/live"):
                    program.kill()
        finally:
            program.kill()
            program.wait()
    assert states == ["online", "offline"]


def test_nothing_is_lost_when_the_broker_is_killed_in_the_middle(tmp_path: Path) -> None:
    told = Told()
    with broker(tmp_path / "broker") as found, found.reading() as reader:
        publishing = publisher(tmp_path, found.url, told)
        publishing.start()
        for number in range(100):
            publishing.publish(record(number))
        publishing.publish(live(1))
        seen = lines(reader)
        events = [int(payload) for _r, topic, payload in itertools.islice(seen, 30) if topic.endswith("event")]
        found.kill()
        for number in range(100, 200):
            publishing.publish(record(number))
            publishing.publish(live(number))
        told.wait_for_problem()
        found.start()
        late: list[int] = []
        newest: list[int] = []
        for _retained, topic, payload in seen:
            match topic.rpartition("/")[2]:
                case "event":
                    events.append(int(payload))
                case "late":
                    late.append(json.loads(payload)["value"])
                case "live":
                    newest.append(json.loads(payload)["value"])
            if {199, 198} <= {*events, *late} and len(set(events)) == 200 and len(set(late)) >= 99:
                break
        assert publishing.close(PATIENCE).waiting == 0
        assert json.loads(found.retained()["iec102/box/north/live"]) == {"value": 199}
    # What was on the way when the broker was killed may come twice; a reader knows it by its id.
    assert list(dict.fromkeys(events)) == list(range(200))
    assert len(events) <= 200 + 2 * delivery.WINDOW
    assert newest[-1] == 199
    assert set(range(100, 199)) <= set(late)


def test_a_wrong_password_is_one_sentence_and_is_not_tried_again(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    subprocess.run([required("mosquitto_passwd"), "-b", "-c", str(passwords), "box", "right"], check=True)
    with broker(tmp_path / "broker", "allow_anonymous false", f"password_file {passwords}") as found:
        file = tmp_path / "password"
        file.write_text("hunter2\n")
        told = Told()
        publishing = publisher(tmp_path, found.url, told, username="box", password_file=str(file))
        publishing.start()
        publishing.publish(live(1))
        said = told.wait_for_problem()
        assert said == (
            f"127.0.0.1:{found.port} refuses the login: check username and password_file, or certificate, in [broker]"
        )
        status = publishing.close(0.5)
        assert (status.problem, status.waiting) == (said, 1)
        file.write_text("right\n")
        publishing = publisher(tmp_path, found.url, username="box", password_file=str(file))
        publishing.start()
        assert publishing.close(PATIENCE).waiting == 0
        assert found.retained("-u", "box", "-P", "right")["iec102/box/north/live"] == '{"value": 1}'
        assert found.refusals() == 1


def test_mqtt_5_says_what_the_broker_does_not_take(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.write_text("topic readwrite iec102/box/state\ntopic read #\n")
    with broker(tmp_path / "broker", "allow_anonymous true", f"acl_file {rules}") as found:
        told = Told()
        publishing = publisher(tmp_path, found.url, told, version=5)
        publishing.start()
        publishing.publish(live(1))
        assert "does not take what is published (Not authorized)" in told.wait_for_problem()
        assert publishing.close(0.1).waiting == 1


def test_tls_with_certificates_of_ones_own(tmp_path: Path) -> None:
    certificates(tmp_path)
    tls = (f"cafile {tmp_path}/ca.pem", f"certfile {tmp_path}/server.pem", f"keyfile {tmp_path}/server.key")
    with broker(tmp_path / "broker", *tls, "require_certificate true", "use_identity_as_username true") as found:
        url = f"mqtts://127.0.0.1:{found.port}"
        own = {"ca": f"{tmp_path}/ca.pem", "certificate": f"{tmp_path}/box.pem", "key": f"{tmp_path}/box.key"}
        publishing = publisher(tmp_path, url, **own)
        publishing.start()
        publishing.publish(live(1))
        assert publishing.close(PATIENCE)[1:3] == (None, 0)
        options = ("--cafile", own["ca"], "--cert", own["certificate"], "--key", own["key"])
        assert found.retained(*options)["iec102/box/north/live"] == '{"value": 1}'

        told = Told()
        publishing = publisher(tmp_path, url, told)
        publishing.start()
        assert "is not trusted (" in told.wait_for_problem()
        publishing.close(0.1)

        told = Told()
        publishing = publisher(tmp_path, found.url, told)  # no encryption where the broker wants it
        publishing.start()
        assert "closes the connection at once: check url (mqtt or mqtts)" in told.wait_for_problem()
        publishing.close(0.1)

        told = Told()
        publishing = publisher(tmp_path, url, told, ca=own["ca"])  # no certificate where the broker wants one
        publishing.start()
        assert "certificate" in told.wait_for_problem()
        publishing.close(0.1)


def test_a_broker_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    told = Told()
    publishing = publisher(tmp_path, "mqtt://127.0.0.1:1", told)
    publishing.start()
    assert told.wait_for_problem() == (
        "nothing listens at 127.0.0.1:1: check url in [broker], and whether the broker runs"
    )
    publishing.close(0.1)


# The command


def test_read_publishes(shared: Mosquitto, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[broker]\nurl = "{shared.url}"\nsite = "box"\ntopic = "command"\ndiscovery = true\n')
    done = run_program(
        "read", "simulated:?password=4242", "--password", "4242", "--json", "--identity", "--publish",
        IEC102_TUI_CONFIG=str(config),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    printed = json.loads(done.stdout)
    found = shared.retained()
    live = json.loads(found["command/box/simulated/live"])
    assert {each["key"]: each["value"] for each in printed["signals"]}.items() <= live.items()
    assert live["identity"] == f"{printed['identity']['manufacturer']}-{printed['identity']['device']}"
    assert json.loads(found["command/box/simulated/info"])["device"] == printed["identity"]["device"]
    assert json.loads(found["command/box/simulated/state"])["state"] in ("closed", "idle")
    assert sum(topic.startswith("homeassistant/") for topic in found) == 24
    assert "4242" not in "".join((*found, *found.values()))
