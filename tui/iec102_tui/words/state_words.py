"""The state of a line in words."""

from __future__ import annotations

from iec102.line.state import LineState, Phase

from iec102_tui.words.plain_text import printable

PHASE_WORDS = {
    Phase.IDLE: "not connected",
    Phase.OPENING: "connecting",
    Phase.STARTING: "starting the link",
    Phase.LOGIN: "logging in",
    Phase.CONNECTED: "connected",
    Phase.LENT: "line lent",
    Phase.LOST: "no answer",
    Phase.WRONG: "wrong answers",
    Phase.WAITING: "waiting to reconnect",
    Phase.REFUSED: "password refused",
    Phase.STOPPED: "stopped",
    Phase.CLOSED: "not connected",
}
_WITH_STEP = (Phase.OPENING, Phase.STARTING, Phase.LOGIN)


def state_words(state: LineState, now: float) -> str:
    """With its step, or with the seconds to the next attempt; ``now`` by the clock of the state."""
    words = PHASE_WORDS[state.phase]
    if state.phase is Phase.WAITING and state.next_attempt is not None:
        return f"{words} in {max(0, round(state.next_attempt - now))} s, attempt {state.attempt + 1}"
    if state.phase is Phase.LENT:
        return f"{words} {printable(state.step)}"
    return f"{words}: {printable(state.step)}" if state.step and state.phase in _WITH_STEP else words
