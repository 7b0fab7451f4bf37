"""How a line is doing, in immutable values that may cross threads."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from iec102.errors import AccessError, Iec102Error, KeyAnswerLost, OtherContent, WrongAnswer


class Phase(StrEnum):
    """Where a line stands."""

    IDLE = "idle"
    OPENING = "opening"
    STARTING = "starting"
    LOGIN = "login"
    CONNECTED = "connected"
    LENT = "lent"
    LOST = "lost"
    WRONG = "wrong"
    WAITING = "waiting"
    REFUSED = "refused"
    STOPPED = "stopped"
    CLOSED = "closed"


def phase_of(error: Iec102Error) -> Phase:
    """Where a line stands that has failed like this: what was heard is not called silence, nor a refusal."""
    if isinstance(error, KeyAnswerLost):
        return Phase.STOPPED
    if isinstance(error, AccessError):
        return Phase.REFUSED
    return Phase.WRONG if isinstance(error, WrongAnswer | OtherContent) else Phase.LOST


class LineState(NamedTuple):
    """``since`` and ``next_attempt`` are times of the age clock; ``attempt`` counts since the connection was lost.

    ``step`` says what is being done, such as "link status of address 1"; ``error`` is one sentence, None when all is
    well, and stays through the attempts to reconnect. ``remark`` is one sentence on what is not as it should be though
    requests are being answered.
    """

    phase: Phase = Phase.IDLE
    step: str = ""
    error: str | None = None
    attempt: int = 0
    next_attempt: float | None = None
    since: float = 0.0
    remark: str | None = None

    @property
    def connected(self) -> bool:
        """Whether requests are being answered."""
        return self.phase is Phase.CONNECTED
