"""What is asked before a meter is connected or left: its password, what would end, whether a modem may call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from iec102.asdu.password import Password
from iec102.errors import InvalidSetting
from iec102.open import parse_target

from iec102_tui.meter_side.leaving import ended_recordings, work_of
from iec102_tui.profiles.connection import Connection, connection_of
from iec102_tui.profiles.settings_table import DEFAULTS, SETTINGS, Profile
from iec102_tui.words import meters_text
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import _, ngettext, spoken

if TYPE_CHECKING:
    from iec102_tui.panes.pane import Pane as _Pane
else:
    _Pane = object  # it is no pane of its own

_BESIDE = {key: DEFAULTS[key] for key, setting in SETTINGS.items() if key != "target" and not setting.label}
"""What is no matter of the form."""

_LEFT_OUT = (
    meters_text.WITHOUT_PASSWORD,
    meters_text.WITH_REFUSAL,
    meters_text.WITHOUT_LINE,
    meters_text.WITH_MISTAKE,
)
"""What is said of those that are not connected with all others."""


def same_reading(one: Connection, other: Connection) -> bool:
    """The same meter, read in the same way: nothing would change by another connection."""
    first, second = (replace(each.profile, **_BESIDE, autoconnect=False) for each in (one, other))
    return one.name == other.name and first == second


class Connecting(_Pane):
    """The part of a pane that connects meters and leaves them."""

    def leave(self, question: str, names: Collection[str], then: Callable[[], object]) -> None:
        """Asks first where something would end with these meters; says then where their recordings are."""
        text = work_of(self.session, names=names)

        def left() -> None:
            for sentence in ended_recordings(self.session, names=names):
                self.notify(sentence, markup=False)
            then()

        def answered(number: int | None) -> None:
            if number == 0:
                left()

        if text:
            from iec102_tui.widgets.pick_dialog import PickScreen  # loaded when it is used

            self.app.push_screen(PickScreen(question, [_(meters_text.GO_ON), _(meters_text.STAY)], text), answered)
        else:
            left()

    def with_password(self, connection: Connection, then: Callable[[Connection], object]) -> None:
        """Asks for the password where a profile has none."""
        if connection.station.password is not None:
            then(connection)
            return

        def answered(text: str | None) -> None:
            if text is not None:
                then(connection.with_password(Password(text)))

        from iec102_tui.widgets.password_dialog import PasswordScreen  # dialogs are loaded when they are used

        self.app.push_screen(PasswordScreen(connection.name), answered)

    def with_consent(
        self, connection: Connection, then: Callable[[Connection], object], question: str, instead: str
    ) -> None:
        """Asks first where the meter has refused the password. ``instead``: the line that does not send it again."""
        if not self.session.was_refused(connection):
            then(connection)
            return
        from iec102_tui.panes.connection.check_dialog import ask_again  # dialogs are loaded when they are used

        ask_again(self.app, question, instead, lambda: then(connection))

    def is_shown_then(self, connection: Connection) -> bool:
        """It is read already, with these settings, and is shown from now on."""
        meter = self.session.meters.find(connection.name)
        if meter is None or not meter.is_running:
            return False
        if connection.station.password is None and (password := meter.connection.station.password) is not None:
            connection = connection.with_password(password)
        return same_reading(meter.connection, connection) and self.session.show(connection.name)

    def is_free(self, target: str | None) -> bool:
        """The line of this target is not in use here; else that is said."""
        if self.session.holds(target):
            self.notify(_(meters_text.LINE_IN_USE), severity="warning", markup=False)
            return False
        return True

    def action_gateway(self) -> None:
        """Switches the gateway on or off."""
        try:
            on = self.session.switch_gateway()
        except InvalidSetting as error:
            self.notify(_sentence(error), severity="error", markup=False)
        else:
            self.notify(_(meters_text.GATEWAY_OPENS if on else meters_text.GATEWAY_CLOSED))

    def action_who(self) -> None:
        """Shows the applications at the gateway."""
        from iec102_tui.panes.connection.gateway_dialog import GatewayScreen

        self.app.push_screen(GatewayScreen(self.session))

    def connect_all(self, profiles: Mapping[str, Profile], say: Callable[[str], None]) -> None:
        """Connects those that are not; asks first where a modem would call. ``say`` is told how many, and which not."""
        ready, left_out = self._sorted(profiles)
        calls = [each for each in ready if parse_target(each.target).is_called]

        def connect(chosen: Collection[Connection]) -> None:
            say(" ".join(self._connect_these(chosen, left_out)) or _(meters_text.NOTHING_TO_CONNECT))

        def answered(number: int | None) -> None:
            if number == 0:
                connect(ready)
            elif number == 1:
                connect([each for each in ready if each not in calls])

        if not calls:
            connect(ready)
            return
        from iec102_tui.widgets.pick_dialog import PickScreen

        names = _listed([each.name for each in calls])
        text = [
            ngettext(
                "A modem calls {count} of them ({names}).",
                "Modems call {count} of them ({names}).",
                len(calls),
                names=names,
            )
        ]
        lines = [meters_text.ALL_OF_THEM, meters_text.NONE_THAT_DIALS, meters_text.STAY_AS_IT_IS]
        self.app.push_screen(PickScreen(_(meters_text.CONNECT_ALL), [_(line) for line in lines], text), answered)

    def connect_marked(self, profiles: Mapping[str, Profile]) -> None:
        """Connects those whose profile says so, at the start; says which of them cannot be."""
        marked = {name: profile for name, profile in profiles.items() if profile.autoconnect}
        ready, left_out = self._sorted(marked)
        for problem in self._connect_these(ready, left_out)[1:]:
            self.notify(problem, severity="warning", markup=False)

    def _connect_these(self, chosen: Collection[Connection], left_out: dict[str, list[str]]) -> list[str]:
        """Gives how many, and a sentence on each kind of those that are left out; nothing where there are none."""
        done = 0
        for each in chosen:
            if self.session.was_refused(each):  # the question may have stood for long
                left_out[meters_text.WITH_REFUSAL].append(each.name)
            elif self.session.ended_by(each):
                left_out[meters_text.WITHOUT_LINE].append(each.name)
            else:
                connect = self.session.connect_beside if self.session.is_connected else self.session.connect
                connect(each, asked=False)
                done += 1
        if not done and not any(left_out.values()):
            return []
        why = [_(template, names=_listed(names)) for template, names in left_out.items() if names]
        said = ngettext("{count} meter is being connected.", "{count} meters are being connected.", done)
        return [said, *why]

    def _sorted(self, profiles: Mapping[str, Profile]) -> tuple[list[Connection], dict[str, list[str]]]:
        """Those that can be connected without another question, and the names of the others by what is said of them."""
        ready: list[Connection] = []
        left_out: dict[str, list[str]] = {kind: [] for kind in _LEFT_OUT}
        for name, profile in profiles.items():
            meter = self.session.meters.find(name)
            if meter is not None and meter.is_running:
                if meter.service.was_refused:
                    left_out[meters_text.WITH_REFUSAL].append(name)
                continue
            try:
                connection = connection_of(name, profile)
            except InvalidSetting:
                left_out[meters_text.WITH_MISTAKE].append(name)
                continue
            if connection.station.password is None:
                left_out[meters_text.WITHOUT_PASSWORD].append(name)
            elif self.session.was_refused(connection):
                left_out[meters_text.WITH_REFUSAL].append(name)
            else:
                ready.append(connection)
        return ready, left_out


def _listed(names: Collection[str]) -> str:
    """A few of them."""
    most = 3
    shown = ", ".join(printable(name) for name in list(names)[:most])
    return shown if len(names) <= most else f"{shown}, ..."


def _sentence(error: Exception) -> str:
    said = spoken(error)
    return f"{said[:1].upper()}{said[1:]}."
