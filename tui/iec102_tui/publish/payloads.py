"""Messages about a meter as flat JSON: one level of names, numbers, texts. What is not known is left out.

Only what is named here is published, so that no password, key or telephone number can slip in with a document that
grows. The names are those of docs/publishing.md, and stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any

from iec102.asdu import Identity, TransformerRatios
from iec102.line.state import LineState
from iec102.load_profile.records import LoadRecord
from iec102.meter.events import MeterEvent
from iec102.meter.reading import Reading

from iec102_tui.load_profile.formats import rows
from iec102_tui.load_profile.month_count import MonthCount
from iec102_tui.meter_data import documents
from iec102_tui.meter_data.documents import Document, moment
from iec102_tui.publish.message import Kind, Message, MeterTopics


def live(
    topics: MeterTopics, reading: Reading, identity: Identity | None = None, clock_difference: float | None = None
) -> Message:
    """The 24 signals by their keys; ``invalid`` names those that the meter says are not valid.

    ``clock_difference``: seconds that the meter's clock is ahead.
    """
    values = reading.values.values()
    found = {value.key: value.value for value in values if value.value is not None}
    invalid = [value.key for value in values if value.value is not None and not value.valid]
    return _message(
        Kind.LIVE,
        topics.of("live"),
        {
            "time": reading.time.isoformat(timespec="milliseconds"),
            "meter_time": moment(reading.meter_time),
            "identity": identity and identity_words(identity),
            "clock_difference": None if clock_difference is None else round(clock_difference, 3),
            "invalid": invalid or None,
            **found,
        },
    )


def identity_words(identity: Identity) -> str:
    """Who the meter is, in one text: the number of its manufacturer, its own number."""
    return f"{identity.manufacturer}-{identity.device_id}"


def state(topics: MeterTopics, state: LineState, now: datetime) -> Message:
    """Where the line to a meter stands. ``reason`` is one sentence, left out while all is well."""
    said = state.error or state.remark
    return _message(
        Kind.STATUS,
        topics.of("state"),
        {
            "state": str(state.phase),
            "reason": str(said) if said else None,
            "time": moment(now.replace(microsecond=0)),
        },
    )


def info(
    topics: MeterTopics,
    *,
    name: str,
    link_address: int,
    point_address: int,
    timezone: str,
    version: str,
    identity: Identity | None = None,
    ratios: TransformerRatios | None = None,
    gateway: str | None = None,
    month: MonthCount | None = None,
) -> Message:
    """Which meter it is. ``version`` is that of this program; ``gateway``: where other machines get to the meter.

    ``month``: how complete the running month is in the archive.
    """
    known = {} if identity is None else documents.identity(identity)
    return _message(
        Kind.STATUS,
        topics.of("info"),
        {
            "name": name,
            "link_address": link_address,
            "point_address": point_address,
            "timezone": timezone,
            "identity": identity and identity_words(identity),
            **known,
            **(documents.ratios(ratios) or {}),
            "gateway": gateway,
            "month_gaps": month and month.gaps,
            "month_until": month and moment(month.until),
            "version": version,
        },
    )


def profile(topics: MeterTopics, record: LoadRecord, register: str, zone: tzinfo) -> Message:
    """One interval of a load profile by the columns of the CSV; ``time`` is its END and tells records apart."""
    return _message(Kind.RECORD, topics.of(f"profile/{register}"), next(rows([record], zone)))


def closing(topics: MeterTopics, document: Document) -> Iterator[Message]:
    """A message a tariff period, the totals as period 0; ``id`` tells records apart. ``document``: of a closing."""
    common = {name: document.get(name) for name in ("contract", "current", "start", "end", "direction")}
    for period in document["periods"]:
        flat = {name: value for name, value in period.items() if not name.endswith("_words")}
        known = f"{common['contract']}/{common['start']}/{common['end']}/{period['period']}"
        yield _message(Kind.RECORD, topics.of("closing"), {"id": known, **common, **flat})


def event(topics: MeterTopics, event: MeterEvent) -> Message:
    """One event; ``id`` tells records apart: a meter has no two with the same."""
    time = None if event.time is None else event.time.isoformat(timespec="milliseconds")
    return _message(
        Kind.RECORD,
        topics.of("event"),
        {
            "id": f"{event.record}/{time}/{event.address}/{event.qualifier}/{int(event.indication)}",
            "time": time,
            "record": event.record,
            "address": event.address,
            "qualifier": event.qualifier,
            "indication": int(event.indication),
            "meaning": event.meaning,
            "time_valid": not event.is_invalid and time is not None,
        },
    )


def _message(kind: Kind, topic: str, document: Mapping[str, Any]) -> Message:
    known = {name: value for name, value in document.items() if value is not None}
    return Message(kind, topic, json.dumps(known, ensure_ascii=False, separators=(",", ":")))
