"""Frames as a line may have them: repeats, late answers, garbage of each kind, a login and garbage during it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from iec102.link import Answer, Frame, Function, Garbage, GarbageKind, answer, request
from iec102.transport.tap import Direction, TapRecord
from iec102_tui.captures.marks import CaptureHeader

WALL = datetime(2026, 11, 22, 11, 30, 5, 250417, tzinfo=UTC)
HEADER = CaptureHeader("iec102-tui 1.2.3", "north, substation", "Europe/Madrid", WALL)
PASSWORD = bytes.fromhex("D2 02 96 49")
"""1234567890, as it stands on the line."""
DIGITS = "D2 02 96 49"


def login(cause: int = 6) -> Frame:
    control = 0x73 if cause == 6 else 0x08
    return Frame(control, 7000, bytes((0xB7, 1, cause, 1, 0, 0)) + PASSWORD)


def parameters() -> Frame:
    """129: the password in the middle of a long body."""
    return Frame(0x08, 7000, bytes.fromhex("81 01 05 01 00 00 58 1B 01 01 00") + PASSWORD + bytes(237))


def record(
    number: int,
    direction: Direction,
    item: Frame | Garbage,
    *,
    repeat: bool = False,
    secret: bool = False,
    note: str = "",
) -> TapRecord:
    after = timedelta(milliseconds=37 * number)
    return TapRecord(5000 + after.total_seconds(), WALL + after, direction, item, repeat, secret, note)


def a_line() -> list[TapRecord]:
    ask = request(Function.CLASS_2, 7000, fcb=False)
    data = answer(Answer.USER_DATA, 7000, bytes.fromhex("48 01 05 01 00 00 00 64 1E 0C F6 0B 1A"))
    sent, received = Direction.SENT, Direction.RECEIVED
    return [
        record(0, sent, request(Function.LINK_STATUS, 7000)),
        record(1, received, answer(Answer.LINK_STATUS, 7000)),
        record(2, sent, login(), secret=True),
        record(3, received, Garbage(PASSWORD, GarbageKind.NOISE), secret=True),
        record(
            4, received, Garbage(login(7).encode()[:-2] + b"\0\x16", GarbageKind.BAD_CHECKSUM, "a detail"), secret=True
        ),
        record(5, received, login(7), secret=True),
        record(6, received, parameters(), secret=True),
        record(7, received, Frame(0x08, 7000, b"\x84\x01\x05\x01\x00\x00" + PASSWORD), secret=True),
        record(8, sent, ask),
        record(
            9, received, Garbage(data.encode()[:-3] + b"\1\2\x16", GarbageKind.BAD_CHECKSUM, "expected 1C, found 02")
        ),
        record(10, sent, ask, repeat=True),
        record(11, received, data),
        record(12, received, data, note="late"),
        record(13, received, Garbage(b"\x68\x05\x06", GarbageKind.BAD_LENGTHS, "5 and 6")),
        record(14, received, Frame(0x08, 1, bytes(range(252))), note="another station's"),
        record(15, received, request(Function.LINK_STATUS, 7000))._replace(client="127.0.0.1:40022"),
        record(16, received, Garbage(b"AT+CBST=7\r\n", GarbageKind.NOISE)),
    ]
