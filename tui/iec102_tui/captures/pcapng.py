"""Captures as pcapng, for Wireshark: link type USER0 (147), the direction in ``epb_flags``, remarks as comments.

Blocks and options are laid out as draft-ietf-opsawg-pcapng says: each block is type, length, body, length again; each
option code, length, value, and padding to four bytes. Masked bytes are zeros, and a comment of the packet names them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import BinaryIO

from iec102.link import Garbage
from iec102.transport.tap import Direction, TapRecord

from iec102_tui.captures.frame_text import meaning, raw_bytes
from iec102_tui.captures.marks import (
    ABOUT,
    CLIENT,
    GARBAGE,
    NOTE,
    ON_BEHALF,
    REPEAT,
    SECRET,
    CaptureHeader,
    Marks,
    instant,
    masked_by,
    masked_mark,
    reason,
)
from iec102_tui.captures.packets import LARGEST_PACKET, USER0, Packets
from iec102_tui.captures.record import Capture, left_out
from iec102_tui.captures.tcp_sessions import EPOCH
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import _

MAGIC = b"\x0a\x0d\x0d\x0a"

_SECTION, _INTERFACE, _SIMPLE_PACKET, _PACKET = 0x0A0D0D0A, 1, 3, 6
_BYTE_ORDER = 0x1A2B3C4D
_COMMENT, _HARDWARE, _PROGRAM, _NAME, _DESCRIPTION, _RESOLUTION, _FLAGS = 1, 2, 4, 2, 3, 9, 2
_INBOUND, _OUTBOUND = 1, 2
_MICROSECOND = timedelta(microseconds=1)


def pcapng(records: Iterable[TapRecord], header: CaptureHeader, *, include_secrets: bool = False) -> Iterator[bytes]:
    """The blocks of a file."""
    about = header.about(header.time.astimezone(UTC))
    section = struct.pack("<IHHq", _BYTE_ORDER, 1, 0, -1)
    yield _block(_SECTION, section + _options((_COMMENT, about.encode()), (_PROGRAM, header.program.encode())))
    interface = struct.pack("<HHI", USER0, 0, 0)
    yield _block(_INTERFACE, interface + _options((_NAME, b"iec102"), (_DESCRIPTION, header.profile.encode())))
    for record in records:
        yield _packet(record, include_secrets=include_secrets)


def _packet(record: TapRecord, *, include_secrets: bool) -> bytes:
    hidden = left_out(record, include_secrets=include_secrets)
    data = bytearray(raw_bytes(record.item))
    for offset in hidden:
        data[offset] = 0
    moment = (record.wall - EPOCH) // _MICROSECOND
    start = struct.pack("<IIIII", 0, moment >> 32, moment & 0xFFFFFFFF, len(data), len(data))
    flags = struct.pack("<I", _OUTBOUND if record.direction is Direction.SENT else _INBOUND)
    comments = ((_COMMENT, printable(comment).encode()) for comment in _comments(record, hidden))
    return _block(_PACKET, start + _padded(bytes(data)) + _options((_FLAGS, flags), *comments))


def _comments(record: TapRecord, hidden: frozenset[int]) -> Iterator[str]:
    if hidden:
        yield masked_mark(hidden)
    if record.client:
        yield CLIENT + record.client
    if record.on_behalf:
        yield ON_BEHALF + record.on_behalf
    if record.repeat:
        yield REPEAT
    if record.note:
        yield NOTE + record.note
    if isinstance(record.item, Garbage):
        yield GARBAGE + reason(record, hidden)
        if record.secret:
            yield SECRET
    else:
        yield meaning(record.item, secret=record.secret)


def _block(kind: int, body: bytes) -> bytes:
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


def _options(*options: tuple[int, bytes]) -> bytes:
    parts = (struct.pack("<HH", code, len(value)) + _padded(value) for code, value in options)
    return b"".join((*parts, bytes(4)))


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


# Reading


@dataclass(slots=True)
class _Reader:
    """One pass over the blocks; a section sets the byte order and has its own interfaces."""

    order: str = "<"
    interfaces: list[tuple[int, float]] = field(default_factory=list)
    """Link type, and seconds of a tick of the clock, of each interface."""
    header: CaptureHeader | None = None
    packets: Packets = field(default_factory=Packets)

    def block(self, kind: int, body: bytes) -> None:
        if kind == _SECTION:
            self.interfaces = []
            self._section(dict(self._options(body[16:])))
        elif kind == _INTERFACE:
            (link_type,) = struct.unpack_from(self.order + "H", body)
            self._interface(link_type, dict(self._options(body[8:])))
        elif kind == _PACKET:
            interface, high, low, length, _whole = struct.unpack_from(self.order + "IIIII", body)
            self._packet(interface, high << 32 | low, body[20 : 20 + length], self._options(_behind(body, 20, length)))
        elif kind == _SIMPLE_PACKET:
            (length,) = struct.unpack_from(self.order + "I", body)
            self._packet(0, 0, body[4 : 4 + length], ())

    def _options(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        at = 0
        while at + 4 <= len(data):
            code, length = struct.unpack_from(self.order + "HH", data, at)
            if code == 0:
                return
            yield code, data[at + 4 : at + 4 + length]
            at += 4 + length + -length % 4

    def _section(self, options: dict[int, bytes]) -> None:
        about = ABOUT.match(_text(options.get(_COMMENT, b"")))
        if about and self.header is None:
            profile, zone, when = about.groups()
            try:
                self.header = CaptureHeader(_text(options.get(_PROGRAM, b"")), profile, zone, instant(when))
            except ValueError:
                return  # another program's words

    def _interface(self, link_type: int, options: dict[int, bytes]) -> None:
        resolution = options.get(_RESOLUTION, b"\x06")[0]
        seconds = 2.0 ** -(resolution & 0x7F) if resolution & 0x80 else 10.0**-resolution
        self.interfaces.append((link_type, seconds))

    def _packet(self, interface: int, ticks: int, data: bytes, options: Iterable[tuple[int, bytes]]) -> None:
        link_type, seconds = self.interfaces[interface] if interface < len(self.interfaces) else (-1, 0.0)
        direction: Direction | None = None
        comments = []
        for code, value in options:
            if code == _COMMENT:
                comments.append(_text(value))
            elif code == _FLAGS:
                (flags,) = struct.unpack(self.order + "I", value)
                direction = {_INBOUND: Direction.RECEIVED, _OUTBOUND: Direction.SENT}.get(flags & 3)
        microseconds = ticks if seconds == 1e-6 else round(ticks * seconds * 1e6)
        self.packets.take(link_type, microseconds, data, direction, _marks(comments, len(data)))


def read_pcapng(begin: bytes, stream: BinaryIO) -> Capture:
    """Read a file whose first four bytes are known, block by block: one that was cut gives the packets before.

    Raises InvalidSetting for a file without a frame of this protocol.
    """
    reader = _Reader()
    at = 0
    try:
        while begin:
            head = begin + stream.read(4)
            if begin == MAGIC:
                byte_order = stream.read(4)
                reader.order = _order(byte_order)
            else:
                byte_order = b""
            kind, length = struct.unpack(reader.order + "II", head)
            if length < 12 or length % 4 or length > LARGEST_PACKET:
                raise ValueError
            rest = byte_order + stream.read(length - len(head) - len(byte_order))
            if len(rest) < length - len(head):
                raise ValueError
            reader.block(kind, rest[:-4])
            at += length
            begin = stream.read(4)
    except (ValueError, struct.error, OverflowError, IndexError):
        reader.packets.remarks.append(_("the file is cut or damaged from byte {at} on", at=at))
    return reader.packets.finish(reader.header)


def _order(magic: bytes) -> str:
    for order in "<>":
        if magic == struct.pack(order + "I", _BYTE_ORDER):
            return order
    raise ValueError


def _behind(body: bytes, start: int, length: int) -> bytes:
    """The options behind data that are padded to four bytes."""
    return body[start + length + -length % 4 :]


def _marks(comments: Iterable[str], length: int) -> Marks:
    repeat, secret = False, False
    note = garbage = client = on_behalf = ""
    hidden: frozenset[int] = frozenset()
    for comment in comments:
        if comment == REPEAT:
            repeat = True
        elif comment == SECRET:
            secret = True
        elif comment.startswith(CLIENT):
            client = comment.removeprefix(CLIENT)
        elif comment.startswith(ON_BEHALF):
            on_behalf = comment.removeprefix(ON_BEHALF)
        elif comment.startswith(NOTE):
            note = comment.removeprefix(NOTE)
        elif comment.startswith(GARBAGE):
            garbage = comment.removeprefix(GARBAGE)
        elif (named := masked_by(comment, length)) is not None:
            hidden = named
    return Marks(repeat, secret, note, garbage, hidden, client, on_behalf)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
