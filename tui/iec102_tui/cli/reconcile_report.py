"""What `iec102-tui reconcile` says of a month or a year: lines for people, a document, a report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from pathlib import Path
from typing import Any, NamedTuple

from iec102.clock import SYSTEM_CLOCK
from iec102.verdict.judgement import Judgement, Result
from iec102.verdict.month import Month, Proof, proof
from iec102.verdict.month import reconcile as judge_month

from iec102_tui.archive.contents import MeterKey
from iec102_tui.meter_data.month import Calendar
from iec102_tui.words.text import _
from iec102_tui.words.verdict_text import findings_table, judgement_line, proof_line, report_head


class JudgedMonth(NamedTuple):
    """A month with what is said of it."""

    month: Month
    judgements: list[Judgement]
    proof: Proof

    @classmethod
    def of(cls, month: Month) -> JudgedMonth:
        """Judges it."""
        judgements = judge_month(month)
        return cls(month, judgements, proof(judgements))

    @property
    def name(self) -> str:
        """``2026-10``."""
        return f"{self.month.start:%Y-%m}"

    def document(self) -> dict[str, Any]:
        """As JSON."""
        judgements = [each.to_json() for each in self.judgements]
        return {"month": self.name, "proof": self.proof.value, "judgements": judgements}


class ToldMonths(NamedTuple):
    """What is said of all months: as lines, as a document, as a report."""

    name: str
    meter: MeterKey
    zone: tzinfo
    asked: str
    judged: list[JudgedMonth]
    calendar: Calendar | None
    others: Mapping[str, MeterKey]
    cups: str | None

    @property
    def proof(self) -> Proof:
        """The least of all months."""
        return max((each.proof for each in self.judged), key=[*Proof].index)

    @property
    def lacks(self) -> bool:
        """Something could not be judged."""
        return any(each.result is Result.UNKNOWN for one in self.judged for each in one.judgements)

    def lines(self, *, marks: bool) -> Iterator[str]:
        """A month in full; of a year, what is not good of each month."""
        several = len(self.judged) > 1
        for each in self.judged:
            if several:
                yield f"{each.name}  {proof_line(each.judgements)}"
            for judgement in each.judgements:
                if not several or judgement.result is not Result.GOOD:
                    yield ("  " if several else "") + judgement_line(judgement, marks=marks)
        yield self._conclusion(in_report=False)

    def document(self) -> dict[str, Any]:
        """Of one month, or of a year with its months."""
        if "-" in self.asked:
            return self.judged[0].document()
        return {"year": self.asked, "proof": self.proof.value, "months": [each.document() for each in self.judged]}

    def report(self, path: Path) -> list[str]:
        """By the ending of the file."""
        heading = self._heading()
        if path.suffix.lower() == ".json":
            names = ("meter", "device", "cups", "made", "calendar", "compared_with")
            told = {name: value for name, (_words, value) in zip(names, heading, strict=True) if value}
            return [json.dumps({**told, **self.document()}, indent=1) + "\n"]
        lines = list(report_head(_("Proof of {month}", month=self.asked), heading, self._conclusion(in_report=True)))
        for each in self.judged:
            if len(self.judged) > 1:
                lines += ["", f"## {each.name}", "", proof_line(each.judgements, in_report=True)]
            lines += ["", *findings_table(each.judgements)]
        return [f"{line}\n" for line in lines]

    def _conclusion(self, *, in_report: bool) -> str:
        """Of the month that is the least; one with a fault is less than one that nothing confirms."""
        least = [each.judgements for each in self.judged if each.proof is self.proof]
        faulty = (judgements for judgements in least if any(each.result is Result.FAULT for each in judgements))
        return proof_line(next(faulty, least[0]), in_report=in_report)

    def _heading(self) -> list[tuple[str, str]]:
        now = SYSTEM_CLOCK.wall().astimezone(self.zone)
        return [
            (_("Meter"), self.name),
            (_("Device"), str(self.meter)),
            ("CUPS", self.cups or ""),
            (_("Made"), now.isoformat(timespec="seconds")),
            (_("Tariff calendar"), _("the meter's own") if self.calendar is None else self.calendar.name),
            (_("Compared with"), ", ".join(self.others)),
        ]
