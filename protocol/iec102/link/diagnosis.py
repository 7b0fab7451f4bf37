"""Diagnose what was heard instead of the answer to a request: the one judgement, and its sentence, for all who ask.

A request that has failed was either met with silence, or with something. Silence is for the caller to tell. What came
is named here: a damaged answer, another meter, another reader, an echo, a modem, telnet, another protocol. What may
hold the meter's password (an echo of a login, garbage during one) is described without its bytes.
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
    PRM,
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
from iec102.sentence import Sentence, listed

_SHOWN = 16
# What a modem says begins with one of these.
_RESULTS = {
    "NO CARRIER": "modem.no_carrier",
    "NO DIAL": "modem.no_dial",
    "NO ANSWER": "modem.no_answer",
    "BUSY": "modem.busy",
    "CONNECT": "modem.connect",
}
_REQUESTS = {
    Function.RESET: "request.reset",
    Function.USER_DATA: "request.user_data",
    Function.LINK_STATUS: "request.link_status",
    Function.CLASS_2: "request.class_2",
}
_ANSWERS: dict[int, str] = {
    Answer.ACK: "answer.ack",
    Answer.NACK: "answer.nack",
    Answer.USER_DATA: "answer.user_data",
    Answer.NO_DATA: "answer.no_data",
    Answer.LINK_STATUS: "answer.link_status",
}
_FITTING = {
    Function.RESET: (Answer.ACK, Answer.NACK),
    Function.USER_DATA: (Answer.ACK, Answer.NACK),
    Function.LINK_STATUS: (Answer.LINK_STATUS,),
    Function.CLASS_2: (Answer.USER_DATA, Answer.NO_DATA),
}


class Kind(StrEnum):
    """What was heard, from the least to the most telling; ``find --json`` prints the values."""

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
    first = data[:_SHOWN].hex(" ").upper()
    return Sentence("list.more", first=first, more=len(data) - _SHOWN) if len(data) > _SHOWN else first


def telnet_words(command: bytes) -> str:
    """What a converter that has sent this ``command`` does to the bytes, and what to change on it."""
    return Sentence("heard.telnet", sent=shown(command))


def diagnose(
    answers: Sequence[bytes], sent: bytes, *, telnet: bytes = b"", known: bool = False, secret: bool = False
) -> Diagnosis:
    """Diagnose what came after each attempt of the request ``sent``, and was not its answer.

    ``telnet``: a command of telnet that came earlier on this connection. ``known``: the meter has answered on this
    connection before. ``secret``: the bytes may hold the password and are not shown.
    """
    command = telnet or (b"" if secret else telnet_command(answers[0] if answers else b""))
    came = [data for data in (map(without_telnet, answers) if command else answers) if data] or [b""]
    same = len(came) > 1 and len(set(came)) == 1
    found = max(
        (_diagnose_attempt(data, sent, known, secret, same) for data in came), key=lambda found: _RANKS[found.kind]
    )
    if not command:
        doubled = found.kind is Kind.GARBAGE and any(map(_is_answer_with_doubled_bytes, came))
        return Diagnosis(Kind.TELNET, telnet_words(b"\xff\xff"), found.data) if doubled else found
    words = telnet_words(command)
    if found.kind not in (Kind.NOTHING, Kind.GARBAGE):
        words = Sentence("heard.telnet_and", telnet=words, heard=found.words)
    return Diagnosis(Kind.TELNET, words, found.data)


def _diagnose_attempt(data: bytes, sent: bytes, known: bool, secret: bool, same: bool) -> Diagnosis:
    """Diagnose one attempt; ``same``: the others ended like it."""
    if is_fill(data):
        return Diagnosis(Kind.NOTHING, Sentence("heard.fill") if data else Sentence("heard.silence"), data)
    frames, (request,) = _frames(data), _frames(sent)
    answering = tuple(dict.fromkeys(frame.address for frame in frames if not frame.request))
    others = tuple(address for address in answering if address != request.address)
    if others and request.address not in answering:
        words = Sentence("heard.other_address", others=_addresses(others), address=request.address)
        return Diagnosis(Kind.OTHER_ADDRESS, words, data, others)
    rest = data.replace(sent, b"")
    if is_fill(rest):
        return Diagnosis(Kind.ECHO, Sentence("heard.echo"), data)
    asked = tuple(dict.fromkeys(frame.address for frame in _frames(rest) if frame.request))
    if asked:
        return Diagnosis(Kind.OTHER_READER, Sentence("heard.other_reader", addresses=_addresses(asked)), data)
    if is_damaged_echo(rest, sent):
        return Diagnosis(Kind.DAMAGED_ECHO, Sentence("heard.damaged_echo"), data)
    damage = _damage(rest, request.address, secret=secret)
    own = [frame for frame in frames if not frame.request and frame.address == request.address]
    if own and not damage:
        return Diagnosis(Kind.OTHER_ANSWER, _other_answer(own[-1], request), data)
    return _no_frame(rest, damage, known=known, secret=secret, same=same)


def _no_frame(data: bytes, damage: str, *, known: bool, secret: bool, same: bool) -> Diagnosis:
    """Diagnose bytes without any frame. One that has answered before is not said to be no meter."""
    bytes_ = Sentence("heard.secret_bytes") if secret else shown(data)
    if result := modem_result(data):
        word = next((word for word in _RESULTS if result.startswith(word)), "")
        meaning = Sentence(_RESULTS.get(word, "modem.command_mode"))
        words = Sentence("heard.modem", result=(secret and word) or result, meaning=meaning)
        return Diagnosis(Kind.OTHER_PROTOCOL, words, data)
    if name := other_protocol(data):
        return Diagnosis(Kind.OTHER_PROTOCOL, Sentence("heard.protocol", bytes=bytes_, name=name), data)
    if (text := text_in(data)) and not secret:
        return Diagnosis(Kind.OTHER_PROTOCOL, Sentence("heard.text", bytes=bytes_, text=text), data)
    if damage:
        code = "heard.damaged_alike" if same else "heard.damaged"
        return Diagnosis(Kind.GARBAGE, Sentence(code, damage=damage, bytes=bytes_), data)
    code = "heard.no_frame" if known else "heard.strange"
    return Diagnosis(Kind.GARBAGE, Sentence(code, bytes=bytes_), data)


def _other_answer(frame: Frame, request: Frame) -> str:
    """Of a meter that answers, but not what was asked."""
    if frame.function in _FITTING.get(Function(request.function), ()):
        return Sentence("heard.late", address=frame.address)
    code = _ANSWERS.get(frame.function)
    return Sentence(
        "heard.other_answer",
        address=frame.address,
        asked=Sentence(_REQUESTS[Function(request.function)]),
        answer=Sentence("answer.function", function=frame.function) if code is None else Sentence(code),
        function=frame.function,
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
        return Sentence("damage.lengths", first=first, second=second)
    length = first + OVERHEAD
    if first < LINK_HEADER:
        return Sentence("damage.short", length=first)
    if len(data) < length:
        return Sentence("damage.incomplete", there=len(data), length=length)
    if data[length - 1] != END:
        return Sentence("damage.end_after", length=first)
    return _checksum_damage(data[4 : length - 2], data[length - 2], secret=secret)


def _fixed_damage(data: bytes, address: int, *, secret: bool) -> str:
    """Six bytes are soon found by chance: the address of the meter must be among them."""
    if len(data) < 4 or data[1] & PRM or data[2:4] != address.to_bytes(2, "little"):
        return ""
    if len(data) < FIXED_LENGTH:
        return Sentence("damage.incomplete", there=len(data), length=FIXED_LENGTH)
    if data[5] != END:
        return Sentence("damage.end")
    return _checksum_damage(data[1:4], data[4], secret=secret)


def _checksum_damage(data: bytes, found: int, *, secret: bool) -> str:
    """The checksum of a login would tell about its password."""
    expected = sum(data) & 0xFF
    if found == expected:
        return ""
    return Sentence("damage.secret_checksum") if secret else Sentence("damage.checksum", found=found, expected=expected)


def _is_answer_with_doubled_bytes(data: bytes) -> bool:
    """Telnet doubles each 0xFF: without that they are a good answer."""
    single = data.replace(b"\xff\xff", b"\xff")
    return len(single) < len(data) and any(not frame.request for frame in _frames(single))


def _frames(data: bytes) -> list[Frame]:
    reader = FrameReader()
    return [item for item in reader.feed(data) + reader.flush() if isinstance(item, Frame)]


def _addresses(addresses: tuple[int, ...]) -> str:
    return listed(tuple(str(address) for address in addresses))
