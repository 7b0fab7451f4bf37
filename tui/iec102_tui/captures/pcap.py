"""Captures in the classic format of libpcap: a header, then packets with seconds and a fraction of one."""

from __future__ import annotations

import struct
from typing import BinaryIO

from iec102_tui.captures.packets import LARGEST_PACKET, Packets
from iec102_tui.captures.record import Capture
from iec102_tui.words.text import _

_MICROSECONDS, _NANOSECONDS = 0xA1B2C3D4, 0xA1B23C4D
MAGICS = {
    struct.pack(order + "I", magic): (order, divisor)
    for order in "<>"
    for magic, divisor in ((_MICROSECONDS, 1), (_NANOSECONDS, 1000))
}
"""How a file begins, with its byte order and what makes microseconds of its fractions."""


def read_pcap(magic: bytes, stream: BinaryIO) -> Capture:
    """Read what stands behind the first four bytes. A file that was cut gives the packets before.

    Raises InvalidSetting for a file without a frame of this protocol.
    """
    order, divisor = MAGICS[magic]
    packets = Packets()
    at = len(magic)
    try:
        head = stream.read(20)
        (link_type,) = struct.unpack_from(order + "I", head, 16)
        at += len(head)
        while header := stream.read(16):
            seconds, fraction, length, _whole = struct.unpack(order + "IIII", header)
            data = stream.read(length) if length <= LARGEST_PACKET else b""
            if len(data) < length:
                raise ValueError
            packets.take(link_type & 0xFFFF, seconds * 1_000_000 + fraction // divisor, data)
            at += len(header) + length
    except (ValueError, struct.error):
        packets.remarks.append(_("the file is cut or damaged from byte {at} on", at=at))
    return packets.finish()
