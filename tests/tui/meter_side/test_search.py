"""Several lines are searched at once, and what there is to say of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from iec102.errors import ConnectFailed, Iec102Error, NoAnswer
from iec102.link import Answer, answer
from iec102.open import Target
from iec102.settings import LineSettings
from iec102.transport import Opener
from iec102_tui.meter_side import search as multi_search
from iec102_tui.meter_side.search import MultiSearch, SearchCriteria, unique_ports
from iec102_tui.profiles.serial_ports import SerialPort
from iec102_tui.words.find_text import found_words, plan_words, progress_words
from support.raw_line import RawLine
from support.virtual_time import run

STATUS = answer(Answer.LINK_STATUS, 1).encode()
SHORT = SearchCriteria((1,), LineSettings(timeout=400), (9600,), ("8N1", "8E1"))

Openers = dict[str, Callable[[LineSettings], Opener]]
Hunting = Callable[[Openers, SearchCriteria], tuple[MultiSearch, Iec102Error | None, float]]


def broken(_settings: LineSettings) -> Opener:
    line = RawLine(lambda _: ())

    async def fail(_receiver: object) -> RawLine:
        raise ConnectFailed("serial:/dev/b: there is no such port")

    line.open = fail  # type: ignore[method-assign]
    return line


@pytest.fixture
def hunted(monkeypatch: pytest.MonkeyPatch) -> Hunting:
    """The multi_search, how it failed, and the time it took."""

    def go(openers: Openers, criteria: SearchCriteria) -> tuple[MultiSearch, Iec102Error | None, float]:
        monkeypatch.setattr(multi_search, "parse_target", lambda text: Target(text, openers[text], has_format=True))

        async def search() -> tuple[MultiSearch, Iec102Error | None, float]:
            looking = MultiSearch(list(openers), criteria)
            error = None
            try:
                await looking.run()
            except Iec102Error as raised:
                error = raised
            return looking, error, asyncio.get_running_loop().time()

        return run(search())

    return go


def test_the_others_are_left_alone_when_a_meter_is_found(hunted: Hunting) -> None:
    silent = RawLine(lambda _: (), tunable=True)
    meter = RawLine(lambda _: [(0.1, STATUS)], tunable=True)
    looking, error, seconds = hunted({"serial:/dev/a": silent.opener, "serial:/dev/b": meter.opener}, SHORT)
    assert error is None
    assert seconds < 1
    ((place, found),) = looking.found
    assert found_words(place, found) == "serial:/dev/b: link address 1 at 9600-8N1, answered in 100 ms"
    assert silent.receiver is None
    assert len(silent.sent) == 1


def test_a_port_that_cannot_be_opened_does_not_keep_from_the_others(
    hunted: Hunting,
) -> None:
    meter = RawLine(lambda _: [(0.1, STATUS)], tunable=True)
    looking, error, _seconds = hunted({"serial:/dev/a": broken, "serial:/dev/b": meter.opener}, SHORT)
    assert error is None
    assert isinstance(looking.places[0].error, ConnectFailed)
    assert len(looking.found) == 1


def test_one_sentence_tells_of_all_ports_what_matters_most(
    hunted: Hunting,
) -> None:
    silent = RawLine(lambda _: (), tunable=True)
    strange = RawLine(lambda _: [(0.1, b"\x91\x92")], tunable=True)
    _looking, error, _seconds = hunted({"serial:/dev/a": silent.opener, "serial:/dev/b": strange.opener}, SHORT)
    assert isinstance(error, NoAnswer)
    assert str(error).startswith("serial:/dev/b: something answers here, but not this protocol: 91 92")
    _looking, error, _seconds = hunted({"serial:/dev/a": silent.opener, "serial:/dev/b": silent.opener}, SHORT)
    assert str(error).startswith("serial:/dev/a, serial:/dev/b: no meter answered: link address 1 with 2 speeds")
    _looking, error, _seconds = hunted({"serial:/dev/a": broken, "serial:/dev/b": broken}, SHORT)
    assert str(error) == "none of the 2 ports can be used: serial:/dev/b: there is no such port"
    _looking, error, _seconds = hunted({"serial:/dev/b": broken}, SHORT)
    assert isinstance(error, ConnectFailed)


def test_each_port_is_searched_once_under_the_name_that_stays(tmp_path: Path) -> None:
    device, link = tmp_path / "ttyUSB0", tmp_path / "usb-FTDI_1-if00"
    link.symlink_to(device)
    ports = [SerialPort(str(link), "by id"), SerialPort(str(device), "device"), SerialPort("/dev/null", "another")]
    assert [port.label for port in unique_ports(ports)] == ["by id", "another"]


def test_what_is_tried_is_said_with_the_time_it_takes(hunted: Hunting) -> None:
    silent = RawLine(lambda _: (), tunable=True)
    looking, _error, _seconds = hunted(
        {"serial:/dev/a": silent.opener, "serial:/dev/b": silent.opener}, SearchCriteria((12345, 1), LineSettings())
    )
    words = plan_words(looking.plan)
    assert words.startswith(
        "Trying 9600-8N1, 9600-8E1, 9600-8O1 and 141 more with link address 12345, 1: at most 3 min"
    )
    assert words.endswith("then a slower round of at most 15 min.")
    assert progress_words(looking.tried).startswith("28800-7O2, link address 1: 288 of 288, slower round, ")
    assert progress_words(looking.tried).endswith("left on serial:/dev/a and 1 more")


def test_what_the_url_says_of_speed_and_format_is_tried_first_and_not_alone() -> None:
    looking = MultiSearch(["rfc2217://moxa:1?baudrate=4800&format=7E1"], SearchCriteria((1,)))
    (place,) = looking.places
    assert place.target == "rfc2217://moxa:1"
    assert place.has_format
    first = looking.plan.settings[0]
    assert (first.baudrate, first.format) == (4800, "7E1")
    assert len(looking.plan.settings) == 144


def test_an_answer_over_a_call_is_waited_for_with_its_whole_timeout_unless_another_wait_is_given() -> None:
    call = SearchCriteria((1,), LineSettings(timeout=10_000))
    assert MultiSearch(["modem:/dev/ttyUSB0?dial=1"], call).plan.waits == (10.0,)
    assert MultiSearch(["tcp://moxa:1?dial=1"], call._replace(wait=700)).plan.waits == (0.7, 10.0)
    assert MultiSearch(["tcp://moxa:1"], call).plan.waits == (0.4, 10.0)
