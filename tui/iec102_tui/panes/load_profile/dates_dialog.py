"""The range of a load profile, typed or picked from a calendar."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta, tzinfo
from typing import ClassVar

from iec102.errors import InvalidSetting
from iec102.load_profile.intervals import checked_range
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from iec102_tui.load_profile.periods import parse_time
from iec102_tui.words import load_profile_text as words
from iec102_tui.words.text import N_, _, spoken

Range = tuple[datetime, datetime]


class DateInput(Input):
    """A date that is typed, or moved by the arrows as on a calendar."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "days(-1)", N_("Day before"), id="date.day_before", show=False),
        Binding("right", "days(1)", N_("Day after"), id="date.day_after", show=False),
        Binding("up", "days(-7)", N_("Week before"), id="date.week_before", show=False),
        Binding("down", "days(7)", N_("Week after"), id="date.week_after", show=False),
        Binding("pageup", "months(-1)", N_("Month before"), id="date.month_before", show=False),
        Binding("pagedown", "months(1)", N_("Month after"), id="date.month_after", show=False),
    ]

    @property
    def day(self) -> date | None:
        """The date in the text, if there is one."""
        try:
            return datetime.fromisoformat(self.value.strip()).date()
        except ValueError:
            return None

    def action_days(self, by: int) -> None:
        """So many days on."""
        if self.day is not None:
            self._set(self.day + timedelta(days=by))

    def action_months(self, by: int) -> None:
        """The same day of another month, or its last one."""
        day = self.day
        if day is not None:
            first = (day.replace(day=1) + timedelta(days=31 if by > 0 else -1)).replace(day=1)
            self._set(first.replace(day=min(day.day, calendar.monthrange(first.year, first.month)[1])))

    def _set(self, day: date) -> None:
        time = self.value.strip()[len("2026-11-01") :]
        self.value = f"{day:%Y-%m-%d}{time}"
        self.cursor_position = len(self.value)


class DatesScreen(ModalScreen[Range | None]):
    """Gives both bounds as instants, None when the user goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", N_("Back"), id="dates.back", tooltip=N_("Back without a change")),
    ]

    def __init__(self, start: datetime, end: datetime, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone
        self._from = DateInput(_text(start, zone), id="date-from", compact=True, max_length=40, select_on_focus=False)
        self._to = DateInput(_text(end, zone), id="date-to", compact=True, max_length=40, select_on_focus=False)
        for field in (self._from, self._to):
            field.cursor_blink = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = _("Range of the load profile")
            with Horizontal(classes="row"):
                yield Static(_("from"), classes="label", markup=False)
                yield self._from
            with Horizontal(classes="row"):
                yield Static(_("to"), classes="label", markup=False)
                yield self._to
            yield Static("", id="calendar", markup=False)
            yield Static("", classes="reason", markup=False)
            yield Static(
                _(
                    "A date alone is its 00:00. Arrows: a day, a week;\n"
                    "PgUp, PgDn: a month. Enter goes on, Escape goes back."
                ),
                id="dates-help",
                markup=False,
            )

    def on_mount(self) -> None:
        self._from.focus()

    @on(Input.Changed)
    def _judge(self) -> None:
        self._show()

    def on_descendant_focus(self) -> None:
        """The calendar is that of the field."""
        self._show()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input is self._from:
            self._to.focus()
            return
        try:
            self.dismiss(self._range())
        except InvalidSetting:
            self._show()

    def _range(self) -> Range:
        return checked_range(parse_time(self._from.value, self._zone), parse_time(self._to.value, self._zone))

    def _show(self) -> None:
        field = self._to if self._to.has_focus else self._from
        day = field.day
        if day is not None:
            self.query_one("#calendar", Static).update(month_text(day))
        try:
            self._range()
            reason = ""
        except InvalidSetting as error:
            reason = f"! {spoken(error)}"
        self.query_one(".reason", Static).update(reason)


def month_text(day: date) -> str:
    """The month as a sheet, the day in brackets."""
    lines = [
        words.month_of_year(day.month, day.year).center(28).rstrip(),
        " ".join(f" {words.weekday(number)[:2]}" for number in range(7)),
    ]
    for week in calendar.Calendar().monthdayscalendar(day.year, day.month):
        cells = [
            "    " if number == 0 else f"[{number:2}]" if number == day.day else f" {number:2} " for number in week
        ]
        lines.append("".join(cells).rstrip())
    return "\n".join(lines)


def _text(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    if local.hour == local.minute == 0:
        return f"{local:%Y-%m-%d}"
    return f"{local:%Y-%m-%dT%H:%M}"
