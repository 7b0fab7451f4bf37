"""The state of a line in words."""

from __future__ import annotations

from iec102.line.state import LineState, Phase
from iec102.sentence import parts_of

from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import N_, _

PHASE_WORDS = {
    Phase.IDLE: N_("not connected"),
    Phase.OPENING: N_("connecting"),
    Phase.STARTING: N_("starting the link"),
    Phase.LOGIN: N_("logging in"),
    Phase.CONNECTED: N_("connected"),
    Phase.LENT: N_("line lent"),
    Phase.LOST: N_("no reply"),
    Phase.WRONG: N_("wrong answers"),
    Phase.WAITING: N_("waiting to reconnect"),
    Phase.REFUSED: N_("password refused"),
    Phase.STOPPED: N_("stopped"),
    Phase.CLOSED: N_("not connected"),
}
_NOT_ANSWERED = N_("password not answered")
_SILENCE = "access.not_answered"
"""The key was sent and nothing came back: nobody has heard a refusal."""
ON_THE_WAY = (Phase.IDLE, Phase.OPENING, Phase.STARTING, Phase.LOGIN)
"""Nothing is known yet of how it goes; the step says what is being done."""


def state_words(state: LineState, now: float) -> str:
    """With its step, or with the seconds to the next attempt; ``now`` by the clock of the state."""
    words = _(PHASE_WORDS[state.phase])
    if state.phase is Phase.REFUSED and any(getattr(part, "code", "") == _SILENCE for part in parts_of(state.error)):
        words = _(_NOT_ANSWERED)
    if state.phase is Phase.WAITING and state.next_attempt is not None:
        return _(
            "{state} in {seconds} s, attempt {number}",
            state=words,
            seconds=max(0, round(state.next_attempt - now)),
            number=state.attempt + 1,
        )
    if state.phase is Phase.LENT:
        return f"{words} {printable(state.step)}"
    return f"{words}: {printable(state.step)}" if state.step and state.phase in ON_THE_WAY else words


def another_meter(number: int | None, known: int | None) -> str:
    """Another meter answers than the one that is remembered of this place."""
    return _(
        "another meter answers here than at the last visit, number {number} where {known} was known: check the target "
        "and the link address",
        number=number,
        known=known,
    )


def through_words(*, by_collector: bool) -> str:
    """Whose gateway of this machine leads to a meter that is read here."""
    return _("through the collector") if by_collector else _("through a gateway of this machine")
