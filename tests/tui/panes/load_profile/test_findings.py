"""The month of the cursor is worth in F4 what `reconcile --offline` says of it."""

from __future__ import annotations

from datetime import timedelta

from iec102.asdu import MADRID
from iec102.load_profile.intervals import Register
from iec102.verdict.month import Month
from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.load_profile.rows import Row, columns
from iec102_tui.meter_data import documents
from iec102_tui.meter_data.known import Known, Told
from iec102_tui.panes.load_profile.findings import month_lines
from support.whole_month import END, HOLIDAYS, POWERS, SEASONS, START, a_month, changed, without

LATER = END + timedelta(days=9)
MONTH = a_month(7)
TOLD = {
    "seasons-1": documents.seasons(SEASONS),
    "holidays-1": {"days": documents.holidays(HOLIDAYS)},
    "powers-1": documents.powers(POWERS),
}
assert MONTH.closing is not None
KNOWN = Known(
    {kind: Told(document, LATER, LATER) for kind, document in TOLD.items()},
    closings={1: (documents.closing(MONTH.closing),)},
    event_ranges={52: (START, END), 53: (START, END)},
)


def lines(month: Month = MONTH, known: Known = KNOWN) -> list[str]:
    def rows(wanted: Wanted) -> list[Row]:
        return [columns(record) for record in month.of(wanted.register)]

    def differing(wanted: Wanted) -> int:
        return month.differing if wanted.register is Register.HOURLY else 0

    at = START + timedelta(days=4)
    return list(month_lines(rows, differing, known, at, LATER, MADRID))


def test_a_month_of_which_all_is_known_is_proven() -> None:
    first, *judged = lines()
    assert first == "October 2026: Proven."
    assert all(line.startswith(" ✓") for line in judged)
    assert any("A+: the closing and the hours agree" in line for line in judged)


def test_what_is_not_known_is_asked_for() -> None:
    first, *judged, last = lines(known=Known())
    assert first.startswith("October 2026: Proven with remarks")
    assert any("there is no closing of this month" in line for line in judged)
    assert last.endswith("reconcile NAME --month 2026-10.")


def test_a_fault_is_not_proven_and_named() -> None:
    first, *judged = lines(changed(Register.HOURLY, 40, 9)(without(Register.QUARTER_HOURLY, 5)(MONTH)))
    assert first.startswith("October 2026: Not proven")
    assert any(line.startswith(" ✗") and "2026-10-02 17:00 CEST" in line for line in judged)


def test_values_that_were_given_otherwise_at_another_time_are_told() -> None:
    first, *judged = lines(MONTH._replace(differing=3))
    assert first.startswith("October 2026: Not proven")
    assert any(line.startswith(" ✗  3 intervals were given with other values at another time") for line in judged)


def test_values_of_other_months_are_no_part_of_it() -> None:
    """What is in memory is given whole."""
    hours = MONTH.of(Register.HOURLY)
    wrong = hours[0]._replace(end=START - timedelta(days=3)), hours[0]._replace(end=END + timedelta(hours=1))
    more = MONTH._replace(records={**MONTH.records, Register.HOURLY: [*hours, *wrong]})
    assert lines(more) == lines()


def test_hours_that_nothing_confirms_are_said_to_be_that() -> None:
    first, *_judged = lines(MONTH._replace(records={Register.HOURLY: MONTH.of(Register.HOURLY)}), Known())
    assert first.startswith("October 2026: Not proven: nothing is wrong, and nothing confirms the hours")


def test_of_a_month_without_intervals_nothing_is_said() -> None:
    assert lines(MONTH._replace(records={})) == []
