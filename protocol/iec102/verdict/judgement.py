"""One judgement: what was looked at, what came of it, and the figures that it stands on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from iec102.sentence import Sentence

SERIAL = "meter.serial"


class Result(StrEnum):
    """What came of a look."""

    GOOD = "good"
    FAULT = "fault"
    REMARK = "remark"
    """Of a month: something to know, which disproves nothing."""
    UNKNOWN = "unknown"
    """It could not be judged, and the text says why."""


class Judgement(NamedTuple):
    """``code`` names what was looked at, ``subject`` of what (``L2``; empty: all of it). Codes are stable.

    ``figures`` are what the text stands on, by names that end in their unit.
    """

    code: str
    subject: str
    result: Result
    text: Sentence
    figures: Mapping[str, float | int | str | None]

    def to_json(self) -> dict[str, Any]:
        """As ``verify --json`` prints it."""
        return {
            "code": self.code,
            "subject": self.subject,
            "result": self.result.value,
            "text": str(self.text),
            "figures": dict(self.figures),
        }


def verdict(judgements: Iterable[Judgement]) -> Result:
    """Of all together: a fault where there is one, good where anything was found good, else unknown.

    Nothing is good of a meter that was expected by its number and did not tell it: it may be another one.
    """
    found = list(judgements)
    results = {judgement.result for judgement in found}
    if Result.FAULT in results:
        return Result.FAULT
    return Result.GOOD if Result.GOOD in results and not any(map(_is_missed, found)) else Result.UNKNOWN


def _is_missed(judgement: Judgement) -> bool:
    """The number was expected, and not told."""
    is_open = judgement.code == SERIAL and judgement.result is Result.UNKNOWN
    return is_open and judgement.figures["expected"] is not None
