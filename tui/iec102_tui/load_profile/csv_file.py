"""Load profiles as the lines of a CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo

from iec102.load_profile.records import CHANNELS, LoadRecord

HEADER = ",".join(("time", *CHANNELS, *(f"q_{name}" for name in CHANNELS)))


def in_zone(instant: datetime, zone: tzinfo) -> str:
    """A time as files and messages about them have it: ISO 8601, to the second, with the offset of ``zone``."""
    return instant.astimezone(zone).isoformat(timespec="seconds")


def csv_lines(records: Iterable[LoadRecord], zone: tzinfo, separator: str = ",", header: str = HEADER) -> Iterator[str]:
    """Header and records, each with its line feed. Times are ISO 8601 with the offset of ``zone``.

    A channel that a record does not have is empty; qualifiers are two hexadecimal digits. ``header`` has commas, which
    ``separator`` takes the place of.
    """
    yield header.replace(",", separator) + "\n"
    addresses = range(1, len(CHANNELS) + 1)
    for record in records:
        totals = {total.address: total for total in record.totals}
        values = (str(totals[number].value) if number in totals else "" for number in addresses)
        qualifiers = (f"{totals[number].quality:02x}" if number in totals else "" for number in addresses)
        yield separator.join((in_zone(record.end, zone), *values, *qualifiers)) + "\n"
