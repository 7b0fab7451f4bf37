"""How a check of the way to a meter went, in words."""

from __future__ import annotations

from collections.abc import Sequence

from iec102.search.check import Outcome, Step
from iec102.sentence import parts_of

STEP_WORDS = {
    Step.NAME: "name resolved",
    Step.OPEN: "port open",
    Step.BYTES: "bytes received",
    Step.LINK: "link answered",
    Step.KEY: "key accepted",
    Step.VALUES: "values read",
    Step.CLOCK: "clock compared",
}


def outcome_words(outcome: Outcome) -> str:
    """``ok    port open          0.012 s``: one line, without the sentence of an error."""
    verdict = "FAILED" if outcome.error is not None else "ok" if outcome.remark is None else "warn"
    return f"{verdict:6} {STEP_WORDS[outcome.step]:16} {outcome.seconds:8.3f} s"


def verdict(outcomes: Sequence[Outcome]) -> str:
    """How all of it went, in one sentence."""
    failed = next((outcome for outcome in outcomes if outcome.error is not None), None)
    if failed is None:
        return f"Passed: all {len(outcomes)} steps are ok."
    return f'Failed at "{STEP_WORDS[failed.step]}": the sentence above says what to check.'


def is_told(remark: str, outcomes: Sequence[Outcome]) -> bool:
    """Whether what has been said of the steps tells a remark on the line too."""
    return any(remark in parts_of(said) for outcome in outcomes for said in (outcome.error, outcome.remark))
