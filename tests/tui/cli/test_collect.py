"""The command `collect`: what it refuses, what it prints, and how its lines look in a journal."""

from __future__ import annotations

import asyncio
import configparser
import importlib
import io
import json
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from iec102_tui.cli.journal import Journal
from iec102_tui.collect.status import CollectorStatus, MeterStatus, StatusFile, WorkStatus
from support.unit_file import CAN_JUDGE, judge_unit

Program = Callable[..., tuple[int, str, str]]
collect = importlib.import_module("iec102_tui.cli.collect")  # beside it stands the command of this name

NINE, TEN, ELEVEN = (f"2026-11-22T{hour}:00:00+00:00" for hour in ("09", "10", "11"))
WORK = {
    "events": WorkStatus(None, None, 1, "no answer from link address 1"),
    "profile": WorkStatus(TEN, ELEVEN, 0, None),
}
METER = MeterStatus(
    name="north",
    target="tcp://10.0.0.1:40001",
    link_address=7,
    point_address=2,
    gateway="tcp://127.0.0.1:40102",
    gateway_problem=None,
    state="lost",
    reason="no answer",
    identity=None,
    period=5.0,
    readings=3,
    late=1,
    last_reading=TEN,
    work=WORK,
)
SOUTH = METER._replace(
    name="south", state="connected", gateway=None, gateway_problem="another program uses this port", last_reading=None
)
STATUS = CollectorStatus(
    version="1.0",
    pid=7,
    started=NINE,
    time=TEN,
    site="box",
    connected=False,
    waiting=12,
    dropped_live=1,
    dropped_records=0,
    broker="nothing listens at a:1883",
    archive="the disk is full",
    problems=("a problem",),
    meters=(METER, SOUTH),
)


