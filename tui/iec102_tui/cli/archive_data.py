"""What the archive has of meters besides load profiles: as lines, as findings, as files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from iec102.asdu.names import CONTRACT_NAMES
from iec102.errors import InvalidSetting

from iec102_tui.archive import meter_data
from iec102_tui.archive.contents import MeterKey
from iec102_tui.archive.file import reading
from iec102_tui.archive.meter_data_store import MeterDataStore
from iec102_tui.meter_data.clock_drift import drift
from iec102_tui.meter_data.export import all_json, closings_csv, events_csv
from iec102_tui.meter_data.known import Known
from iec102_tui.words.text import N_, _, ngettext

KINDS = ("closings", "events", "all")
_COUNTED = {
    "closing": (N_("{count} closing"), N_("{count} closings")),
    "event": (N_("{count} event"), N_("{count} events")),
    "told": (N_("{count} answer of the meter about itself"), N_("{count} answers of the meter about itself")),
    "clock": (N_("{count} clock difference"), N_("{count} clock differences")),
}


def known_meters(path: Path) -> dict[MeterKey, int]:
    """The meters of which anything of this is archived, with their numbers. Raises ArchiveError."""
    with reading(path) as connection:
        rows = connection.execute("SELECT identity, point_address, id FROM meter ORDER BY identity, point_address")
        every = [(MeterKey(identity, point), number) for identity, point, number in rows]
        return {key: number for key, number in every if meter_data.counts(connection, number)}


def data_lines(path: Path, number: int, zone: tzinfo) -> Iterator[str]:
    """How much there is of a meter, from when to when; its drift, and what has changed. Raises ArchiveError."""
    with reading(path) as connection:
        counts = meter_data.counts(connection, number)
        known = meter_data.known(connection, number, zone)
    for name, (one, many) in _COUNTED.items():
        if name not in counts:
            continue
        count, first, last = counts[name]
        what = ngettext(one, many, count)
        if first is None or last is None:
            yield f"  {what}"
        else:
            start, end = (f"{datetime.fromtimestamp(at, UTC).astimezone(zone):%Y-%m-%d}" for at in (first, last))
            yield "  " + _("{what}, {start} to {end}", what=what, start=start, end=end)
    if (found := drift(known.clock)) is not None:
        yield "  " + _("the clock gains {drift:+.2f} s a day over {days:.0f} days", drift=found.a_day, days=found.days)
    for change in known.changes:
        yield "  " + _(
            "changed {time}: {kind}, {name} was {before}, is {after}",
            time=f"{change.since:%Y-%m-%d %H:%M}",
            kind=change.kind,
            name=change.name,
            before=change.before,
            after=change.after,
        )


def data_findings(path: Path, zone: tzinfo) -> Iterator[str]:
    """Closings that the meter gave in more than one way. Raises ArchiveError."""
    names = {number: key for key, number in known_meters(path).items()}
    with reading(path) as connection:
        differing = meter_data.differing_closings(connection)
    for meter, contract, end, count in differing:
        at = datetime.fromtimestamp(end or 0, UTC).astimezone(zone)
        yield _(
            "{meter}: the closing of contract {contract} that ends {end} was given in {count} ways",
            meter=names[meter],
            contract=CONTRACT_NAMES.get(contract, contract),
            end=f"{at:%Y-%m-%d %H:%M}",
            count=count,
        )


def data_text(path: Path, meter: MeterKey, kind: str, zone: tzinfo, now: datetime) -> str:
    """The file of a kind: CSV of closings or events, JSON of all. Raises ArchiveError, InvalidSetting."""
    known: Known = MeterDataStore(path).known(meter, zone)
    if kind == "closings" and known.closings:
        return closings_csv(known)
    if kind == "events" and known.events:
        return events_csv(known.events)
    if kind == "all" and not known.is_empty:
        return all_json(known, now.astimezone(zone)) + "\n"
    raise InvalidSetting(_("the archive has no {kind} of {meter}", kind=kind, meter=meter))
