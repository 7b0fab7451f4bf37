"""Telnet and RFC 2217 on real sockets of this machine, and what is said where they fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from iec102.errors import ConnectFailed, InvalidSetting, LineError
from iec102.open import parse_target
from iec102.sentence import Sentence
from iec102.settings import LineSettings
from iec102.transport import Transport, Tunable
from support.receiver import Collector

BINARY = bytes((255, 253, 0, 255, 251, 0))
PORT_CONTROL = bytes((255, 253, 44))
Answer = Callable[[bytes], bytes]


@asynccontextmanager
async def converter(answer: Answer, *, greeting: bytes = b"") -> AsyncIterator[tuple[int, bytearray]]:
    """Answers each piece that it hears, all of which it keeps; an answer of nothing says nothing."""
    heard = bytearray()
    ends: list[asyncio.Event] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends.append(end := asyncio.Event())
        writer.write(greeting)
        with suppress(ConnectionError):
            while data := await reader.read(4096):
                heard.extend(data)
                writer.write(answer(data))
        writer.transport.abort()
        end.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], heard
    finally:
        server.close()
        for end in ends:
            await asyncio.wait_for(end.wait(), 120)


def confirming(data: bytes, wrong: int = 0) -> bytes:
    """What a converter says that has a port; it sets the command ``wrong`` to something else."""
    answers = bytearray()
    if bytes((255, 251, 44)) in data:
        answers += BINARY + PORT_CONTROL
    at = 0
    while (at := data.find(bytes((255, 250, 44)), at)) >= 0:
        end = data.index(bytes((255, 240)), at)
        number, value = data[at + 3], data[at + 4 : end]
        if number == wrong:
            value = bytes(len(value))
        answers += bytes((255, 250, 44, number + 100)) + value + bytes((255, 240))
        at = end
    return bytes(answers)


async def opened(scheme: str, port: int, collector: Collector, settings: LineSettings | None = None) -> Transport:
    return await parse_target(f"{scheme}://127.0.0.1:{port}").opener(settings or LineSettings()).open(collector)


def test_bytes_of_0xff_go_both_ways() -> None:
    async def dialogue() -> None:
        async with converter(lambda data: BINARY if data[:1] == b"\xff" and data[1] == 251 else data) as (port, heard):
            collector = Collector()
            transport = await opened("telnet", port, collector)
            transport.write(b"\x68\xff\xff\r\x00\x16")
            assert await collector.has(6) == b"\x68\xff\xff\r\x00\x16"
            assert heard.endswith(b"\x68\xff\xff\xff\xff\r\x00\x16")
            transport.close()

    asyncio.run(dialogue())


def test_a_line_in_front_of_which_nobody_negotiates_is_used_as_it_is() -> None:
    async def dialogue() -> None:
        async with converter(lambda data: b"" if data[:2] == b"\xff\xfb" else data) as (port, _heard):
            collector = Collector()
            transport = await opened("telnet", port, collector)
            transport.write(b"\x10\x16")
            assert await collector.has(2) == b"\x10\x16"
            transport.close()

    asyncio.run(dialogue())


def test_speed_and_format_are_set_before_the_line_is_given_and_changed_while_it_is_open() -> None:
    async def dialogue() -> None:
        async with converter(confirming) as (port, heard):
            transport = await opened("rfc2217", port, Collector(), LineSettings(19200, "8E1"))
            assert settings_in(heard) == [
                "0100004b00",
                "0208",
                "0303",
                "0401",
            ]
            heard.clear()
            assert isinstance(transport, Tunable)
            await transport.tune(LineSettings(300, "7O2"))
            assert settings_in(heard) == [
                "010000012c",
                "0207",
                "0302",
                "0402",
            ]
            transport.close()

    asyncio.run(dialogue())


def settings_in(heard: bytearray) -> list[str]:
    commands = [part.partition(bytes((255, 240)))[0] for part in bytes(heard).split(bytes((255, 250, 44)))[1:]]
    return [command.hex() for command in commands if command[0] <= 4]


@pytest.mark.parametrize("wrong", [1, 2, 3, 4])
def test_a_port_that_does_not_offer_what_is_asked_is_told(wrong: int) -> None:
    async def dialogue() -> None:
        async with converter(lambda data: confirming(data, wrong)) as (port, _heard):
            with pytest.raises(InvalidSetting, match="does not offer 300 7O2"):
                await opened("rfc2217", port, Collector(), LineSettings(300, "7O2"))

    asyncio.run(dialogue())


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda _data: b"", "does not speak telnet"),
        (
            lambda data: BINARY + bytes((255, 254, 44)) if data[:1] == b"\xff" else b"",
            r"does not let .* write telnet://",
        ),
        (lambda data: BINARY + PORT_CONTROL if bytes((251, 44)) in data else b"", "did not confirm"),
    ],
    ids=["raw", "plain telnet", "silent"],
)
def test_a_converter_without_rfc_2217_is_told(answer: Answer, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iec102.transport.telnet._CONFIRMATION", 0.05)
    monkeypatch.setattr("iec102.transport.telnet._NEGOTIATION", 0.05)

    async def dialogue() -> None:
        async with converter(answer) as (port, _heard):
            with pytest.raises(ConnectFailed, match=says):
                await opened("rfc2217", port, Collector())

    asyncio.run(dialogue())


@pytest.mark.parametrize(("answer", "told"), [(BINARY, []), (b"", ["step.no_telnet"])], ids=["telnet", "raw"])
def test_a_converter_that_has_not_answered_in_telnet_is_told_and_used_as_it_is(
    answer: bytes, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iec102.transport.telnet._NEGOTIATION", 120 if answer else 0.05)

    class Listener(Collector):
        def __init__(self) -> None:
            super().__init__()
            self.steps: list[str] = []

        def opening_step(self, step: Sentence) -> None:
            self.steps.append(step.code)

    async def dialogue() -> None:
        async with converter(lambda data: answer if data[:2] == b"\xff\xfb" else data) as (port, _heard):
            listener = Listener()
            transport = await opened("telnet", port, listener)
            assert listener.steps == told
            transport.close()

    asyncio.run(dialogue())


@pytest.mark.parametrize("scheme", ["telnet", "rfc2217"])
def test_a_connection_that_is_closed_during_negotiation_is_told(scheme: str) -> None:
    async def dialogue() -> None:
        async def close(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        server = await asyncio.start_server(close, "127.0.0.1", 0)
        with pytest.raises(LineError, match="closed the connection at once"):
            await opened(scheme, server.sockets[0].getsockname()[1], Collector())
        server.close()

    asyncio.run(dialogue())


@pytest.mark.parametrize("scheme", ["telnet", "rfc2217"])
def test_what_a_converter_says_before_it_closes_is_told(scheme: str) -> None:
    async def dialogue() -> None:
        async def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"Port already in use\r\n")
            writer.close()

        server = await asyncio.start_server(refuse, "127.0.0.1", 0)
        with pytest.raises(LineError, match='after it had said "Port already in use"'):
            await opened(scheme, server.sockets[0].getsockname()[1], Collector())
        server.close()

    asyncio.run(dialogue())


def test_what_comes_during_negotiation_is_kept_and_the_end_is_heard() -> None:
    async def dialogue() -> None:
        async with converter(lambda data: BINARY if data[:2] == b"\xff\xfb" else b"", greeting=b"ready") as (port, _):
            collector = Collector()
            transport = await opened("telnet", port, collector)
            assert await collector.has(5) == b"ready"
            transport.close()

    asyncio.run(dialogue())
