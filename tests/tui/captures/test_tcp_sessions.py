"""Captures of a network: TCP connections put together again, in both file formats."""

from __future__ import annotations

import io
import itertools
import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from iec102.errors import InvalidSetting
from iec102.link import Frame, Garbage
from iec102.transport.tap import Direction, TapRecord
from iec102_tui.captures.frame_text import raw_bytes
from iec102_tui.captures.reading import CaptureReader
from iec102_tui.captures.record import Capture

ASK = bytes.fromhex("10 49 01 00 4A 16")
ANSWER = bytes.fromhex("10 0B 01 00 0C 16")
LOGIN = bytes.fromhex("68 0D 0D 68 73 58 1B B7 01 06 01 00 00 07 00 00 00 AC 16")
READER, METER = (b"\x0a\0\0\1", 50_000), (b"\x0a\0\0\2", 40_001)
SYN, ACK = 0x02, 0x10
End = tuple[bytes, int]


def tcp(source: End, destination: End, sequence: int, data: bytes = b"", flags: int = ACK) -> bytes:
    """A packet of IPv4."""
    segment = (
        struct.pack("!HHIIBBHHH", source[1], destination[1], sequence % 2**32, 0, 5 << 4, flags, 1024, 0, 0) + data
    )
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0, 64, 6, 0) + source[0] + destination[0] + segment


def ethernet(packet: bytes, *, vlan: bool = False) -> bytes:
    tag = struct.pack("!HH", 0x8100, 7) if vlan else b""
    return bytes(12) + tag + struct.pack("!H", 0x0800) + packet + bytes(max(0, 46 - len(packet)))


def pcap(packets: list[bytes], link_type: int = 1, order: str = "<", *, nanoseconds: bool = False) -> bytes:
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    head = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link_type)
    fraction = 1000 if nanoseconds else 1
    return head + b"".join(
        struct.pack(order + "IIII", 1_000 + number, 5 * fraction, len(data), len(data)) + data
        for number, data in enumerate(packets)
    )


def read(data: bytes) -> Capture:
    reader = CaptureReader(io.BytesIO(data), "capture")
    records = list(reader)
    return Capture(reader.header, records, tuple(reader.remarks))


def told(records: list[TapRecord]) -> list[tuple[Direction, bytes]]:
    return [(record.direction, raw_bytes(record.item)) for record in records]


SESSION = [
    tcp(READER, METER, 99, flags=SYN),
    tcp(METER, READER, 499, flags=SYN | ACK),
    tcp(READER, METER, 100, ASK),
    tcp(METER, READER, 500, ANSWER),
    tcp(READER, METER, 106, LOGIN[:7]),
    tcp(READER, METER, 113, LOGIN[7:]),
]
FRAMES = [(Direction.SENT, ASK), (Direction.RECEIVED, ANSWER), (Direction.SENT, LOGIN)]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nanoseconds", [False, True])
@pytest.mark.parametrize("vlan", [False, True])
def test_the_frames_of_a_session_are_found(order: str, nanoseconds: bool, vlan: bool) -> None:
    packets = [ethernet(packet, vlan=vlan) for packet in SESSION]
    found = read(pcap(packets, order=order, nanoseconds=nanoseconds))
    assert told(found.records) == FRAMES
    assert [record.time for record in found.records] == [1002.000005, 1003.000005, 1005.000005]
    assert found.records[2].secret  # a login is masked as in a capture of this program
    assert found.remarks == ()


def test_other_link_layers_are_known_too() -> None:
    cooked = [struct.pack("!HHH8xH", 0, 1, 6, 0x0800) + packet for packet in SESSION]
    cooked2 = [struct.pack("!HHIHBB8x", 0x0800, 0, 1, 1, 0, 6) + packet for packet in SESSION]
    for link_type, packets in (
        (101, SESSION),
        (113, cooked),
        (276, cooked2),
        (0, [b"\2\0\0\0" + packet for packet in SESSION]),
    ):
        assert told(read(pcap(packets, link_type)).records) == FRAMES


