"""The steps to a meter: each way to fail is named at its step, in bounded time, and the key goes out once at most."""

from __future__ import annotations

import asyncio
import socket

import pytest
from iec102.asdu import Password
from iec102.clock import Clock
from iec102.link import Answer, Garbage, answer
from iec102.open import parse_target
from iec102.search.check import Check, Outcome, Step
from iec102.settings import LineSettings, Station
from iec102.transport import names
from iec102.transport.modem import ModemOpener
from iec102.transport.scheme import Target
from iec102.transport.tap import TapRecord
from support.hayes_script import HayesScript
from support.raw_line import Behaviour, RawLine
from support.raw_meter import CLOCK, ENERGIES, TIME, RawMeter, is_data
from support.virtual_time import run

FAST = LineSettings(timeout=300, retries=1)
STATION = Station(1, 1, Password(1))


def checked(
    target: str | Target, station: Station = STATION, settings: LineSettings = FAST
) -> tuple[Check, list[TapRecord], float]:
    """The check, all frames, and how long it took."""
    frames: list[TapRecord] = []
    told: list[Outcome] = []

    async def go() -> tuple[Check, float]:
        loop = asyncio.get_running_loop()
        check = Check(
            parse_target(target) if isinstance(target, str) else target,
            settings,
            station,
            on_outcome=told.append,
            tap=frames.append,
            clock=Clock(boottime=loop.time),
        )
        await check.run()
        return check, loop.time()

    check, seconds = run(go())
    assert told == check.outcomes
    return check, frames, seconds


def steps(check: Check) -> list[tuple[Step, bool]]:
    return [(outcome.step, outcome.error is None) for outcome in check.outcomes]


def logins(frames: list[TapRecord]) -> int:
    return sum(not isinstance(record.item, Garbage) and (record.item.asdu or b"\0")[0] == 183 for record in frames)


def test_all_steps_to_a_meter_that_answers() -> None:
    check, frames, _seconds = checked("simulated:?line=9600-8E1", settings=LineSettings())
    assert steps(check) == [
        (step, True) for step in (Step.OPEN, Step.BYTES, Step.LINK, Step.KEY, Step.VALUES, Step.CLOCK)
    ]
    assert check.failed is None
    assert not check.key_refused
    assert all(outcome.seconds > 0 for outcome in check.outcomes[1:])
    assert logins([record for record in frames if record.direction == "tx"]) == 1


@pytest.mark.parametrize("quirk", ["", "&quirk=refuse-login-14", "&quirk=silent-login"])
def test_a_wrong_key_is_named_at_its_step_and_sent_once(quirk: str) -> None:
    check, frames, seconds = checked(f"simulated:?password=7{quirk}")
    assert steps(check)[-1] == (Step.KEY, False)
    assert check.key_refused
    assert logins([record for record in frames if record.direction == "tx"]) == 1
    assert seconds < 4 * FAST.timeout_seconds * (FAST.retries + 1)


def test_without_a_key_nothing_is_sent() -> None:
    check, frames, _seconds = checked("simulated:", Station(1, 1))
    assert check.failed is not None
    assert "password" in str(check.failed.error)
    assert frames == []


def test_a_wrong_address_is_named_within_its_attempts() -> None:
    check, _frames, seconds = checked("simulated:?link_address=9")
    assert steps(check) == [(Step.OPEN, True), (Step.BYTES, False)]
    assert check.failed is not None
    assert "link address 1" in str(check.failed.error)
    assert seconds <= 1.1 * FAST.timeout_seconds * (FAST.retries + 1)


@pytest.mark.parametrize("settings", [LineSettings(format="8N1"), LineSettings(baudrate=1200, format="8E1")])
def test_a_wrong_format_is_named_within_the_attempts_of_its_step(settings: LineSettings) -> None:
    check, frames, _seconds = checked("simulated:?line=9600-8E1&quirk=strict-line", settings=settings)
    assert steps(check) == [(Step.OPEN, True), (Step.BYTES, False)]
    assert check.failed is not None
    assert "the speed and format" in str(check.failed.error)
    assert check.failed.seconds <= settings.timeout_seconds * (settings.retries + 1) + 4 * 6 * settings.byte_time
    assert logins(frames) == 0


