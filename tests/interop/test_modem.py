"""Calls between this program and others: iec870ree's own modem class, a Hayes script in raw bytes, ser2net, socat."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.iec870ree import drive
from support.ports import free_port
from support.program import COMMAND, on_terminal, run, simulated_meter
from support.real_programs import required, ser2net

CLOCK = "2026-11-22T10:00:00+01:00"
PATIENCE = 120.0


def test_iec870ree_dials_the_simulated_modem_and_reads(iec870ree_python: str) -> None:
    with simulated_meter("--modem", "--clock", CLOCK, "--link-address", "12345", "--password", "7") as url:
        port, _, _ = url.removeprefix("modem:").partition("?")
        reading = "absolute,profiles,2026-11-21 00:00,2026-11-21 03:00"
        found = drive(iec870ree_python, "modem", port, "600123456", "12345", "1", "7", reading)
        assert found["login"] == {"cause": 7, "negative": False}
        assert len(found["readings"][reading]) in (3, 4)
        assert found["clock"].startswith("2026-11-22T09:00")


def test_a_modem_behind_a_converter_is_dialled(tmp_path: Path) -> None:
    with (
        simulated_meter("--modem", "--clock", CLOCK) as url,
        ser2net(tmp_path, url.removeprefix("modem:").partition("?")[0], "tcp") as place,
    ):
        for command in ("check", "read"):
            done = run(command, f"tcp://{place}?dial=600123456", "--json")
            assert "dialling 600123456" in done.stderr
        assert len(json.loads(done.stdout)["signals"]) == 24


class HayesPort:
    """A modem on a pty in front of a meter on TCP, in raw bytes, on a thread of its own; ``said`` has the times."""

    def __init__(self, meter: str) -> None:
        host, _, port = meter.removeprefix("tcp://").rpartition(":")
        self._meter = socket.create_connection((host, int(port)), PATIENCE)
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self.said: list[tuple[float, bytes]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._meter.close()
        os.close(self._master)
        os.close(self._slave)

    def wait_for(self, command: bytes) -> float:
        """When it was told that."""
        wait = threading.Event()
        for _ in range(int(PATIENCE / 0.02)):
            for at, said in list(self.said):
                if said == command:
                    return at
            wait.wait(0.02)
        raise AssertionError(f"{command!r} was not said: {self.said}")

    def _serve(self) -> None:
        online, command, heard_at = False, b"", 0.0
        while not self._over.is_set():
            for ready in select.select([self._master, self._meter], [], [], 0.05)[0]:
                if ready is self._meter:
                    data = self._meter.recv(4096)
                    if online:
                        os.write(self._master, data)
                    continue
                data, now = os.read(self._master, 4096), time.monotonic()
                quiet, heard_at = now - heard_at, now
                if online and data == b"+++" and quiet >= 1.0 and not select.select([self._master], [], [], 1.0)[0]:
                    self.said.append((time.monotonic(), b"+++"))
                    online, command = False, b""
                    os.write(self._master, b"\r\nOK\r\n")
                elif online:
                    self._meter.sendall(data)
                else:
                    os.write(self._master, data)
                    command += data
                    while b"\r" in command:
                        line, _, command = command.partition(b"\r")
                        self.said.append((time.monotonic(), line))
                        online = line.startswith(b"ATD")
                        os.write(self._master, b"\r\nCONNECT 9600/RLP\r\n" if online else b"\r\nOK\r\n")


@pytest.fixture
def hayes() -> Iterator[HayesPort]:
    with simulated_meter("--tcp", "127.0.0.1:0", "--clock", CLOCK) as url:
        port = HayesPort(url)
        try:
            yield port
        finally:
            port.close()


def test_a_modem_that_is_not_ours_is_dialled_read_and_hung_up(hayes: HayesPort) -> None:
    done = run("read", f"modem:{hayes.port}?dial=600123456", "--json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["signals"]) == 24
    assert [said for _, said in hayes.said] == [b"ATZ", b"ATH0", b"AT+CBST=7,0,1", b"ATD600123456", b"+++", b"ATH0"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_hangs_up(hayes: HayesPort, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [*COMMAND, "read", f"modem:{hayes.port}?dial=1", "--watch", "0.1", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())
    process.send_signal(number)
    with process.stdout:
        while process.stdout.read(4096):
            pass
    assert process.wait(PATIENCE) == (130 if number == signal.SIGINT else 0)
    assert [said for _, said in hayes.said][-2:] == [b"+++", b"ATH0"]


def test_the_monitor_hangs_up_when_it_is_ended(hayes: HayesPort, tmp_path: Path) -> None:
    target = f"modem:{hayes.port}?dial=600123456"
    with on_terminal("--profile", target, HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path)) as terminal:
        terminal.wait_for("connected", PATIENCE)
        os.kill(terminal.pid, signal.SIGTERM)
        assert terminal.end(PATIENCE) == 0
    assert [said for _, said in hayes.said][-2:] == [b"+++", b"ATH0"]


def test_socat_calls_in() -> None:
    socat = required("socat")
    port = free_port()
    with simulated_meter("--tcp", "127.0.0.1:0", "--clock", CLOCK, "--link-address", "65535") as url:
        inner = f"{socat} - TCP:{url.removeprefix('tcp://')}".replace(":", "\\:")
        caller = subprocess.Popen(
            [socat, f"TCP:127.0.0.1:{port},retry=200,interval=0.1", f"EXEC:{inner},nofork"], stderr=subprocess.DEVNULL
        )
        try:
            done = run("read", f"listen://127.0.0.1:{port}", "--link-address", "65535", "--json")
        finally:
            caller.kill()
            caller.wait()
    assert done.returncode == 0, done.stderr
    assert f"waiting for the meter to call 127.0.0.1:{port}" in done.stderr
    assert json.loads(done.stdout)["link_address"] == 65535


def test_the_simulated_meters_say_how_they_are_reached() -> None:
    with simulated_meter("--modem") as url:
        assert url.startswith("modem:/dev/")
        assert url.endswith("?dial=1")
    with simulated_meter("--telnet") as url:
        assert url.startswith("telnet://127.0.0.1:")
        for scheme in ("telnet", "rfc2217"):
            done = run("read", url.replace("telnet", scheme))
            assert done.returncode == 0, done.stderr
    with simulated_meter("--call", "127.0.0.1:1") as url:
        assert url == "listen://127.0.0.1:1"
    done = run("simulate", "--modem", "--pty")
    assert done.returncode == 2
    assert "choose one" in done.stderr
