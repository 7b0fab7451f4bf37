"""Diagnose what was heard instead of the answer to a request: the one judgement, and its sentence, for all who ask.

A request that has failed was either met with silence, or with something. Silence is for the caller to tell. What came
is named here: a damaged answer, another meter, another reader, an echo, a modem, telnet, another protocol. What may
hold the meter's password (an echo of a login, garbage during one) is told without its bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from iec102.link.frame import (
    END,
    FIXED_LENGTH,
    LINK_HEADER,
    OVERHEAD,
    START_FIXED,
    START_VARIABLE,
    Answer,
    Frame,
    Function,
)
from iec102.link.noise import (
    is_damaged_echo,
    is_fill,
    modem_result,
    other_protocol,
    telnet_command,
    text_in,
    without_telnet,
)
from iec102.link.reader import FrameReader

_SHOWN = 16
_PRM = 0x40
_STRANGE = "something answers here, but not this protocol"
CHECK_LINE = "check the speed and format, the cable or the optical head"
_CHECK_DEVICE = "check the port, and which device is on this line"
_ECHO = (
    "only this program's own request came back: either the optical head echoes the requests, but no meter answers "
    "(check that it sits straight on the meter, and the link address), or a modem is in command mode, without a call "
    "(let it dial first)"
)
_DAMAGED_ECHO = "this program's own request came back damaged: clean the optical head and put it on straight"
_RESULTS = {
    "NO CARRIER": "a modem is on this line, and its call has ended or was not taken: check the number and dial again",
    "NO DIAL": "a modem is on this line, and has no telephone line or no network: check its line, SIM and antenna",
    "NO ANSWER": "a modem is on this line, and nobody took its call: check the number and the meter's modem",
    "BUSY": "a modem is on this line, and the number that it called is busy: try again later",
    "CONNECT": "a modem is on this line, and its call has only now been answered: try again",
}
_COMMAND_MODE = "a modem is on this line, in command mode: let it dial first"
_REQUESTS = {
    Function.RESET: "the reset of the link",
    Function.USER_DATA: "a request",
    Function.LINK_STATUS: "the question for its link status",
    Function.CLASS_2: "the question for its data",
}
_ANSWERS = {
    Answer.ACK: "an acknowledgement",
    Answer.NACK: "busy",
    Answer.USER_DATA: "data",
    Answer.NO_DATA: "no data",
    Answer.LINK_STATUS: "its link status",
}
_FITTING = {
    Function.RESET: (Answer.ACK, Answer.NACK),
    Function.USER_DATA: (Answer.ACK, Answer.NACK),
    Function.LINK_STATUS: (Answer.LINK_STATUS,),
    Function.CLASS_2: (Answer.USER_DATA, Answer.NO_DATA),
}


class Kind(StrEnum):
    """What was heard, from the least to the most telling."""

    NOTHING = "nothing"
    ECHO = "echo"
    OTHER_ANSWER = "other answer"
    DAMAGED_ECHO = "damaged echo"
    GARBAGE = "garbage"
    OTHER_PROTOCOL = "other protocol"
    OTHER_READER = "other reader"
    OTHER_ADDRESS = "other address"
    TELNET = "telnet"


_RANKS = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was heard, in the words of a sentence about it; ``addresses`` are the link addresses of other meters."""

    kind: Kind
    words: str
    data: bytes = b""
    addresses: tuple[int, ...] = ()

    @property
    def hex(self) -> str:
        """The first bytes."""
        return shown(self.data)


def shown(data: bytes) -> str:
    """The first bytes as hex."""
    more = f" and {len(data) - _SHOWN} more" if len(data) > _SHOWN else ""
    return data[:_SHOWN].hex(" ").upper() + more


def telnet_words(command: bytes) -> str:
    """What a converter that has sent this ``command`` does to the bytes, and what to change on it."""
    return (
        f"the converter speaks telnet (it sent {shown(command)}), which changes every byte of 0xFF on its way: "
        "set it to pass the bytes through as they are (ser2net: accepter: tcp)"
    )


