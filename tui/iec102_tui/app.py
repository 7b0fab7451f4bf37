"""The composition root: session, screens, and how the program ends."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.command import CommandPalette, Provider
from textual.filter import LineFilter

from iec102_tui import garbage
from iec102_tui.archive import FILE_NAME
from iec102_tui.archive.load_profile_store import ArchiveLoadProfileStore
from iec102_tui.choice_actions import ChoiceActions
from iec102_tui.closing import begin_work
from iec102_tui.config import Config
from iec102_tui.diagnostics import ALARMS_NAME, log_path, start_alarm_log
from iec102_tui.main_screen import MainScreen
from iec102_tui.meter_side.downloads import Downloads
from iec102_tui.meter_side.leaving import work_of
from iec102_tui.meter_side.meter_data import MeterData
from iec102_tui.meter_side.session import Session
from iec102_tui.meter_side.way import Through
from iec102_tui.palette import Actions
from iec102_tui.panes.connection.pane import ConnectionPane
from iec102_tui.panes.frame_log.pane import FrameLogPane
from iec102_tui.panes.live.alarm_notice import AlarmNotice
from iec102_tui.panes.live.pane import LivePane
from iec102_tui.panes.load_profile.pane import LoadProfilePane
from iec102_tui.panes.meter_data.pane import MeterDataPane
from iec102_tui.panes.pane import Pane
from iec102_tui.plain_filter import PlainCharacters
from iec102_tui.profiles.connection import Connection
from iec102_tui.profiles.last_meter import remember
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.shutdown import EndBySignal
from iec102_tui.themes import derived_roles, without_colour
from iec102_tui.words.key_names import key_name
from iec102_tui.words.languages import typeset_numbers
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import N_, _

if TYPE_CHECKING:
    from iec102_tui.captures.record import Capture
    from iec102_tui.fleet.feed import Feed
    from iec102_tui.meter_side.broker_sink import Publishing

_log = logging.getLogger(__name__)

CRASHED = 1
SIMULATED_LINE = "115200-8N1"
"""The speed of the simulated meter's line, which shares the process with the screen."""
SLOW_REFRESH = 1.0
"""Seconds between two repaints at least, in the low-bandwidth mode."""


