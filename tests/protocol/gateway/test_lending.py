"""A program with a protocol of its own gets the line for itself, and gives it back. Dialogues in virtual time."""

import asyncio
import errno

import pytest
from iec102.asdu import Asdu, read_clock
from iec102.asdu import Raw as Bytes
from iec102.errors import ConnectFailed, Disconnected, InvalidSetting
from iec102.gateway import Address, Gateway, GatewaySettings, Policy, network
from iec102.line.state import LineState, Phase
from iec102.link import Answer, Function, Garbage, request
from iec102.transport import TapRecord
from support.dialogue import line_to, now, values
from support.gateway import Application, MemoryGateway, gateway_to
from support.scripted_meter import ScriptedLine
from support.virtual_time import run

HELLO = b"/?!\r\n"
ANSWER = b"/ABC5\r\n"


class Proprietary(ScriptedLine):
    """Answers another protocol too."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[bytes] = []


def listen(scripted: Proprietary) -> None:
    """From now on the meter's end also takes what is no frame."""
    end = scripted.end
    assert end is not None
    arrive = end.write

    def write(data: bytes) -> None:
        if data.startswith(b"/"):
            scripted.heard.append(data)
            asyncio.get_running_loop().call_later(0.05, end.give, ANSWER)
        else:
            arrive(data)

    end.write = write  # type: ignore[method-assign]


class Raw:
    """An application that reads bytes."""

    def __init__(self, gateway: MemoryGateway, name: str) -> None:
        self.app = Application(gateway, name)
        self.bytes = bytearray()
        self.app.received = self.bytes.extend  # type: ignore[method-assign]

    async def says(self, data: bytes, pause: float = 1.0) -> bytes:
        self.bytes.clear()
        self.app.send(data)
        await asyncio.sleep(pause)
        return bytes(self.bytes)


def test_the_line_is_lent_and_comes_back_when_it_is_quiet() -> None:
    async def dialogue() -> None:
        scripted = Proprietary()
        states: list[LineState] = []
        tap: list[TapRecord] = []
        line = line_to(scripted, reconnect=True, states=states, tap=tap)
        async with gateway_to(line, lend=10.0) as gateway:
            await values(line)
            listen(scripted)
            vendor = Raw(gateway, "v")
            assert await vendor.says(HELLO) == ANSWER
            assert states[-1].phase is Phase.LENT
            assert states[-1].step == f"to {vendor.app.name}"
            assert gateway.status.clients[0].doing == "has the line for itself"
            waiting = asyncio.create_task(values(line))
            for _ in range(5):
                assert await vendor.says(HELLO, 8.0) == ANSWER
            assert not waiting.done()
            began = now()
            await waiting
            assert 0 < now() - began < 3
            assert vendor.app.gone
            assert states[-1].phase is Phase.CONNECTED
            lent = [record for record in tap if record.on_behalf == vendor.app.name]
            assert {type(record.item) for record in lent} == {Garbage}
            assert all(record.secret for record in lent)

    run(dialogue())


def test_the_line_comes_back_when_the_borrower_goes() -> None:
    async def dialogue() -> None:
        scripted = Proprietary()
        line = line_to(scripted, reconnect=True)
        async with gateway_to(line, lend=100.0) as gateway:
            await values(line)
            listen(scripted)
            vendor = Raw(gateway, "v")
            assert await vendor.says(HELLO) == ANSWER
            vendor.app.vanish()
            began = now()
            await values(line)
            assert now() - began < 0.5

    run(dialogue())


def test_a_tool_that_speaks_this_protocol_gets_the_line_for_itself_by_its_address() -> None:
    async def dialogue() -> None:
        states: list[LineState] = []
        line = line_to(ScriptedLine(), reconnect=True, states=states)
        async with gateway_to(line, lend=5.0, policy=Policy(lend_to=(network("192.0.2.7"),))) as gateway:
            await values(line)
            other = gateway.connect("o")
            assert await other.log_in()
            asked = line.counters.requests
            tool = Application(gateway, "t", host="192.0.2.7")
            waiting = asyncio.create_task(values(line))
            await asyncio.sleep(1)
            await waiting  # who is connected but has not said anything does not have the line
            asked = line.counters.requests
            assert await tool.log_in()
            assert (await tool.read(read_clock(1)))[0].type == 72
            assert states[-1].phase is Phase.LENT
            waiting = asyncio.create_task(values(line))
            await asyncio.sleep(4)
            assert not waiting.done()
            assert line.counters.requests == asked  # it was the tool itself that asked the meter
            await waiting
            assert tool.gone
            assert (await other.read(read_clock(1)))[0].type == 72

    run(dialogue())


WRITE = Asdu(181, 6, 1, 0, Bytes(bytes.fromhex("00 64 2A 44 12 08 12")), count=1)