def diagnose(
    answers: Sequence[bytes], sent: bytes, *, telnet: bytes = b"", known: bool = False, secret: bool = False
) -> Diagnosis:
    """Judge what came after each attempt of the request ``sent``, and was not its answer.

    ``telnet``: a command of telnet that came earlier on this connection. ``known``: the meter has answered on this
    connection before. ``secret``: the bytes may hold the password and are not shown.
    """
    command = telnet or (b"" if secret else telnet_command(answers[0] if answers else b""))
    came = [data for data in (map(without_telnet, answers) if command else answers) if data] or [b""]
    same = len(came) > 1 and len(set(came)) == 1
    found = max((_judge(data, sent, known, secret, same) for data in came), key=lambda found: _RANKS[found.kind])
    if not command:
        doubled = found.kind is Kind.GARBAGE and any(map(_is_answer_with_doubled_bytes, came))
        return Diagnosis(Kind.TELNET, telnet_words(b"\xff\xff"), found.data) if doubled else found
    words = telnet_words(command)
    if found.kind not in (Kind.NOTHING, Kind.GARBAGE):
        words = f"{words}; besides, {found.words}"
    return Diagnosis(Kind.TELNET, words, found.data)


def _judge(data: bytes, sent: bytes, known: bool, secret: bool, same: bool) -> Diagnosis:
    """Of one attempt; ``same``: the others ended like it."""
    if is_fill(data):
        return Diagnosis(Kind.NOTHING, f"{'nothing but fill bytes' if data else 'not one byte'} came back", data)
    frames, (request,) = _frames(data), _frames(sent)
    answering = tuple(dict.fromkeys(frame.address for frame in frames if not frame.request))
    others = tuple(address for address in answering if address != request.address)
    if others and request.address not in answering:
        words = f"frames of {_addresses(others)} came, but no answer of {_addresses((request.address,))}"
        return Diagnosis(Kind.OTHER_ADDRESS, f"{words}: check the link address", data, others)
    rest = data.replace(sent, b"")
    if is_fill(rest):
        return Diagnosis(Kind.ECHO, _ECHO, data)
    asked = tuple(dict.fromkeys(frame.address for frame in _frames(rest) if frame.request))
    if asked:
        words = f"another reader asks {_addresses(asked)} on this line: let only one of them ask"
        return Diagnosis(Kind.OTHER_READER, words, data)
    if is_damaged_echo(rest, sent):
        return Diagnosis(Kind.DAMAGED_ECHO, _DAMAGED_ECHO, data)
    damage = _damage(rest, request.address, secret=secret)
    own = [frame for frame in frames if not frame.request and frame.address == request.address]
    if own and not damage:
        return Diagnosis(Kind.OTHER_ANSWER, _other_answer(own[-1], request), data)
    return _no_frame(rest, damage, known=known, secret=secret, same=same)


def _no_frame(data: bytes, damage: str, *, known: bool, secret: bool, same: bool) -> Diagnosis:
    """What no frame is in at all. A meter that has answered before is not told to be none."""
    bytes_ = "bytes that are not shown, because they may hold the password" if secret else shown(data)
    if result := modem_result(data):
        if secret:
            result = next((word for word in _RESULTS if result.startswith(word)), result)
        meaning = next((words for word, words in _RESULTS.items() if result.startswith(word)), _COMMAND_MODE)
        return Diagnosis(Kind.OTHER_PROTOCOL, f'the line says "{result}": {meaning}', data)
    if name := other_protocol(data):
        return Diagnosis(Kind.OTHER_PROTOCOL, f"{_STRANGE}: {bytes_}, which looks like {name}: {_CHECK_DEVICE}", data)
    if (text := text_in(data)) and not secret:
        speaker = f"as a modem, a console or another kind of meter does: {_CHECK_DEVICE}"
        return Diagnosis(Kind.OTHER_PROTOCOL, f'{_STRANGE}: {bytes_}; the line says "{text}", {speaker}', data)
    if damage:
        again = "; it is the same each time, so that it is sent like this" if same else ""
        return Diagnosis(Kind.GARBAGE, f"an answer came, but damaged ({damage}): {bytes_}{again}; {CHECK_LINE}", data)
    if known:
        words = f"bytes came that are no frame of this protocol: {bytes_}; {CHECK_LINE}, and who else uses the line"
        return Diagnosis(Kind.GARBAGE, words, data)
    words = f"{_STRANGE}: {bytes_}; the speed or the format is wrong, or it is no meter of this kind"
    return Diagnosis(Kind.GARBAGE, words, data)