class MonitorApp(ChoiceActions):
    """Composes the monitor. What it does is in its panes."""

    TITLE = "iec102-tui"
    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = [
        *(f"styles/{name}.tcss" for name in ("main", "help", "roles")),
        *(f"panes/{name}/{name}.tcss" for name in ("connection", "live", "frame_log", "load_profile", "meter_data")),
    ]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {Actions}
    ESCAPE_TO_MINIMIZE = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", N_("Quit"), id="app.quit"),
        Binding("ctrl+q", "quit", N_("Quit"), id="app.quit", show=False),  # in a field too, where a q is written
        Binding(
            "question_mark",
            "help",
            N_("Help"),
            id="app.help",
            key_display="?",
            tooltip=N_("All keys, those of this pane first"),
        ),
        Binding(
            "ctrl+p",
            "command_palette",
            N_("Actions"),
            id="app.palette",
            key_display="Ctrl+P",
            tooltip=N_("Find any action"),
        ),
        Binding(
            "ctrl+z",
            "suspend_process",
            N_("Suspend"),
            id="app.suspend",
            show=False,
            tooltip=N_("Back to the shell; fg returns"),
        ),
    ]

    def __init__(
        self,
        session: Session,
        connection: Connection | None,
        config: Config | None = None,
        notices: Sequence[str] = (),
        *,
        store: ProfileStore | None = None,
        remember: Callable[[Connection], object] = lambda _connection: None,
    ) -> None:
        if not os.environ.get("NO_COLOR"):  # empty is as if it were not there (no-color.org), which Textual overlooks
            os.environ.pop("NO_COLOR", None)
        self._config = config or Config()
        super().__init__()
        notices = [*notices]
        self._look = self.theme_of(self._config.theme, notices)
        self.register_theme(self._look.theme)
        self.theme = self._look.theme.name
        self._session = session
        self._store = store or ProfileStore()
        self._remembered: Connection | None = None
        self._remember = remember
        self._connection = connection
        self._notices = notices
        self._plain = PlainCharacters()
        self._alarms = AlarmNotice(session, bell=self._config.bell)
        known = connection is not None or session.connection is not None
        if session.replayed is None:
            start = "live" if known else "connection"
            self._main = MainScreen(session, self._panes(self._store), start, alone=not known)
        else:
            self._main = MainScreen(session, [self._frame_log()], "log", alone=True)
        self.feed: Feed | None = None
        """The meters of a broker, once the user has asked for them."""
        self.begun = self.crashed = False
        """``begun``: all panes are there, and the keys go to them."""
        self.ending: EndBySignal | None = None

    def _panes(self, store: ProfileStore) -> list[Pane]:
        exports, plain = self._config.folders.exports, self._look.plain
        trend_step = 60.0 if self._config.low_bandwidth else 10.0
        return [
            LivePane(self._session, exports, plain=plain, trend_step=trend_step),
            MeterDataPane(self._session, exports, plain=plain),
            self._frame_log(),
            LoadProfilePane(self._session, exports, plain=plain),
            ConnectionPane(self._session, store, self._connection),
        ]

    def _frame_log(self) -> FrameLogPane:
        return FrameLogPane(self._session, self._config.folders, self._config.colours)

    async def on_mount(self) -> None:
        self.set_keymap(dict(self._config.keys))
        self._main.set_class(self._look.plain, "plain")
        self._main.set_class(self.no_color, "no-colour")
        await self.push_screen(self._main)
        for notice in self._notices:
            self.notify(notice, severity="warning", markup=False)
        if self.feed is not None:
            self.action_fleet()
        self._session.attach(self._news)
        if self._connection is not None:
            self._session.connect(self._connection)
        if self.ending is not None:  # at last, for a signal may have come before
            self.ending.attach(partial(self.exit, 0))

    def on_ready(self) -> None:
        """What can wait does so until the first picture is on the terminal: Textual draws none before it is ready."""
        self.call_after_refresh(self._complete)

    async def _complete(self) -> None:
        """The keys have waited for the panes that they go to, and for the focus."""
        await self._main.mount_hidden()
        self.release_keys(self)
        garbage.resume()
        self.begun = True
        if self._connection is None or self._connection.is_saved:
            for pane in self._main.query(ConnectionPane):
                begin_work(self, pane.connect_at_start)

    @on(ConnectionPane.CaptureOpened)
    async def _capture_opened(self, event: ConnectionPane.CaptureOpened) -> None:
        """Its frames over the main screen, until Escape; the meter is read on meanwhile."""
        from iec102_tui.capture_screen import CaptureScreen, session_of  # loaded when it is used

        session = session_of(event.path, event.capture, self._session)
        screen = CaptureScreen(session, FrameLogPane(session, self._config.folders, self._config.colours))
        screen.set_class(self._look.plain, "plain")
        screen.set_class(self.no_color, "no-colour")
        await self.push_screen(screen)

    def action_fleet(self) -> None:
        """Changes to the meters of the broker."""
        from iec102_tui.fleet.opening import open_fleet  # loaded when it is used

        open_fleet(self, self._session, self._config, plain=self._look.plain)

    def begin_to_close(self) -> None:
        """News would no longer find all widgets."""
        super().begin_to_close()
        self._session.detach()

    async def action_quit(self) -> None:
        """Leaves; asks first while a download runs or an application uses the gateway."""
        text = work_of(self._session, recordings=False)
        if not text:
            self.exit(0)
            return

        from iec102_tui.widgets.pick_dialog import PickScreen  # loaded when it is used

        def answered(number: int | None) -> None:
            if number == 0:
                self.exit(0)

        self.push_screen(PickScreen(_("Quit?"), [_("Quit"), _("Stay")], text), answered)

    def action_command_palette(self) -> None:
        """Textual's palette, which asks in the language of the program."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder=_("Search for commands…"), id="--command-palette"))

    def action_help(self) -> None:
        """Shows all keys."""
        from iec102_tui.help_screen import HelpScreen, help_lines  # loaded when it is used

        self.push_screen(HelpScreen(help_lines(self.screen)))

    def get_key_display(self, binding: Binding) -> str:
        """Textual's: how a key is shown."""
        return key_name(super().get_key_display(binding), plain=self._look.plain)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The roles of a theme that does not have them: one of Textual's own."""
        theme = self.current_theme
        return {} if "heat-0" in theme.variables else derived_roles(theme)

    def refresh_css(self, animate: bool = True) -> None:
        """Reads the style sheets again, in other colours.

        The theme of the start is chosen before anything is drawn: the style sheets are read in its colours then.
        """
        if self._main.is_mounted:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What each line passes before it is drawn."""
        filters = super().get_line_filters()
        if self.no_color:
            filters = without_colour(filters, ansi=self.native_ansi_color)
        return [*filters, self._plain] if self._look.plain else filters

    def _news(self) -> None:
        if self._main.is_mounted:
            self._main.session_changed()
            self._remember_meter()
            self._alarms.tell(self)
            for notice in self._session.meters.taken_notices():
                self.notify(notice, severity="warning", markup=False)

    def _handle_exception(self, error: Exception) -> None:
        """Textual would print every local variable, and with them what is secret."""
        if self.comes_too_late(error):
            return
        _log.error("the monitor failed: %s", type(error).__name__, exc_info=error)
        self.crashed = True
        self._exception = error
        self._close_messages_no_wait()


def open_monitor(
    connection: Connection | None,
    *,
    store: ProfileStore,
    config: Config,
    notices: Sequence[str] = (),
    publishing: Publishing | None = None,
) -> int:
    """Opens the monitor and gives its exit status when the user has left it.

    ``notices`` are sentences on what is wrong in the configuration.
    """
    typeset_numbers()
    start_alarm_log(config.folders.log / ALARMS_NAME)
    session = Session(
        refresh=_refresh(config),
        frames=config.frames,
        simulated_line=SIMULATED_LINE,
        downloads=Downloads(ArchiveLoadProfileStore(config.folders.archive / FILE_NAME)),
        meter_data=MeterData(config.folders.archive / FILE_NAME),
        gateway_of=_gateway_of,
    )
    session.publishing = publishing
    return _run(session, MonitorApp(session, connection, config, notices, store=store, remember=remember), config)


def open_fleet(feed: Feed, *, store: ProfileStore, config: Config, notices: Sequence[str] = ()) -> int:
    """Opens the meters of a broker, above a monitor without a meter, and gives its exit status."""
    typeset_numbers()
    session = Session(
        refresh=_refresh(config),
        simulated_line=SIMULATED_LINE,
        downloads=Downloads(ArchiveLoadProfileStore(config.folders.archive / FILE_NAME)),
        meter_data=MeterData(config.folders.archive / FILE_NAME),
        gateway_of=_gateway_of,
    )
    app = MonitorApp(session, None, config, notices, store=store, remember=remember)
    app.feed = feed
    return _run(session, app, config)


def open_replay(
    path: Path, capture: Capture, *, zone: tzinfo | None, config: Config, notices: Sequence[str] = ()
) -> int:
    """Opens a capture in the frame log and gives the exit status when the user has left it."""
    from iec102_tui.meter_side.replay import ReplaySession  # loaded when it is used

    typeset_numbers()
    session = ReplaySession(path, capture, zone=zone, refresh=_refresh(config))
    return _run(session, MonitorApp(session, None, config, notices), config)


def _gateway_of(connection: Connection) -> Through | None:
    """That of this machine which has the meter's line; a look at a few small files."""
    from iec102_tui.collect.status import gateway_of  # loaded when it is used

    return gateway_of(connection)


def _refresh(config: Config) -> float:
    return max(config.refresh, SLOW_REFRESH) if config.low_bandwidth else config.refresh


def _run(session: Session, app: MonitorApp, config: Config) -> int:
    garbage.rest_until_painted()
    with EndBySignal(session.close) as app.ending:
        try:
            app.run(mouse=config.mouse)
        finally:
            app.ending.over()
            if app.feed is not None:
                app.feed.close()
            session.close()
    for sentence in () if app.ending.signalled else _farewell(session, app):
        print(printable(sentence))  # noqa: T201 - the terminal is the user's again
    return CRASHED if app.crashed or session.faults else app.return_code or 0


def _farewell(session: Session, app: MonitorApp) -> Iterator[str]:
    """Where the files of this run are, and what has failed."""
    for recorder in session.captures:
        if recorder.was_made:
            yield _("{count} frames are in {path}", count=recorder.written, path=recorder.words())
        else:
            yield _("Frames were not recorded: {why}", why=recorder.words())
    for path, what in session.written.items():
        yield _("{what} in {path}", what=what, path=path)
    yield from (f"{sentence}." for sentence in dict.fromkeys(session.faults))
    if app.crashed:
        yield _("The monitor failed: its log {log} says where.", log=log_path())