@pytest.mark.parametrize("quirk", ["", "&quirk=refuse-login-14", "&quirk=silent-login"])
def test_a_wrong_key_is_named_within_the_attempts_of_its_step(quirk: str) -> None:
    check, _frames, _seconds = checked(f"simulated:?password=7&line=9600-8E1{quirk}", settings=LineSettings())
    assert check.failed is not None
    assert check.failed.step is Step.KEY
    assert check.failed.seconds <= 4 * 3.0 + 0.1


def test_another_meter_on_the_line_is_named_with_its_address() -> None:
    check = over(lambda _sent: [(0.02, answer(Answer.LINK_STATUS, 7).encode())])
    assert steps(check)[-1] == (Step.LINK, False)
    assert check.failed is not None
    assert check.failed.error == (
        "frames of link address 7 came, but no answer of link address 1: check the link address"
    )


def test_a_meter_without_the_values_is_named_at_the_last_step() -> None:
    check, _frames, _seconds = checked("simulated:?quirk=no-163")
    assert steps(check)[-1] == (Step.VALUES, False)


def over(behaviour: Behaviour) -> Check:
    return checked(Target("serial:/dev/none", lambda _settings: RawLine(behaviour)))[0]


@pytest.mark.parametrize("clock", [True, False])
@pytest.mark.parametrize("year", [0x00, 0x7F])
def test_a_clock_that_is_years_off_fails_by_103_and_by_the_values(clock: bool, year: int) -> None:
    meter = RawMeter()
    meter.answers = {162: ENERGIES + TIME[:4] + bytes((year,))}
    if clock:
        meter.answers[103] = CLOCK[:-1] + bytes((year,))
    walked = over(meter)
    assert steps(walked)[-2:] == [(Step.VALUES, True), (Step.CLOCK, False)]
    assert meter.types[:3] == [183, 162, 103]
    assert "the meter's clock is" in str(walked.outcomes[-1].error)


def test_a_meter_without_any_date_has_no_clock() -> None:
    meter = RawMeter()
    meter.answers = {162: ENERGIES + bytes(5), 103: CLOCK[:6] + bytes(7)}
    walked = over(meter)
    assert walked.outcomes[-1].step is Step.CLOCK
    assert "no valid date and time" in str(walked.outcomes[-1].error)


def test_telnet_is_remarked_on_though_all_steps_go_well() -> None:
    greetings = [b"\xff\xfb\x03\xff\xfb\x01"]
    meter = RawMeter(alter=lambda _sent, right: [greetings.pop() + right] if greetings else [right])
    walked = over(meter)
    assert (Step.VALUES, True) in steps(walked)
    assert "ser2net: accepter: tcp" in str(walked.remark)


@pytest.mark.parametrize(
    ("came", "says"),
    [
        (bytes.fromhex("68 0C 0D 68") + bytes(15), "wrong length bytes 12 and 13"),
        (b"\r\nNO CARRIER\r\n", 'the line says "NO CARRIER"'),
        (bytes.fromhex("01 83 02 C0 F1"), "Modbus"),
    ],
)
def test_a_login_that_is_answered_otherwise_is_no_refusal(came: bytes, says: str) -> None:
    walked = over(RawMeter(alter=lambda _sent, right: [came] if is_data(right, 183) else [right]))
    assert steps(walked)[-1] == (Step.KEY, False)
    assert says in str(walked.outcomes[-1].error)
    assert "may have refused" not in str(walked.outcomes[-1].error)


