"""The connection pane at 80x24, by its keys alone."""

from __future__ import annotations

import asyncio
import fcntl
import os
import threading
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from iec102.asdu.password import Password
from iec102.line.counters import LineCounters
from iec102.line.state import LineState, Phase
from iec102_tui.app import MonitorApp
from iec102_tui.files.file_thread import FileThread
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.connection import connection_form
from iec102_tui.panes.connection.connection_form import ConnectionForm
from iec102_tui.panes.connection.connection_state import state_text
from iec102_tui.panes.connection.form_values import texts_of
from iec102_tui.panes.connection.meter_editor import MeterEditor
from iec102_tui.panes.connection.meter_list import MeterList
from iec102_tui.panes.connection.profile_editor import Entry, Kind, ProfileEditorModel
from iec102_tui.profiles.connection import Connection, connection_of, demo, resolve
from iec102_tui.profiles.serial_ports import SerialPort
from iec102_tui.profiles.store import ProfileStore, Saved
from iec102_tui.widgets.key_footer import KeyFooter
from iec102_tui.widgets.password_dialog import PasswordScreen
from iec102_tui.widgets.pick_dialog import PickScreen
from support.connection_pane import Meterless, Screen, drawn, drive
from support.failing_os import each_call
from support.profile_files import TWO, content, edit, names
from support.still_meter import StillSession, reading, snapshot
from support.waiting import PATIENCE
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

