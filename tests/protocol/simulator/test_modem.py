"""The simulated modem, told and asked in raw bytes; and a month over it, as fast as its line allows."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from iec102.asdu import MADRID, Password
from iec102.line import Line
from iec102.link import Frame
from iec102.meter.meter import Meter
from iec102.settings import LineSettings, Station
from iec102.simulator import LineSpeed, SimulatedMeter, SimulatorConfig
from iec102.simulator.modem import HayesModem
from iec102.transport import Direction, Receiver, TapRecord, Transport
from iec102.transport.modem import ModemOpener
from support.scripted_meter import virtual_clock
from support.virtual_time import run

STATUS = bytes.fromhex("10 49 01 00 4A 16")
STATUS_ANSWER = bytes.fromhex("10 0B 01 00 0C 16")


class Port:
    """What a program hears of the modem."""

    def __init__(self, **config: object) -> None:
        self.heard = b""
        self.modem = HayesModem(SimulatedMeter(SimulatorConfig(**config)), self._hear)  # type: ignore[arg-type]

    def _hear(self, data: bytes) -> None:
        self.heard += data

    async def say(self, data: bytes, seconds: float = 0.5) -> bytes:
        """What comes then, within some seconds."""
        self.heard = b""
        self.modem.receive(data)
        await asyncio.sleep(seconds)
        return self.heard


def test_commands_are_echoed_and_answered() -> None:
    async def dialogue() -> None:
        port = Port()
        assert await port.say(b"ATZ\r") == b"ATZ\r\r\nOK\r\n"
        assert await port.say(b"at+cbst=7,0,1\r") == b"at+cbst=7,0,1\r\r\nERROR\r\n"
        assert await port.say(b"ATE0\r") == b"ATE0\r\r\nOK\r\n"
        assert await port.say(b"AT") == b""
        assert await port.say(b"H0\r") == b"\r\nOK\r\n"
        assert await port.say(b"hello\r") == b"\r\nERROR\r\n"
        assert await port.say(b"\r") == b""

    run(dialogue())


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("1", b"CONNECT 9600"),
        ("+34600123456", b"CONNECT 9600"),
        ("T600", b"CONNECT 9600"),
        ("2", b"BUSY"),
        ("3", b"NO CARRIER"),
        ("4", b"NO ANSWER"),
        ("5", b"NO DIALTONE"),
        ("6", b"VOICE"),
        ("7", b"ERROR"),
        ("9", b"REL ASYNC"),
    ],
)
def test_what_becomes_of_a_call_is_in_its_number(number: str, says: bytes) -> None:
    async def dialogue() -> None:
        port = Port()
        assert (await port.say(f"ATD{number}\r".encode())).endswith(b"\r\n" + says + b"\r\n")
        answered = await port.say(STATUS)
        assert (answered == STATUS_ANSWER) is (says in (b"CONNECT 9600", b"REL ASYNC"))

    run(dialogue())


def test_a_call_that_is_being_made_ends_at_any_character() -> None:
    async def dialogue() -> None:
        port = Port()
        assert await port.say(b"ATD8\r", 100) == b"ATD8\r"
        assert await port.say(b"\r") == b"\r\nNO CARRIER\r\n"

    run(dialogue())


def test_only_plus_signs_with_silence_around_them_call_the_modem_back() -> None:
    async def dialogue() -> None:
        port = Port()
        await port.say(b"ATD1\r")
        await port.say(STATUS, 0.3)
        for data, after in (
            (b"+++", 2.0),
            (b"+++", 0.5),
            (STATUS + b"+++", 2.0),
            (b"++", 0.3),
            (b"++", 2.0),
            (b"+++" + STATUS, 2.0),
        ):
            await port.say(data, after)
        assert await port.say(STATUS, 1.5) == STATUS_ANSWER
        assert await port.say(b"+++", 0.9) == b""
        await port.say(b"\xff", 1.5)
        assert await port.say(STATUS, 1.5) == STATUS_ANSWER
        assert await port.say(b"+++", 1.1) == b"\r\nOK\r\n"
        assert await port.say(b"ATO\r") == b"ATO\r\r\nCONNECT 9600\r\n"
        assert await port.say(STATUS, 1.5) == STATUS_ANSWER
        assert await port.say(b"+++", 1.1) == b"\r\nOK\r\n"
        assert await port.say(b"ATH0\r") == b"ATH0\r\r\nOK\r\n"
        assert await port.say(STATUS, 1.5) != STATUS_ANSWER

    run(dialogue())


def test_a_fault_loses_the_call() -> None:
    async def dialogue() -> None:
        port = Port(faults={"carrier-lost": 1.0})
        await port.say(b"ATD1\r")
        assert await port.say(STATUS) == b"\r\nNO CARRIER\r\n"
        assert await port.say(b"AT\r") == b"AT\r\r\nOK\r\n"

    run(dialogue())


class MemoryModem:
    """An opener of the modem in this process."""

    name = "memory:"
    byte_time = 0.0

    def __init__(self, meter: SimulatedMeter) -> None:
        self._meter = meter

    async def open(self, receiver: Receiver) -> Transport:
        self._modem = HayesModem(self._meter, receiver.data_received)
        return self

    def write(self, data: bytes) -> None:
        self._modem.receive(data)

    def close(self) -> None:
        self._modem.close()


def test_a_month_of_hours_is_read_as_fast_as_a_call_with_600_ms_each_way_allows() -> None:
    async def dialogue() -> None:
        speed = LineSpeed.parse("9600-8N1")
        clock = datetime(2026, 11, 22, 10, tzinfo=MADRID)
        meter = SimulatedMeter(SimulatorConfig(line=speed, quirks=frozenset(("latency-600",)), clock=clock))
        records: list[TapRecord] = []
        settings = LineSettings(timeout=10_000, dial="1")
        line = Line(
            ModemOpener(MemoryModem(meter), settings, "modem:"), settings, tap=records.append, clock=virtual_clock()
        )
        reader = Meter(line, Station(1, 1, Password(1)))
        await reader.read_instantaneous()
        records.clear()
        begin = asyncio.get_running_loop().time()
        end = datetime(2026, 11, 1, tzinfo=MADRID)
        hours = [record async for record in reader.read_load_profile(end - timedelta(days=31), end)]
        seconds = asyncio.get_running_loop().time() - begin
        await line.close()
        assert len(hours) == 31 * 24 + 1  # summer time ends in October
        frames = [(record.direction, record.item) for record in records if isinstance(record.item, Frame)]
        wire = sum(len(item.encode()) for _, item in frames) * speed.byte_time
        round_trips = sum(direction is Direction.SENT for direction, _ in frames) * 1.2
        assert seconds > 0.9 * round_trips
        assert seconds <= 1.1 * (wire + round_trips), (seconds, wire, round_trips)
        assert line.counters.repeats == 0

    run(dialogue())
