"""Closings and events as rows of a CSV: a row a tariff period, a row an event; the names are those of the JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from iec102_tui.meter_data.documents import Document

CLOSING_COLUMNS = (
    "contract",
    "start",
    "end",
    "current",
    "period",
    "active_kwh",
    "active_register_kwh",
    "active_qualifier",
    "inductive_kvarh",
    "inductive_register_kvarh",
    "inductive_qualifier",
    "capacitive_kvarh",
    "capacitive_register_kvarh",
    "capacitive_qualifier",
    "maximum_kw",
    "maximum_time",
    "maximum_qualifier",
    "excess",
    "excess_qualifier",
    "whole",
)
EVENT_COLUMNS = ("record", "time", "time_invalid", "spa", "spq", "spi", "meaning", "spi_words")


def closing_rows(closings: Iterable[Document]) -> Iterator[Document]:
    """A row for each period of each closing. Those that are stored are whole, and do not say so."""
    for closing in closings:
        for period in closing["periods"]:
            yield {"whole": True, **closing, **period}


def csv_text(columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> str:
    """A header and the rows, lines ending in a line feed; what is not known is empty, truth is 0 or 1."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return int(value)
    return "" if value is None else value