def test_what_a_converter_says_before_it_closes_is_told() -> None:
    class Busy(RawLine):
        def give(self, data: bytes) -> None:
            super().give(data)
            self.lose()

    line = Busy(lambda _sent: [(0.05, b"Port already in use\r\n")])
    walked = checked(Target("serial:/dev/none", lambda _settings: line))[0]
    assert steps(walked) == [(Step.OPEN, True), (Step.BYTES, True), (Step.LINK, False)]
    assert 'had said "Port already in use"' in str(walked.outcomes[-1].error)


def test_rubbish_that_looks_like_long_frames_does_not_hold_it_up() -> None:
    rubbish = bytes.fromhex("68 FF FF 68 01 02 68 20 20 68")
    walked = over(lambda _sent: [(n * 0.15, rubbish) for n in range(100)])
    assert steps(walked)[-1] == (Step.LINK, False)
    attempts, status = 2, 18 * 11 / 300  # three fixed frames at the slowest speed
    assert sum(outcome.seconds for outcome in walked.outcomes) <= attempts * (0.3 + status)


def test_what_is_no_meter_is_shown_with_its_bytes() -> None:
    check = over(lambda _sent: [(0.05, b"\r\nlogin: ")])
    assert steps(check) == [(Step.OPEN, True), (Step.BYTES, True), (Step.LINK, False)]
    assert check.failed is not None
    assert "not this protocol" in str(check.failed.error)
    assert "login:" in str(check.failed.error)


def test_silence_is_not_one_byte() -> None:
    check = over(lambda _sent: [])
    assert steps(check) == [(Step.OPEN, True), (Step.BYTES, False)]


def test_an_echo_is_named() -> None:
    check = over(lambda sent: [(0.02, sent)])
    assert check.failed is not None
    assert "echo" in str(check.failed.error)


def test_an_unknown_host_fails_before_anything_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nobody(_host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def go() -> Check:
        monkeypatch.setattr(names, "addresses", nobody)
        check = Check(parse_target("tcp://meter.example:40001"), FAST, STATION)
        await check.run()
        return check

    check = run(go())
    assert steps(check) == [(Step.NAME, False)]
    assert "meter.example is not known" in str(check.outcomes[0].error)


def test_a_name_server_that_is_silent_is_not_an_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silence(_host: str) -> None:
        await asyncio.Event().wait()

    async def go() -> tuple[Check, float]:
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(names, "addresses", silence)
        check = Check(parse_target("tcp://meter.example:40001"), FAST, STATION)
        await check.run()
        return check, loop.time()

    check, seconds = run(go())
    assert "the name server" in str(check.outcomes[0].error)
    assert seconds == pytest.approx(FAST.timeout_seconds * (FAST.retries + 1))


def test_the_steps_of_a_call_stand_between_the_port_and_its_bytes() -> None:
    check, _, _ = checked(called(HayesScript()), settings=LineSettings(timeout=5000, dial="600"))
    assert steps(check)[:4] == [(Step.OPEN, True), (Step.MODEM, True), (Step.CALL, True), (Step.BYTES, True)]
    assert check.outcomes[2].seconds == pytest.approx(14, abs=0.1)


@pytest.mark.parametrize(
    ("modem", "failed", "says"),
    [
        (HayesScript(call=b"BUSY"), Step.CALL, "the number is busy"),
        (HayesScript(call=None), Step.CALL, "not answered in 60 s"),
        (HayesScript.without_modem(), Step.MODEM, "no modem answers"),
    ],
    ids=["busy", "not answered", "no modem"],
)
def test_a_call_that_fails_is_told_at_its_step(modem: HayesScript, failed: Step, says: str) -> None:
    check, _, _ = checked(called(modem), settings=LineSettings(dial="600"))
    assert check.failed is not None
    assert check.failed.step is failed
    assert says in str(check.failed.error)
    assert modem.commands[-1] == "close"


def called(modem: HayesScript) -> Target:
    """A target that the modem calls."""
    return Target("modem:script", lambda settings: ModemOpener(modem, settings, "modem:script"), is_called=True)
