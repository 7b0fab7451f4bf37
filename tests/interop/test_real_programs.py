"""Lines made of real programs: socat as a serial cable that is pulled and put back, ser2net as a converter."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import IO

import pytest
from support.ports import free_port
from support.program import COMMAND, run, simulated_meter
from support.real_programs import required

PATIENCE = 120.0


class Watching:
    """`iec102-tui read --watch`, whose readings and messages are waited for."""

    def __init__(self, target: str) -> None:
        options = ["--watch", "0.2", "--json", "--timeout", "500", "--retries", "1"]
        self.process = subprocess.Popen(
            [*COMMAND, "read", target, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.readings: Queue[str] = Queue()
        self.messages: Queue[str] = Queue()
        streams = ((self.process.stdout, self.readings), (self.process.stderr, self.messages))
        self._threads = [threading.Thread(target=self._pass_on, args=pair) for pair in streams]
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _pass_on(stream: IO[str], queue: Queue[str]) -> None:
        with stream:
            for line in stream:
                queue.put(line)

    def end(self) -> int:
        """Its exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE)
        for thread in self._threads:
            thread.join()
        return status

    def reading(self) -> dict[str, object]:
        """The next one."""
        found: dict[str, object] = json.loads(self._next(self.readings, "reading"))
        return found

    def trouble(self) -> str:
        """The next message that tells of some."""
        while (words := self._next(self.messages, "message").strip()).startswith("Connected"):
            pass
        return words

    def forget(self) -> None:
        """What has come so far."""
        with contextlib.suppress(Empty):
            while True:
                self.readings.get_nowait()

    def _next(self, queue: Queue[str], what: str) -> str:
        try:
            return queue.get(timeout=PATIENCE)
        except Empty:
            raise AssertionError(f"no {what} came") from None


@contextlib.contextmanager
def watching(target: str) -> Iterator[Watching]:
    found = Watching(target)
    try:
        yield found
    finally:
        status = found.end()
    assert status == 0


class Cable:
    """A serial port under a name of its own, whose other end is a meter on TCP."""

    def __init__(self, link: Path, url: str) -> None:
        self.link = link
        host, port = url.removeprefix("tcp://").split(":")
        self._command = [required("socat"), f"PTY,link={link},raw,echo=0,wait-slave", f"TCP:{host}:{port}"]
        self._process: subprocess.Popen[bytes] | None = None

    def plug_in(self) -> str:
        """Gives the name that the system has for it this time."""
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)
        wait = threading.Event()
        for _ in range(int(PATIENCE / 0.01)):
            if self.link.is_symlink():
                return os.path.realpath(self.link)
            wait.wait(0.01)
        raise AssertionError("socat made no port")

    def pull(self) -> None:
        """The port is gone; its name goes first, since the system may give the terminal to another test at once."""
        self.link.unlink(missing_ok=True)
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def meter() -> Iterator[str]:
    with simulated_meter("--tcp", "127.0.0.1:0") as url:
        yield url


@pytest.fixture
def cable(meter: str, tmp_path: Path) -> Iterator[Cable]:
    found = Cable(tmp_path / "usb-adapter", meter)
    yield found
    found.pull()


def test_a_cable_that_is_cut_and_put_back_is_read_again(cable: Cable) -> None:
    cable.plug_in()
    with watching(f"serial:{cable.link}") as watch:
        assert len(signals(watch)) == 24
        cable.pull()
        assert str(cable.link) in watch.trouble()
        watch.forget()
        cable.plug_in()
        assert len(signals(watch)) == 24


def test_a_port_that_is_pulled_and_comes_back_under_another_name_is_read_again(
    cable: Cable, meter: str, tmp_path: Path
) -> None:
    first = cable.plug_in()
    again = Cable(tmp_path / "other", meter)
    try:
        with watching(f"serial:{cable.link}") as watch:
            assert len(signals(watch)) == 24
            second = again.plug_in()
            cable.pull()
            assert watch.trouble()
            watch.forget()
            assert second != first
            again.link.rename(cable.link)  # as udev does: the name by which the user knows it stays
            assert len(signals(watch)) == 24
    finally:
        again.pull()


class Converter:
    """ser2net between TCP, or telnet, and a meter on a pty."""

    def __init__(self, folder: Path, meter: str, accepter: str = "tcp") -> None:
        port = free_port()
        self.url = f"tcp://127.0.0.1:{port}"
        settings = folder / "ser2net.yaml"
        settings.write_text(
            f"connection: &meter\n  accepter: {accepter},127.0.0.1,{port}\n"
            f"  connector: serialdev,{meter.removeprefix('serial:')},9600n81,local\n"
        )
        self._command = [required("ser2net"), "-n", "-c", str(settings), "-P", str(folder / "pid")]
        self.process = subprocess.Popen(self._command)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def start_again(self) -> None:
        self.process = subprocess.Popen(self._command)


@pytest.fixture
def converter(tmp_path: Path) -> Iterator[Converter]:
    with simulated_meter("--pty") as url:
        found = Converter(tmp_path, url)
        yield found
        found.kill()


def test_ser2net_in_front_of_a_meter_is_read_and_read_again_when_it_was_restarted(converter: Converter) -> None:
    with watching(converter.url) as watch:
        assert len(signals(watch)) == 24
        converter.kill()
        assert watch.trouble()
        converter.start_again()
        watch.forget()
        assert len(signals(watch)) == 24


def test_a_converter_that_freezes_is_noticed_and_read_again_when_it_goes_on(converter: Converter) -> None:
    with watching(converter.url) as watch:
        assert len(signals(watch)) == 24
        converter.process.send_signal(signal.SIGSTOP)
        assert "no answer" in watch.trouble()
        watch.forget()
        converter.process.send_signal(signal.SIGCONT)
        assert len(signals(watch)) == 24


def test_ser2net_that_speaks_telnet_is_named_whether_values_come_or_not(tmp_path: Path) -> None:
    with simulated_meter("--pty", "--link-address", "5") as url:
        converter = Converter(tmp_path, url, "telnet,tcp")
        try:
            with watching(f"{converter.url}") as waiting:
                waiting.trouble()  # it is up
            for command in ("check", "read", "find"):
                for address in ("5", "255"):  # a byte of 0xFF does not pass
                    done = run(command, converter.url, "--link-address", address, "--timeout", "500", "--retries", "0")
                    assert "the converter speaks telnet (it sent FF FB 03)" in done.stderr
                    assert "ser2net: accepter: tcp" in done.stderr
                    assert "no answer" not in done.stderr
        finally:
            converter.kill()


def signals(watch: Watching) -> list[object]:
    found = watch.reading()["signals"]
    assert isinstance(found, list)
    return found