def test_internet_protocol_6_with_headers_in_between() -> None:
    def v6(packet: bytes, source: int) -> bytes:
        body = struct.pack("!BB6x", 6, 0) + packet[20:]
        addresses = bytes(15) + bytes((source,)) + bytes(15) + bytes((3 - source,))
        return struct.pack("!IHBB", 6 << 28, len(body), 0, 64) + addresses + body

    packets = [v6(packet, 1 if packet[12:16] == READER[0] else 2) for packet in SESSION]
    assert told(read(pcap(packets, 101)).records) == FRAMES


def test_parts_may_come_doubled_out_of_order_and_overlapping() -> None:
    stream = ASK + LOGIN + ASK + LOGIN
    expected = [ASK, LOGIN, ASK, LOGIN]
    for seed in range(200):
        random_ = random.Random(seed)
        start = random_.choice([100, 2**32 - 20, 2**32 - 1])
        cuts = sorted(random_.sample(range(1, len(stream)), 6))
        parts = [(a, stream[a : b + random_.randrange(4)]) for a, b in itertools.pairwise([0, *cuts, len(stream)])]
        parts += random_.sample(parts, 3)
        random_.shuffle(parts)
        packets = [tcp(READER, METER, start - 1, flags=SYN)]
        packets += [tcp(READER, METER, start + at, data) for at, data in parts]
        assert [data for _, data in told(read(pcap(packets, 101)).records)] == expected, seed


def test_a_hole_costs_the_frame_that_it_is_in_and_no_other() -> None:
    packets = [tcp(READER, METER, 100, ASK + LOGIN[:5]), tcp(READER, METER, 200, LOGIN[9:] + ASK)]
    found = [raw_bytes(record.item) for record in read(pcap(packets, 101)).records if isinstance(record.item, Frame)]
    assert found == [ASK, ASK]


def test_connections_of_other_programs_are_left_out_and_counted() -> None:
    other = (b"\x0a\0\0\3", 22)
    packets = [*SESSION, tcp(READER, other, 1, b"SSH-2.0-x\r\n"), tcp(other, READER, 1, b"SSH-2.0-y\r\n")]
    found = read(pcap(packets, 101))
    assert told(found.records) == FRAMES
    assert found.remarks == ("1 TCP connection without a frame of this protocol is left out",)


def test_a_capture_without_the_protocol_says_so() -> None:
    with pytest.raises(InvalidSetting, match="no TCP connection in it holds a frame"):
        read(pcap([tcp(READER, METER, 1, b"GET / HTTP/1.0")], 101))
    with pytest.raises(InvalidSetting, match="link type 147"):
        read(pcap([b"something"], 105))


def test_a_file_that_was_cut_gives_the_packets_before() -> None:
    data = pcap([ethernet(packet) for packet in SESSION])
    for length in range(4, len(data)):
        try:
            found = read(data[:length])
        except InvalidSetting:
            continue
        assert told(found.records) == FRAMES[: len(found.records)] or isinstance(found.records[-1].item, Garbage)
    assert any("cut or damaged" in remark for remark in read(data[:-3]).remarks)


def test_frames_alone_are_read_of_a_classic_file_too() -> None:
    assert told(read(pcap([ASK, ANSWER], 147)).records) == FRAMES[:2]


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not here")
def test_what_wireshark_saves_reads_the_same(tmp_path: Path) -> None:
    classic, modern = tmp_path / "a.pcap", tmp_path / "b.pcapng"
    classic.write_bytes(pcap([ethernet(packet) for packet in SESSION]))
    subprocess.run(["tshark", "-r", classic, "-F", "pcapng", "-w", modern], check=True, capture_output=True)
    assert told(read(modern.read_bytes()).records) == FRAMES