@pytest.mark.parametrize("pieces", [1, 3, 22])
def test_writes_in_a_lent_line_are_told(pieces: int) -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted, reconnect=True)
        policy = Policy(lend_to=(network("127.0.0.5"),))
        async with gateway_to(line, lend=5.0, policy=policy) as gateway:
            tool = Application(gateway, "t", host="127.0.0.5")
            await tool.log_in()
            await tool.read(read_clock(1))
            assert scripted.end is not None
            scripted.end.write = lambda _data: None  # type: ignore[method-assign]
            for asdu in (WRITE, WRITE, Asdu(250, 6, 1)):
                data = tool.next_frame(Function.USER_DATA, asdu.encode()).encode()
                size = -(-len(data) // pieces)
                for at in range(0, len(data), size):
                    tool.send(data[at : at + size])
                await asyncio.sleep(0.3)
            said = [text for text in gateway.told if text.startswith(tool.name)]
            assert sum("type 181 (set date and time)" in text for text in said) == 1
            assert sum("type 250" in text for text in said) == 1
            assert not any("103" in text or "183" in text for text in said)
            tool.vanish()
            said = [text for text in gateway.told if text.startswith(tool.name)]
            assert any("3 requests that may change the meter" in text for text in said)

    run(dialogue())


def test_writes_among_bytes_of_another_protocol_are_told() -> None:
    async def dialogue() -> None:
        scripted = Proprietary()
        line = line_to(scripted, reconnect=True)
        async with gateway_to(line, lend=5.0) as gateway:
            await values(line)
            listen(scripted)
            vendor = Raw(gateway, "v")
            assert await vendor.says(HELLO) == ANSWER
            assert not any("change the meter" in text for text in gateway.told)
            await vendor.says(b"/\x02" + request(Function.USER_DATA, 1, fcb=True, asdu=WRITE.encode()).encode())
            assert any("type 181 (set date and time)" in text for text in gateway.told)

    run(dialogue())


def test_a_line_that_is_lent_to_some_needs_a_time_after_which_it_comes_back() -> None:
    with pytest.raises(InvalidSetting, match="how many seconds"):
        GatewaySettings(Address("127.0.0.1", 0), policy=Policy(lend_to=(network("192.0.2.7"),)))


def test_everybody_else_waits_and_goes_on() -> None:
    async def dialogue() -> None:
        scripted = Proprietary()
        line = line_to(scripted, reconnect=True)
        async with gateway_to(line, lend=5.0) as gateway:
            app = gateway.connect("a")
            await app.log_in()
            listen(scripted)
            vendor = Raw(gateway, "v")
            assert await vendor.says(HELLO) == ANSWER
            assert (await app.read(read_clock(1)))[0].type == 72
            assert vendor.app.gone

    run(dialogue())


def test_without_permission_it_is_not_lent() -> None:
    async def dialogue() -> None:
        scripted = Proprietary()
        line = line_to(scripted, reconnect=True)
        async with gateway_to(line) as gateway:
            await values(line)
            listen(scripted)
            vendor = Raw(gateway, "v")
            assert await vendor.says(HELLO) == b""
            assert not scripted.heard
            await values(line)

    run(dialogue())


def test_noise_between_the_frames_of_this_protocol_borrows_nothing() -> None:
    async def dialogue() -> None:
        line = line_to(ScriptedLine(), reconnect=True)
        async with gateway_to(line, lend=5.0) as gateway:
            app = gateway.connect()
            await app.start()
            app.send(b"noise")
            await asyncio.sleep(2)
            assert (await app.ask(request(Function.LINK_STATUS, 1))).function == Answer.LINK_STATUS
            await values(line)
            assert not any("line for itself" in said for said in gateway.told)

    run(dialogue())


@pytest.mark.parametrize("away", [False, True])
def test_a_line_that_is_lost_ends_the_loan(away: bool) -> None:
    async def dialogue() -> None:
        scripted = Proprietary()
        line = line_to(scripted, reconnect=True)
        async with gateway_to(line, lend=50.0) as gateway:
            await values(line)
            listen(scripted)
            vendor = Raw(gateway, "v")
            assert await vendor.says(HELLO) == ANSWER
            scripted.away = away
            scripted.cut()
            await asyncio.sleep(0.1)
            assert vendor.app.gone
            scripted.away = False
            await values(line)

    run(dialogue())


def test_the_end_of_the_line_ends_the_loan() -> None:
    async def dialogue() -> None:
        scripted = Proprietary()
        line = line_to(scripted, reconnect=True)
        async with gateway_to(line, lend=50.0) as gateway:
            await values(line)
            listen(scripted)
            vendor = Raw(gateway, "v")
            assert await vendor.says(HELLO) == ANSWER
            waiting = asyncio.create_task(values(line))
            await asyncio.sleep(0)
            await line.close()
            with pytest.raises(Disconnected):
                await waiting
            await asyncio.sleep(0.1)
            assert vendor.app.gone

    run(dialogue())


def test_who_sends_more_than_the_line_takes_while_it_waits_is_disconnected() -> None:
    async def dialogue() -> None:
        scripted = Proprietary()
        scripted.away = True
        line = line_to(scripted, reconnect=True)
        async with gateway_to(line, lend=50.0) as gateway:
            vendor = Raw(gateway, "v")
            await vendor.says(HELLO)
            for _ in range(40):
                await vendor.says(b"x" * 4000, 0.1)
            assert vendor.app.gone

    run(dialogue())


def test_a_mistake_of_this_program_while_it_lends_leaves_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_arguments: object, **_options: object) -> None:
        raise ZeroDivisionError("secret")

    async def dialogue() -> None:
        scripted = Proprietary()
        line = line_to(scripted, reconnect=True)
        gateway = MemoryGateway(line, GatewaySettings(Address("127.0.0.1", 0), lend=50.0), [])
        await gateway.start()
        await values(line)
        monkeypatch.setattr(line, "grant", fail)
        vendor = Raw(gateway, "v")
        await vendor.says(HELLO)
        assert vendor.app.gone
        assert "lending the line has failed" in gateway.told[-1]
        await values(line)
        await gateway.close()
        await line.close()

    run(dialogue())
    assert any(record.exc_info for record in caplog.records)


def test_a_gateway_for_which_no_socket_can_be_made_does_not_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    async def start() -> None:
        gateway = Gateway(line_to(ScriptedLine()), GatewaySettings(Address("127.0.0.1", 0)))
        with monkeypatch.context() as few:
            few.setattr(asyncio.base_events.socket, "socket", full)
            with pytest.raises(ConnectFailed, match=r"cannot listen on 127.0.0.1:0: this process may not open enough"):
                await gateway.start()
        assert gateway.status.url == ""

    asyncio.run(start())
