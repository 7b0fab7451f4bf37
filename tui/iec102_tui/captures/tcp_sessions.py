"""Captures of a network: the bytes of its TCP connections, put together again, and the frames in them.

This is how people capture a converter. A packet holds a part of a stream; parts come doubled, out of order, and not at
all. Each direction of a connection is a stream of its own: what comes twice is dropped, what comes early waits, and
behind a hole that is not filled reading begins anew. Only connections in which a frame of this protocol was found are
taken; the side whose frames are requests is the reader's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from iec102.link import Frame, FrameReader, Garbage
from iec102.transport.tap import Direction, TapRecord

from iec102_tui.captures.record import is_secret

LINK_TYPES = {
    0: "null",
    1: "ethernet",
    12: "ip",
    101: "ip",
    108: "null",
    113: "cooked",
    228: "ip",
    229: "ip",
    276: "cooked2",
}
"""The link types whose packets can hold TCP, as the registry of libpcap numbers them."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_IPV4, _IPV6, _TCP = 0x0800, 0x86DD, 6
_VLAN = (0x8100, 0x88A8)
_EXTENSIONS = (0, 43, 60)  # headers of IPv6 that may stand before TCP
_SYN = 0x02
_WRAP, _HALF = 1 << 32, 1 << 31
_LONGEST_WAIT = 256
"""Parts that wait for the one before them; then it is not in the capture."""


class _Segment(NamedTuple):
    flow: tuple[bytes, int, bytes, int]
    sequence: int
    syn: bool
    data: bytes


class _Flow:
    """One direction of a connection."""

    def __init__(self) -> None:
        self.items: list[tuple[int, Frame | Garbage]] = []
        self._reader = FrameReader()
        self._now = 0
        self._next: int | None = None
        self._waiting: dict[int, tuple[int, bytes]] = {}

    def take(self, when: int, segment: _Segment) -> None:
        if segment.syn:
            self._restart((segment.sequence + 1) % _WRAP)
            return
        if not segment.data:
            return
        if self._next is None:
            self._next = segment.sequence
        self._waiting.setdefault(segment.sequence, (when, segment.data))
        self._drain()
        if len(self._waiting) > _LONGEST_WAIT:
            self._skip_hole()

    def end(self) -> None:
        while self._waiting:
            self._skip_hole()
        self._flush()

    def _drain(self) -> None:
        """Read what is in order."""
        assert self._next is not None
        for sequence in sorted(self._waiting, key=lambda sequence: self._ahead(sequence)):
            ahead = self._ahead(sequence)
            if ahead > 0:
                return
            when, data = self._waiting.pop(sequence)
            fresh = data[-ahead:]
            self._next = (self._next + len(fresh)) % _WRAP
            if fresh:
                self._now = max(self._now, when)  # what came early is read when the part before it has come
                self.items += [(self._now, item) for item in self._reader.feed(fresh)]

    def _ahead(self, sequence: int) -> int:
        """How many bytes are missing before it; negative where its beginning came already."""
        assert self._next is not None
        distance = (sequence - self._next) % _WRAP
        return distance if distance < _HALF else distance - _WRAP

    def _skip_hole(self) -> None:
        self._flush()
        self._next = min(self._waiting, key=self._ahead)
        self._drain()

    def _restart(self, sequence: int) -> None:
        if self._next is not None:
            self.end()
        self._next = sequence

    def _flush(self) -> None:
        self.items += [(self._now, item) for item in self._reader.flush()]


class TcpSessions:
    """Takes the packets of a capture one by one, and gives the frames of all connections at the end."""

    def __init__(self) -> None:
        self._flows: dict[tuple[bytes, int, bytes, int], _Flow] = {}

    def packet(self, link_type: int, when: int, data: bytes) -> None:
        """Take a packet; ``when`` in microseconds since 1970. What is no TCP, or damaged, is passed over."""
        try:
            segment = _segment(LINK_TYPES[link_type], data)
        except (IndexError, struct.error):
            return
        if segment is not None:
            self._flows.setdefault(segment.flow, _Flow()).take(when, segment)

    def finish(self) -> tuple[list[TapRecord], int]:
        """The frames in their order, and how many connections had none of this protocol."""
        for flow in self._flows.values():
            flow.end()
        items: list[tuple[int, Direction, Frame | Garbage]] = []
        others = 0
        for one, other in self._connections():
            if any(isinstance(item, Frame) for flow in (one, other) for _, item in flow.items):
                sent, received = (one, other) if _requests(one) >= _requests(other) else (other, one)
                items += [(when, Direction.SENT, item) for when, item in sent.items]
                items += [(when, Direction.RECEIVED, item) for when, item in received.items]
            elif one.items or other.items:
                others += 1
        items.sort(key=lambda found: found[0])
        return [_record(*found) for found in items], others

    def _connections(self) -> Iterator[tuple[_Flow, _Flow]]:
        done = set()
        for key, flow in self._flows.items():
            there = key[2:] + key[:2]
            if there not in done:
                done.add(key)
                yield flow, self._flows.get(there, _Flow())


def _requests(flow: _Flow) -> int:
    """Positive for the reader's side, negative for the meter's."""
    return sum(1 if item.request else -1 for _, item in flow.items if isinstance(item, Frame))


def _record(when: int, direction: Direction, item: Frame | Garbage) -> TapRecord:
    return TapRecord(when / 1e6, EPOCH + timedelta(microseconds=when), direction, item, secret=is_secret(item))


def _segment(link: str, data: bytes) -> _Segment | None:
    """The TCP segment of a packet. Raises IndexError or struct.error for one that is cut."""
    if link == "ethernet":
        kind, at = struct.unpack_from("!H", data, 12)[0], 14
        while kind in _VLAN:
            kind, at = struct.unpack_from("!H", data, at + 2)[0], at + 4
    elif link == "cooked":
        kind, at = struct.unpack_from("!H", data, 14)[0], 16
    elif link == "cooked2":
        kind, at = struct.unpack_from("!H", data, 0)[0], 20
    else:
        at = 4 if link == "null" else 0
        kind = {4: _IPV4, 6: _IPV6}.get(data[at] >> 4, 0)
    if kind == _IPV4:
        return _ipv4(data[at:])
    return _ipv6(data[at:]) if kind == _IPV6 else None


def _ipv4(data: bytes) -> _Segment | None:
    header = (data[0] & 0x0F) * 4
    length, fragment = struct.unpack_from("!H2xH", data, 2)
    if data[9] != _TCP or fragment & 0x3FFF:
        return None
    return _tcp(data[header : length or None], data[12:16], data[16:20])


def _ipv6(data: bytes) -> _Segment | None:
    length, kind = struct.unpack_from("!HB", data, 4)
    body = data[40 : 40 + length]
    while kind in _EXTENSIONS:
        kind, body = body[0], body[(body[1] + 1) * 8 :]
    return _tcp(body, data[8:24], data[24:40]) if kind == _TCP else None


def _tcp(data: bytes, source: bytes, destination: bytes) -> _Segment:
    from_port, to_port, sequence = struct.unpack_from("!HHI", data)
    header, flags = (data[12] >> 4) * 4, data[13]
    return _Segment((source, from_port, destination, to_port), sequence, bool(flags & _SYN), data[header:])
