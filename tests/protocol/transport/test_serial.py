"""Serial ports, on pseudo terminals: they have no parity and no speed, all else is real."""

import asyncio
import contextlib
import errno
import grp
import os
import stat
import termios
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial
from iec102.asdu import Password
from iec102.errors import ConnectFailed, InvalidSetting
from iec102.meter.meter import Meter
from iec102.open import open_line
from iec102.settings import LineSettings, Station
from iec102.simulator import PtyServer, SimulatedMeter, SimulatorConfig
from iec102.transport.serial import SerialOpener
from support.receiver import Collector


@pytest.fixture
def cable() -> Iterator[tuple[int, str]]:
    """The far end as a file descriptor, and the path of the port."""
    master, slave = os.openpty()
    tty.setraw(slave)
    path = os.ttyname(slave)
    os.close(slave)
    yield master, path
    with contextlib.suppress(OSError):
        os.close(master)


def test_bytes_go_both_ways(cable: tuple[int, str]) -> None:
    master, path = cable

    async def dialogue() -> None:
        collector = Collector()
        transport = await SerialOpener(path, LineSettings()).open(collector)
        transport.write(b"\x10\x49\x01\x00\x4a\x16")
        os.write(master, b"\x10\x0b\x01\x00\x0c\x16")
        assert await collector.has(6) == b"\x10\x0b\x01\x00\x0c\x16"
        assert os.read(master, 100) == b"\x10\x49\x01\x00\x4a\x16"
        transport.close()

    asyncio.run(dialogue())


@pytest.mark.parametrize("form", ["8E1", "7O2", "7N1"])
def test_a_pty_is_opened_whatever_the_format(cable: tuple[int, str], form: str) -> None:
    async def dialogue() -> None:
        transport = await SerialOpener(cable[1], LineSettings(format=form)).open(Collector())
        transport.close()

    asyncio.run(dialogue())


def test_the_other_end_gone_is_a_lost_connection_also_while_writing(
    cable: tuple[int, str], caplog: pytest.LogCaptureFixture
) -> None:
    master, path = cable

    async def dialogue() -> None:
        collector = Collector()
        transport = await SerialOpener(path, LineSettings()).open(collector)
        os.close(master)
        transport.write(b"into the void")
        await asyncio.wait_for(collector.lost, 120)
        transport.write(b"dropped")
        transport.close()
        transport.close()

    asyncio.run(dialogue())
    assert not caplog.records


def test_a_port_is_for_one_program_alone_and_free_again_after_closing(cable: tuple[int, str]) -> None:
    async def dialogue() -> None:
        opener, other = SerialOpener(cable[1], LineSettings()), SerialOpener(cable[1], LineSettings())
        transport = await opener.open(Collector())
        with pytest.raises(ConnectFailed, match=r"in use by another (program|connection of this program)"):
            await other.open(Collector())
        transport.close()
        again = await opener.open(Collector())  # at once: waits until the port is really given back
        again.close()

    asyncio.run(dialogue())


def test_closing_does_not_wait_for_bytes_that_nobody_takes(cable: tuple[int, str]) -> None:
    async def dialogue() -> None:
        loop = asyncio.get_running_loop()
        transport = await SerialOpener(cable[1], LineSettings()).open(Collector())
        for _ in range(100):
            transport.write(bytes(10_000))
        await asyncio.sleep(0.01)
        start = loop.time()
        transport.close()
        await asyncio.sleep(0)
        assert loop.time() - start < 30  # nobody ever takes them

    asyncio.run(dialogue())


def test_opening_that_is_cancelled_gives_the_port_back(cable: tuple[int, str]) -> None:
    async def dialogue() -> None:
        opener = SerialOpener(cable[1], LineSettings())
        opening = asyncio.create_task(opener.open(Collector()))
        await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        async with asyncio.timeout(120):
            while True:
                try:
                    transport = await opener.open(Collector())
                    break
                except ConnectFailed:
                    await asyncio.sleep(0.01)
        transport.close()

    asyncio.run(dialogue())


def test_speed_and_format_are_changed_on_the_open_port(cable: tuple[int, str]) -> None:
    master, path = cable

    async def dialogue() -> None:
        opener = SerialOpener(path, LineSettings())
        transport = await opener.open(Collector())
        await transport.tune(LineSettings(baudrate=1200, format="8N2"))
        speed = termios.tcgetattr(master)[4]
        assert (speed, opener.byte_time) == (termios.B1200, 11 / 1200)
        await transport.tune(LineSettings(baudrate=300))
        assert termios.tcgetattr(master)[4] == termios.B300
        transport.close()
        await transport.tune(LineSettings())

    asyncio.run(dialogue())


