"""What is needed to judge a contract and is not there."""

from __future__ import annotations

from iec102.load_profile.intervals import Register
from iec102.load_profile.records import REGISTER_WORDS
from iec102.sentence import Sentence
from iec102.verdict.judgement import Judgement, Result
from iec102.verdict.known_month import Month, Periods


def why_not(
    month: Month, register: Register, periods: Periods | None = None, *, closing: bool = False, billed: bool = True
) -> Sentence | None:
    """What is needed and not there: its intervals, a closing, the period of each of its intervals, what is billed."""
    if not month.of(register):
        return Sentence("reconcile.none", kind=REGISTER_WORDS[register])
    if closing and month.closing is None:
        return why_unclosed(month)
    if periods is None:
        return None
    return month.lacks_calendar or (month.lacks_direction if billed else None) or periods.lack(register)


def why_unclosed(month: Month) -> Sentence:
    """Why a month has no closing."""
    if not month.has_ended:
        return Sentence("reconcile.why_running")
    return Sentence("reconcile.why_closed_partly" if month.closed_partly else "reconcile.why_no_closing")


def not_judged(code: str, what: Sentence, why: Sentence) -> Judgement:
    """That something is not judged, and why."""
    text = Sentence("reconcile.not_judged", what=what, why=why)
    return Judgement(code, "", Result.UNKNOWN, text, {})
