"""Meters are found on lines in memory: at any speed, format and address, and among what is no meter."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from iec102.errors import ConnectFailed, Disconnected, InvalidSetting
from iec102.link import Answer, FrameReader, Function, answer, request
from iec102.link.diagnosis import Kind
from iec102.open import parse_target
from iec102.search.plan import Plan, plan
from iec102.search.search import Found, Progress, Search
from iec102.settings import LineSettings
from iec102.transport import Direction, Opener, TapRecord
from iec102.transport.tap import Note
from support.raw_line import Behaviour, RawLine
from support.scripted_meter import ScriptedLine, ScriptedMeter
from support.virtual_time import run

STATUS = request(Function.LINK_STATUS, 1).encode()


def strict(line: str, address: int, more: str = "") -> Callable[[LineSettings], Opener]:
    text = f"simulated:?line={line}&quirk=strict-line&link_address={address}{more}"
    target = parse_target(text)
    assert target.has_format
    return target.opener


def searched(opener: Callable[[LineSettings], Opener], wanted: Plan) -> tuple[Search, list[tuple[float, Found]]]:
    """What was found, and when."""
    times: list[tuple[float, Found]] = []

    async def go() -> Search:
        loop = asyncio.get_running_loop()
        search = Search(opener, wanted, on_found=lambda found: times.append((loop.time(), found)))
        await search.run()
        return search

    return run(go()), times


def raw(behaviour: Behaviour, addresses: tuple[int, ...] = (1,), timeout: int = 400) -> Search:
    line = RawLine(behaviour)
    wanted = plan(addresses, has_format=False, first=LineSettings(timeout=timeout))
    return searched(line.opener, wanted)[0]


def test_a_meter_at_9600_8e1_with_the_address_of_its_id_is_found_within_three_seconds() -> None:
    search, times = searched(strict("9600-8E1", 12345), plan((12345, 1), has_format=True))
    ((at, found),) = times
    assert at < 3
    assert (found.settings, found.address) == (LineSettings(format="8E1"), 12345)
    assert search.found == [found]
    assert found.seconds == pytest.approx(12 * 11 / 9600, abs=0.001)


@pytest.mark.parametrize("line", ["9600-8O1", "9600-8E2", "9600-7E1", "9600-7O2"])
def test_every_format_at_9600_is_found_within_twenty_seconds(line: str) -> None:
    search, times = searched(strict(line, 1), plan((12345, 1), has_format=True))
    assert times[0][0] < 20
    assert f"{search.found[0].settings.baudrate}-{search.found[0].settings.format}"[:7] == line[:7]


@pytest.mark.parametrize("line", ["300-8E1", "1200-8N1", "2400-8E1", "115200-8N1", "28800-8O1"])
def test_other_speeds_are_found_too(line: str) -> None:
    search, _times = searched(strict(line, 7), plan((7,), has_format=True))
    assert f"{search.found[0].settings.baudrate}-{search.found[0].settings.format}" == line


def test_a_late_meter_is_found_in_the_second_round() -> None:
    search, times = searched(strict("9600-8E1", 7, "&quirk=slow-2000"), plan((7,), has_format=True, baudrates=(9600,)))
    assert search.found[0].settings.format == "8E1"
    assert 12 * 0.4 < times[0][0] < 30


def test_a_meter_that_answers_behind_the_wait_is_asked_again_with_patience() -> None:
    meter = ScriptedMeter(1)
    line = ScriptedLine(meter, latency=0.3)
    search, _times = searched(lambda _: line, plan((1, 2), has_format=False))
    assert [(found.address, found.seconds) for found in search.found] == [(1, pytest.approx(0.6))]


def test_nothing_but_link_status_is_asked_and_each_address_once_a_round() -> None:
    line = RawLine(lambda _: (), tunable=True)
    wanted = plan((5, 7), has_format=True, first=LineSettings(timeout=1000), formats=("8N1", "8E1"))
    search, _times = searched(line.opener, wanted)
    frames = [frame for data in line.sent for frame in FrameReader().feed(data)]
    assert len(frames) == len(line.sent) == 2 * wanted.tries
    assert {(frame.control, frame.asdu) for frame in frames} == {(0x49, None)}
    assert line.openings == 1
    assert line.receiver is None
    assert search.found == []
    assert "no meter answered: link address 5, 7 with 24 speeds and formats" in search.nothing_found()


def test_a_round_takes_no_longer_than_it_was_said_to() -> None:
    said: list[Progress] = []

    async def go() -> float:
        line = RawLine(lambda _: (), tunable=True)
        await Search(line.opener, plan((5, 7), has_format=True, baudrates=(9600, 300)), on_progress=said.append).run()
        return asyncio.get_running_loop().time()

    seconds = run(go())
    wanted = plan((5, 7), has_format=True, baudrates=(9600, 300))
    assert seconds == pytest.approx(wanted.seconds(0.4) + wanted.seconds(3.0))
    assert said[0].left == pytest.approx(wanted.seconds(0.4))
    assert [(each.round, each.number) for each in said] == [(turn, n) for turn in (1, 2) for n in range(1, 49)]
    assert said[-1].left == pytest.approx(3.0 + 6 * 12 / 300, abs=0.1)


def test_a_line_that_cannot_change_its_settings_is_opened_for_each_of_them() -> None:
    line = RawLine(lambda _: ())
    searched(line.opener, plan((1,), has_format=True, first=LineSettings(timeout=400), baudrates=(9600,)))
    assert line.openings == 12


def test_two_meters_on_a_line_are_both_found_and_only_with_the_settings_of_the_first() -> None:
    line = ScriptedLine(ScriptedMeter(3), ScriptedMeter(9))
    search, _times = searched(lambda _: line, plan((1, 2, 3, 4, 5, 6, 7, 8, 9, 10), has_format=True))
    assert [found.address for found in search.found] == [3, 9]
    assert [frame.address for _at, frame in line.sent] == [1, 2, 3, 3, 3, 4, 5, 6, 7, 8, 9, 9, 9, 10]


def test_two_meters_that_answer_at_once_are_told_from_none() -> None:
    both = answer(Answer.LINK_STATUS, 1).encode()
    mixed = bytes(a & b for a, b in zip(both, b"\xff" + both, strict=False))
    search = raw(lambda _: [(0.05, mixed)])
    assert search.found == []
    assert search.heard[0].diagnosis.kind is Kind.GARBAGE
    assert mixed.hex(" ").upper() in search.nothing_found()


def test_a_meter_that_answers_from_another_address_is_asked_under_that() -> None:
    search = raw(lambda _: [(0.05, answer(Answer.LINK_STATUS, 7).encode())], addresses=(5,))
    assert [found.address for found in search.found] == [7]


def test_frames_of_a_meter_that_answers_another_reader_are_named_and_asked_for_once() -> None:
    other = request(Function.CLASS_2, 7, fcb=True).encode() + answer(Answer.NO_DATA, 7).encode()
    line = RawLine(lambda _: [(0.05, other)] if line.sent[-1] != request(Function.LINK_STATUS, 7).encode() else [])
    search, _times = searched(line.opener, plan((5, 6), has_format=False, first=LineSettings(timeout=400)))
    assert [FrameReader().feed(data)[0].address for data in line.sent] == [5, 7, 6]
    assert search.found == []
    assert search.heard[0].diagnosis.addresses == (7,)
    assert "frames of link address 7 came, but no answer of link address 5" in search.nothing_found()


@pytest.mark.parametrize(
    ("behaviour", "kind", "says"),
    [
        (lambda sent: [(0.01, sent)], Kind.ECHO, "own request came back"),
        (lambda sent: [(0.01, sent[:2] + b"\x03" + sent[3:])], Kind.DAMAGED_ECHO, "clean the optical head"),
        (lambda _: [(0.01, b"/ABB5\\@V9.20\r\n")], Kind.OTHER_PROTOCOL, "/ABB5"),
        (lambda _: [(0.01, b"\x10\x0b\x01\x0c\x16")], Kind.OTHER_PROTOCOL, "one byte"),
        (lambda _: [(0.01, b"\x91\xa4\x07")], Kind.GARBAGE, "not this protocol: 91 A4 07"),
        (lambda _: [(0.01, STATUS[:3]), (0.3, b"\x55")], Kind.GARBAGE, "10 49 01 55"),
    ],
)
def test_what_is_no_answer_is_told_with_its_bytes(behaviour: Behaviour, kind: Kind, says: str) -> None:
    search = raw(behaviour)
    assert search.heard[0].diagnosis.kind is kind
    assert says in search.nothing_found()
    assert len(search.heard) == 1


def test_a_meter_behind_telnet_is_found_and_telnet_named() -> None:
    search = raw(lambda _: [(0.01, b"\xff\xfb\x01\xff\xfb\x03"), (0.05, answer(Answer.LINK_STATUS, 1).encode())])
    assert [found.address for found in search.found] == [1]
    assert "ser2net: accepter: tcp" in search.remark
    assert search.heard[-1].diagnosis.kind is Kind.TELNET


def test_telnet_without_a_meter_is_named() -> None:
    asked: list[bytes] = []

    def behaviour(sent: bytes) -> list[tuple[float, bytes]]:
        asked.append(sent)
        return [(0.01, b"\xff\xfd\x18\xff\xfd\x20")] if len(asked) == 1 else []

    assert "the converter speaks telnet" in raw(behaviour).nothing_found()


def test_a_meter_behind_an_echo_is_found() -> None:
    search = raw(lambda sent: [(0.01, sent), (0.05, answer(Answer.LINK_STATUS, 1).encode())])
    assert [found.address for found in search.found] == [1]


def test_a_line_that_never_is_quiet_does_not_hold_up_the_search() -> None:
    async def go() -> float:
        line = RawLine(lambda _: ())

        async def babble() -> None:
            while True:
                line.give(b"\xa5\x5a")
                await asyncio.sleep(0.01)

        babbling = asyncio.create_task(babble())
        search = Search(line.opener, plan((1, 2), has_format=False, first=LineSettings(timeout=400)))
        await search.run()
        babbling.cancel()
        assert search.heard[0].diagnosis.kind is Kind.GARBAGE
        return asyncio.get_running_loop().time()

    assert run(go()) < 2 * (0.4 + 0.7)


def failing(error: Exception) -> Callable[[LineSettings], Opener]:
    line = RawLine(lambda _: ())

    async def fail(_receiver: object) -> RawLine:
        raise error

    line.open = fail  # type: ignore[method-assign]
    return line.opener


def test_a_port_that_cannot_be_opened_is_the_end() -> None:
    with pytest.raises(ConnectFailed, match="no such port"):
        searched(failing(ConnectFailed("there is no such port")), plan((1,), has_format=True))


def test_settings_that_the_port_does_not_have_are_left_out() -> None:
    line = RawLine(lambda _: (), tunable=True)

    async def tune(settings: LineSettings) -> None:
        if settings.format[0] == "7":
            raise InvalidSetting("not offered")
        line.settings = settings

    line.tune = tune  # type: ignore[method-assign]
    wanted = plan((1,), has_format=True, first=LineSettings(timeout=400), baudrates=(9600,))
    search, _times = searched(line.opener, wanted)
    assert len(line.sent) == 6
    assert len(search.not_offered) == 6
    assert line.openings == 1
    assert "with 6 speeds and formats" in search.nothing_found()


def test_a_port_that_has_none_of_the_settings_is_told() -> None:
    with pytest.raises(InvalidSetting, match="not offered"):
        searched(failing(InvalidSetting("not offered")), plan((1,), has_format=True))


def test_a_line_that_is_lost_ends_the_search_and_what_was_found_stays() -> None:
    async def go() -> Search:
        line = RawLine(lambda sent: [(0.01, answer(Answer.LINK_STATUS, 1).encode())] if sent == STATUS else [])
        search = Search(line.opener, plan((1, 2), has_format=False))
        asyncio.get_running_loop().call_later(0.1, line.lose)
        with pytest.raises(Disconnected):
            await search.run()
        return search

    assert [found.address for found in run(go()).found] == [1]


def test_what_a_converter_says_before_it_closes_is_told() -> None:
    async def go() -> None:
        line = RawLine(lambda _sent: [(0.01, b"Port already in use\r\n")])
        asyncio.get_running_loop().call_later(0.1, line.lose)
        with pytest.raises(Disconnected, match='had said "Port already in use"'):
            await Search(line.opener, plan((1, 2), has_format=False)).run()

    run(go())


def test_a_search_that_is_stopped_gives_the_line_back_at_once() -> None:
    async def go() -> None:
        line = RawLine(lambda _: ())
        searching = asyncio.create_task(Search(line.opener, plan((1,), has_format=True)).run())
        await asyncio.sleep(1)
        searching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await searching
        assert line.receiver is None
        assert asyncio.get_running_loop().time() == 1

    run(go())


def test_the_tap_hears_all_frames_and_all_garbage() -> None:
    records: list[TapRecord] = []

    async def go() -> None:
        line = RawLine(lambda _: [(0.01, b"\x00\x01" + answer(Answer.LINK_STATUS, 1).encode())])
        await Search(line.opener, plan((1,), has_format=False), tap=records.append).run()

    run(go())
    assert [record.direction for record in records[:3]] == [Direction.SENT, Direction.RECEIVED, Direction.RECEIVED]


def test_the_tap_is_told_what_is_no_answer_as_on_any_other_connection() -> None:
    records: list[TapRecord] = []
    other = answer(Answer.LINK_STATUS, 9).encode()

    async def go() -> None:
        line = RawLine(lambda sent: [(0.01, sent), (0.02, other), (0.05, answer(Answer.LINK_STATUS, 1).encode())])
        await Search(line.opener, plan((1,), has_format=False), tap=records.append).run()

    run(go())
    assert [record.note for record in records[:4]] == ["", Note.ECHO, Note.OTHER_STATION, ""]


def test_a_real_timeout_of_a_profile_is_that_of_the_second_round() -> None:
    slow = replace(LineSettings(), timeout=10_000)
    search, times = searched(strict("9600-8N1", 7, "&quirk=slow-8000"), plan((7,), has_format=False, first=slow))
    assert search.found[0].address == 7
    assert 16 < times[0][0] < 25