def test_a_speed_that_the_port_does_not_have_is_refused_and_the_next_one_set(
    monkeypatch: pytest.MonkeyPatch, cable: tuple[int, str]
) -> None:
    reconfigure = serial.Serial._reconfigure_port

    def picky(port: serial.Serial, force_update: bool = False) -> None:
        if port.baudrate == 28800:
            raise ValueError("Failed to set custom baud rate (28800): [Errno 22] Invalid argument")
        reconfigure(port, force_update)

    monkeypatch.setattr(serial.Serial, "_reconfigure_port", picky)

    async def dialogue() -> None:
        transport = await SerialOpener(cable[1], LineSettings()).open(Collector())
        with pytest.raises(InvalidSetting, match="28800 8E1"):
            await transport.tune(LineSettings(baudrate=28800, format="8E1"))
        await transport.tune(LineSettings(baudrate=300, format="8E1"))
        assert termios.tcgetattr(cable[0])[4] == termios.B300
        transport.close()

    asyncio.run(dialogue())


def test_a_change_that_is_cancelled_ends_before_the_port_is_closed(
    monkeypatch: pytest.MonkeyPatch, cable: tuple[int, str]
) -> None:
    changing, go_on = threading.Event(), threading.Event()
    done: list[str] = []

    def slow(*_: object) -> None:
        changing.set()
        go_on.wait(120)
        done.append("changed")

    monkeypatch.setattr("iec102.transport.serial._apply", slow)

    async def dialogue() -> None:
        transport = await SerialOpener(cable[1], LineSettings()).open(Collector())
        change = asyncio.create_task(transport.tune(LineSettings(baudrate=300)))
        await asyncio.to_thread(changing.wait, 120)
        change.cancel()
        await asyncio.sleep(0)
        assert not change.done()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await change
        assert done == ["changed"]
        transport.close()

    asyncio.run(dialogue())


def refused(path: str, settings: LineSettings | None = None) -> str:
    async def dialogue() -> str:
        with pytest.raises((ConnectFailed, InvalidSetting)) as raised:
            await SerialOpener(path, settings or LineSettings()).open(Collector())
        return str(raised.value)

    return asyncio.run(dialogue())


def test_a_port_that_is_not_there_is_told_with_those_that_are() -> None:
    assert "serial:/dev/ttyUSB99: there is no such port" in refused("/dev/ttyUSB99")
    assert "port" in refused("/dev/ttyUSB99").rpartition("(")[2]


def test_a_file_is_no_serial_port(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no port")
    assert "this is no serial port" in refused(str(path))
    assert "this is no serial port" in refused("/dev/null")
    assert "this is no serial port" in refused(str(tmp_path))


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (serial.SerialException(errno.EACCES, "could not open port: Permission denied"), "you may not open"),
        (serial.SerialException(errno.EBUSY, "could not open port: Device or resource busy"), "in use"),
        (serial.SerialException("Could not configure port: (5, 'Input/output error')"), "pull the adapter out"),
        (termios.error(errno.EIO, "Input/output error"), "pull the adapter out"),
        (OSError(errno.ENXIO, "No such device or address"), "no such port"),
        (ValueError("Failed to set custom baud rate (28800): [Errno 22] Invalid argument"), "28800 8E1"),
        (ValueError("Invalid baud rate: 28800"), "28800 8E1"),
        (serial.SerialException("something new"), "something new"),
    ],
)
def test_each_way_to_fail_has_its_sentence(
    monkeypatch: pytest.MonkeyPatch, cable: tuple[int, str], error: Exception, says: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(serial.Serial, "open", fail)
    sentence = refused(cable[1], LineSettings(baudrate=28800, format="8E1"))
    assert says in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("group", "mode", "says"),
    [
        ("dialout", 0o660, "group dialout: run `sudo usermod -aG dialout $USER`, then log in again"),
        ("dialout", 0o620, "nor may its group: check its owner and rights"),
        ("root", 0o660, "nor may its group: check its owner and rights"),
    ],
)
def test_permission_denied_names_a_group_that_helps(
    monkeypatch: pytest.MonkeyPatch, cable: tuple[int, str], group: str, mode: int, says: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise serial.SerialException(errno.EACCES, "Permission denied")

    number = grp.getgrnam(group).gr_gid
    found = os.stat_result((stat.S_IFCHR | mode, 0, 0, 1, 0, number, 0, 0, 0, 0))
    monkeypatch.setattr(serial.Serial, "open", fail)
    monkeypatch.setattr("iec102.transport.serial.os.stat", lambda *_, **__: found)
    text = refused(cable[1])
    monkeypatch.undo()
    assert says in text


def test_a_meter_is_read_over_a_port() -> None:
    async def dialogue() -> None:
        server = PtyServer(SimulatedMeter(SimulatorConfig()))
        line = open_line(server.url, LineSettings(format="8E1", timeout=1000))
        meter = Meter(line, Station(1, 1, Password(1)))
        reading = await meter.read_instantaneous()
        assert reading["vi.voltage_l1"].valid
        assert line.counters.repeats == 0
        await line.close()
        server.close()

    asyncio.run(dialogue())
