"""Waiting after a line was opened, and dropping what comes meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from iec102.errors import ConnectFailed
from iec102.settings import LineSettings
from iec102.transport.base import Overlapping, Pluggable, Receiver, Transport
from iec102.transport.serial import SerialOpener
from iec102.transport.settling import SettlingOpener
from iec102.transport.tcp import TcpOpener
from support.virtual_time import run


class Modem:
    """Says something of its own, half a second after it was called."""

    name = "modem:"
    byte_time = 0.0

    def __init__(self, *, hangs_up: bool = False) -> None:
        self.hangs_up = hangs_up
        self.closed = False
        self.written = b""

    async def open(self, receiver: Receiver) -> Transport:
        loop = asyncio.get_running_loop()
        loop.call_later(0.5, receiver.data_received, b"CONNECT 9600\r\n")
        loop.call_later(1.5, receiver.data_received, b"answer")
        if self.hangs_up:
            loop.call_later(0.6, receiver.connection_lost, None)
        return self

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True


class Heard:
    def __init__(self) -> None:
        self.data = b""
        self.lost = 0

    def data_received(self, data: bytes) -> None:
        self.data += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost += 1


def test_what_a_modem_says_of_itself_is_dropped_and_the_rest_comes() -> None:
    async def dialogue() -> None:
        heard = Heard()
        await SettlingOpener(Modem(), 1.0).open(heard)
        assert asyncio.get_running_loop().time() == 1.0
        assert heard.data == b""
        await asyncio.sleep(1)
        assert heard.data == b"answer"

    run(dialogue())


def test_a_connection_that_ends_meanwhile_is_a_failed_attempt_and_given_back() -> None:
    async def dialogue() -> None:
        modem, heard = Modem(hangs_up=True), Heard()
        with pytest.raises(ConnectFailed, match="closed the connection at once"):
            await SettlingOpener(modem, 1.0).open(heard)
        assert modem.closed
        assert heard.lost == 0

    run(dialogue())


def test_an_attempt_that_is_given_up_gives_the_line_back() -> None:
    async def dialogue() -> None:
        modem = Modem()
        opening = asyncio.create_task(SettlingOpener(modem, 5.0).open(Heard()))
        await asyncio.sleep(1)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        assert modem.closed

    run(dialogue())


def test_what_else_an_opener_offers_stays() -> None:
    opener = SettlingOpener(TcpOpener("127.0.0.1", 40001, 4.0), 1.0)
    assert isinstance(opener, Overlapping)
    assert not isinstance(opener, Pluggable)
    assert opener.deadline == 4.0
    assert opener.name == "tcp://127.0.0.1:40001"


def test_an_adapter_that_is_pulled_out_is_looked_for_here_too(tmp_path: Path) -> None:
    opener = SettlingOpener(SerialOpener(str(tmp_path / "adapter"), LineSettings()), 1.0)
    assert isinstance(opener, Pluggable)
    assert not isinstance(opener, Overlapping)
    assert not opener.is_there()
    (tmp_path / "adapter").touch()
    assert opener.is_there()
