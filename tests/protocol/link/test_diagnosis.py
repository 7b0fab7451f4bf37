"""What bytes say that are no answer to a link-status request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.link import Answer, Function, answer, request
from iec102.link.diagnosis import Kind, diagnose, shown
from iec102.link.noise import modem_result, telnet_command

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
    diagnosis = diagnose([data], SENT)
    assert diagnosis.kind is kind
    assert says in diagnosis.words


@given(st.binary(max_size=300))
def test_whatever_comes_is_told_in_one_printable_sentence(data: bytes) -> None:
    diagnosis = diagnose([data], SENT)
    assert diagnosis.words.isprintable()
    assert len(diagnosis.words) < 300
    assert (diagnosis.kind is Kind.OTHER_ADDRESS) == bool(diagnosis.addresses)


@given(st.lists(st.binary(max_size=60), max_size=5), st.booleans(), st.booleans())
def test_what_may_hold_the_password_is_told_without_its_bytes(answers: list[bytes], known: bool, telnet: bool) -> None:
    login = request(Function.USER_DATA, 1, fcb=True, asdu=bytes.fromhex("B7 01 06 01 00 00 D1 D2 D3 D4")).encode()
    command = b"\xff\xfb\x01" if telnet else b""
    words = diagnose([login[:-5] + data for data in answers], login, telnet=command, known=known, secret=True).words
    assert words.isprintable()
    assert "D1" not in words
    assert "instead of" not in words


@pytest.mark.parametrize(
    "came",
    [
        b"ABCDEFGH",
        b"\r\nABCD\r\n",
        b"\r\nCONNECT ABCD\r\n",
        bytes.fromhex("68 0D 0D 68 08 01 00 B7 01 07 01 00 00 41 42 43 44 11 16"),
        bytes.fromhex("10 00 01 00 77 16"),
    ],
)
def test_neither_a_text_nor_a_checksum_of_a_login_is_told(came: bytes) -> None:
    login = request(Function.USER_DATA, 1, fcb=True, asdu=b"\xb7\x01\x06\x01\x00\x00ABCD").encode()
    told, shown_ = (diagnose([came], login, secret=secret).words for secret in (True, False))
    for part in ("ABCD", "41 42", "instead of", "77"):
        assert part not in told
    assert any(part in shown_ for part in ("ABCD", "41 42", "instead of"))


def test_the_most_telling_attempt_is_told() -> None:
    found = diagnose([b"\x91\xa4", b"", STATUS], SENT)
    assert (found.kind, found.addresses) == (Kind.OTHER_ADDRESS, (7,))


def test_an_answer_that_does_not_fit_is_told_with_both() -> None:
    found = diagnose([answer(Answer.NACK, 5).encode()], SENT)
    assert found.kind is Kind.OTHER_ANSWER
    assert "the question for its link status with busy (function 1)" in found.words


@pytest.mark.parametrize(
    ("data", "result"),
    [
        (b"\r\nBUSY\r\n", "BUSY"),
        (b"CONNECT 9600/RLP\r\n", "CONNECT 9600/RLP"),
        (b"\x80\x81NO CARRIER\x91", "NO CARRIER"),
        (b"LOOKOK\r\n", ""),
        (b"/LGZ5\x10\r\n", ""),
    ],
)
def test_results_of_modems(data: bytes, result: str) -> None:
    assert modem_result(data) == result


@pytest.mark.parametrize(
    ("data", "command"),
    [
        ("FF FB 01", "FF FB 01"),
        ("FF FD 18 FF FB 03", "FF FD 18"),
        ("FF FB 01 10 0B 01 00 0C 16", "FF FB 01"),
        ("FF FB 01 0D 0A 6C 6F 67 69 6E", "FF FB 01"),
        ("FF FB 01 80", ""),
        ("FF FE 01 FF FE 03", ""),
        ("FF FB", ""),
        ("80 FF FB 01", ""),
        ("FF FB 90", ""),
    ],
)
def test_a_negotiation_of_telnet_stands_at_the_beginning(data: str, command: str) -> None:
    assert telnet_command(bytes.fromhex(data)) == bytes.fromhex(command)


def test_only_the_first_bytes_are_shown() -> None:
    assert shown(b"\x01\xab") == "01 AB"
    assert shown(bytes(17)).endswith("00 and 1 more")
