"""Each way to lose a transport has one sentence that says what to check."""

import errno

import pytest
import serial
from iec102.transport.lost import closed_at_once, disconnected


@pytest.mark.parametrize(
    ("exc", "says"),
    [
        (None, "the other side closed the connection"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), "the other side closed the connection"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), "the other side closed the connection"),
        (TimeoutError(errno.ETIMEDOUT, "Connection timed out"), "no longer answers"),
        (OSError(errno.EIO, "Input/output error"), "the port is gone"),
        (serial.SerialException("device reports readiness to read but returned no data"), "the port is gone"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "ENOMEM"),
    ],
)
def test_what_to_check_is_said_in_one_sentence(exc: Exception | None, says: str) -> None:
    text = str(disconnected("tcp://meter:1", exc))
    assert text.startswith("tcp://meter:1: the ")
    assert says in text
    assert ": check the " in text
    assert "Errno" not in text
    assert "\n" not in text


def test_an_end_and_a_reset_are_told_alike_because_chance_decides_between_them() -> None:
    ended = disconnected("tcp://meter:1", None)
    for number in (errno.ECONNRESET, errno.EPIPE):
        assert str(disconnected("tcp://meter:1", OSError(number, ""))) == str(ended)


def test_what_a_converter_says_before_it_closes_is_told() -> None:
    told = str(disconnected("tcp://meter:1", None, b"Port already in use\r\n"))
    assert 'closed the connection after it had said "Port already in use": check' in told
    assert "said" not in str(disconnected("tcp://meter:1", None, b"\x10\x0b\x01\x00\x0c"))


def test_a_text_that_is_longer_shows_that_more_of_it_was_said() -> None:
    said = b"Device open failure: Value or file not found\r\n"
    assert f'had said "{said.decode().strip()}": ' in closed_at_once("tcp://meter:1", said)
    assert f'had said "{"a" * 57}...": ' in closed_at_once("tcp://meter:1", b"a" * 61)
    assert "at once" in closed_at_once("tcp://meter:1", b"\xff\x00")
