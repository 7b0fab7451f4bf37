"""The pcapng as Wireshark's own reader sees it, and files of other programs."""

from __future__ import annotations

import io
import json
import os
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest
from iec102.errors import InvalidSetting
from iec102.transport.tap import Direction
from iec102_tui.captures.frame_text import raw_bytes
from iec102_tui.captures.pcapng import MAGIC, pcapng
from iec102_tui.captures.pcapng import read_pcapng as read_stream
from iec102_tui.captures.record import Capture
from support.captures import HEADER, PASSWORD, WALL, a_line

TSHARK = shutil.which("tshark")
STATUS = bytes.fromhex("10 49 01 00 4A 16")


def test_tshark_is_there_where_it_is_required() -> None:
    if os.environ.get("IEC102_REQUIRE_TSHARK"):
        assert TSHARK


@pytest.fixture
def packets(tmp_path: Path) -> list[dict[str, Any]]:
    """What tshark reads in a capture."""
    if TSHARK is None:
        pytest.skip("tshark is not installed: apt install tshark")
    path = tmp_path / "frames.pcapng"
    path.write_bytes(b"".join(pcapng(a_line(), HEADER)))
    fields = (
        "frame.time_epoch",
        "frame.packet_flags_direction",
        "frame.encap_type",
        "frame.comment",
        "data",
        "frame.len",
    )
    arguments = [argument for name in fields for argument in ("-e", name)]
    done = subprocess.run(
        [TSHARK, "-n", "-r", str(path), "-T", "json", *arguments],
        capture_output=True,
        check=True,
        timeout=60,
        text=True,
    )
    return [packet["_source"]["layers"] for packet in json.loads(done.stdout)]


def test_tshark_reads_each_frame_with_its_bytes_time_and_direction(packets: list[dict[str, Any]]) -> None:
    lines = a_line()
    assert len(packets) == len(lines)
    for packet, record in zip(packets, lines, strict=True):
        assert packet["frame.encap_type"] == ["45"]  # Wireshark's own number of USER0, 147 in the file
        assert int(packet["frame.packet_flags_direction"][0], 0) == (1 if record.direction is Direction.RECEIVED else 2)
        seconds, _, digits = packet["frame.time_epoch"][0].partition(".")
        assert (int(seconds), int(digits[:6])) == (int(record.wall.timestamp()), record.wall.microsecond)
        assert packet["frame.len"] == [str(len(raw_bytes(record.item)))]
        data = bytes.fromhex(packet["data"][0])
        assert data == raw_bytes(record.item) or (record.secret and PASSWORD not in data)


def test_tshark_shows_what_the_frames_are(packets: list[dict[str, Any]]) -> None:
    comments = [packet.get("frame.comment", []) for packet in packets]
    assert comments[0] == ["link status?"]
    assert comments[2] == [
        "masked: bytes 13-17 are not in this capture, zeros stand for them",
        "start session, access key",
    ]
    assert comments[3][1:] == ["garbage: no start character", "may hold the password"]
    assert comments[9] == ["garbage: bad checksum: expected 1C, found 02"]
    assert comments[10] == ["repeat", "class 2 data?"]
    assert comments[12][0] == "note: late"


def read_pcapng(data: bytes) -> Capture:
    assert data[:4] == MAGIC
    return read_stream(MAGIC, io.BytesIO(data[4:]))


def block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def a_file(order: str, link_type: int, *packets: bytes, options: bytes = b"") -> bytes:
    """As another program may write it: blocks that nobody needs, time in nanoseconds."""
    section = block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))
    resolution = struct.pack(order + "HHB3xHH", 9, 1, 9, 0, 0)
    interface = block(order, 1, struct.pack(order + "HHI", link_type, 0, 0) + resolution)
    unknown = block(order, 0xBAD, b"something else")
    ticks = round(WALL.timestamp()) * 1_000_000_000 + 5_000
    starts = (
        struct.pack(order + "IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data)) for data in packets
    )
    bodies = (start + data + bytes(-len(data) % 4) + options for start, data in zip(starts, packets, strict=True))
    return b"".join((section, unknown, interface, *(block(order, 6, body) for body in bodies)))


@pytest.mark.parametrize("order", ["<", ">"])
def test_files_of_either_byte_order_are_read(order: str) -> None:
    flags = struct.pack(order + "HHIHH", 2, 4, 1, 0, 0)
    (record,) = read_pcapng(a_file(order, 147, STATUS, options=flags)).records
    assert raw_bytes(record.item) == STATUS
    assert record.direction is Direction.RECEIVED
    assert record.wall.timestamp() == round(WALL.timestamp()) + 5e-6


def test_without_a_direction_requests_were_sent() -> None:
    found = read_pcapng(a_file("<", 147, STATUS + bytes.fromhex("10 0B 01 00 0C 16"), b"\x01")).records
    assert [record.direction for record in found] == [Direction.SENT, Direction.RECEIVED, Direction.RECEIVED]


def test_a_capture_of_something_else_is_said() -> None:
    with pytest.raises(InvalidSetting, match="not of link type 147"):
        read_pcapng(a_file("<", 105, STATUS))


def test_packets_of_other_interfaces_are_left_out_and_counted() -> None:
    both = read_pcapng(a_file("<", 147, STATUS) + a_file("<", 105, STATUS, STATUS))
    assert len(both.records) == 1
    assert both.remarks == ("2 packets of another link type are left out",)
