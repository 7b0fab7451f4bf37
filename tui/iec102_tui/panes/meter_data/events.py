"""The events of a meter: a row each, newest first, with what is new marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.strip import Strip

from iec102_tui.meter_data.known import KnownEvent
from iec102_tui.widgets.aside import WithAside
from iec102_tui.widgets.lines import Lines
from iec102_tui.words import meter_data_text as words
from iec102_tui.words.plain_text import shortened
from iec102_tui.words.text import N_, _

FAULT, CHANGE, PLAIN = "✖", "▲", "●"
_KIND, _WIDE = 15, 96
"""Columns of the words of a record, and those of the list from which they stand in it."""
# By SPA, and by SPA and SPQ: what was wrong, and what was changed.
_FAULTS = {3, 19}
_FAULT_CODES = {(1, 1), (7, 2), (18, 1)}
_CHANGES = {15, 16}
_CHANGE_CODES = {(1, 2), (7, 9), (7, 11)}
_ROLES = {FAULT: "error", CHANGE: "warn", PLAIN: "muted"}


def sign_of(address: int, qualifier: int) -> str:
    """What kind of event it is, at a glance."""
    if address in _FAULTS or (address, qualifier) in _FAULT_CODES:
        return FAULT
    return CHANGE if address in _CHANGES or (address, qualifier) in _CHANGE_CODES else PLAIN


def time_words(when: datetime | None) -> str:
    """To the second."""
    return _(words.NO_TIME) if when is None else f"{when:%Y-%m-%d %H:%M:%S}"


def event_details(known: KnownEvent) -> list[str]:
    """One event in full."""
    event = known.event
    time = _(words.NO_TIME) if event.time is None else event.time.isoformat(sep=" ", timespec="milliseconds")
    fields = {
        "time": time,
        "record": f"{event.record} {words.event_kind(event.record)}",
        "address": event.address,
        "qualifier": event.qualifier,
        "bit": int(event.indication),
        "meaning": words.event_text(event.address, event.qualifier, event.indication),
    }
    lines = [_(template, **fields) for template in words.DETAIL_EVENT]
    lines += [_(words.DETAIL_INVALID)] if event.is_invalid else []
    lines += [_(words.DETAIL_NEW)] if known.is_new else []
    return [*lines, "", _(words.UNVERIFIED)]


def event_line(known: KnownEvent) -> str:
    """One event as text."""
    return "".join(text for text, _role in event_pieces(known))


def event_pieces(known: KnownEvent, width: int | None = None) -> list[tuple[str, str]]:
    """Texts and roles of a row, in ``width`` columns if given: a meaning that is longer ends in ``>``.

    Where there is little room the words of the record are left out, whose number says the same.
    """
    event = known.event
    sign = sign_of(event.address, event.qualifier)
    invalid = "?" if event.is_invalid else " "
    kind = f"{event.record:>4} {words.event_kind(event.record):{_KIND}}"
    if width is not None and width < _WIDE:
        kind = f"{event.record:>3} "
    pieces = [
        ("* " if known.is_new else "  ", "accent"),
        (f"{time_words(event.time):19}{invalid}", "muted"),
        (kind, "muted"),
        (f"{sign} ", _ROLES[sign]),
    ]
    meaning = words.event_text(event.address, event.qualifier, event.indication)
    if width is not None:
        meaning = shortened(meaning, max(1, width - sum(len(text) for text, _role in pieces)))
    return [*pieces, (meaning, "foreground")]


class EventList(Lines, WithAside):
    """All events that are shown, each made only when it is drawn."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"event-list--cursor"}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home", "go(0)", N_("Newest"), id="events.newest", show=False, tooltip=N_("Go to the newest event")),
        Binding("end", "go(-1)", N_("Oldest"), id="events.oldest", show=False, tooltip=N_("Go to the oldest event")),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._events: Sequence[KnownEvent] = ()
        self._cursor = 0
        self._empty = ""

    @property
    def current(self) -> KnownEvent | None:
        """The event under the cursor."""
        return self._events[self._cursor] if self._cursor < len(self._events) else None

    def show(self, events: Sequence[KnownEvent], empty: str = "") -> None:
        """Draws these; the cursor stays on its event where that is still there. ``empty``: where there are none."""
        if events is self._events and empty == self._empty:
            return
        before = self.current
        self._events, self._empty = events, empty
        same = None if before is None or self._cursor == 0 else before.event
        self._cursor = next((row for row, each in enumerate(events) if each.event == same), 0) if same else 0
        self.scroll_rows(self.top)
        self.bring_into_view(self._cursor)
        self.refresh()

    @property
    def row_count(self) -> int:
        return len(self._events) or bool(self._empty)

    @property
    def cursor_row(self) -> int | None:
        return self._cursor if self._events else None

    def go_to_row(self, row: int, by: int) -> None:
        if not self._events:
            return
        before, self._cursor = self._cursor, row
        self.refresh_row(before)
        self.refresh_row(row)
        self.bring_into_view(row)

    def action_go(self, row: int) -> None:
        """The newest (0), or the oldest (-1)."""
        if self._events:
            self.go_to_row(row % len(self._events), 0)

    def line(self, row: int, width: int) -> Strip:
        if not self._events:
            return Strip([Segment(self._empty, self.plain + self.role("muted"))]).adjust_cell_length(width, self.plain)
        ground = self.plain
        if row == self._cursor:
            ground += self._cursor_style
        known = self._events[row]
        segments = [
            Segment(text, self.role_on(ground, role) + Style(bold=known.is_new or None))
            for text, role in event_pieces(known, width)
        ]
        return Strip(segments).adjust_cell_length(width, ground)

    @property
    def _cursor_style(self) -> Style:
        return self.ground("event-list--cursor")
