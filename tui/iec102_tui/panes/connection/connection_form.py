"""The form with all settings of a meter."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import ClassVar

from iec102.errors import InvalidSetting
from iec102.open import SCHEMES, scheme_of
from iec102.search.addresses import link_address_of
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import DescendantFocus, Resize
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from iec102_tui.panes.connection.choice import Choice
from iec102_tui.panes.connection.form_field import FieldRow, FormField
from iec102_tui.panes.connection.form_group import FormGroup
from iec102_tui.panes.connection.form_groups import GROUPS, Group, summary
from iec102_tui.panes.connection.form_values import ALONE, KINDS, SERIAL, Filled, Texts, fields_of, read, target_texts
from iec102_tui.profiles.serial_ports import serial_ports
from iec102_tui.profiles.settings_table import DEFAULTS, FORM
from iec102_tui.widgets.pick_dialog import PickScreen
from iec102_tui.words import meters_text
from iec102_tui.words.text import N_, _, spoken

_OWN = {
    "kind": (meters_text.CONNECTION, meters_text.CONNECTION_HELP),
    "meter_id": (meters_text.METER_ID, meters_text.METER_ID_HELP),
}
_OF_SCHEMES = {field.key: (field.label, field.help) for scheme in SCHEMES.values() for field in scheme.fields}
_OF_PROFILE = {key: (row.label, row.help) for key, row in FORM.items()}
_FIELDS = {key: {**_OWN, **_OF_SCHEMES, **_OF_PROFILE}[key] for group in GROUPS for key in group.keys}
"""Label and help of each field, in their order."""
_VALUES = {"kind": KINDS, **{key: row.choices for key, row in FORM.items() if row.choices}}


_WIDE, _HIGH = 66, 20
"""Columns from which hints stand beside the values, rows from which there is a blank one between groups."""
_AROUND = Size(25, 7)
"""Columns and rows of what stands around it on a small terminal."""


class ConnectionForm(VerticalScroll, can_focus=False):
    """Fields for every kind of target, of which those are shown that the chosen kind has."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape", "screen.leave_field", N_("Leave field"), id="connection.leave", tooltip=N_("Back to the list")
        ),
        Binding(
            "down",
            "list_ports",
            N_("List ports"),
            id="connection.ports",
            tooltip=N_("The serial ports of this machine"),
        ),
        Binding(
            "ctrl+r",
            "reveal",
            N_("Show password"),
            id="connection.reveal_here",
            tooltip=N_("Shows or masks the password"),
        ),
    ]

    class Edited(Message):
        """The user has changed something."""

    class Hint(Message):
        """What there is to know of the field that has the focus."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._fields = {
            key: FormField(key, _(label), values=_VALUES.get(key, ()), secret=key == "password", hint=_hint(key))
            for key, (label, _help) in _FIELDS.items()
        }
        self._labels = {key: field.label for key, field in self._fields.items()}
        self._pairs: list[FieldRow] = []
        self._groups = {group: self._group(group) for group in GROUPS}

    def _group(self, group: Group) -> FormGroup:
        rows: list[Widget] = []
        for row in group.rows:
            fields = [self._fields[key] for key in row.keys]
            if len(fields) > 1:
                self._pairs.append(FieldRow(_(row.label), fields))
                rows.append(self._pairs[-1])
            else:
                rows += fields
        return FormGroup(group.name, _(group.title) if group.title else "", rows)

    def compose(self) -> ComposeResult:
        # A guess: what is set before the fields are there styles each of them once, and not again.
        self._suit(self.app.size - _AROUND)
        yield from self._groups.values()

    # What it holds

    @property
    def texts(self) -> Texts:
        """The texts of all fields."""
        return {key: field.text for key, field in self._fields.items()}

    def read(self) -> Filled:
        """The profile that it means, or what is wrong with each field."""
        return read(self.texts)

    def fill(self, texts: Mapping[str, str]) -> None:
        """Shows other texts, the password masked."""
        for key, text in texts.items():
            self._fields[key].fill(text)
        self._mask(masked=True)
        self._judge()

    def change(self, texts: Mapping[str, str]) -> None:
        """Sets some fields as if the user had."""
        for key, text in texts.items():
            self._fields[key].fill(text)
        self._judge()
        self.post_message(self.Edited())

    # What the user does

    def focus_first(self) -> None:
        """Goes to the first field."""
        self._fields["kind"].control.focus()

    def wrong(self) -> str:
        """What is wrong with the first field that is, as a sentence; empty when nothing is."""
        reasons = self.read().reasons
        found = next((key for key in self._fields if key in reasons), None)
        if found is None:
            return ""
        return _(meters_text.WRONG_FIELD, label=self._labels[found], reason=spoken(reasons[found]))

    def focus_wrong(self) -> str:
        """Goes to the first field that is wrong; gives the same sentence."""
        reasons = self.read().reasons
        self._go_to(next(key for key in self._fields if key in reasons))
        return self.wrong()

    def focus_needed(self) -> None:
        """Goes to the first field that still needs a value, if there is one."""
        if needed := self._needed():
            self._go_to(needed[0])

    def _go_to(self, key: str) -> None:
        next(shown for group, shown in self._groups.items() if key in group.keys).open()
        self.screen.set_focus(self._fields[key].control)  # at once: the next key is meant for it

    def _needed(self) -> list[str]:
        """The fields that are wrong; the meter ID in the place of the address that it would give."""
        texts, reasons = self.texts, self.read().reasons
        by_id = "link_address" in reasons and not texts["link_address"] and not texts["meter_id"]
        found = [key for key in self._fields if key in reasons]
        return ["meter_id" if key == "link_address" and by_id else key for key in found]

    @work(exclusive=True)
    async def action_list_ports(self) -> None:
        """Chooses from the serial ports; looking for them may take a moment."""
        ports = await asyncio.to_thread(serial_ports)
        if not ports:
            self.post_message(self.Hint(_(meters_text.NO_PORTS)))
            return

        def picked(number: int | None) -> None:
            if number is not None:
                kind = {} if "port" in fields_of(self._fields["kind"].text) else {"kind": SERIAL}
                self.change({**kind, "port": ports[number].path})

        self.app.push_screen(PickScreen(_(meters_text.SERIAL_PORTS), [port.label for port in ports]), picked)

    def action_reveal(self) -> None:
        """Shows the password, or masks it again."""
        control = self._fields["password"].control
        self._mask(masked=isinstance(control, Input) and not control.password)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "list_ports":
            return self._fields["port"].control.has_focus
        if action == "reveal":
            return self._fields["password"].control.has_focus
        return True

    @on(Input.Submitted)
    def _to_next_field(self, event: Input.Submitted) -> None:
        """To the next that needs a value, from the last to the first again; where none does, to the next."""
        event.stop()
        if scheme_of(event.value.strip()) is not None and self._take_target(event):
            return
        order = list(self._fields)
        here = next(place for place, key in enumerate(order) if self._fields[key].control is event.control)
        needed = [order.index(key) for key in self._needed() if order.index(key) != here]
        if needed:
            self._go_to(order[min(needed, key=lambda place: (place < here, place))])
        else:
            self.screen.focus_next()

    def _take_target(self, event: Input.Submitted) -> bool:
        """A whole target, such as tcp://192.0.2.7:40001, fills in all its fields, whichever it was typed into."""
        places = {field.key for scheme in SCHEMES.values() for field in scheme.fields}
        if not any(self._fields[key].control is event.control for key in places):
            return False
        try:
            texts = target_texts(event.value.strip())
        except InvalidSetting:
            return False
        self.change(texts)
        self.screen.set_focus(None)
        (self.focus_needed if self._needed() else self._fields["meter_id"].control.focus)()
        return True

    @on(Input.Changed)
    @on(Choice.Changed)
    def _edited(self, event: Input.Changed | Choice.Changed) -> None:
        event.stop()
        if event.control is self._fields["meter_id"].control:
            self._use_meter_id()
        self._judge()
        self.post_message(self.Edited())

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        for key, field in self._fields.items():
            if field.control is event.widget:
                self.post_message(self.Hint(_help(key)))
        self.refresh_bindings()

    def _use_meter_id(self) -> None:
        """An ID that gives no address empties the field: what is left there would be another meter's."""
        try:
            self._fields["link_address"].fill(str(link_address_of(self._fields["meter_id"].text)))
        except InvalidSetting:
            if self._fields["meter_id"].text:
                self._fields["link_address"].fill("")

    def _judge(self) -> None:
        texts = self.texts
        reasons = dict(read(texts).reasons)
        try:
            link_address_of(texts["meter_id"])
        except InvalidSetting as error:
            if texts["meter_id"] and "link_address" in reasons:
                reasons["meter_id"] = spoken(error)
        hidden = ALONE - set(fields_of(texts["kind"]))
        for key, field in self._fields.items():
            field.display = key not in hidden
            field.say(spoken(reasons.get(key, "")))
        for pair in self._pairs:
            pair.settle()
        for group, shown in self._groups.items():
            shown.summarise(summary(group, texts, self._labels))

    def on_resize(self, event: Resize) -> None:
        self._suit(event.size)

    def _suit(self, size: Size) -> None:
        self.update_classes({"wide": size.width >= _WIDE, "low": size.height < _HIGH})

    def _mask(self, *, masked: bool) -> None:
        control = self._fields["password"].control
        if isinstance(control, Input):
            control.password = masked


def _help(key: str) -> str:
    """What there is to know of a field, and where the meter's display shows it."""
    row = FORM.get(key)
    parts = [_(_FIELDS[key][1])] if _FIELDS[key][1] else []
    if row is not None and (row.kind in (int, float) and not row.choices and DEFAULTS[key] is not None):
        wanted = _(row.wanted)
        parts.append(_(meters_text.RANGE, range=wanted[:1].upper() + wanted[1:]))
    if row is not None and row.display:
        parts.append(_(meters_text.ON_DISPLAY, where=_(row.display)))
    return " ".join(parts)


def _hint(key: str) -> str:
    """The same in a few words."""
    row = FORM.get(key)
    if key in meters_text.HINTS:
        return _(meters_text.HINTS[key])
    if row is None or not row.display or len(row.display) > _LONGEST_HINT:
        return ""
    return row.display.removeprefix("Info, ")


_LONGEST_HINT = 40
