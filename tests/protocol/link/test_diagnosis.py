"""What bytes say that are no answer to a link-status request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.link import Answer, Function, answer, request
from iec102.link.diagnosis import Kind, diagnose, shown

SENT = request(Function.LINK_STATUS, 5).encode()
STATUS = answer(Answer.LINK_STATUS, 7).encode()


@pytest.mark.parametrize(
    ("data", "kind", "says"),
    [
        (b"", Kind.NOTHING, "not one byte"),
        (b"\xff\xff\x00", Kind.NOTHING, "fill"),
        (SENT, Kind.ECHO, "echoes"),
        (SENT * 4, Kind.ECHO, "echoes"),
        (b"\xff" + SENT, Kind.ECHO, "echoes"),
        (bytes((SENT[0], SENT[1] ^ 0x81, *SENT[2:])), Kind.DAMAGED_ECHO, "clean the optical head"),
        (SENT + bytes((SENT[0] ^ 1, *SENT[1:])), Kind.DAMAGED_ECHO, "clean the optical head"),
        (STATUS, Kind.OTHER_ADDRESS, "link address 7 came"),
        (SENT + STATUS, Kind.OTHER_ADDRESS, "link address 7 came"),
        (b"\x00\x91" + STATUS + answer(Answer.ACK, 9).encode(), Kind.OTHER_ADDRESS, "7 and 9"),
        (request(Function.CLASS_2, 7, fcb=True).encode(), Kind.OTHER_READER, "another reader asks link address 7"),
        (b"\r\nNO CARRIER\r\n", Kind.OTHER_PROTOCOL, '"NO CARRIER"'),
        (b"\x7e\xa0\x0a\x02\x21\x10\x93\x9a\x64\x7e", Kind.OTHER_PROTOCOL, "DLMS"),
        (b"\x10\x0b\x05\x10\x16", Kind.OTHER_PROTOCOL, "one byte"),
        (b"\x10\x0b\x05\x11\x16", Kind.GARBAGE, "10 0B 05 11 16"),
        (b"\x91", Kind.GARBAGE, "91"),
        (bytes(range(0x80, 0xA0)), Kind.GARBAGE, "and 16 more"),
    ],
)
def test_each_has_its_sentence(data: bytes, kind: Kind, says: str) -> None:
    diagnosis = diagnose(data, SENT)
    assert diagnosis.kind is kind
    assert says in diagnosis.words


@given(st.binary(max_size=300))
def test_whatever_comes_is_told_in_one_printable_sentence(data: bytes) -> None:
    diagnosis = diagnose(data, SENT)
    assert diagnosis.words.isprintable()
    assert len(diagnosis.words) < 300
    assert (diagnosis.kind is Kind.OTHER_ADDRESS) == bool(diagnosis.addresses)


def test_only_the_first_bytes_are_shown() -> None:
    assert shown(b"\x01\xab") == "01 AB"
    assert shown(bytes(17)).endswith("00 and 1 more")
