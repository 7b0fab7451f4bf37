"""All that is known of a meter besides its values: what it has told, when, and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from iec102.meter.events import MeterEvent

from iec102_tui.meter_data.documents import Document

IDENTITY, CONFIGURATION, RECORDER, POINT, SUMMER_TIME = "identity", "configuration", "recorder", "point", "summer_time"
CLOCK = "clock"
POWERS, SEASONS, HOLIDAYS, NOW, CURRENT = "powers", "seasons", "holidays", "now", "current"
CLOSINGS, EVENTS = "closings", "events"
VOLATILE = (CLOCK, NOW, CURRENT)
"""Kinds of which only the latest is kept: another one is no change of the meter's configuration."""


def of_contract(kind: str, contract: int) -> str:
    """The kind of what is told of one contract (1 to 3): ``powers-1``."""
    return f"{kind}-{contract}"


class Told(NamedTuple):
    """A document as the meter gave it first at ``since`` and last at ``until``."""

    document: Document
    since: datetime
    until: datetime


class Change(NamedTuple):
    """What a meter told otherwise than before: ``since`` then it tells ``after``; ``name`` within the document."""

    kind: str
    name: str
    before: object
    after: object
    since: datetime


class Lack(NamedTuple):
    """What the meter did not tell when it was asked last (``at``), as an absence of documents.py."""

    kind: str
    document: Document
    at: datetime


class KnownEvent(NamedTuple):
    """An event; ``is_new``: it was not there at the visit before."""

    event: MeterEvent
    is_new: bool = False


class ClockPoint(NamedTuple):
    """How many seconds the meter's clock was ahead at a time."""

    at: datetime
    difference: float


class Known(NamedTuple):
    """``told`` by kind; ``closings`` by contract, oldest first; ``events`` newest first, those without a time last.

    ``events_since`` and ``events_until``: the time of which all events are known, None where nothing was asked for;
    ``event_ranges``: the same of each record. ``earlier``: what was told before by kind, oldest first.
    """

    told: Mapping[str, Told] = {}
    changes: tuple[Change, ...] = ()
    lacks: tuple[Lack, ...] = ()
    closings: Mapping[int, tuple[Document, ...]] = {}
    events: tuple[KnownEvent, ...] = ()
    clock: tuple[ClockPoint, ...] = ()
    events_since: datetime | None = None
    events_until: datetime | None = None
    event_ranges: Mapping[int, tuple[datetime, datetime]] = {}
    earlier: Mapping[str, tuple[Told, ...]] = {}

    @property
    def is_empty(self) -> bool:
        """Nothing was ever read."""
        return not (self.told or self.closings or self.events or self.lacks)

    def document(self, kind: str, contract: int | None = None) -> Document | None:
        """The latest of a kind; None where the meter never told it."""
        told = self.told.get(kind if contract is None else of_contract(kind, contract))
        return None if told is None else told.document

    def documents_of(self, kind: str, contract: int, start: datetime, end: datetime) -> list[Document]:
        """Those of a contract that may have held between two times, the latest first.

        One may have held from when the one before it was told last, and until the next one was told first.
        """
        name = of_contract(kind, contract)
        latest = self.told.get(name)
        every = () if latest is None else (*self.earlier.get(name, ()), latest)
        before = (None, *every)
        following = (*every[1:], None)
        return [
            each.document
            for one, each, other in zip(before, every, following, strict=False)
            if (one is None or one.until < end) and (other is None or other.since > start)
        ][::-1]

    def at(self, kind: str) -> datetime | None:
        """As of when a kind is known."""
        told = self.told.get(kind)
        return None if told is None else told.until


def differences(before: object, after: object, name: str = "") -> list[tuple[str, object, object]]:
    """The values of two documents that are not the same, by their place: ``ports 1 speed_words``."""
    if before == after:
        return []
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        keys = dict.fromkeys((*before, *after))
        return [
            found for key in keys for found in differences(before.get(key), after.get(key), f"{name} {key}".strip())
        ]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [
            found
            for number, (one, other) in enumerate(zip(before, after, strict=True), 1)
            for found in differences(one, other, f"{name} {number}".strip())
        ]
    return [(name, before, after)]
