"""What is known of a meter as files: closings and events as the commands write them, all of it as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from iec102_tui.files.output_file import write_whole
from iec102_tui.meter_data import documents
from iec102_tui.meter_data.known import Known, KnownEvent
from iec102_tui.meter_data.rows import CLOSING_COLUMNS, EVENT_COLUMNS, closing_rows, csv_text


def closings_csv(known: Known) -> str:
    """A row for each period of each stored closing."""
    return csv_text(CLOSING_COLUMNS, closing_rows(each for stored in known.closings.values() for each in stored))


def events_csv(events: Sequence[KnownEvent]) -> str:
    """A row for each, by time."""
    return csv_text(EVENT_COLUMNS, [documents.event(each.event) for each in reversed(events)])


def all_json(known: Known, now: datetime) -> str:
    """One document: what was told with when, closings, events, changes, clock differences."""
    moment = documents.moment
    told = {
        kind: {"since": moment(each.since), "until": moment(each.until), "document": each.document}
        for kind, each in known.told.items()
    }
    return json.dumps(
        {
            "time": moment(now),
            "told": told,
            "changes": [
                {
                    "kind": each.kind,
                    "name": each.name,
                    "before": each.before,
                    "after": each.after,
                    "since": moment(each.since),
                }
                for each in known.changes
            ],
            "not_told": [{"kind": each.kind, "at": moment(each.at), **each.document} for each in known.lacks],
            "closings": [each for stored in known.closings.values() for each in stored],
            "events": [documents.event(each.event) | {"new": each.is_new} for each in reversed(known.events)],
            "clock_differences": [
                {"time": moment(point.at), "clock_difference": point.difference} for point in known.clock
            ],
        }
    )


def write(path: Path, text: str) -> None:
    """Not on the interface's thread. Raises OSError, InvalidSetting."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, [text])
