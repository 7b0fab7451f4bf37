"""Host names and the threads that look them up."""

import asyncio
import socket
import threading
from typing import Any

import pytest
from iec102.transport import names


class NameServer:
    """Answers when it is let, and counts what it is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: str | Exception) -> None:
        self.asked: list[str] = []
        self.may_answer = threading.Event()
        self._answers = list(answers)
        monkeypatch.setattr(socket, "getaddrinfo", self._getaddrinfo)

    def _getaddrinfo(self, host: str, _port: object, **_options: object) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        assert self.may_answer.wait(120)
        for answer in self._answers:
            if isinstance(answer, Exception):
                raise answer
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, 0)) for answer in self._answers]


def test_all_who_ask_for_a_name_share_one_thread_and_who_gives_up_leaves_it_to_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = NameServer(monkeypatch, "192.0.2.1", "192.0.2.2", "192.0.2.1")

    async def ask() -> None:
        impatient, *others = [asyncio.create_task(names.addresses("converter")) for _ in range(40)]
        await asyncio.sleep(0)
        impatient.cancel()
        server.may_answer.set()
        assert await asyncio.gather(*others) == [["192.0.2.1", "192.0.2.2"]] * 39
        assert impatient.cancelled()
        assert server.asked == ["converter"]
        await names.addresses("converter")
        assert server.asked == ["converter"] * 2  # nothing is remembered: the meter may have moved

    asyncio.run(ask())


def test_an_ip_address_is_asked_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    server = NameServer(monkeypatch)
    for address in ("127.0.0.1", "::1"):
        assert asyncio.run(names.addresses(address)) == [address]
    assert not server.asked


def test_an_unknown_name_is_told_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    server = NameServer(monkeypatch, socket.gaierror(socket.EAI_NONAME, "Name or service not known"))
    server.may_answer.set()

    async def ask() -> list[object]:
        return list(await asyncio.gather(*[names.addresses("nowhere") for _ in range(3)], return_exceptions=True))

    assert all(isinstance(error, socket.gaierror) for error in asyncio.run(ask()))


def test_the_program_ends_while_the_name_server_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    server = NameServer(monkeypatch, "192.0.2.1")

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(names.addresses("silent"), 0.01)

    asyncio.run(give_up())  # would wait for the threads of an executor
    assert not server.may_answer.is_set()
    server.may_answer.set()


def test_a_link_local_address_keeps_its_interface(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: object, **__: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (host, 0, 0, scope)) for host, scope in found]

    found = [("fe80::7", 2), ("2001:db8::7", 0)]
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert asyncio.run(names.addresses("converter")) == ["fe80::7%2", "2001:db8::7"]
