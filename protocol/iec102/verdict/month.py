"""Judge a month: whether hours, quarter-hours, days and the closing say the same, and what is above the contract.

The problem: every one of these numbers is rounded by the meter, so that a sum of them is rarely equal to the last
digit. The rule, said in each judgement: a difference of 1 in total proves the month; one of 1 in single intervals is
rounding and a remark; between a closing and the sum of its hours, rounding makes no more than 1.2 times the root of
their number (four standard deviations of so many roundings). Anything beyond is a fault. A maximum is four times a
quarter-hour, and is off by its rounding, 4 kW. What is not known is judged as unknown and named: a gap in the hours
proves nothing of a closing, and disproves it only where the hours that are there make more than it has.

Energies are judged, never prices. Limits of reactive energy: 33 % of A+ for Q1 in the periods 1 to 5, 20.3 % for Q4 in
period 6 (REE profile reference, 13).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from iec102.asdu.names import CONTRACT_NAMES
from iec102.load_profile.intervals import Register
from iec102.sentence import Sentence
from iec102.verdict import contract, intervals, sources
from iec102.verdict.judgement import Judgement, Result
from iec102.verdict.known_month import Contract, Month

__all__ = ["Contract", "Month", "Proof", "proof", "reconcile"]

_CONFIRMING = ("month.quarter_hours", "month.closing")
_CONFIRMED = (Result.GOOD, Result.REMARK)


class Proof(StrEnum):
    """What is to be said of the month."""

    PROVEN = "proven"
    REMARKS = "proven with remarks"
    NOT_PROVEN = "not proven"


def reconcile(month: Month) -> list[Judgement]:
    """Everything that can be said of the month, in the order of a reader's questions."""
    return [
        *(intervals.complete(month, register) for register in (Register.HOURLY, Register.QUARTER_HOURLY)),
        *intervals.sums(month),
        *_contracts(month),
        *sources.others(month),
        *intervals.marks(month),
        *intervals.clock(month),
    ]


def _contracts(month: Month) -> Iterator[Judgement]:
    """Each contract, that which comes first as the month's own. Where there are several, each is named."""
    every = month.contracts
    for place, each in enumerate(every):
        name = CONTRACT_NAMES.get(each.contract, str(each.contract))
        for judgement in contract.judge(each):
            if len(every) == 1:
                yield judgement
                continue
            text = Sentence("reconcile.of_contract", contract=name, what=judgement.text)
            subject = f"{name} {judgement.subject}".rstrip() if place else judgement.subject
            yield judgement._replace(subject=subject, text=text)


def proof(judgements: Iterable[Judgement]) -> Proof:
    """Of all together: the hours must be whole, and what is billed of them confirmed by something else."""
    told = list(judgements)
    results = {judgement.result for judgement in told}
    if Result.FAULT in results:
        return Proof.NOT_PROVEN
    if not any(_confirms(told, code) for code in _CONFIRMING):
        return Proof.NOT_PROVEN
    return Proof.REMARKS if results & {Result.REMARK, Result.UNKNOWN} else Proof.PROVEN


def _confirms(told: Iterable[Judgement], code: str) -> bool:
    """The first of a code that is of a channel is of that which is billed."""
    first = next((judgement for judgement in told if judgement.code == code and judgement.subject), None)
    return first is not None and first.result in _CONFIRMED
