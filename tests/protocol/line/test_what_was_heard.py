"""What came instead of an answer is named, by a meter and converters that are nothing but bytes. In virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest
from iec102.asdu import Password
from iec102.errors import (
    Iec102Error,
    KeyAnswerLost,
    KeyNotAnswered,
    NoAnswer,
    OtherContent,
    WrongAnswer,
)
from iec102.line import Line
from iec102.line.state import LineState, Phase
from iec102.link import Garbage
from iec102.meter.meter import Meter
from iec102.meter.reading import Reading
from iec102.settings import LineSettings, Station
from iec102.transport import Direction, Receiver, TapRecord
from iec102.transport.settling import SettlingOpener
from support.raw_line import RawLine
from support.raw_meter import Alter, RawMeter, fixed, is_data, is_poll, variable
from support.virtual_time import run

KEY = 0x41424344
STATION = Station(1, 1, Password(KEY))
TELNET = bytes.fromhex("FF FB 03 FF FD 03 FF FB 01 FF FE 01 FF FD 00 FF FB 00")  # of ser2net 4.3.11
NO_CARRIER = b"\r\nNO CARRIER\r\n"
MODBUS = bytes.fromhex("01 83 02 C0 F1")


class Heard:
    """One reading: its error, what the line told, and all records."""

    def __init__(self, alter: Alter, *, line: RawLine | None = None, settings: LineSettings | None = None) -> None:
        self.meter = RawMeter(alter=alter)
        self.states: list[LineState] = []
        self.records: list[TapRecord] = []
        self.reading: Reading | None = None
        self.error: Iec102Error | None = None
        self.again: Iec102Error | None = None
        run(self._read(line or RawLine(self.meter), settings or LineSettings(timeout=500)))

    async def _read(self, raw: RawLine, settings: LineSettings) -> None:
        raw.behaviour = self.meter
        opener = SettlingOpener(raw, settings.settle_seconds) if settings.settle else raw
        line = Line(opener, settings, tap=self.records.append, on_state=self.states.append)
        meter = Meter(line, STATION)
        try:
            self.reading = await meter.read_instantaneous()
        except Iec102Error as error:
            self.error = error
            if isinstance(error, KeyNotAnswered):
                with pytest.raises(type(error)) as again:
                    await meter.read_instantaneous()
                self.again = again.value
        self.counters = line.counters
        self.remark = line.state.remark
        await line.close()

    @property
    def phase(self) -> Phase:
        return next(state.phase for state in reversed(self.states) if state.error is not None)


def wrong_lengths(data: bytes) -> bytes:
    return data[:1] + bytes((data[1] - 1,)) + data[2:]


def status(instead: bytes) -> Alter:
    return lambda sent, right: [instead] if sent[1] == 0x49 else [right]


def values(change: bytes) -> Alter:
    return lambda _sent, right: [change] if is_data(right, 163) else [right]


def test_the_raw_meter_is_read() -> None:
    heard = Heard(lambda _sent, right: [right])
    assert heard.reading is not None
    assert heard.reading["energy.active_imported"].value == 8_920_624
    assert heard.remark is None
    assert heard.meter.types == [183, 162, 187]


@pytest.mark.parametrize(
    ("came", "says"),
    [
        (NO_CARRIER, 'the line says "NO CARRIER"'),
        (b"\x10\x0b" + NO_CARRIER, 'the line says "NO CARRIER"'),
        (b"\r\nERROR\r\n", "in command mode"),
        (MODBUS, "looks like Modbus"),
        (bytes.fromhex("01 04 02 12 34 B4 47"), "looks like Modbus"),
        (bytes.fromhex("00 01 00 00 00 03 01 83 02"), "looks like Modbus"),
        (b"\xe5", "acknowledgement of one byte"),
        (b"\r\nlogin: ", 'the line says "login:"'),
        (fixed(0x0B, 7), "frames of link address 7 came"),
        (fixed(0x00), "link address 1 answers the question for its link status with an acknowledgement"),
        (fixed(0x0B)[:4] + b"\x0d\x16", "wrong checksum 0D instead of 0C"),
        (fixed(0x0B)[:5], "only 5 of 6 bytes"),
        (b"\x00\x00", "nothing but fill bytes"),
        (b"\x91\xa4\x07", "91 A4 07"),
        (bytes.fromhex("68 04 83 00 00 00"), "IEC 60870-5-104"),
    ],
)
def test_what_comes_for_the_link_status_is_named(came: bytes, says: str) -> None:
    heard = Heard(status(came))
    assert isinstance(heard.error, WrongAnswer)
    assert says in str(heard.error)
    assert "no answer from" not in str(heard.error)
    assert heard.phase is Phase.WRONG


def test_silence_is_no_answer_all_the_same() -> None:
    heard = Heard(lambda _sent, _right: [])
    assert isinstance(heard.error, NoAnswer)
    assert not isinstance(heard.error, WrongAnswer)
    assert heard.phase is Phase.LOST


@pytest.mark.parametrize(
    ("came", "says"),
    [
        (NO_CARRIER, 'the line says "NO CARRIER"'),
        (MODBUS, "looks like Modbus"),
        (wrong_lengths(variable(bytes(7))), "wrong length bytes 9 and 10"),
        (variable(bytes(7))[:-2] + b"\x77\x16", "wrong checksum 77 instead of"),
        (variable(bytes(7))[:-1], "only 15 of 16 bytes"),
        (b"\x91\xa4\x07", "bytes came that are no frame of this protocol: 91 A4 07"),
        (fixed(0x00), "answers the question for its data with an acknowledgement"),
    ],
)
def test_what_comes_instead_of_the_values_is_named(came: bytes, says: str) -> None:
    heard = Heard(values(came))
    assert isinstance(heard.error, WrongAnswer)
    assert says in str(heard.error)
    assert "no meter of this kind" not in str(heard.error)
    assert heard.phase is Phase.WRONG


def test_a_meter_whose_frames_have_a_wrong_length_each_time_is_told_from_a_bad_line() -> None:
    heard = Heard(lambda _sent, right: [wrong_lengths(right)] if is_data(right, 163) else [right])
    assert "wrong length bytes 38 and 39" in str(heard.error)
    assert "the same each time" in str(heard.error)


@pytest.mark.parametrize("poll", [False, True])
@pytest.mark.parametrize(
    ("came", "says"),
    [
        (NO_CARRIER, 'the line says "NO CARRIER"'),
        (MODBUS, "looks like Modbus"),
        (b"", "wrong length bytes 12 and 13"),
        (b"\xe5\x99", "are no frame"),
        (fixed(0x0B), "with its link status"),
    ],
)
def test_a_login_that_something_else_answers_is_no_refusal_and_no_key_goes_out_again(
    poll: bool, came: bytes, says: str
) -> None:
    def alter(sent: bytes, right: bytes) -> Iterable[bytes]:
        login = sent[0] == 0x68 and sent[7] == 183
        instead = came or bytes((0x68, 12, 13, 0x68)) + bytes(15)
        return [instead] if (is_data(right, 183) if poll else login) else [right]

    heard = Heard(alter)
    assert isinstance(heard.error, KeyAnswerLost)
    for error in (heard.error, heard.again):
        assert says in str(error)
        assert "may have refused" not in str(error)
        assert "did not answer" not in str(error)
        assert "not sent again by itself" in str(error)
    assert heard.phase is Phase.STOPPED
    assert heard.meter.logins == 1


def test_a_login_that_nobody_answers_may_be_a_refusal() -> None:
    heard = Heard(lambda sent, right: [] if sent[0] == 0x68 else [right])
    assert isinstance(heard.error, KeyNotAnswered)
    assert not isinstance(heard.error, KeyAnswerLost)
    assert "may have refused" in str(heard.error)
    assert heard.phase is Phase.REFUSED


def test_the_password_is_not_in_the_sentence_about_a_login_that_comes_back_damaged() -> None:
    def alter(sent: bytes, right: bytes) -> Iterable[bytes]:
        if not (sent[0] == 0x68 and sent[7] == 183):
            return [right]
        return [sent[:9], sent[9:13] + b"\xaa" + sent[13:-2] + bytes((sent[-2] ^ 0xFF, 0x16)), sent[-6:-2]]

    heard = Heard(alter)
    assert "password" in str(heard.error)
    sum_ = sum(KEY.to_bytes(4, "little"))
    for spelt in ("44 43", "DCBA", str(KEY), f"{sum_ & 0xFF:02X} instead", "instead of"):
        assert spelt not in str(heard.error)


@pytest.mark.parametrize("resets", [False, True])
@pytest.mark.parametrize("data", [False, True])
def test_e5_acknowledges_resets_and_user_data(resets: bool, data: bool) -> None:
    def alter(sent: bytes, right: bytes) -> Iterable[bytes]:
        reset = sent[0] == 0x10 and sent[1] == 0x40
        return [b"\xe5"] if (reset and resets) or (sent[0] == 0x68 and data) else [right]

    heard = Heard(alter)
    assert heard.error is None
    assert heard.reading is not None
    assert heard.counters.repeats == heard.counters.timeouts == heard.counters.bad_frames == 0
    notes = [record.note for record in heard.records if isinstance(record.item, Garbage)]
    assert notes == ["acknowledgement of one byte"] * (resets + 3 * data if resets or data else 0)


def test_e5_behind_an_echo_acknowledges() -> None:
    heard = Heard(lambda sent, right: [sent + b"\xe5"] if sent[0] == 0x68 or sent[1] == 0x40 else [right])
    assert heard.error is None
    assert heard.counters.repeats == 0


def test_e5_is_noise_where_the_meter_acknowledges_with_frames() -> None:
    """A request that got lost is not taken for acknowledged, because a byte of noise came."""
    lost: list[bytes] = []

    def alter(sent: bytes, right: bytes) -> Iterable[bytes]:
        if sent[0] == 0x68 and sent[7] == 162 and not lost:
            lost.append(sent)
            return [b"\xe5"]
        return [right]

    heard = Heard(alter)
    assert heard.error is None
    assert heard.counters.repeats == 1


def test_a_head_that_echoes_and_a_modem_in_command_mode_are_both_named() -> None:
    heard = Heard(lambda sent, _right: [sent])
    assert isinstance(heard.error, WrongAnswer)
    assert "the optical head echoes" in str(heard.error)
    assert "a modem is in command mode" in str(heard.error)


def test_content_for_another_point_is_named() -> None:
    def alter(_sent: bytes, right: bytes) -> Iterable[bytes]:
        if not is_data(right, 163):
            return [right]
        return [variable(right[7:10] + b"\x05" + right[11:-2])]

    heard = Heard(alter)
    assert isinstance(heard.error, OtherContent)
    assert "type 163 with cause 5 of point address 5" in str(heard.error)
    assert "had no data" not in str(heard.error)


def test_data_that_are_too_short_for_an_answer_are_named() -> None:
    heard = Heard(lambda sent, right: [variable(b"\xa3\x01")] if is_poll(sent) and is_data(right, 163) else [right])
    assert isinstance(heard.error, OtherContent)
    assert "2 bytes, too few" in str(heard.error)


class Converter(RawLine):
    """Says something when it is opened, in so many pieces, and passes the bytes on as telnet does."""

    def __init__(self, greeting: bytes, size: int = 64, *, doubles: bool = True) -> None:
        super().__init__(lambda _sent: ())
        self._greeting = greeting
        self._size = size
        self._doubles = doubles

    async def open(self, receiver: Receiver) -> RawLine:
        for start in range(0, len(self._greeting), self._size):
            piece = self._greeting[start : start + self._size]
            asyncio.get_running_loop().call_later(0.001 * (1 + start), receiver.data_received, piece)
        return await super().open(receiver)

    def write(self, data: bytes) -> None:
        for after, answer in self.behaviour(data):
            doubled = answer.replace(b"\xff", b"\xff\xff") if self._doubles else answer
            asyncio.get_running_loop().call_later(after, self.give, doubled)


@pytest.mark.parametrize("greeting", [TELNET, TELNET[:3], b"\xff\xfd\x18\xff\xfd\x20"])
@pytest.mark.parametrize("size", [1, 2, 64])
def test_telnet_is_named_though_the_values_come(greeting: bytes, size: int) -> None:
    heard = Heard(lambda _sent, right: [right], line=Converter(greeting, size))
    assert heard.reading is not None
    assert heard.remark is not None
    assert "telnet" in heard.remark
    assert "ser2net: accepter: tcp" in heard.remark


def test_telnet_is_named_though_the_line_settles_first() -> None:
    settings = LineSettings(timeout=500, settle=1000)
    heard = Heard(lambda _sent, right: [right], line=Converter(TELNET), settings=settings)
    assert heard.reading is not None
    assert "telnet" in (heard.remark or "")
    received = [record for record in heard.records if record.direction is Direction.RECEIVED]
    assert not any(isinstance(record.item, Garbage) for record in received)


@pytest.mark.parametrize("greeting", [TELNET, b""])
def test_a_byte_of_ff_that_telnet_doubles_is_telnet_and_not_the_cable(greeting: bytes) -> None:
    change = variable(bytes.fromhex("A3 01 05 01 00 00 C0") + b"\xff\x00\x00\x00" * 6 + bytes(5))
    heard = Heard(values(change), line=Converter(greeting))
    assert isinstance(heard.error, WrongAnswer)
    assert "telnet" in str(heard.error)
    assert "cable" not in str(heard.error)


def test_silence_behind_telnet_names_both() -> None:
    heard = Heard(lambda _sent, _right: [], line=Converter(TELNET))
    assert "the converter speaks telnet" in str(heard.error)
    assert "if link address 1 is silent then too" in str(heard.error)
    assert heard.phase is Phase.WRONG


@pytest.mark.parametrize("noise", [b"\xff\xfc\x00\xfe\xf8", b"\xff\xfb\x80", b"\xff\xfe\x01\xe0", b"\xff\xfd\x00\xfe"])
def test_a_line_at_a_wrong_speed_is_not_telnet(noise: bytes) -> None:
    heard = Heard(status(noise))
    assert "telnet" not in str(heard.error)


def test_values_that_look_like_telnet_are_values() -> None:
    change = variable(bytes.fromhex("A3 01 05 01 00 00 C0") + b"\xff\xfb\x01\x00" * 6 + bytes(5))
    heard = Heard(values(change))
    assert heard.reading is not None
    assert heard.remark is None