def _other_answer(frame: Frame, request: Frame) -> str:
    """Of a meter that answers, but not what was asked."""
    if frame.function in _FITTING.get(Function(request.function), ()):
        return (
            f"link address {frame.address} answers too late, or with copies of earlier answers: "
            "give it a longer timeout, and check what else is on the line"
        )
    said = _ANSWERS.get(frame.function, f"function {frame.function}")  # type: ignore[call-overload]
    return (
        f"link address {frame.address} answers {_REQUESTS[Function(request.function)]} with {said} (function "
        f"{frame.function}), which does not fit: check whether another reader uses the line, and look at the frame log"
    )


def _damage(data: bytes, address: int, *, secret: bool) -> str:
    """What is wrong with the first frame of a meter that can still be seen; empty where there is none."""
    for start, byte in enumerate(data):
        damage = ""
        if byte == START_VARIABLE:
            damage = _variable_damage(data[start:], secret=secret)
        elif byte == START_FIXED:
            damage = _fixed_damage(data[start:], address, secret=secret)
        if damage:
            return damage
    return ""


def _variable_damage(data: bytes, *, secret: bool) -> str:
    if len(data) < 4 or data[3] != START_VARIABLE:
        return ""
    first, second = data[1:3]
    if first != second:
        return f"wrong length bytes {first} and {second}"
    length = first + OVERHEAD
    if first < LINK_HEADER:
        return f"wrong length bytes, {first} is too short"
    if len(data) < length:
        return f"only {len(data)} of {length} bytes"
    if data[length - 1] != END:
        return f"no end character after the length of {first}"
    return _checksum_damage(data[4 : length - 2], data[length - 2], secret=secret)


def _fixed_damage(data: bytes, address: int, *, secret: bool) -> str:
    """Six bytes are soon found by chance: the address of the meter must be among them."""
    if len(data) < 4 or data[1] & _PRM or data[2:4] != address.to_bytes(2, "little"):
        return ""
    if len(data) < FIXED_LENGTH:
        return f"only {len(data)} of {FIXED_LENGTH} bytes"
    if data[5] != END:
        return "no end character"
    return _checksum_damage(data[1:4], data[4], secret=secret)


def _checksum_damage(data: bytes, found: int, *, secret: bool) -> str:
    """The checksum of a login would tell about its password."""
    expected = sum(data) & 0xFF
    if found == expected:
        return ""
    return "wrong checksum" if secret else f"wrong checksum {found:02X} instead of {expected:02X}"


def _is_answer_with_doubled_bytes(data: bytes) -> bool:
    """Telnet doubles each 0xFF: without that they are a good answer."""
    single = data.replace(b"\xff\xff", b"\xff")
    return len(single) < len(data) and any(not frame.request for frame in _frames(single))


def _frames(data: bytes) -> list[Frame]:
    reader = FrameReader()
    return [item for item in reader.feed(data) + reader.flush() if isinstance(item, Frame)]


def _addresses(addresses: tuple[int, ...]) -> str:
    return f"link address {' and '.join(str(address) for address in addresses)}"
