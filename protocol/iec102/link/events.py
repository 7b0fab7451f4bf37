"""What a primary station tells its user: a frame to transmit, how a service ended, or why a frame was dropped."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from iec102.errors import LinkError
from iec102.link.frame import Frame


@dataclass(frozen=True, slots=True)
class Transmit:
    """Put this frame on the line now."""

    frame: Frame
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Started:
    """The link start is done: both sides agree on the next FCB."""


@dataclass(frozen=True, slots=True)
class StatusReceived:
    """The link status that was asked for alone has come."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The meter has taken the user data."""


@dataclass(frozen=True, slots=True)
class Data:
    """Class 2 data: one ASDU."""

    asdu: bytes


@dataclass(frozen=True, slots=True)
class NoData:
    """The meter has no class 2 data yet."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The service ended without an answer; the link must be started again."""

    error: LinkError


class Reason(Enum):
    """Why a received frame was dropped."""

    FOREIGN = "it is of another station, or a request"
    LATE = "it is a late or doubled answer to an earlier request, or may be one"
    UNMATCHED = "nothing that this station has asked is answered so"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A received frame is not the answer to the request; the service goes on."""

    frame: Frame
    reason: Reason


LinkEvent = Transmit | Started | StatusReceived | Confirmed | Data | NoData | Failed | Dropped