@pytest.fixture
def _utc() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def test_wrong_use_is_told(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "profiles.toml"
    file.write_text('[profiles.north]\ntarget = "simulated:"\n')
    for arguments, words in (
        (("collect",), "has a table collect: add one, name profiles, or give --all"),
        (("collect", "nroth"), 'no profile "nroth"'),
        (("collect", "north", "--all"), "PROFILE and --all are two ways to choose"),
        (("collect", "--json"), "--json goes with --status"),
    ):
        status, _, said = program("--profiles", str(file), *arguments)
        assert (status, words in said) == (2, True), said


def test_no_collector_runs(program: Program) -> None:
    status, out, said = program("collect", "--status")
    assert (status, out) == (1, "")
    assert said == "No collector runs on this machine that you could see: start it with iec102-tui collect.\n"


def test_a_second_collector_is_refused(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "profiles.toml"
    file.write_text('[profiles.north]\ntarget = "simulated:"\n')
    first = StatusFile()
    try:
        status, _, said = program("--profiles", str(file), "collect", "--all")
    finally:
        first.close()
    assert status == 1
    assert "collector runs already" in said


@pytest.mark.usefixtures("_utc")
class Reloaded:
    """A collector that ends when it was asked to read its files again."""

    def __init__(self, *_given: object, **_more: object) -> None:
        self._asked = asyncio.Event()

    def reload(self) -> None:
        self._asked.set()

    async def run(self) -> None:
        await asyncio.wait_for(self._asked.wait(), 120)
        print("read again")


def test_a_hang_up_while_it_starts_reads_the_files_again(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would end it, and a service manager takes that for an end that was wanted."""

    def read_settings(*_given: object) -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGHUP)

    monkeypatch.setattr(collect, "read_settings", read_settings)
    monkeypatch.setattr(collect, "Collector", Reloaded)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert program("collect", "--all") == (0, "read again\n", "")
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


def test_the_status_as_text_and_as_json(program: Program) -> None:
    file = StatusFile()
    file.write(STATUS)
    try:
        _, text, _ = program("collect", "--status")
        _, document, _ = program("collect", "--status", "--json")
    finally:
        file.close()
    assert text.splitlines() == [
        "Reading 2 meters, 1 connected.",
        "Running since 2026-11-22 09:00:00, process 7, version 1.0.",
        "The broker: nothing listens at a:1883.",
        "Published as box; waiting: 12; given up: live 1, records 0.",
        "The archive: the disk is full.",
        "A problem.",
        "",
        "north  tcp://10.0.0.1:40001  7/2  no reply",
        "  No answer.",
        "  Readings: 3, the last at 2026-11-22 10:00:00; late: 1.",
        "  Events: read never, next now.",
        "    No answer from link address 1.",
        "  Load profile: read 2026-11-22 10:00:00, next 2026-11-22 11:00:00.",
        "  Gateway at tcp://127.0.0.1:40102.",
        "",
        "south  tcp://10.0.0.1:40001  7/2  connected",
        "  No answer.",
        "  No reading yet.",
        "  Events: read never, next now.",
        "    No answer from link address 1.",
        "  Load profile: read 2026-11-22 10:00:00, next 2026-11-22 11:00:00.",
        "  Another program uses this port.",
    ]
    assert [meter["name"] for meter in json.loads(document)["meters"]] == ["north", "south"]


# The journal


def said(stream: io.TextIOBase, *, environment: dict[str, str]) -> None:
    journal = Journal(stream, "of_a_service", environment=environment)  # type: ignore[arg-type]
    own, other = logging.getLogger("of_a_service.part"), logging.getLogger("of_another")
    for logger in (own, other):
        logger.addHandler(journal)
        logger.propagate = False
    own.info("a meter: connected")
    own.warning("no answer\n<0>from it\x1b[2J")
    other.warning("not for people")
    other.error("the program failed")
    for logger in (own, other):
        logger.removeHandler(journal)


def test_lines_on_a_terminal_are_sentences() -> None:
    stream = io.StringIO()
    said(stream, environment={"JOURNAL_STREAM": "8:1"})
    lines = stream.getvalue().splitlines()
    assert lines[0] == "A meter: connected."
    assert lines[1].startswith("No answer <0>from it")
    assert "\x1b" not in lines[1]
    assert lines[2:] == ["The program failed."]


def test_lines_for_the_journal_have_their_priority_in_front(tmp_path: Path) -> None:
    with (tmp_path / "journal").open("w") as stream:
        status = os.fstat(stream.fileno())
        said(stream, environment={"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"})
    assert [line[:3] for line in (tmp_path / "journal").read_text().splitlines()] == ["<6>", "<4>", "<3>"]


def test_a_stream_that_is_closed_does_no_harm() -> None:
    stream = io.StringIO()
    stream.close()
    said(stream, environment={})


# The unit


def test_the_unit_file_starts_and_reloads_a_notifying_service(program: Program) -> None:
    status, text, _ = program("collect", "--unit")
    assert status == 0
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[method-assign, assignment]
    unit.read_string(text)
    service = unit["Service"]
    assert service["Type"] == "notify"
    assert service["ExecStart"].split()[1:] == ["--profiles", "/etc/iec102-tui/profiles.toml", "collect"]
    assert service["ExecReload"] == '/bin/sh -c "kill -HUP ${MAINPID}"', (
        "that of the shell: a small system has no other"
    )
    assert (service["User"], service["SupplementaryGroups"]) == ("iec102-tui", "dialout")
    assert service["RuntimeDirectory"] == service["StateDirectory"] == "iec102-tui"
    assert int(service["WatchdogSec"]) >= 30
    assert service["Restart"] == "always", "a hang-up in its first moment is an end without a failure"
    assert not {"PrivateDevices", "ProtectClock"} & set(service), "they would take the serial ports away"


@pytest.mark.skipif(not CAN_JUDGE, reason="there is no systemd-analyze")
def test_the_service_manager_takes_the_unit_file(program: Program, tmp_path: Path) -> None:
    _, text, _ = program("collect", "--unit")
    judge_unit(text, tmp_path / "iec102-collect.service")
