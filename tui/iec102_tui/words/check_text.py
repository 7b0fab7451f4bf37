"""How a check of the way to a meter went, in words."""

from __future__ import annotations

from collections.abc import Sequence

from iec102.search.check import Outcome, Step
from iec102.sentence import parts_of

from iec102_tui.words.text import N_, _, ngettext

STEP_WORDS = {
    Step.NAME: N_("name resolved"),
    Step.OPEN: N_("port open"),
    Step.MODEM: N_("modem ready"),
    Step.CALL: N_("call answered"),
    Step.CALLED: N_("meter has called"),
    Step.BYTES: N_("bytes received"),
    Step.LINK: N_("link answered"),
    Step.KEY: N_("key accepted"),
    Step.VALUES: N_("values read"),
    Step.CLOCK: N_("clock compared"),
}


def outcome_words(outcome: Outcome) -> str:
    """``ok    port open          0.012 s``: one line, without the sentence of an error."""
    verdict = N_("FAILED") if outcome.error is not None else N_("ok") if outcome.remark is None else N_("warn")
    return f"{_(verdict):6} {_(STEP_WORDS[outcome.step]):16} {outcome.seconds:8.3f} s"


def verdict(outcomes: Sequence[Outcome]) -> str:
    """How all of it went, in one sentence."""
    failed = next((outcome for outcome in outcomes if outcome.error is not None), None)
    if failed is None:
        return _("Passed: all {count} steps are ok.", count=len(outcomes))
    return _('Failed at "{step}": the sentence above says what to check.', step=_(STEP_WORDS[failed.step]))


def is_told(remark: str, outcomes: Sequence[Outcome]) -> bool:
    """Whether what has been said of the steps tells a remark on the line too."""
    return any(remark in parts_of(said) for outcome in outcomes for said in (outcome.error, outcome.remark))


def passed_words(outcomes: Sequence[Outcome]) -> str:
    """The verdict on a way without a fault."""
    return ngettext(
        "The way to this meter is good: its one step passed.",
        "The way to this meter is good: all {count} steps passed.",
        len(outcomes),
    )


def seconds_words(seconds: float) -> str:
    """How long a step took."""
    if seconds < 1:
        return _("{time:5.0f} ms", time=seconds * 1000)
    return _("{time:5.1f} s", time=seconds)
