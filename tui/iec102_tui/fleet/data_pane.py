"""What the broker has told of a meter besides its values: which it is, its box, closings and events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.strip import Strip

from iec102_tui.fleet.feed import Feed
from iec102_tui.fleet.meter import Meter, Site
from iec102_tui.fleet.meter_session import MeterSession
from iec102_tui.fleet.payloads import Document, Kind, Refused, document_of, moment, number, shown, text
from iec102_tui.panes.pane import Pane
from iec102_tui.widgets.lines import Lines
from iec102_tui.words import fleet_text as words
from iec102_tui.words.numbers import grouped
from iec102_tui.words.text import N_, _

_LABEL = 24
Telling = tuple[str, str, str]
"""A label, what stands beside it, and its role."""


class DataLines(Lines):
    """Rows of labels and values; the cursor is the first row that is seen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set()

    def __init__(self) -> None:
        super().__init__(id="fleet-data-lines")
        self.tellings: Sequence[Telling] = ()

    def show(self, tellings: Sequence[Telling]) -> None:
        """Shows other rows."""
        if tellings != self.tellings:
            self.tellings = tellings
            self.scroll_rows(self.top)
            self.refresh()

    @property
    def row_count(self) -> int:
        return len(self.tellings)

    @property
    def cursor_row(self) -> int | None:
        return self.top if self.tellings else None

    def go_to_row(self, row: int, by: int) -> None:
        self.scroll_rows(row)

    def line(self, row: int, width: int) -> Strip:
        label, value, role = self.tellings[row]
        if not value:
            head = [Segment(f" {label}", self.plain + self.role(role) + Style(bold=True))]
            return Strip(head).adjust_cell_length(width, self.plain)
        segments = [
            Segment(set_cell_size(f" {label}", _LABEL), self.plain + self.role("faint")),
            Segment(value, self.plain + self.role(role)),
        ]
        return Strip(segments).adjust_cell_length(width, self.plain)


class BrokerDataPane(Pane):
    """Text only: everything in it comes from whoever may publish."""

    TITLE = N_("Meter data")
    KEY = "F5"
    ROOM = (160, 44)

    def __init__(self, session: MeterSession, feed: Feed) -> None:
        super().__init__(session, id="meter-data")
        self._meter_session = session
        self._feed = feed

    def compose(self) -> ComposeResult:
        yield DataLines()

    def focus_content(self) -> None:
        self.query_one(DataLines).focus()

    def session_changed(self) -> None:
        self.tick()

    def tick(self) -> None:
        meter = self._meter_session.known
        if meter is not None:
            site = self._feed.model.site(meter.key[0])
            self.query_one(DataLines).show([*tellings(meter, site, self._meter_session.zone)])


def tellings(meter: Meter, site: Site | None, zone: tzinfo) -> Iterator[Telling]:
    """All that is known."""
    yield (_(words.IDENTITY_PART), "", "strong")
    yield (_(words.BOX), shown(meter.key[0]), "foreground")
    yield (_(words.METER), shown(meter.key[1]), "foreground")
    for name, value in meter.info.items():
        yield (name.replace("_", " "), _plain(value), "foreground")
    if site is not None and (site.waiting or site.dropped):
        yield (_(words.WAITING), str(site.waiting), "warn")
        yield (_(words.GIVEN_UP), str(site.dropped), "warn")
    events, closings = _records(meter, Kind.EVENT), _records(meter, Kind.CLOSING)
    yield ("", "", "faint")
    yield (_(words.EVENTS), "", "strong")
    for event in reversed(events):
        at = moment(event, "time")
        when = "-" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        yield (when, text(event, "meaning") or text(event, "id") or "-", "foreground")
    if not events:
        yield ("-", _(words.NONE_HEARD), "muted")
    yield ("", "", "faint")
    yield (_(words.CLOSINGS), "", "strong")
    for closing in reversed(closings):
        yield (_period(closing), _closing(closing, zone), "foreground")
    if not closings:
        yield ("-", _(words.NONE_HEARD), "muted")


def _records(meter: Meter, kind: Kind) -> list[Document]:
    found = []
    for name, payload in meter.records.items():
        if name.startswith(f"{kind.value} "):
            try:
                found.append(document_of(payload))
            except Refused:
                continue
    return found


def _period(closing: Document) -> str:
    contract, period = text(closing, "contract"), number(closing, "period")
    return f"{contract} P{period:.0f}" if period is not None else contract or "-"


def _closing(closing: Document, zone: tzinfo) -> str:
    parts = []
    if (end := moment(closing, "end")) is not None:
        parts.append(f"{end.astimezone(zone):%Y-%m-%d}")
    for name, unit in (("active_kwh", "kWh"), ("active_register_kwh", "kWh"), ("maximum_kw", "kW")):
        if (value := number(closing, name)) is not None:
            parts.append(f"{name.rpartition('_')[0].replace('_', ' ')} {grouped(value)} {unit}")
    return "   ".join(parts) or "-"


def _plain(value: object) -> str:
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value) or "-"
