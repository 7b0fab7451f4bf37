"""The packets of a capture, whatever the file: frames alone (link type USER0), or a network's TCP connections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from iec102.errors import InvalidSetting
from iec102.transport.tap import Direction, TapRecord

from iec102_tui.captures.marks import NO_MARKS, CaptureHeader, Marks
from iec102_tui.captures.record import Capture, records_of
from iec102_tui.captures.tcp_sessions import EPOCH, LINK_TYPES, TcpSessions
from iec102_tui.words.text import N_, _, ngettext

USER0 = 147
LARGEST_PACKET = 16 * 1024 * 1024
"""In bytes; what claims to be longer is damaged."""


class Packets:
    """Takes packets one by one; what they hold is complete when they are at their end."""

    def __init__(self) -> None:
        self.remarks: list[str] = []
        self._records: list[TapRecord] = []
        self._sessions = TcpSessions()
        self._network = False
        self._others = 0

    def take(
        self, link_type: int, when: int, data: bytes, direction: Direction | None = None, marks: Marks = NO_MARKS
    ) -> None:
        """A packet; ``when`` in microseconds since 1970."""
        if link_type == USER0:
            wall = EPOCH + timedelta(microseconds=when)
            self._records += records_of(data, when / 1e6, wall, direction, marks)
        elif link_type in LINK_TYPES:
            self._network = True
            self._sessions.packet(link_type, when, data)
        else:
            self._others += 1

    def finish(self, header: CaptureHeader | None = None) -> Capture:
        """What the packets hold. Raises InvalidSetting where that is no frame of this protocol."""
        found, connections = self._sessions.finish()
        records: Sequence[TapRecord] = self._records
        if found:
            records = sorted((*records, *found), key=lambda record: record.wall)
        if not records and (self._others or self._network):
            kinds = (
                _("no TCP connection in it holds a frame of this protocol")
                if self._network
                else _(_FOREIGN, link_type=USER0)
            )
            raise InvalidSetting(kinds)
        if self._others:
            self.remarks.append(
                ngettext(
                    "{count} packet of another link type is left out",
                    "{count} packets of another link type are left out",
                    self._others,
                )
            )
        if connections:
            self.remarks.append(
                ngettext(
                    "{count} TCP connection without a frame of this protocol is left out",
                    "{count} TCP connections without a frame of this protocol are left out",
                    connections,
                )
            )
        return Capture(header, list(records), tuple(self.remarks))


_FOREIGN = N_(
    "its packets are not of link type {link_type} (USER0), which stands for frames of this protocol, "
    "and hold no TCP connections"
)
