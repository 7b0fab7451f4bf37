"""Recognise what comes on a line and is no frame: echoes, text, telnet, other protocols."""

from __future__ import annotations

import re

from iec102.link.frame import PRM, START_FIXED
from iec102.sentence import Sentence

_FILL = b"\xff\x00"
# A byte that comes back damaged has few wrong bits; two that have nothing to do with each other differ in four.
_MOST_WRONG_BITS = 2

_TEXT = re.compile(rb"[\x20-\x7e\r\n\t]{4,}")
_SHOWN, _MORE = 60, "..."
# Result codes of modems (ITU-T V.250). The short ones are words of other texts too, and count on a line of their own.
_RESULT = re.compile(
    rb"NO CARRIER|NO DIAL ?TONE|NO ANSWER"
    rb"|(?<![^\r\n\xff\x00])(?:BUSY|ERROR|OK|RING|CONNECT[ -~]{0,30})(?![^\r\n\xff\x00])"
)

# IAC with WILL, WONT, DO or DONT (RFC 854) and an option that converters and terminal servers negotiate.
_TELNET = re.compile(rb"\xff[\xfb-\xfe][\x00\x01\x03\x05\x06\x17-\x27\x2a\x2c]")
_OFFERS = b"\xfb\xfd"
# What may follow a single command; anything else is noise, such as a line at a wrong speed gives.
_AFTER_TELNET = re.compile(rb"[\x10\x68\r\n\x20-\x7e]|$")

_HDLC = re.compile(rb"\x7e[\xa0-\xaf].*\x7e", re.DOTALL)
# FT1.2 with a link address of one byte, as IEC 60870-5-101 and -103 have it.
_SHORT_ADDRESS = re.compile(rb"\x10..(.)\x16", re.DOTALL)
# A U-frame of IEC 60870-5-104.
_IEC_104 = re.compile(rb"\x68\x04[\x07\x0b\x13\x23\x43\x83]\x00\x00\x00")
SINGLE_ACK = b"\xe5"
"""The acknowledgement of one byte of FT1.2."""
_MODBUS_READS = (1, 2, 3, 4)
_MODBUS_WRITES = (5, 6, 15, 16)
_MODBUS_ERROR = 0x80
_MODBUS_TCP_HEAD = 7


def is_fill(data: bytes) -> bool:
    """Whether these bytes say nothing: line fill, and zeros as a break gives them."""
    return not data.strip(_FILL)


def text_in(data: bytes) -> str:
    """A text on one line, ``...`` where more of it is left out; empty where the bytes are none."""
    stripped = data.strip(_FILL)
    if not _TEXT.fullmatch(stripped):
        return ""
    text = " ".join(stripped.decode("ascii").split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - len(_MORE)]}{_MORE}"


def modem_result(data: bytes) -> str:
    """What a modem says, such as NO CARRIER, also between other bytes; empty where there is no such word."""
    found = _RESULT.search(data)
    return found[0].decode("ascii").strip() if found else ""


def telnet_command(data: bytes) -> bytes:
    """The first command of a telnet negotiation with which ``data`` begin, such as FF FB 01; empty where there is none.

    It offers or asks for something, and another command follows, or nothing, a text or a frame.
    """
    first = _TELNET.match(data)
    if first is None or first[0][1] not in _OFFERS:
        return b""
    sure = _TELNET.match(data, first.end()) or _AFTER_TELNET.match(data, first.end())
    return first[0] if sure else b""


def without_telnet(data: bytes) -> bytes:
    """What is left without the negotiation."""
    return _TELNET.sub(b"", data)


def is_damaged_echo(data: bytes, sent: bytes) -> bool:
    """Whether it has the length of the request ``sent``, or of several, and most of its bits.

    Its PRM says that it is a request: the ACK to a reset has few other bits than the reset.
    """
    times, left = divmod(len(data), len(sent))
    wrong = (got ^ wanted for got, wanted in zip(data, sent * times, strict=False))
    if not times or left or any(bits.bit_count() > _MOST_WRONG_BITS for bits in wrong):
        return False
    return bool(data[1 if sent[0] == START_FIXED else 4] & PRM)


def other_protocol(data: bytes) -> str:
    """The name of another protocol whose frames these bytes are; empty where none is known."""
    if _HDLC.search(data):
        return Sentence("protocol.dlms")
    if any(sum(found[0][1:3]) & 0xFF == found[0][3] for found in _SHORT_ADDRESS.finditer(data)):
        return Sentence("protocol.iec101")
    if _IEC_104.search(data):
        return Sentence("protocol.iec104")
    stripped = data.lstrip(b"\xff")
    if _is_modbus(stripped) or _is_modbus_tcp(stripped):
        return Sentence("protocol.modbus")
    if data.strip(_FILL + SINGLE_ACK) == b"" and SINGLE_ACK in data:
        return Sentence("protocol.single_ack")
    return ""


def _is_modbus(data: bytes) -> bool:
    """An RTU answer: address, function, data, CRC."""
    if len(data) < 5:
        return False
    function = data[1]
    if function & _MODBUS_ERROR:
        length = 5
    elif function in _MODBUS_READS:
        length = data[2] + 5
    elif function in _MODBUS_WRITES:
        length = 8
    else:
        return False
    return len(data) >= length and _crc16(data[:length]) == 0


def _is_modbus_tcp(data: bytes) -> bool:
    """An answer with the head of Modbus TCP: transaction, protocol 0, length, unit; then the function."""
    if len(data) <= _MODBUS_TCP_HEAD or data[2:4] != b"\0\0":
        return False
    function = data[_MODBUS_TCP_HEAD] & ~_MODBUS_ERROR
    whole = int.from_bytes(data[4:6], "big") == len(data) - 6
    return whole and function in (*_MODBUS_READS, *_MODBUS_WRITES)


def _crc16(data: bytes) -> int:
    """Of Modbus; 0 over data with their own CRC."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
