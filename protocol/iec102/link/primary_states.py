"""The states of the primary station: what each asks for, and what follows an answer (reference, 2 and 9.2)."""

from __future__ import annotations

from enum import Enum

from iec102.link.frame import Answer, Function


class State(Enum):
    """What the station waits for."""

    STOPPED = "link not started"
    PROBE = "link status, asked for alone"
    STATUS = "link status, first step of the start"
    RESET = "acknowledgement of the reset"
    CHECK = "link status after the reset"
    READY = "nothing: link started"
    FLOW = "link status, until the meter takes user data again"
    CONFIRM = "confirmation of user data"
    DATA = "class 2 data"


class Then(Enum):
    """What follows a matching answer."""

    TRANSMIT = "the request of the next state"
    REPORT = "the service is over"
    PAUSE = "a pause, then the same frame again"


# What each state has asked for, and whether that frame counts (FCV).
REQUESTS: dict[State, tuple[Function, bool]] = {
    State.PROBE: (Function.LINK_STATUS, False),
    State.STATUS: (Function.LINK_STATUS, False),
    State.RESET: (Function.RESET, False),
    State.CHECK: (Function.LINK_STATUS, False),
    State.FLOW: (Function.LINK_STATUS, False),
    State.CONFIRM: (Function.USER_DATA, True),
    State.DATA: (Function.CLASS_2, True),
}

# Every answer that matches; any other is ignored and counted, and never moves the FCB.
TRANSITIONS: dict[tuple[State, int], tuple[State, Then]] = {
    (State.PROBE, Answer.LINK_STATUS): (State.STOPPED, Then.REPORT),
    (State.STATUS, Answer.LINK_STATUS): (State.RESET, Then.TRANSMIT),
    (State.RESET, Answer.ACK): (State.CHECK, Then.TRANSMIT),
    (State.RESET, Answer.NACK): (State.RESET, Then.PAUSE),
    (State.CHECK, Answer.LINK_STATUS): (State.READY, Then.REPORT),
    (State.FLOW, Answer.LINK_STATUS): (State.CONFIRM, Then.TRANSMIT),
    (State.CONFIRM, Answer.ACK): (State.READY, Then.REPORT),
    (State.CONFIRM, Answer.NACK): (State.CONFIRM, Then.PAUSE),
    (State.DATA, Answer.USER_DATA): (State.READY, Then.REPORT),
    (State.DATA, Answer.NO_DATA): (State.READY, Then.REPORT),
}

ACKNOWLEDGED = (State.RESET, State.CONFIRM)