SIMULATED = """\
[profiles.bench]
target = "simulated:?seed=7&password=42"
password = 42

[profiles.asks]
target = "simulated:?password=42"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profiles.toml"


@pytest.mark.parametrize("size", [(160, 44), (200, 60)])
def test_a_large_terminal_begins_with_all_of_the_pane_too(path: Path, size: tuple[int, int]) -> None:
    async def steps(screen: Screen) -> None:
        assert screen.form.display
        assert screen.app.focused is screen.app.screen.query_one(MeterList)
        await screen.press("z")
        assert not screen.app.screen.query_one("#meter-editor").display
        await screen.press("f1", "z")
        assert screen.app.screen.query_one("#meter-editor").display
        assert screen.app.focused is screen.app.screen.query_one(MeterList)

    drive(steps, path, size=size)


def begins_with(connection: Connection, path: Path) -> tuple[str, ConnectionForm]:
    """The line under the cursor, and the form, of a monitor that was opened on this meter."""
    found: list[tuple[str, ConnectionForm]] = []

    async def run() -> None:
        session = Meterless()
        app = MonitorApp(session, connection, store=ProfileStore(path))
        async with app.run_test(size=(80, 24)) as pilot:
            screen = Screen(app, pilot, session)
            await screen.press("f1")
            meters = app.screen.query(MeterList)
            await screen.until(lambda: bool(meters) and meters.first().current is not None)
            found.append((screen.lines()[meters.first().highlighted or 0], screen.form))

    asyncio.run(run())
    return found[0]


def test_the_form_begins_with_the_meter_that_the_monitor_was_opened_on(path: Path) -> None:
    path.write_text(TWO)
    line, form = begins_with(resolve("south", {}, ProfileStore(path)), path)
    assert (line, form.texts["host"]) == (" south", "south")
    line, _ = begins_with(demo(), path)
    assert line == " Simulated meter"
    url = resolve("tcp://192.0.2.7:40001", {"link_address": 77, "timeout": 1500}, ProfileStore(path))
    line, form = begins_with(url, path)
    assert line == "*New meter"
    shown = (form.texts[key] for key in ("host", "tcp_port", "link_address", "timeout"))
    assert tuple(shown) == ("192.0.2.7", "40001", "77", "1500")


# Connecting


def test_enter_connects_to_a_saved_simulated_meter_and_d_ends_that(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        await screen.press("enter")
        assert screen.app.screen.query_one("#live").display
        await screen.press("f1")
        await screen.until(lambda: "   connected" in screen.state)
        await screen.until(lambda: screen.session.latest is not None and screen.session.latest.reading is not None)
        assert screen.state.startswith("bench")
        await screen.press("d")
        assert screen.said == "Disconnected."
        await screen.until(lambda: "not connected" in screen.state)

    drive(steps, path, SIMULATED, session=Session(refresh=0.01))


def test_a_password_that_is_not_saved_is_asked_for(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        assert isinstance(screen.session, Meterless)
        await screen.press("down", "c")
        assert isinstance(screen.app.screen, PasswordScreen)
        field = screen.app.screen.query_one(Input)
        assert field.password
        assert not field.cursor_blink
        await screen.press("x", "enter")
        assert "0 to 4294967295" in str(screen.app.screen.query_one(".reason", Static).render())
        await screen.press("backspace", "4", "2", "ctrl+r")
        assert not field.password
        await screen.press("enter")
        (connection,) = screen.session.asked
        assert connection.station.password == Password(42)
        await screen.press("c", "escape")
        assert len(screen.session.asked) == 1
        assert "42" not in screen.said

    # The simulated meter tells its own password: here the target must not.
    drive(steps, path, SIMULATED.replace('"simulated:?password=42"', '"tcp://north:4001"'))


def test_a_refused_password_goes_out_again_only_when_the_user_connects_again(path: Path) -> None:
    text = '[profiles.bench]\ntarget = "simulated:?password=42"\npassword = 7\n'

    async def steps(screen: Screen) -> None:
        def refused() -> bool:
            latest = screen.session.latest
            return latest is not None and latest.state.phase is Phase.REFUSED

        await screen.press("enter")
        await screen.until(refused)
        first, sent = screen.session.service, _requests(screen)
        await screen.press("f2", "f1", "e", "escape", "z", "z")
        await screen.pilot.pause(0.1)
        assert screen.session.service is first
        assert _requests(screen) == sent
        assert "only when you connect again" in state_text(screen.session).error
        await screen.press("c")
        assert screen.session.service is not first
        await screen.until(refused)

    drive(steps, path, text, session=Session(refresh=0.01))


@pytest.mark.parametrize("way", ["enter", "switcher"])
def test_another_way_than_c_asks_before_a_refused_password_goes_out_again(path: Path, way: str) -> None:
    text = '[profiles.bench]\ntarget = "simulated:?password=42"\npassword = 7\n'

    async def steps(screen: Screen) -> None:
        async def wish() -> None:
            if way == "enter":
                await screen.press("enter")
            else:
                screen.app.open_connection(connection_of("bench", ProfileStore(path).load().profiles["bench"]))
            await screen.until(lambda: isinstance(screen.app.screen, PickScreen))

        def refused() -> bool:
            latest = screen.session.latest
            return latest is not None and latest.state.phase is Phase.REFUSED

        await screen.press("c")
        await screen.until(refused)
        await screen.press("d")
        await screen.until(lambda: not screen.session.is_connected)
        await wish()
        assert "The meter has refused this password" in drawn(screen)
        await screen.press("down", "enter")
        assert not screen.session.is_connected
        await wish()
        await screen.press("enter")
        await screen.until(refused)

    drive(steps, path, text, session=Session(refresh=0.01))


def _requests(screen: Screen) -> int:
    assert screen.session.latest is not None
    return screen.session.latest.counters.requests


def test_enter_in_a_field_goes_on_and_escape_leaves_it(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        assert isinstance(screen.session, Meterless)
        await screen.press("e", "tab", "enter", "enter")
        assert isinstance(screen.app.focused, Input)
        assert not screen.session.asked
        assert any(key.words == "leave field" for key in screen.app.screen.query_one(KeyFooter).keys)
        await screen.press("c", "d", "1")
        assert not screen.session.asked
        await screen.press("escape")
        assert screen.app.screen.query_one(MeterList).has_focus
        await screen.press("escape", "escape")
        assert not screen.session.ended

    drive(steps, path, TWO)


# The form


def test_a_wrong_value_is_said_beside_its_field_and_nothing_connects(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        assert isinstance(screen.session, Meterless)
        screen.field("link-address").control.focus()
        await screen.press("home", "ctrl+k", *"70000")
        assert "0 to 65535" in screen.reason("link-address")
        await screen.press("escape", "c")
        assert not screen.session.asked
        assert screen.said.startswith("Not connected. Link address: must be")
        assert screen.app.focused is screen.field("link-address").control
        await screen.press("end", "backspace")
        assert screen.reason("link-address") == ""
        assert screen.lines()[0] == "*north"
        await screen.press("escape", "s")
        assert content(path)["profiles"]["north"]["link_address"] == 7000
        assert screen.lines()[0] == " north"

    drive(steps, path, TWO)


def test_the_kind_of_target_decides_which_fields_there_are(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        await screen.press("n", "escape")
        assert screen.field("port").display
        assert not screen.field("host").display
        assert "choose a port" in screen.reason("port")
        await screen.press("tab")
        await screen.type("/dev/ttyUSB0")
        assert screen.reason("port") == ""
        await screen.press("tab", "right", "tab", "left")
        texts = screen.form.texts
        assert (texts["port"], texts["baudrate"], texts["format"]) == ("/dev/ttyUSB0", "14400", "7O2")
        screen.field("kind").control.focus()
        await screen.press("right")
        assert screen.field("host").display
        assert not screen.field("port").display
        assert "host name" in screen.reason("host")
        assert "1 to 65535" in screen.reason("tcp-port")

    drive(steps, path, TWO)


def test_a_preset_fills_the_form_and_the_meter_id_the_link_address(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        await screen.press("n", "down", "enter")
        texts = screen.form.texts
        assert (texts["format"], texts["link_address"], texts["password"]) == ("8E1", "", "1")
        assert "Endesa" in screen.said
        screen.field("meter-id").control.focus()
        await screen.type("40012345")
        assert screen.form.texts["link_address"] == "12345"
        await screen.press("backspace")
        await screen.press(*["backspace"] * 7)
        await screen.type("99999")
        assert screen.form.texts["link_address"] == ""
        assert "L46 Identifiers" in screen.reason("meter-id")
        screen.field("format").control.focus()
        await screen.pilot.pause()
        assert "L45 Comms" in str(screen.app.screen.query_one("#connection-help", Static).render())

    drive(steps, path, TWO)


def test_a_key_shows_the_password_and_masks_it_again(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        control = screen.field("password").control
        assert isinstance(control, Input)
        assert control.password
        await screen.press("v")
        assert not control.password
        await screen.press("down")
        assert control.password
        control.focus()
        await screen.press("ctrl+r")
        assert not control.password

    drive(steps, path, TWO)


def test_a_port_is_chosen_from_the_list(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [SerialPort("/dev/serial/by-id/usb-[red]", "usb-[red]"), SerialPort("/dev/ttyS0", "/dev/ttyS0")]
    monkeypatch.setattr(connection_form, "serial_ports", lambda: found)

    async def steps(screen: Screen) -> None:
        await screen.press("n", "escape", "tab", "down")
        await screen.until(lambda: bool(screen.app.screen.query("PickScreen OptionList")))
        assert str(screen.app.screen.query_one(OptionList).get_option_at_index(0).prompt) == "usb-[red]"
        await screen.press("enter")
        assert screen.form.texts["port"] == "/dev/serial/by-id/usb-[red]"
        found.clear()
        await screen.press("escape", "o")
        help_ = screen.app.screen.query_one("#connection-help", Static)
        await screen.until(lambda: "no serial port" in str(help_.render()))

    drive(steps, path, TWO)


def test_the_keys_that_help_where_a_meter_does_not_answer_are_seen_first(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        help_ = screen.app.screen.query_one("#connection-help", Static)
        await screen.until(lambda: "Serial" in str(help_.render()))
        shown = str(help_.render()).replace("\N{NO-BREAK SPACE}", " ")
        assert shown.startswith("k Check  f Find  w Gateway on/off  ")
        first, second = shown.splitlines()
        assert max(len(first), len(second)) <= 80
        assert second.endswith("  ? more")
        await screen.pilot.resize_terminal(120, 30)
        await screen.until(lambda: "more" not in str(help_.render()))

    drive(steps, path, TWO)


# The profiles


def test_save_as_rename_duplicate_delete_and_undo(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        await screen.press("a")
        await screen.type("-")
        assert "cannot be" in str(screen.app.screen.query_one(".reason", Static).render())
        await screen.press("backspace", *"west", "enter")
        assert names(path) == ["north", "south", "west"]
        assert screen.said == 'Saved "west".'
        await screen.press("r", "end", "n", "enter")
        assert names(path) == ["north", "south", "westn"]
        await screen.press("y")
        assert names(path) == ["north", "south", "westn", "westn copy"]
        await screen.press("x")
        assert names(path) == ["north", "south", "westn"]
        assert "u puts it back" in screen.said
        await screen.press("u")
        assert screen.lines()[:4] == [" north", " south", " westn", " westn copy"]
        assert names(path) == ["north", "south", "westn", "westn copy"]
        await screen.press("a", *"north", "enter")
        assert "already" in screen.said

    drive(steps, path, TWO)


def test_save_of_a_new_meter_asks_for_its_name(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        await screen.press("s")
        await screen.type("try it")
        await screen.press("enter")
        assert content(path)["profiles"]["try it"]["target"] == "simulated:"
        assert screen.lines() == [" try it", " Simulated meter", " New meter"]

    drive(steps, path)


def test_a_search_finds_by_name_and_target(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        assert isinstance(screen.session, Meterless)
        await screen.press("slash", *"SOUTH")
        assert screen.lines() == [" south"]
        await screen.press("enter", "enter", *"7", "enter")
        assert [connection.name for connection in screen.session.asked] == ["south"]
        await screen.press("f1", "slash", "escape")
        assert len(screen.lines()) == 4
        await screen.press("slash", *"zzz", "enter")
        assert screen.lines() == []
        await screen.press("x", "r", "y")  # nothing that could be seen is under the cursor
        assert path.read_text() == TWO

    drive(steps, path, TWO)


def test_what_is_edited_stays_with_its_meter_until_it_is_taken_back(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        screen.field("host").control.focus()
        await screen.press("end", "x", "escape", "down")
        assert screen.form.texts["host"] == "south"
        await screen.press("up")
        assert screen.form.texts["host"] == "northx"
        await screen.press("b")
        assert screen.form.texts["host"] == "north"
        assert screen.lines()[0] == " north"
        assert path.read_text() == TWO

    drive(steps, path, TWO)


def test_a_file_edited_meanwhile_is_read_again_and_never_clobbered(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        pane = screen.app.screen.query_one("#connection")
        tick = pane.tick  # type: ignore[attr-defined]
        edit(path, "tcp://north:40001", "tcp://other:40001")
        tick()
        await screen.pilot.pause()
        await screen.saved()
        assert screen.form.texts["host"] == "other"
        screen.field("host").control.focus()
        await screen.press("end", "x", "escape")
        edit(path, "tcp://other:40001", "tcp://theirs:40001")
        tick()
        await screen.press("s")
        assert "Not saved: another program has changed" in screen.said
        assert content(path)["profiles"]["north"]["target"] == "tcp://theirs:40001"
        assert screen.form.texts["host"] == "otherx"
        await screen.press("S")
        assert content(path)["profiles"]["north"]["target"] == "tcp://otherx:40001"
        screen.field("host").control.focus()
        await screen.press("end", "y", "escape")
        edit(path, "[profiles.north]", "[profiles.gone]")
        tick()
        await screen.pilot.pause()
        await screen.saved()
        assert "gone from the file" in screen.said
        assert "*New meter" in screen.lines()

    drive(steps, path, TWO)


def test_an_error_in_the_file_is_said_and_the_other_profiles_work(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        assert screen.lines()[0] == " north (error)"
        assert "profiles.north.link_address" in screen.said
        await screen.press("down")
        assert screen.said == ""
        assert screen.form.texts["host"] == "south"

    drive(steps, path, TWO.replace("link_address = 5", "link_address = 70000"))


def test_hostile_names_are_plain_text_everywhere(path: Path) -> None:
    name = "[red]x[/blink]\\u001b[31m"

    async def steps(screen: Screen) -> None:
        shown = " [red]x[/blink]\\x1b[31m"
        assert screen.lines()[0] == shown
        await screen.press("c")
        assert isinstance(screen.app.screen, PasswordScreen)
        assert "\x1b" not in str(screen.app.screen.query_one(".dialog")._border_title)
        assert "[red]" in str(screen.app.screen.query_one(".dialog")._border_title)
        await screen.press("1", "enter")
        assert '"[red]x[/blink]' in screen.said
        assert screen.state.startswith(shown.strip())
        await screen.press("y")
        assert "visible characters" in screen.said
        await screen.press("x")
        assert "[red]" in screen.said
        await screen.press("u")
        assert screen.lines()[0] == shown

    drive(steps, path, f'[profiles."{name}"]\ntarget = "tcp://a:1"\n')


def test_every_key_has_an_id_and_says_what_it_does(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        pane = screen.app.screen.query_one("#connection")
        actions = set()
        for active in screen.app.screen.active_bindings.values():
            if pane in active.node.ancestors_with_self and active.binding.id:
                assert active.binding.tooltip, active.binding
                actions.add(active.binding.id.removeprefix("connection."))
        wanted = "connect disconnect search edit save save_as revert new preset ports reveal rename duplicate delete"
        assert set(wanted.split()) <= actions

    drive(steps, path, TWO)


# The state in words


def test_the_state_is_said_with_its_step_error_and_counters() -> None:
    counters = LineCounters(
        requests=9, answers=7, timeouts=2, round_trip_min=0.08, round_trip_median=0.09, round_trip_max=0.2
    )
    login = LineState(Phase.LOGIN, step="password for point 1")
    session = StillSession(snapshot(reading(), state=login)._replace(counters=counters))
    text = state_text(session)
    assert text.state == "logging in: password for point 1"
    assert text.counters[:2] == ("7 answers to 9 requests", "timeouts 2")
    assert text.counters[-1] == "answer time 80 to 200, median 90 ms"
    session.shown = snapshot(None, state=LineState(Phase.CLOSED))
    assert state_text(session).state == "not connected"


def test_no_counter_is_cut_off_beside_the_other_panes(path: Path) -> None:
    counters = LineCounters(requests=230, answers=181, timeouts=46, repeats=47, bad_frames=11, reconnections=12)
    session = StillSession(snapshot(reading())._replace(counters=counters))

    async def steps(screen: Screen) -> None:
        await screen.press("z")
        shown = screen.app.screen.query_one("#connection-counters", Static)
        drawn = " ".join(shown.render_line(row).text.strip() for row in range(shown.size.height))
        assert "reconnections 12" in " ".join(drawn.split())

    drive(steps, path, session=session, size=(160, 44))


def test_a_counter_never_breaks_and_one_of_zero_is_not_there(path: Path) -> None:
    counters = LineCounters(requests=230, answers=181, timeouts=46, bad_frames=11, bytes_sent=10**6)
    session = StillSession(snapshot(reading())._replace(counters=counters))

    async def steps(screen: Screen) -> None:
        shown = screen.app.screen.query_one("#connection-counters", Static)
        lines = [shown.render_line(row).text.rstrip() for row in range(shown.size.height)]
        assert [line.strip().split("  ") for line in lines] == [
            ["181 answers to 230 requests", "timeouts 46", "bad frames 11"],
            ["bytes 1000000 out, 0 in", "line use 0 %"],
        ]

    drive(steps, path, session=session, size=(80, 24))


def test_a_profile_with_an_error_is_repaired_by_saving_what_the_form_holds(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        current = screen.app.screen.query_one(MeterList).current
        assert current is not None
        assert current.kind is Kind.SAVED
        await screen.press("e", "right", "right", "escape", "s")
        assert content(path)["profiles"]["north"] == {"target": "simulated:"}
        assert screen.lines()[0] == " north"

    drive(steps, path, '[profiles.north]\ntarget = "nonsense"\n')


# Nothing of a file holds up the screen


def test_a_lock_of_another_instance_holds_up_the_keys_and_not_the_screen(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        editor = screen.app.screen.query_one(MeterEditor)
        folder = os.open(path.parent, os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)
        try:
            pressed = asyncio.create_task(screen.pilot.press("y"))
            async with asyncio.timeout(PATIENCE):
                while editor.files.idle:  # noqa: ASYNC110 - a pause would wait for the app, which waits for the lock
                    await asyncio.sleep(0)
            drawn = 0
            while not editor.files.idle:  # the loop turns as often as it likes meanwhile
                await asyncio.sleep(0)
                drawn += 1
            await pressed
            await screen.saved()
        finally:
            os.close(folder)
        assert drawn > 100
        assert "another program is saving there" in screen.said
        assert names(path) == ["north", "south"]

    drive(steps, path, TWO)


def test_profiles_are_saved_and_read_again_on_a_thread_of_their_own(path: Path) -> None:
    async def steps(screen: Screen) -> None:
        threads: set[str] = set()
        pane = screen.app.screen.query_one("#connection")
        with each_call(lambda _number, _name: threads.add(threading.current_thread().name)):
            await screen.press("y")
            await screen.press("x")
            await screen.press("u")
            await screen.press("r", "end", "n", "enter")
        assert threads == {"profiles"}
        looks: list[str] = []
        look = os.stat

        def watched(where: object, *arguments: object, **options: object) -> object:
            if str(where) == str(path):
                looks.append(threading.current_thread().name)
            return look(where, *arguments, **options)  # type: ignore[arg-type]

        with mock.patch.object(os, "stat", watched):
            pane.tick()  # type: ignore[attr-defined]
            await screen.until(lambda: bool(looks))
            await screen.saved()
        assert set(looks) == {"profiles"}

    drive(steps, path, TWO)


def test_what_is_changed_while_it_is_saved_is_still_being_edited(path: Path) -> None:
    path.write_text(TWO)

    async def run() -> None:
        book = ProfileEditorModel(ProfileStore(path), FileThread())
        north = Entry(Kind.SAVED, "north")
        profile = book.loaded.profiles["north"]
        changed = replace(profile, link_address=77)
        book.keep(north, texts_of(changed))
        saving = asyncio.create_task(book.save(north, changed))
        await asyncio.sleep(0)
        book.keep(north, {**texts_of(changed), "link_address": "88"})
        await saving
        assert content(path)["profiles"]["north"]["link_address"] == 77
        assert book.edit_of(north).texts["link_address"] == "88"
        assert book.edit_of(north).edited
        await book.save(north, replace(profile, link_address=88))
        assert content(path)["profiles"]["north"]["link_address"] == 88

    asyncio.run(run())


def test_a_disk_that_does_not_answer_is_said_and_the_keys_go_on(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iec102_tui.files.file_thread.FileThread.run.__defaults__", (0.0,))
    free = threading.Event()

    async def steps(screen: Screen) -> None:
        real = ProfileStore.duplicate

        def stuck(store: ProfileStore, name: str, to: str | None = None) -> Saved:
            assert free.wait(PATIENCE)
            return real(store, name, to)

        monkeypatch.setattr(ProfileStore, "duplicate", stuck)
        await screen.pilot.press("y")
        await screen.until(lambda: "the disk does not answer" in screen.said)
        await screen.pilot.press("down")
        assert screen.form.texts["host"] == "south"
        free.set()
        await screen.saved()
        assert "north copy" in names(path)

    drive(steps, path, TWO)


def test_other_digits_draw_neither_the_form_nor_all_of_the_pane_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = StillSession(snapshot(reading()))
    shown = session.shown
    assert shown is not None

    async def steps(screen: Screen) -> None:
        refreshed: list[tuple[str | None, bool]] = []
        refresh = Widget.refresh

        def noted(widget: Widget, *regions: Region, layout: bool = False, **options: bool) -> Widget:
            if layout or not regions:
                refreshed.append((widget.id, layout))
            return refresh(widget, *regions, layout=layout, **options)

        monkeypatch.setattr(Widget, "refresh", noted)
        for timeouts in (3, 4):
            counters = LineCounters(timeouts=timeouts, bad_frames=1)
            session.show(shown._replace(counters=counters))
        assert refreshed == [("connection-counters", False)] * 2
        assert "timeouts 4" in drawn(screen)
        many = LineCounters(*[10**15] * 4, bad_frames=10**15, bytes_sent=10**15, bytes_received=10**15)
        session.show(shown._replace(counters=many))
        assert ("connection-counters", True) in refreshed  # now it has one row more

    drive(steps, path, TWO, session=session, size=(100, 30))
