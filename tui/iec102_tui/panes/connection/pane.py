"""The connection pane: the saved meters, all settings of one, and how the connection stands."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from iec102.errors import InvalidSetting
from iec102.settings import LineSettings
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from iec102_tui.files.file_thread import LONG, FileThread
from iec102_tui.keys import KeysInOrder
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.connection.connecting import Connecting
from iec102_tui.panes.connection.connection_state import ConnectionState
from iec102_tui.panes.pane import Pane
from iec102_tui.profiles.connection import Connection, demo
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.words import meters_text
from iec102_tui.words.plain_text import quoted
from iec102_tui.words.state_text import ON_THE_WAY
from iec102_tui.words.text import N_, _

if TYPE_CHECKING:
    from iec102.search.search import Found

    from iec102_tui.captures.record import Capture
    from iec102_tui.meter_side.search import LineSearch
    from iec102_tui.panes.connection.first_run import FirstRun
    from iec102_tui.panes.connection.meter_editor import MeterEditor
    from iec102_tui.panes.connection.profile_editor import ProfileEditorModel

_LIVE, _VERDICT = "screen.pane('live')", "screen.verdict"


class ConnectionPane(Connecting, Pane):
    """Beside other panes only how the connection stands; alone also the meters and their settings."""

    TITLE = "Connection"
    KEY = "F1"
    ROOM = (160, 44)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "connect", N_("Connect"), id="connection.connect", tooltip=N_("Connect to the meter in the form")),
        Binding(
            "d",
            "disconnect",
            N_("Disconnect"),
            id="connection.disconnect",
            tooltip=N_("End the session with the meter"),
        ),
        Binding("enter", "open", N_("Choose a meter"), id="connection.open", tooltip=N_("All of this pane")),
        Binding(
            "k", "check", N_("Check"), id="connection.check", show=False, tooltip=N_("Test the connection step by step")
        ),
        Binding(
            "f", "find", N_("Find"), id="connection.find", show=False, tooltip=N_("Find speed, format, link address")
        ),
        Binding(
            "w", "gateway", N_("Gateway on/off"), id="connection.gateway", show=False, tooltip=N_("Share the line")
        ),
        Binding(
            "t", "app.fleet", N_("Broker"), id="connection.fleet", show=False, tooltip=N_("The meters of the broker")
        ),
        Binding("W", "who", N_("Clients"), id="connection.who", show=False, tooltip=N_("Applications at the gateway")),
        Binding("V", "judge", N_("Verdict"), id="connection.judge", show=False, tooltip=N_("Judge this meter")),
        Binding(
            "J",
            "connect_all",
            N_("Connect all"),
            id="connection.connect_all",
            show=False,
            tooltip=N_("All saved meters"),
        ),
    ]

    class CaptureOpened(Message):
        """The user wants to see the frames of a file."""

        def __init__(self, path: Path, capture: Capture) -> None:
            super().__init__()
            self.path = path
            self.capture = capture

    def __init__(self, session: Session, store: ProfileStore, connection: Connection | None = None) -> None:
        super().__init__(session, id="connection")
        self._store = store
        self._connection = connection
        self._state = ConnectionState(session, id="connection-state")
        self._first_run: FirstRun | None = None
        if connection is None and self._model.is_empty:
            from iec102_tui.panes.connection.first_run import FirstRun

            self._first_run = FirstRun(tuple(self._model.presets), id="first-run")
        self._made = False
        self._then: Callable[[], object] = lambda: None
        """What waits for the editor."""
        self._arranged_full: bool | None = None

    @cached_property
    def _model(self) -> ProfileEditorModel:
        from iec102_tui.panes.connection.profile_editor import ProfileEditorModel  # loaded when it is used

        return ProfileEditorModel(self._store, FileThread("profiles"))

    @cached_property
    def _editor(self) -> MeterEditor:
        """Made when it is first asked for: its form of forty fields is much of a start that does not show it."""
        from iec102_tui.panes.connection.meter_editor import MeterEditor  # loaded when it is used

        return MeterEditor(self.session, self._model, self._connection, id="meter-editor")

    @property
    def _is_edited(self) -> bool:
        """The editor is there."""
        return self._made and self._editor.is_mounted

    def compose(self) -> ComposeResult:
        yield self._state
        if self._first_run is not None:
            yield self._first_run
        yield Static(_(meters_text.LOADING), id="connection-loading", markup=False)

    def on_mount(self) -> None:
        self._loading.display = False

    @property
    def _loading(self) -> Static:
        return self.query_one("#connection-loading", Static)

    def focus_content(self) -> None:
        if self.full and self._first_run is not None:
            self._first_run.focus_ways()
        elif self.full and self._is_edited:
            self._editor.focus_list()
        else:
            self.can_focus = True
            self.focus()

    def session_changed(self) -> None:
        self._show()

    def tick(self) -> None:
        self._show()
        if self.full and self._is_edited:
            self._editor.read_again()

    def watch_full(self) -> None:
        if self.is_mounted and self.display:
            self._show()

    def _show(self) -> None:
        """The editor is made when it is first seen: the monitor starts without it on a meter that is chosen.

        Until then the pane says so, and the keys that are meant for the editor wait for it.
        """
        focused = self.has_focus_within or self.has_focus
        self._end_first_run()
        self._state.show(full=self.full)
        if self.full and self._is_edited:
            self._editor.show_states()
        if self._first_run is not None:
            self._show_first_run(self._first_run, focused=focused)
        elif self.full and not self._made:
            self._made = True
            self._loading.display = True
            self._app.hold_keys(self)
            self.call_after_refresh(self.mount, self._editor)
        if self._is_edited and self._arranged_full is not self.full:
            self._arranged_full = self.full
            self._editor.display = self.full
            self.can_focus = not self.full
            if focused:
                self.focus_content()

    def _show_first_run(self, first_run: FirstRun, *, focused: bool) -> None:
        self._state.display = not self.full
        first_run.display = self.full
        if self._arranged_full is not self.full:
            self._arranged_full = self.full
            self.can_focus = not self.full
            if focused:
                self.focus_content()

    def _end_first_run(self) -> None:
        """With a meter the page has had its time."""
        if self._first_run is not None and self.session.connection is not None:
            self.open_editor()

    def open_editor(self, then: Callable[[], object] = lambda: None) -> None:
        """Leaves the page of the first run for the list and the form; ``then`` follows when they are there."""
        first_run, self._first_run = self._first_run, None
        if first_run is None:
            then()
            return
        self._then = then
        if first_run.has_focus_within:
            self.can_focus = True
            self.focus()  # until the list is there
        first_run.remove()
        self._state.display = True
        self._arranged_full = None
        self._show()

    def on_first_run_begun(self, event: FirstRun.Begun) -> None:
        """Goes the way that was chosen on the first run."""
        from iec102_tui.panes.connection.first_run import Beginning

        event.stop()
        if event.way is Beginning.SIMULATED:
            self._connect(demo(), then=_LIVE)
        elif event.way is Beginning.FIND:
            self._ask_addresses(None, LineSettings(), "1")
        elif event.way is Beginning.NEW:
            self.open_editor(self._editor.action_new)
        else:
            from iec102_tui.panes.connection.capture_question import ask_capture  # loaded when it is used

            ask_capture(self, lambda path, capture: self.post_message(self.CaptureOpened(path, capture)))

    def on_meter_editor_ready(self, event: MeterEditor.Ready) -> None:
        """The keys that were meant for it go there."""
        event.stop()
        self._loading.display = False
        self._show()
        then, self._then = self._then, lambda: None
        then()
        self._app.release_keys(self)

    @property
    def _app(self) -> KeysInOrder:
        assert isinstance(self.app, KeysInOrder)
        return self.app

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "open":
            return not self.full
        if action in ("find", "connect_all"):
            return self.full and self._is_edited
        return self._is_edited or not self.full

    async def action_open(self) -> None:
        """Shows all of the pane."""
        await self.run_action("screen.maximise")

    def action_connect(self) -> None:
        """Connects to the meter in the form; in the summary, to the one that is shown there."""
        connection = self._editor.connection() if self.full else self.session.connection
        if connection is not None:
            self.with_password(connection, partial(self._connect, show=not self.full))

    def open_meter(self, connection: Connection) -> None:
        """Shows this meter, which is connected to where it is not; asks first, where something would end."""
        if not self.is_shown_then(connection):
            self.with_password(connection, self._connect_if_wanted)

    def action_disconnect(self) -> None:
        """Ends the session with the meter under the cursor; in the summary, with the one that is shown."""
        shown = None if self.session.connection is None else self.session.connection.name
        name = self._editor.read_name() if self.full and self._is_edited else shown
        if name is None and self.session.is_connected:
            self._say(_(meters_text.NOT_THIS_ONE, name=self._editor.name), self._editor.unchanged())
            return
        self.leave(_(meters_text.DISCONNECT), [] if name is None else [name], lambda: self._disconnect(name, shown))

    def _disconnect(self, name: str | None, shown: str | None) -> None:
        if name is None or name == shown:
            self.session.disconnect()
        else:
            self.session.disconnect_other(name)
        said = meters_text.DISCONNECTED if self.session.connection is not None else meters_text.NONE_CONNECTED
        self._say(_(said), lambda: not self._reads(name))

    def _reads(self, name: str | None) -> bool:
        meter = None if name is None else self.session.meters.find(name)
        return self.session.is_connected if meter is None else meter.is_running

    async def connect_at_start(self) -> None:
        """Connects those that say so in their profile, also where the disk takes its time to tell."""
        try:
            loaded = await self.session.files.run(self._store.load, LONG)
        except TimeoutError:
            return  # it never does, and the list of meters waits for it too
        self.connect_marked(loaded.profiles)

    def action_connect_all(self) -> None:
        """Connects all saved meters; asks first where a modem would call."""
        if self._is_edited:
            self.connect_all(self._editor.profiles, lambda sentence: self._say(sentence, self._editor.unchanged()))

    def action_check(self) -> None:
        """Walks the steps to the meter in the form, unless it is connected: both would need the line."""
        connection = self._editor.connection() if self.full else self.session.connection
        if connection is not None and self.is_free(connection.target):
            self.with_password(connection, self._check)

    async def action_judge(self) -> None:
        """The meter whose check has passed is connected and judged; one that is being read is judged at once."""
        passed = self._editor.passed_check if self._is_edited else None
        if passed is not None and not self.session.is_connected:
            self._connect(passed.connection, then=_VERDICT)
        else:
            await self.run_action(_VERDICT)

    def _check(self, connection: Connection) -> None:
        self.with_consent(connection, self._walk, _(meters_text.CHECK_AGAIN), _(meters_text.DO_NOT_CHECK))

    def _walk(self, connection: Connection) -> None:
        """Beside the form where there is room, else over it."""
        from iec102_tui.panes.connection.check_dialog import CheckEnd, CheckScreen  # loaded when it is used
        from iec102_tui.panes.connection.check_run import CheckRun

        run = CheckRun(self.session, connection)
        if self.full and self._is_edited:
            self._editor.take_check(run)
            if self._editor.shows_checks:
                run.start()
                return

        async def closed(end: CheckEnd | None) -> None:
            if end is CheckEnd.JUDGE:
                self._connect(connection, then=_VERDICT)
            elif end is CheckEnd.SAVE and self.full and self._is_edited:
                await self._editor.action_save()

        self.app.push_screen(CheckScreen(run), closed)

    def action_find(self) -> None:
        """Looks for the meter on the line in the form, unless that is connected."""
        try:
            target, settings = self._editor.line()
        except InvalidSetting as error:
            self._say(_(meters_text.NOTHING_TO_SEARCH, why=error), self._editor.unchanged())
            return
        if self.is_free(target):
            self._ask_addresses(target, settings, self._editor.addresses())

    def _ask_addresses(self, target: str | None, settings: LineSettings, addresses: str) -> None:
        from iec102_tui.panes.connection.find_dialog import ask_and_find  # loads the search

        ask_and_find(self, target, settings, addresses, self._found)

    def _found(self, chosen: tuple[LineSearch, Found] | None) -> None:
        if chosen is not None:
            self.open_editor(lambda: self._editor.take_found(*chosen))

    def on_meter_editor_chosen(self, event: MeterEditor.Chosen) -> None:
        """Connects to the meter in the form, and goes to Live."""
        event.stop()
        connection = self._editor.connection()
        if connection is None:
            return
        if self.is_shown_then(connection):
            self.call_later(self.run_action, _LIVE)
        else:
            self.with_password(connection, partial(self._connect_if_wanted, then=_LIVE))

    def _connect_if_wanted(self, connection: Connection, *, then: str = "") -> None:
        """As ``c`` does, but a password that was refused is sent again only when the user says so."""
        question = _(meters_text.CONNECT_TO, name=quoted(connection.name))
        self.with_consent(connection, partial(self._connect, then=then), question, _(meters_text.DO_NOT_CONNECT))

    def _connect(self, connection: Connection, *, then: str = "", show: bool = True) -> None:
        """``then``: the action that shows how it goes on."""
        question = _(meters_text.CONNECT_TO, name=quoted(connection.name))
        names = [meter.name for meter in self.session.ended_by(connection)]
        self.leave(question, names, lambda: self._connect_now(connection, then=then, show=show))

    def _connect_now(self, connection: Connection, *, then: str, show: bool) -> None:
        if self._is_edited:
            self._editor.stop_check()
        if show or not self.session.is_connected:
            self.session.connect(connection)
        else:
            self.session.connect_beside(connection)
        if then:
            self.call_later(self.run_action, then)
        here = self.session.connection is not None and self.session.connection.name == connection.name
        said = meters_text.CONNECTING if here else meters_text.CONNECTING_BESIDE
        self._say(_(said, name=quoted(connection.name)), lambda: self._connects(connection))
        self._state.show(full=self.full)

    def _connects(self, connection: Connection) -> bool:
        """Nothing is known yet of how it went."""
        meter = self.session.meters.find(connection.name)
        read = self.session if self.session.connection is connection else meter
        if read is None or read.connection is not connection:
            return False
        latest = read.latest
        return latest is None or (latest.state.phase in ON_THE_WAY and not (latest.error or latest.state.error))

    def _say(self, sentence: str, holds: Callable[[], bool]) -> None:
        if self._is_edited:
            self._editor.say(sentence, holds=holds)
