"""The form with all settings of a meter."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import ClassVar

from iec102.errors import InvalidSetting
from iec102.open import SCHEMES
from iec102.search.addresses import link_address_of
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import DescendantFocus
from textual.message import Message
from textual.widgets import Input

from iec102_tui.panes.connection.choice import Choice
from iec102_tui.panes.connection.form_field import FormField
from iec102_tui.panes.connection.form_values import ALONE, KINDS, SERIAL, Filled, Texts, fields_of, read
from iec102_tui.profiles.serial_ports import serial_ports
from iec102_tui.profiles.settings_table import DEFAULTS, FORM
from iec102_tui.widgets.pick_dialog import PickScreen

_OWN = {
    "kind": ("Connect by", "Left and Right choose: a serial port, the network, or the built-in simulated meter."),
    "meter_id": ("Meter ID", "Its last five digits give the link address at Iberdrola and Endesa. It is not saved."),
}
_OF_SCHEMES = {field.key: (field.label, field.help) for scheme in SCHEMES.values() for field in scheme.fields}
_OF_PROFILE = {key: (row.label, row.help) for key, row in FORM.items()}
_ALONE = dict.fromkeys(key for scheme in SCHEMES.values() for key in scheme.settings)
_FIELDS = {
    key: {**_OWN, **_OF_SCHEMES, **_OF_PROFILE}[key]
    for key in dict.fromkeys(
        ("kind", "port", "baudrate", "format", *_OF_SCHEMES, *_ALONE, "meter_id", *(key for key in _OF_PROFILE))
    )
}
"""Label and help of each field, in their order."""
_VALUES = {"kind": KINDS, **{key: row.choices for key, row in FORM.items() if row.choices}}
_NO_PORTS = "This machine shows no serial port: check the cable of the adapter and its driver."


class ConnectionForm(VerticalScroll, can_focus=False):
    """Fields for every kind of target, of which those are shown that the chosen kind has."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.leave_field", "Leave field", id="connection.leave", tooltip="Back to the list"),
        Binding("down", "list_ports", "List ports", id="connection.ports", tooltip="The serial ports of this machine"),
        Binding(
            "ctrl+r", "reveal", "Show password", id="connection.reveal_here", tooltip="Shows or masks the password"
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
            key: FormField(key, label, values=_VALUES.get(key, ()), secret=key == "password")
            for key, (label, _help) in _FIELDS.items()
        }

    def compose(self) -> ComposeResult:
        yield from self._fields.values()

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
        return next((f"{field.label}: {reasons[key]}." for key, field in self._fields.items() if key in reasons), "")

    def focus_wrong(self) -> str:
        """Goes to the first field that is wrong; gives the same sentence."""
        reasons = self.read().reasons
        next(field for key, field in self._fields.items() if key in reasons).control.focus()
        return self.wrong()

    @work(exclusive=True)
    async def action_list_ports(self) -> None:
        """Chooses from the serial ports; looking for them may take a moment."""
        ports = await asyncio.to_thread(serial_ports)
        if not ports:
            self.post_message(self.Hint(_NO_PORTS))
            return

        def picked(number: int | None) -> None:
            if number is not None:
                self.change({"kind": SERIAL, "port": ports[number].path})

        self.app.push_screen(PickScreen("Serial ports", [port.label for port in ports]), picked)

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
        event.stop()
        self.screen.focus_next()

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
                reasons["meter_id"] = str(error)
        hidden = ALONE - set(fields_of(texts["kind"]))
        for key, field in self._fields.items():
            field.display = key not in hidden
            field.say(reasons.get(key, ""))

    def _mask(self, *, masked: bool) -> None:
        control = self._fields["password"].control
        if isinstance(control, Input):
            control.password = masked


def _help(key: str) -> str:
    """What there is to know of a field, and where the meter's display shows it."""
    row = FORM.get(key)
    parts = [_FIELDS[key][1]] if _FIELDS[key][1] else []
    if row is not None and (row.kind in (int, float) and not row.choices and DEFAULTS[key] is not None):
        parts.append(f"{row.wanted.capitalize()}.")
    if row is not None and row.display:
        parts.append(f"On the meter's display: {row.display}.")
    return " ".join(parts)
