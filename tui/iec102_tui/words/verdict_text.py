"""A verdict on a meter in lines for people, and as a report to hand in."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence

from iec102.verdict.judgement import Judgement, Result
from iec102.verdict.month import Proof, proof

from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import N_, _, ngettext, spoken

_MARKS = {Result.GOOD: "\N{CHECK MARK}", Result.FAULT: "\N{BALLOT X}", Result.REMARK: "!", Result.UNKNOWN: "?"}
_PLAIN_MARKS = {Result.GOOD: "ok", Result.FAULT: "X", Result.REMARK: "!", Result.UNKNOWN: "?"}
RESULT_WORDS = {
    Result.GOOD: N_("good"),
    Result.FAULT: N_("fault"),
    Result.REMARK: N_("remark"),
    Result.UNKNOWN: N_("not judged"),
}
_PHASES = ("l1", "l2", "l3")
_NUMBERED = re.compile(r"period_(\d+)_min")
FIGURES = {
    "active_kw": N_("active kW"),
    "active_kwh": N_("active kWh"),
    "apparent_kva": N_("apparent kVA"),
    "automatic": N_("automatic"),
    "battery_percent": N_("battery %"),
    "changes": N_("changes"),
    "closed_days_ago": N_("closed days ago"),
    "closing_kwh": N_("closing kWh"),
    "closings": N_("closings"),
    "compared": N_("compared"),
    "contracted_kw": N_("contracted kW"),
    "counted_kwh": N_("counted kWh"),
    "critical_on": N_("critical alarm on"),
    "current_a": N_("current A"),
    "days": N_("days"),
    "difference_s": N_("difference s"),
    "drift_s_a_day": N_("drift s a day"),
    "excess_kvarh": N_("excess kVArh"),
    "expected": N_("expected"),
    "expected_kva": N_("expected kVA"),
    "expected_kwh": N_("expected kWh"),
    "factor": N_("factor"),
    "file_kwh": N_("file kWh"),
    "highest_kw": N_("highest kW"),
    "hours_kwh": N_("hours kWh"),
    "intervals": N_("intervals"),
    "keeping": N_("summer time bit"),
    "largest_s": N_("largest s"),
    "link_address": N_("link address"),
    "maximum_kw": N_("maximum kW"),
    "mean_kw": N_("mean kW"),
    "meter": N_("meter"),
    "meter_kwh": N_("meter kWh"),
    "missing": N_("missing"),
    "not_valid": N_("not valid"),
    "on": N_("watched"),
    "other_on": N_("other alarm on"),
    "parts_kwh": N_("parts kWh"),
    "phases_kw": N_("phases kW"),
    "point_address": N_("point address"),
    "profile": N_("profile"),
    "quarter_hour_kw": N_("quarter-hour kW"),
    "quarter_hours": N_("quarter-hours"),
    "ratio": N_("ratio"),
    "reactive_kvar": N_("reactive kVAr"),
    "reactive_kvarh": N_("reactive kVArh"),
    "readings": N_("readings"),
    "seconds": N_("seconds"),
    "serial": N_("number"),
    "total_kw": N_("total kW"),
    "voltage_v": N_("voltage V"),
    "whole_kwh": N_("whole kWh"),
}
"""The figures that a finding stands on, by their names in JSON."""
VERDICT_OF = N_("Verdict on {meter}")
VERDICT_SPAN = N_("({count} readings of the last {seconds} s)")
NO_METER = N_("No meter is being read: connect to one first (F1).")
PROOF_WORDS = {
    Proof.PROVEN: N_("Proven."),
    Proof.REMARKS: N_("Proven with remarks: see what has an exclamation or a question mark."),
    Proof.NOT_PROVEN: N_("Not proven: what has a cross or a question mark says why."),
}

PROOF_IN_REPORT = {
    Proof.PROVEN: N_("Proven."),
    Proof.REMARKS: N_("Proven with remarks: see the findings called remark or not judged."),
    Proof.NOT_PROVEN: N_("Not proven: the findings called fault or not judged say why."),
}

NOT_CONFIRMED = N_("Not proven: nothing is wrong, and nothing confirms the hours, neither quarter-hours nor a closing.")


def proof_line(judgements: Sequence[Judgement], *, in_report: bool = False) -> str:
    """What is to be said of a month, with where to look."""
    result = proof(judgements)
    if result is Proof.NOT_PROVEN and not any(judgement.result is Result.FAULT for judgement in judgements):
        return _(NOT_CONFIRMED)
    return _((PROOF_IN_REPORT if in_report else PROOF_WORDS)[result])


def can_mark(encoding: str | None = None) -> bool:
    """Whether ticks and crosses come out on a terminal of this encoding, standard output's where none is given."""
    try:
        "".join(_MARKS.values()).encode(encoding or getattr(sys.stdout, "encoding", None) or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def judgement_line(judgement: Judgement, *, marks: bool = True) -> str:
    """Tick, cross or question mark, the sentence, the figures."""
    mark = (_MARKS if marks else _PLAIN_MARKS)[judgement.result]
    figures = _figures(judgement)
    said = f"{mark:2} {spoken(judgement.text)}"
    return printable(f"{said}  [{figures}]" if figures and judgement.result is not Result.GOOD else said)


def _figures(judgement: Judgement) -> str:
    figures = ((_figure(name), value) for name, value in judgement.figures.items() if value is not None)
    return ", ".join(_("{figure} {value}", figure=figure, value=value) for figure, value in figures)


def _figure(name: str) -> str:
    """What a figure is, behind the phase that it is of."""
    phase, _line, of_phase = name.partition("_")
    if phase in _PHASES:
        return f"{phase.upper()} {_(FIGURES.get(of_phase, of_phase))}"
    if found := _NUMBERED.fullmatch(name):
        return _("integration period {number}, min", number=found[1])
    return _(FIGURES.get(name, name))


def verdict_line(judgements: Sequence[Judgement]) -> str:
    """All of it in one sentence."""
    faults = sum(judgement.result is Result.FAULT for judgement in judgements)
    open_ = sum(judgement.result is Result.UNKNOWN for judgement in judgements)
    if faults:
        return ngettext("{count} fault was found.", "{count} faults were found.", faults)
    if open_ == len(judgements):
        return _("Nothing could be judged.")
    if open_:
        return ngettext(
            "No fault was found; {count} point could not be judged.",
            "No fault was found; {count} points could not be judged.",
            open_,
        )
    return _("No fault was found.")


def report_head(title: str, heading: Iterable[tuple[str, str]], conclusion: str) -> Iterator[str]:
    """The first lines of a report in Markdown: meter and time, and the conclusion."""
    yield f"# {title}"
    yield ""
    for name, value in heading:
        if value:
            yield f"- {name}: {_escaped(value)}"
    yield ""
    yield f"**{conclusion}**"


def findings_table(judgements: Sequence[Judgement]) -> Iterator[str]:
    """The findings with their figures."""
    yield "| | " + _("Finding") + " | " + _("Figures") + " |"
    yield "|---|---|---|"
    for judgement in judgements:
        yield f"| {_(RESULT_WORDS[judgement.result])} | {_escaped(spoken(judgement.text))} | {_figures(judgement)} |"


def proof_of_a_visit(steps: Iterable[str], frames: Iterable[str]) -> Iterator[str]:
    """What is behind the findings in a report: the steps to the meter, and its frames."""
    yield ""
    yield "## " + _("The way to the meter")
    yield ""
    yield from (f"    {printable(step)}" for step in steps)
    yield ""
    yield "## " + _("Frames")
    yield ""
    yield from (f"    {frame}" for frame in frames)


def _escaped(text: str) -> str:
    """Text from outside, in a table of Markdown."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>|#" else char for char in printable(text))
