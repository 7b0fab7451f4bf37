"""What the user chooses from wherever he is: the theme, the options, another meter, a place on the screen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

from iec102.errors import InvalidSetting
from textual.binding import Binding, BindingType
from textual.dom import DOMNode

from iec102_tui import config as settings
from iec102_tui import themes
from iec102_tui.closing import begin_work
from iec102_tui.config import TEXTUAL_THEMES, THEMES, Config, themes_of_user
from iec102_tui.keys import KeysInOrder
from iec102_tui.main_screen import MainScreen
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.connection.pane import ConnectionPane
from iec102_tui.panes.live.alarm_notice import AlarmNotice
from iec102_tui.panes.pane import Pane
from iec102_tui.profiles.connection import Connection, resolve
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.widgets.report import report
from iec102_tui.words.plain_text import printable, short_path
from iec102_tui.words.text import N_, _

_log = logging.getLogger(__name__)


class ChoiceActions(KeysInOrder):
    """The app's actions that open a list, or go to what is chosen there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+o",
            "switch",
            N_("Meters"),
            id="app.switch",
            show=False,
            tooltip=N_("Go to another meter, by its name"),
        ),
        Binding("greater_than_sign", "meter(1)", N_("Next meter"), id="app.next_meter", show=False, key_display=">"),
        Binding("less_than_sign", "meter(-1)", N_("Previous meter"), id="app.last_meter", show=False, key_display="<"),
        Binding(
            "ctrl+g",
            "jump",
            N_("Jump"),
            id="app.jump",
            show=False,
            tooltip=N_("A letter on each place that takes keys"),
        ),
        Binding(
            "ctrl+t", "themes", N_("Theme"), id="app.themes", show=False, tooltip=N_("Choose the colours, seen at once")
        ),
        Binding("f9", "options", N_("Options"), id="app.options", show=False, tooltip=N_("Theme, folders, keys, ...")),
    ]

    _config: Config
    _look: themes.ThemeChoice
    _main: MainScreen
    _session: Session
    _store: ProfileStore
    _alarms: AlarmNotice
    _remembered: Connection | None
    _remember: Callable[[Connection], object]

    # Themes and options

    def theme_of(self, name: str, notices: list[str]) -> themes.ThemeChoice:
        """The theme, or ours where the user's own cannot be read."""
        try:
            return themes.theme_of(name, self._config.file)
        except InvalidSetting as error:
            notices.append(_("{error}.", error=error).replace("..", "."))
            return themes.shipped("dark")

    def show_theme(self, name: str) -> None:
        """Draws everything in this theme from now on."""
        notices: list[str] = []
        self._look = self.theme_of(name, notices)
        for notice in notices:
            self.notify(notice, severity="warning", markup=False)
        self.register_theme(self._look.theme)
        self.theme = self._look.theme.name
        self._main.set_class(self._look.plain, "plain")
        for pane in self._main.query(Pane):
            pane.set_plain(self._look.plain)

    def action_themes(self) -> None:
        """Chooses a theme, which is seen while the cursor is on it, and remembers it."""
        from iec102_tui.theme_screen import ThemeScreen  # loaded when it is used

        names = dict.fromkeys((*THEMES, *themes_of_user(self._config.file), *TEXTUAL_THEMES))
        self.push_screen(ThemeScreen([*names], self.theme, self.show_theme), self._theme_taken)

    def _theme_taken(self, name: str | None) -> None:
        if name is not None:
            self.show_theme(name)
            self._save_option("theme", name, name)

    def action_options(self, cursor: str | None = None) -> None:
        """Shows what stands in `config.toml`."""
        from iec102_tui.options import rows_of  # loaded when it is used
        from iec102_tui.widgets.filtered_list import FilteredList

        nodes: list[DOMNode] = [self, self._main, *self._main.query("*")]
        title = _("Options") if self._config.file is None else _("Options, {file}", file=short_path(self._config.file))
        self.push_screen(FilteredList(title, rows_of(self._config, nodes), cursor, wide=True), self._change_option)

    def _change_option(self, key: str | None) -> None:
        from iec102_tui.options import text_of, value_of, wanted
        from iec102_tui.widgets.question_dialog import QuestionScreen

        if key is None:
            return
        if key == "theme":
            self.action_themes()
            return
        before = value_of(self._config, key)
        if isinstance(before, bool):
            self._save_option(key, not before, not before)
            self.action_options(key)
            return

        def check(text: str) -> Any:
            return "" if not text and key.startswith("keys.") else settings.read(key, text, None, written=True)

        def answered(text: str | None) -> None:
            if text is not None:
                value = check(text)
                self._save_option(key, value, value or None if key.startswith("keys.") else value)
            self.action_options(key)

        self.push_screen(QuestionScreen(key, text=text_of(before), keys=wanted(key), check=check), answered)

    def _save_option(self, key: str, value: Any, written: object) -> None:
        """Takes it over, and writes it to the user's file."""
        from iec102_tui.options import AT_ONCE, changed

        self._config = changed(self._config, key, value)
        if key.startswith("keys."):
            self.set_keymap(dict(self._config.keys))
        self._alarms.bell = self._config.bell
        if self._config.file is not None:
            at_once = key.partition(".")[0] in AT_ONCE
            begin_work(self, partial(self._write_option, key, written, at_once=at_once))

    async def _write_option(self, key: str, written: object, *, at_once: bool) -> None:
        file = self._config.file
        assert file is not None
        writing = self._session.files.run(lambda: settings.save(file, key, written))
        done = _("Saved.") if at_once else _("Saved: it holds from the next start on.")
        await report(self, writing, self._session.written, file, done)

    # Meters

    def _names(self) -> list[str]:
        return [*self._store.load().names]

    def action_switch(self) -> None:
        """Goes to another meter by its name; the cursor is on the next one."""
        from iec102_tui.widgets.filtered_list import FilteredList, Row  # loaded when it is used

        if not self._main.query(ConnectionPane):
            return
        names = self._names()
        rows = [Row(name, printable(name)) for name in names]
        nothing = _("No meter is saved yet: F1 sets one up.")
        self.push_screen(FilteredList(_("Meters"), rows, self._beside(names, 1), nothing=nothing), self._go_to_meter)

    def action_meter(self, by: int) -> None:
        """Goes to the meter behind or before this one in the list."""
        if self._main.query(ConnectionPane):
            self._go_to_meter(self._beside(self._names(), by))

    def _beside(self, names: Sequence[str], by: int) -> str | None:
        """The name that stands ``by`` places from that of the meter that is shown."""
        shown = None if self._session.connection is None else self._session.connection.name
        if not names:
            return None
        return names[(names.index(shown) + by) % len(names)] if shown in names else names[0 if by > 0 else -1]

    def _go_to_meter(self, name: str | None) -> None:
        shown = None if self._session.connection is None else self._session.connection.name
        if name is None or (name == shown and self._session.is_connected):
            return
        meter = self._session.meters.find(name)
        if meter is not None and meter.is_running:
            self._main.action_pane("live")
            self._session.show(name)
            return
        try:
            connection = resolve(name, {}, self._store)
        except InvalidSetting as error:
            self.notify(_("{error}.", error=error).replace("..", "."), severity="error", markup=False)
            return
        self.open_connection(connection)

    def open_connection(self, connection: Connection) -> None:
        """Goes to a meter, on the main screen; asks for its password where there is none."""
        while self.screen is not self._main and self._main in self.screen_stack:
            self.pop_screen()
        self._main.action_pane("live")
        self._main.query_one(ConnectionPane).open_meter(connection)

    def _remember_meter(self) -> None:
        """The meter that answers is the one of last time from now on."""
        connection, latest = self._session.connection, self._session.latest
        if connection is None or connection is self._remembered or latest is None or not latest.state.connected:
            return
        self._remembered = connection
        begin_work(self, partial(self._write_meter, connection))

    async def _write_meter(self, connection: Connection) -> None:
        try:
            await self._session.files.run(lambda: self._remember(connection))
        except OSError as error:
            _log.warning("the meter of last time was not noted: %s", error)

    def action_jump(self) -> None:
        """Puts a letter on each place that takes the keys."""
        from iec102_tui.jump_screen import JumpScreen, Target, targets_of  # loaded when it is used

        if self.screen is not self._main:
            return

        async def jump(target: Target | None) -> None:
            if target is not None and target.pane:
                self._main.action_pane(target.pane)
            elif target is not None and target.widget is not None:
                target.widget.focus()

        self.push_screen(JumpScreen([*targets_of(self.screen)]), jump)
