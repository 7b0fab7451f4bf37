"""What is known of all meters of a broker: topics and payloads in, rows out. Reads no clock and waits for nothing.

Times are handed in: ``at`` by the age clock, ``wall`` in seconds since 1970. Memory is bounded by the number of meters
and of records, whatever the broker sends; what has no room is refused and counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from iec102_tui.fleet.meter import Key, Meter, Row, Site, Status
from iec102_tui.fleet.month import MonthOfHours
from iec102_tui.fleet.payloads import (
    LARGEST_PAYLOAD,
    LARGEST_RECORD,
    TOO_LARGE,
    TOO_MANY,
    Address,
    Document,
    Kind,
    Refused,
    address_of,
    document_of,
    moment,
    number,
    text,
)

MOST_METERS = 5_000
MOST_RECORDS = 10_000
"""Events and closings of all meters together."""
_RECORDS_OF_METER = 60
_A_DAY = 86_400.0
_HOURLY = "hourly"


class Arrived(NamedTuple):
    """A message, and when it came. ``retained``: it had been with the broker before."""

    topic: str
    payload: bytes
    retained: bool
    at: float
    wall: float


class Summary(NamedTuple):
    """What some rows come to: how many of each status, and the power of those that are live, in kW, both above 0."""

    counts: Mapping[Status, int]
    imported: float
    exported: float

    @property
    def total(self) -> int:
        """Rows."""
        return sum(self.counts.values())


def summary_of(rows: Iterable[Row]) -> Summary:
    """Counts and sums."""
    counts = dict.fromkeys(Status, 0)
    imported = exported = 0.0
    for row in rows:
        counts[row.status] += 1
        if row.status is Status.LIVE and row.power is not None:
            if row.power < 0:
                exported -= row.power
            else:
                imported += row.power
    return Summary(counts, imported, exported)


class FleetModel:
    """Used on one thread. ``topic`` is what all topics begin with."""

    def __init__(self, topic: str, *, most_meters: int = MOST_METERS) -> None:
        self.refused: Counter[str] = Counter()
        """How many messages were not taken, by the template that says why."""
        self._topic = topic
        self._most = most_meters
        self._sites: dict[str, Site] = {}
        self._meters: dict[Key, Meter] = {}
        self._of_site: defaultdict[str, set[Key]] = defaultdict(set)
        self._rows: dict[Key, Row] = {}
        self._changed: set[Key] = set()
        self._order: deque[tuple[Key, str]] = deque()

    def __len__(self) -> int:
        return len(self._meters)

    def meter(self, key: Key) -> Meter | None:
        """One of them."""
        return self._meters.get(key)

    def site(self, name: str) -> Site | None:
        """A box."""
        return self._sites.get(name)

    # What comes

    def take(self, message: Arrived) -> None:
        """A message; one that is refused is counted, and changes nothing."""
        try:
            address = address_of(message.topic, self._topic)
            if len(message.payload) > (LARGEST_RECORD if address.kind in _RECORDS else LARGEST_PAYLOAD):
                raise Refused(TOO_LARGE)
            document = document_of(message.payload) if message.payload else None
            self._take(address, document, message)
        except Refused as why:
            self.refused[str(why)] += 1

    def connected(self) -> None:
        """Another connection: what the boxes are is known when the broker has said it again."""
        for site in self._sites.values():
            site.state, site.since = "", None
        self._changed.update(self._meters)

    def _take(self, address: Address, document: Document | None, message: Arrived) -> None:
        if address.kind is Kind.SITE:
            self._take_site(address.site, document, message)
            return
        key = (address.site, address.meter)
        meter = self._meters.get(key)
        if meter is None:
            if document is None:
                return
            if len(self._meters) >= self._most:
                raise Refused(TOO_MANY)
            meter = self._meters[key] = Meter(key)
            self._of_site[address.site].add(key)
        self._changed.add(key)
        if address.kind is Kind.LIVE:
            meter.take_live(document, message.at, message.wall, retained=message.retained)
        elif address.kind is Kind.STATE:
            meter.take_state(document, message.wall, retained=message.retained)
        elif address.kind is Kind.INFO:
            meter.take_info(document)
        elif address.kind is Kind.PROFILE:
            self._take_hour(meter, address.register, document or {}, message.wall)
        elif document is not None:
            self._take_record(meter, address.kind, document, message)
        if document is None and meter.is_empty:
            self._forget(key)

    def _take_site(self, name: str, document: Document | None, message: Arrived) -> None:
        site = self._sites.get(name)
        if site is None:
            if len(self._sites) >= self._most:
                raise Refused(TOO_MANY)
            site = self._sites[name] = Site(name)
        state = text(document or {}, "state")
        if state != site.state:
            # The last will has no time, and a retained one may be of long ago.
            site.since = None if message.retained else message.wall
            self._changed |= self._of_site.get(name, set())
        site.state = state
        site.waiting = int(number(document or {}, "waiting") or 0)
        site.dropped = sum(int(number(document or {}, f"dropped_{kind}") or 0) for kind in ("live", "records"))

    def _take_hour(self, meter: Meter, register: str, document: Document, wall: float) -> None:
        end = moment(document, "time")
        if register == _HOURLY and end is not None and end.timestamp() < wall + _A_DAY:
            meter.month = meter.month or MonthOfHours()
            meter.month.add(end)

    def _take_record(self, meter: Meter, kind: Kind, document: Document, message: Arrived) -> None:
        known = f"{kind.value} {text(document, 'id')}"
        records = meter.records
        if known in records:
            return
        if kind is Kind.EVENT and not message.retained:
            meter.new_events += 1
        while len(records) >= _RECORDS_OF_METER:
            del records[next(iter(records))]
        records[known] = message.payload
        self._order.append((meter.key, known))
        while len(self._order) > MOST_RECORDS:
            oldest, name = self._order.popleft()
            if (owner := self._meters.get(oldest)) is not None:
                owner.records.pop(name, None)

    def _forget(self, key: Key) -> None:
        del self._meters[key]
        self._of_site[key[0]].discard(key)
        if not self._of_site[key[0]]:
            del self._of_site[key[0]]
        self._rows.pop(key, None)
        self._changed.discard(key)

    def seen(self, key: Key) -> None:
        """The user has looked at it: its events are not new any more."""
        meter = self._meters.get(key)
        if meter is not None and meter.new_events:
            meter.new_events = 0
            self._changed.add(key)

    # What is shown

    def rows(self, now: float) -> list[Row]:
        """All of them, made anew where something has changed or has become stale."""
        changed, self._changed = self._changed, set()
        for key in changed:
            self._make(key, now)
        for key, row in list(self._rows.items()):
            if row.status is Status.LIVE and (row.stale_at is None or now > row.stale_at):
                self._make(key, now)
        return list(self._rows.values())

    def row(self, key: Key, now: float) -> Row | None:
        """One of them, as it is now."""
        meter = self._meters.get(key)
        return None if meter is None else meter.row(self._sites.get(key[0]), now)

    def _make(self, key: Key, now: float) -> None:
        self._rows[key] = self._meters[key].row(self._sites.get(key[0]), now)

    def trend(self, key: Key) -> list[tuple[float, float]]:
        """The power of the last hour in kW, by the age clock."""
        meter = self._meters.get(key)
        return [] if meter is None else meter.trend.points()


_RECORDS = (Kind.PROFILE, Kind.CLOSING, Kind.EVENT)
