"""Rows of the fleet as CSV: plain numbers, times with their offset, the same in every language."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime

from iec102_tui.fleet.meter import Row

COLUMNS = (
    *("state", "meter", "box", "power_kw", "reactive_kvar", "power_factor", "voltage_v", "age_s", "time"),
    *("line_state", "reason", "box_clock_ahead_s", "meter_clock_ahead_s", "new_events", "month_gaps"),
    *("identity", "link_address", "gateway", "month_until"),
)
_FORMULA = ("=", "+", "-", "@", "\t")
"""What begins with one of these is a formula to a spreadsheet."""


def csv_of(rows: Iterable[Row], now: float) -> str:
    """``now`` by the age clock. ``time`` is that of the values by the publisher's clock."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        age = row.age(now)
        writer.writerow(
            (
                row.status.value,
                _text(row.name),
                _text(row.site),
                _number(row.power, 0),
                _number(row.reactive, 0),
                _number(row.factor, 3),
                _number(row.volts, 1),
                _number(age, 0),
                _time(row.stated),
                "offline" if row.box_offline else _text(row.phase_text),
                _text(row.reason),
                _number(row.clock_off, 0),
                _number(row.meter_clock, 1),
                row.new_events,
                "" if row.gaps is None else row.gaps,
                _text(row.identity),
                _text(row.link_address),
                _text(row.gateway),
                _time(row.month_until),
            )
        )
    return written.getvalue()


def _text(text: str) -> str:
    """Names come from whoever publishes: none of them is a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _time(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _number(value: float | None, decimals: int) -> str:
    if value is None:
        return ""
    return f"{value:.{decimals}f}" if decimals else f"{value:.3f}".rstrip("0").rstrip(".")
