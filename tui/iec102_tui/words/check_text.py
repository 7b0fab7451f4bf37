"""How a check of the way to a meter went, in words."""

from __future__ import annotations

from iec102.search.check import Outcome


def outcome_words(outcome: Outcome) -> str:
    """``ok    port open          0.012 s``: one line, without the sentence of an error."""
    verdict = "FAILED" if outcome.error is not None else "ok" if outcome.remark is None else "warn"
    return f"{verdict:6} {outcome.step:16} {outcome.seconds:8.3f} s"
