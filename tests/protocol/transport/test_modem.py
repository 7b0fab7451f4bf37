"""Calls through a modem that is not ours, in virtual time: every result code, and every way in which a call ends."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from iec102.errors import ConnectFailed, Disconnected, InvalidSetting
from iec102.line import Line
from iec102.line.state import LineState, Phase
from iec102.open import parse_target
from iec102.settings import LineSettings
from iec102.transport.modem import ModemOpener
from support.dialogue import now, values
from support.hayes_script import HayesScript
from support.receiver import Collector
from support.scripted_meter import ScriptedMeter, virtual_clock
from support.virtual_time import run

NUMBER = "600123456"


def line_by(
    modem: HayesScript,
    settings: LineSettings | None = None,
    *,
    reconnect: bool = False,
    states: list[LineState] | None = None,
) -> Line:
    settings = settings or LineSettings(timeout=10_000, dial=NUMBER)
    opener = ModemOpener(modem, settings, "modem:/dev/ttyUSB0")
    on_state = None if states is None else states.append
    return Line(opener, settings, reconnect=reconnect, on_state=on_state, clock=virtual_clock())


async def failing(modem: HayesScript, settings: LineSettings | None = None) -> str:
    """What a reading that fails says; the line is closed, and the modem then as it was."""
    line = line_by(modem, settings)
    try:
        with pytest.raises(ConnectFailed) as raised:
            await values(line)
    finally:
        await line.close()
    assert modem.commands[-1] == "close"
    return str(raised.value)


# A call


@pytest.mark.parametrize(
    "result", [b"CONNECT", b"CONNECT 9600", b"CONNECT 9600/RLP", b"REL ASYNC", b"CONNECT 1200/75/NONE", b"1"]
)
def test_a_call_that_is_answered_reads_and_is_hung_up(result: bytes) -> None:
    async def dialogue() -> None:
        modem = HayesScript(call=result)
        line = line_by(modem)
        assert await values(line) == 1001
        assert modem.commands == ["ATZ", "ATH0", "AT+CBST=7,0,1", f"ATD{NUMBER}"]
        await line.close()
        assert modem.commands[4:] == ["+++", "ATH0", "close"]
        assert not modem.online

    run(dialogue())


def test_the_first_frame_waits_a_moment_and_what_the_other_modem_says_meanwhile_is_dropped() -> None:
    async def dialogue() -> None:
        modem = HayesScript(rings=20.0)
        modem.behind_connect = b"WELCOME\r\n"
        line = line_by(modem)
        await values(line)
        first = modem.line.sent[0][0]
        assert first >= modem.at(f"ATD{NUMBER}") + 20.0 + 1.0
        assert line.counters.garbage_bytes == 0
        await line.close()

    run(dialogue())


def test_what_the_converter_still_holds_is_dropped_first() -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        modem.early = b"\r\nNO CARRIER\r\n\r\nOK\r\nBUSY\r\n"
        line = line_by(modem)
        assert await values(line) == 1001
        assert modem.said[0][0] >= 0.5
        await line.close()

    run(dialogue())


def test_the_commands_before_the_call_may_be_others() -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        line = line_by(modem, LineSettings(timeout=10_000, dial=" 0,600-12 34", modem_init="at&f; ATE0 ATX3"))
        await values(line)
        assert modem.commands == ["at&f", "ATE0", "ATX3", "ATD0,600-12 34"]
        await line.close()

    run(dialogue())


def test_its_states_tell_how_far_it_is() -> None:
    async def dialogue() -> None:
        states: list[LineState] = []
        modem = HayesScript()
        line = line_by(modem, states=states)
        await values(line)
        await line.close()
        steps = [state.step for state in states if state.phase is Phase.OPENING]
        assert steps == [
            "opening modem:/dev/ttyUSB0",
            "preparing the modem",
            f"dialling {NUMBER}",
            'call answered after 14 s ("CONNECT 9600")',
        ]

    run(dialogue())


# Calls that fail


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (b"NO CARRIER", "the call reached no modem"),
        (b"3", "the call reached no modem"),
        (b"BUSY", "the number is busy"),
        (b"7", "the number is busy"),
        (b"NO DIALTONE", "no telephone line or no network"),
        (b"NO DIAL TONE", "no telephone line or no network"),
        (b"NO ANSWER", "nobody took the call"),
        (b"8", "nobody took the call"),
        (b"ERROR", "the modem refused to call"),
        (b"+CME ERROR: 30", "the modem refused to call"),
        (b"VOICE", "answered by a person"),
        (b"OK", "taken for one by voice"),
        (b"BLACKLISTED", "bars the number"),
        (b"DELAYED: 00:02:13", "bars the number"),
    ],
)
def test_each_result_code_has_its_sentence(result: bytes, says: str) -> None:
    async def dialogue() -> None:
        said = await failing(HayesScript(call=result))
        assert says in said
        assert said.startswith("modem:/dev/ttyUSB0: ")
        assert NUMBER not in said

    run(dialogue())


def test_a_call_that_nobody_answers_ends_after_the_modem_timeout_and_is_given_up() -> None:
    async def dialogue() -> None:
        modem = HayesScript(call=None)
        assert "not answered in 60 s" in await failing(modem)
        assert "not answered in 25 s" in await failing(modem, LineSettings(dial="1", modem_timeout=25_000))

    run(dialogue())


def test_ringing_is_no_result() -> None:
    async def dialogue() -> None:
        modem = HayesScript(rings=30.0)
        line = line_by(modem)
        reading = asyncio.create_task(values(line))
        await asyncio.sleep(15)
        modem.tell(b"\r\nRINGING\r\n\r\nRING\r\n")
        assert await reading == 1001
        await line.close()

    run(dialogue())


def test_a_port_without_a_modem_is_told() -> None:
    async def dialogue() -> None:
        assert "no modem answers (ATZ): check its power" in await failing(HayesScript.without_modem())

    run(dialogue())


def test_a_command_that_is_refused_is_told_but_for_the_one_of_gsm_modems() -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        modem.replies["ATH0"] = b"ERROR"
        assert 'says "ERROR" to ATH0' in await failing(modem)

    run(dialogue())


def test_what_another_program_has_left_on_its_command_line_is_not_taken_for_a_refusal() -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        asked = "\x10\x49\x01\x00\x4a\x16"  # of a meter, by who took the modem for one
        modem.write(asked.encode())
        modem.replies[f"{asked}ATZ"] = b"ERROR"
        line = line_by(modem)
        assert await values(line) == 1001
        assert modem.commands[:3] == [f"{asked}ATZ", "ATZ", "ATH0"]
        await line.close()

    run(dialogue())


def test_a_first_command_that_the_modem_does_not_know_is_told() -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        modem.replies["ATZ"] = b"ERROR"
        assert 'says "ERROR" to ATZ' in await failing(modem)
        assert modem.commands[:3] == ["ATZ", "ATZ", "close"]

    run(dialogue())


def test_the_port_of_a_modem_is_told_by_the_modem() -> None:
    async def dialogue() -> None:
        opener = parse_target("modem:/nosuch?dial=1").opener(LineSettings())
        with pytest.raises(ConnectFailed, match=r"^modem:/nosuch: there is no such port"):
            await opener.open(Collector())

    asyncio.run(dialogue())


def test_a_modem_that_is_still_in_a_call_is_called_back_from_it() -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        modem.online = True
        line = line_by(modem)
        assert await values(line) == 1001
        assert modem.commands[:3] == ["+++", "ATH0", "ATZ"]
        await line.close()

    run(dialogue())


def test_answers_that_come_late_are_not_taken_for_those_of_the_next_command() -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        modem.slow["ATH0"] = 4.0
        line = line_by(modem)
        assert await values(line) == 1001
        assert modem.commands.count("ATH0") == 2
        await line.close()

    run(dialogue())


def test_a_number_is_needed_and_must_be_one() -> None:
    with pytest.raises(InvalidSetting, match="give the number"):
        parse_target("modem:/dev/ttyUSB0").opener(LineSettings())
    for number in ("", "x", "600;+CPBS", "12\rATH", "1" * 90):
        with pytest.raises(InvalidSetting, match="must be digits"):
            LineSettings(dial=number)


# Calls that are lost


def test_a_carrier_that_is_lost_in_the_middle_is_told_at_once() -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        line = line_by(modem)
        await values(line)
        modem.line.mute = True
        reading = asyncio.create_task(values(line))
        await asyncio.sleep(1)
        began = now()
        modem.lose_carrier()
        with pytest.raises(Disconnected, match=r'the call was lost \("NO CARRIER"\): check the antennas'):
            await reading
        assert now() - began < 1.0
        await line.close()
        assert modem.commands[-1] == "close"
        assert "+++" not in modem.commands  # there is no call to hang up

    run(dialogue())


def test_a_carrier_that_is_lost_between_two_readings_is_told_and_the_next_one_calls_again() -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        line = line_by(modem)
        await values(line)
        modem.lose_carrier(b"\r\nNO CARRIER\r\n")
        await asyncio.sleep(1)
        assert line.state.phase is Phase.LOST
        assert "the call was lost" in str(line.state.error)
        assert await values(line) == 1002
        assert modem.commands.count(f"ATD{NUMBER}") == 2
        await line.close()

    run(dialogue())


def test_a_carrier_that_is_lost_before_the_first_frame_is_told() -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        modem.behind_connect = b"\r\nNO CARRIER\r\n"
        assert "answered and ended at once" in await failing(modem)

    run(dialogue())


@pytest.mark.parametrize("after", [0.1, 0.7, 5.0, 15.5, 16.05])
def test_a_way_to_the_modem_that_is_lost_is_told_whenever_that_is(after: float) -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        line = line_by(modem)
        reading = asyncio.create_task(values(line))
        await asyncio.sleep(after)
        modem.lose()
        with pytest.raises(Disconnected, match="the other side closed the connection"):
            await reading
        await line.close()

    run(dialogue())


def test_words_of_a_modem_inside_data_end_nothing() -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        line = line_by(modem)
        await values(line)
        modem.tell(b"\x68\r\nNO CARRIER\r\n")
        await asyncio.sleep(0.2)
        modem.tell(b"\x16\x16")
        await asyncio.sleep(5)
        assert line.state.connected
        assert await values(line) == 1002
        await line.close()

    run(dialogue())


# Hanging up


def test_silence_stands_before_and_after_the_escape() -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        line = line_by(modem)
        await values(line)
        begin = now()
        await line.close()
        assert modem.commands[-3:] == ["+++", "ATH0", "close"]
        assert begin + 2.0 <= modem.at("ATH0") <= begin + 3.0

    run(dialogue())


def test_plus_signs_inside_data_never_hang_up() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        modem = HayesScript(meter)
        line = line_by(modem)
        for _ in range(3):
            await values(line)
            await asyncio.sleep(3)
        assert modem.end is not None
        modem.end.line.to_reader = lambda frame: [b"+++", frame.encode()]  # noise in front of each answer
        assert await values(line) == 1004
        assert "+++" not in modem.commands
        await line.close()

    run(dialogue())


def test_a_call_in_which_nobody_asks_is_hung_up_and_the_next_request_calls_again() -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        line = line_by(modem, reconnect=True)
        await values(line)
        await asyncio.sleep(59)
        assert modem.online
        await asyncio.sleep(5)
        assert not modem.online
        assert line.state.phase is Phase.IDLE
        assert line.state.step == "hung up after 60 s without a request"
        assert line.state.error is None
        began = now()
        assert await values(line) == 1002
        assert now() - began < 25
        await line.close()

    run(dialogue())


def test_how_long_nobody_may_ask_can_be_set() -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        line = line_by(modem, LineSettings(timeout=10_000, dial="1", hang_up_after=600))
        await values(line)
        await asyncio.sleep(599)
        assert modem.online
        await asyncio.sleep(5)
        assert not modem.online
        await line.close()

    run(dialogue())


@pytest.mark.parametrize("after", [2.0, 10.0])
def test_a_call_that_is_being_made_is_given_up_when_the_line_is_closed(after: float) -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        line = line_by(modem)
        reading = asyncio.create_task(values(line))
        await asyncio.sleep(after)
        await line.close()
        assert modem.commands[-2:] == ["abort", "close"]
        with pytest.raises(Disconnected):
            await reading

    run(dialogue())


def test_a_modem_that_does_not_answer_the_escape_is_given_back_in_bounded_time() -> None:
    async def dialogue() -> None:
        modem = HayesScript()
        line = line_by(modem)
        await values(line)
        modem.receiver, kept = None, modem.receiver
        assert kept is not None
        begin = now()
        await line.close()
        assert modem.commands[-1] == "close"
        assert now() - begin <= 20

    run(dialogue())


# Calling again


def test_one_attempt_then_growing_pauses() -> None:
    async def dialogue() -> None:
        states: list[LineState] = []
        modem = HayesScript(call=b"BUSY", rings=1.0)
        line = line_by(modem, reconnect=True, states=states)
        reading = asyncio.create_task(values(line))
        await asyncio.sleep(3600)
        calls = [time for time, command in modem.said if command.startswith("ATD")]
        pauses = [round(later - earlier, -1) for earlier, later in itertools.pairwise(calls)]
        assert pauses[:5] == [30, 60, 120, 240, 480]
        assert max(pauses) <= 920
        waiting = next(state for state in states if state.phase is Phase.WAITING)
        assert waiting.next_attempt is not None
        assert "is busy" in str(waiting.error)
        modem.call = b"CONNECT"
        assert await reading == 1001
        await line.close()

    run(dialogue())


def test_calls_that_are_lost_soon_are_not_made_again_at_once() -> None:
    async def dialogue() -> None:
        modem = HayesScript(rings=1.0)
        line = line_by(modem, reconnect=True)
        for _ in range(3):
            await values(line)
            modem.lose_carrier()
            await asyncio.sleep(1)
            assert line.state.phase is Phase.WAITING
        await values(line)
        calls = [time for time, command in modem.said if command.startswith("ATD")]
        pauses = [round(later - earlier, -1) for earlier, later in itertools.pairwise(calls)]
        assert pauses == [30, 60, 120]
        await asyncio.sleep(0)
        await line.close()

    run(dialogue())


def test_a_call_that_lasted_long_is_made_again_after_the_first_pause() -> None:
    async def dialogue() -> None:
        modem = HayesScript(rings=1.0)
        line = line_by(modem, LineSettings(timeout=10_000, dial="1", hang_up_after=5000), reconnect=True)
        for _ in range(2):
            await values(line)
            await asyncio.sleep(1000)
            modem.lose_carrier()
            await asyncio.sleep(1)
            assert line.state.next_attempt is not None
            assert line.state.next_attempt - now() <= 30
        await line.close()

    run(dialogue())


def test_a_call_that_was_ended_on_purpose_makes_the_next_failure_the_first() -> None:
    async def dialogue() -> None:
        modem = HayesScript(rings=1.0)
        line = line_by(modem, reconnect=True)
        for _ in range(2):
            await values(line)
            modem.lose_carrier()
            await asyncio.sleep(1)
        await values(line)
        await asyncio.sleep(70)
        assert line.state.step == "hung up after 60 s without a request"
        await values(line)
        modem.lose_carrier()
        await asyncio.sleep(1)
        assert line.state.next_attempt is not None
        assert line.state.next_attempt - now() <= 30
        await line.close()

    run(dialogue())


def test_a_request_without_reconnection_calls_once() -> None:
    async def dialogue() -> None:
        modem = HayesScript(call=b"BUSY")
        await failing(modem)
        assert modem.commands.count(f"ATD{NUMBER}") == 1

    run(dialogue())


def test_a_silent_meter_behind_a_call_is_not_called_again_at_once() -> None:
    async def dialogue() -> None:
        modem = HayesScript(rings=1.0)
        modem.line.mute = True
        line = line_by(modem, reconnect=True)
        reading = asyncio.create_task(values(line))
        await asyncio.sleep(100)
        calls = [time for time, command in modem.said if command.startswith("ATD")]
        assert len(calls) == 2
        assert calls[1] - calls[0] >= 60
        reading.cancel()
        await line.close()

    run(dialogue())
