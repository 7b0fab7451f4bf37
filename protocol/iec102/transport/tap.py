"""The frame tap: every frame and every piece of garbage of a line, both ways."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from iec102.link.frame import Frame, Garbage


class Direction(StrEnum):
    """Seen from this program."""

    SENT = "tx"
    RECEIVED = "rx"


class Note(StrEnum):
    """Why a received frame was not taken, as captures hold it."""

    LATE = "late"
    OTHER_STATION = "another station's"
    OTHER_ANSWER = "not the answer to the request"
    UNASKED = "not asked for"
    ECHO = "echo"
    DAMAGED_ECHO = "damaged echo"
    SINGLE_ACK = "acknowledgement of one byte"


class TapRecord(NamedTuple):
    """One item of the line. ``time`` is the age clock in seconds, ``wall`` the wall clock (UTC).

    ``repeat`` marks a request that was sent before without an answer. ``secret``: it carries the meter's password, or
    may carry it (garbage during a login). ``note``: a Note, or what a capture of another program says. ``hidden``: the
    offsets of bytes that nobody knows, because the record comes from a capture that masks them; zeros stand for them.
    ``client``: the application of a gateway with which it was exchanged, empty on the meter's line. ``on_behalf``: on
    the meter's line, the application for which it was exchanged; empty for this program's own.
    """

    time: float
    wall: datetime
    direction: Direction
    item: Frame | Garbage
    repeat: bool = False
    secret: bool = False
    note: str = ""
    hidden: frozenset[int] = frozenset()
    client: str = ""
    on_behalf: str = ""


Tap = Callable[[TapRecord], None]
