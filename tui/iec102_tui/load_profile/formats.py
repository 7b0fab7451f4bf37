"""Load profiles as files of other programs: CSV for spreadsheets, JSON Lines, Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import Any, NamedTuple

from iec102.errors import InvalidSetting
from iec102.load_profile.records import CHANNEL_LABELS, CHANNELS, LoadRecord

from iec102_tui.load_profile.csv_file import HEADER, csv_lines, in_zone
from iec102_tui.words.text import _

FORMATS = ("csv", "jsonl", "parquet")

_BOM = "\ufeff"
_COLUMNS = HEADER.split(",")
_LABELLED = ",".join(("time", *CHANNEL_LABELS, *(f"q_{name}" for name in CHANNELS)))


class Layout(NamedTuple):
    """``separator`` stands between the columns of a CSV, ``labels`` says their direction and unit in its header.

    ``bom`` puts a byte order mark before text, by which spreadsheets know UTF-8.
    """

    format: str = "csv"
    separator: str = ","
    labels: bool = False
    bom: bool = False


def encoded(records: Sequence[LoadRecord], zone: tzinfo, layout: Layout) -> Iterator[bytes]:
    """The parts of the file, from first to last. Raises InvalidSetting where Parquet is not to be had."""
    if layout.format == "parquet":
        yield _parquet(records, zone)
        return
    if layout.bom:
        yield _BOM.encode()
    if layout.format == "jsonl":
        import json  # loaded when it is used

        lines: Iterable[str] = (json.dumps(row) + "\n" for row in rows(records, zone))
    else:
        lines = csv_lines(records, zone, layout.separator, _LABELLED if layout.labels else HEADER)
    for line in lines:
        yield line.encode()


def rows(records: Iterable[LoadRecord], zone: tzinfo) -> Iterator[dict[str, str | int | None]]:
    """Each record by the names of the CSV's columns; qualifiers are numbers, what a record does not have is None."""
    for record in records:
        row: dict[str, str | int | None] = dict.fromkeys(_COLUMNS)
        row["time"] = in_zone(record.end, zone)
        for total in record.totals:
            name = CHANNELS[total.address - 1]
            row[name] = total.value
            row[f"q_{name}"] = total.quality
        yield row


def check_parquet() -> None:
    """Raises InvalidSetting where pyarrow is not installed."""
    _pyarrow()


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InvalidSetting(_("Parquet needs pyarrow: install it with pip install 'iec102-tui[parquet]'")) from None
    return pyarrow, pyarrow.parquet


def _parquet(records: Sequence[LoadRecord], zone: tzinfo) -> bytes:
    """Times as timestamps in ``zone``, values as 64 bits, qualifiers as 8, the channels' labels as metadata."""
    arrow, parquet = _pyarrow()
    columns = list(rows(records, zone))
    fields = [arrow.field("time", arrow.timestamp("s", tz=str(zone)))]
    arrays = [arrow.array([record.end for record in records], fields[0].type)]
    for name, label in zip(CHANNELS, CHANNEL_LABELS, strict=True):
        fields.append(arrow.field(name, arrow.int64(), metadata={"label": label}))
        arrays.append(arrow.array([row[name] for row in columns], arrow.int64()))
    for name in (f"q_{name}" for name in CHANNELS):
        fields.append(arrow.field(name, arrow.uint8()))
        arrays.append(arrow.array([row[name] for row in columns], arrow.uint8()))
    sink = arrow.BufferOutputStream()
    parquet.write_table(arrow.Table.from_arrays(arrays, schema=arrow.schema(fields)), sink)
    return bytes(sink.getvalue())
