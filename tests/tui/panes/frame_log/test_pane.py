"""The frame log by its keys, at 80x24, on a line that stands still."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from iec102.link import Frame
from iec102.transport.tap import TapRecord
from iec102_tui.app import MonitorApp
from iec102_tui.panes.frame_log.field_tree import FieldTree
from iec102_tui.panes.frame_log.hex_view import HexView
from iec102_tui.widgets.lines import Lines
from rich.color import Color
from support.log_pane import drive, frame_list, instantaneous, more, rows, words
from support.still_meter import StillSession
from textual.pilot import Pilot


def test_each_kind_of_trouble_has_its_sign_and_its_words() -> None:
    async def steps(app: MonitorApp, _pilot: Pilot[int], _session: StillSession) -> None:
        shown = rows(app)
        assert shown[0] == "   12:30:05.000         \N{RIGHTWARDS ARROW} link link status?"
        assert shown[4] == "   12:30:05.051       1 ? poll no reply: class 2 data?"
        assert shown[5].startswith("   12:30:05.080      29 !      22 bytes that are no frame, bad checksum: ")
        assert shown[6] == "=  12:30:08.051    2971 \N{CLOCKWISE OPEN CIRCLE ARROW} poll repeated: class 2 data?"
        assert shown[7].startswith(
            ">  12:30:08.080      29 \N{LEFTWARDS ARROW} 72   current date and time, 2026-11-22 12:30:25"
        )

    drive(steps)


def test_an_answer_has_its_round_trip_and_its_request() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        assert rows(app)[6].startswith("= ")  # the answer's request
        assert words(app, "frame-about") == "Answer 72, 29 ms after its request"
        await pilot.press("p")
        await pilot.pause()
        assert frame_list(app).cursor == 6
        assert words(app, "frame-about") == "Repeated request poll, answered after 29 ms"
        await pilot.press("up")
        await pilot.pause()
        assert words(app, "frame-about") == "22 bytes that are no frame"
        await pilot.press("up")
        await pilot.pause()
        assert words(app, "frame-about") == "Request poll, no reply"

    drive(steps)


def test_columns_give_way_to_the_meaning_where_it_is_narrow() -> None:
    async def narrow(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("f2")  # beside the other panes
        app.screen.query_one("#log").styles.width = 42
        await pilot.pause()
        await pilot.pause()
        assert words(app, "log-heading").split() == ["time", "type", "meaning"]
        assert rows(app)[0].endswith("\N{RIGHTWARDS ARROW} link link status?")

    async def middle(app: MonitorApp, _pilot: Pilot[int], _session: StillSession) -> None:
        assert words(app, "log-heading").split() == ["time", "ms", "type", "meaning"]

    async def wide(app: MonitorApp, _pilot: Pilot[int], _session: StillSession) -> None:
        assert words(app, "log-heading").split()[4:] == ["answer", "ms", "fn", "cause", "bytes"]
        assert rows(app)[7].split()[-4:] == ["29", "8", "5", "22"]

    drive(narrow, (120, 40))
    drive(middle, (80, 24))
    drive(wide, (120, 40))


def test_following_detaching_and_following_again() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        frames = frame_list(app)
        assert frames.following
        assert frames.cursor == session.frames.end - 1
        await pilot.press("up", "up")
        stayed = frames.cursor
        shown = rows(app)[:8]
        more(session, 3)
        await pilot.pause()
        assert (frames.cursor, frames.following) == (stayed, False)
        assert rows(app)[:8] == shown
        assert "End follows" in words(app, "log-count")
        await pilot.press("end")
        more(session)
        await pilot.pause()
        assert frames.following
        assert frames.cursor == session.frames.end - 1
        assert rows(app)[-1].startswith(">")

    drive(steps)


def test_the_mouse_wheel_detaches_and_nothing_drags_the_reader_back() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        more(session, 5)
        await pilot.pause()
        frames = frame_list(app)
        frames.wheel(-3)
        shown = rows(app)
        more(session, 2)
        await pilot.pause()
        assert not frames.following
        assert rows(app) == shown

    drive(steps)


def test_place_and_cursor_survive_resizing_and_other_panes() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        more(session, 20)
        await pilot.press("home", "pagedown", "pagedown")
        await pilot.pause()
        frames = frame_list(app)
        cursor, top = frames.cursor, frames.top
        await pilot.press("f2")
        more(session, 2)
        await pilot.press("f3")
        await pilot.pause()
        assert (frames.cursor, frames.top, frames.following) == (cursor, top, False)
        for size in ((160, 50), (70, 20), (120, 40), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert frames.cursor == cursor
        assert any(row.startswith(">") for row in rows(app))

    drive(steps)


def test_pausing_holds_the_view_and_never_the_capture() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        await pilot.press("space")
        shown = rows(app)
        more(session)
        await pilot.pause()
        assert rows(app) == shown
        assert session.frames.end == 16
        assert "PAUSED" in words(app, "log-count")
        await pilot.press("space")
        await pilot.pause()
        assert frame_list(app).cursor == 15

    drive(steps)


def test_what_is_paused_stays_although_its_frames_fall_out_of_memory() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        await pilot.press("space")
        shown = rows(app)
        session.frames.limit = 8
        more(session, 3)
        await pilot.press("home", "end")
        await pilot.pause()
        assert rows(app) == shown
        await pilot.press("space")
        assert frame_list(app).row_count == 8

    drive(steps)


def test_marks_go_with_their_frames() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        await pilot.press("m", "home", "m")
        assert "2 marked" in words(app, "log-count")
        session.frames.limit = 8
        more(session)
        await pilot.pause()
        assert frame_list(app).marks == set()

    drive(steps)


def test_tree_and_bytes_move_together() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("tab", "right", *["down"] * 4)
        await pilot.pause()
        assert rows(app, FieldTree)[4].startswith(">    start, repeated")
        assert rows(app, HexView)[0].startswith("   0  68 10 10[68] 08")
        await pilot.press("tab", "right", "right", "right")
        await pilot.pause()
        tree = app.screen.query_one(FieldTree)
        assert tree.chosen is not None
        assert tree.chosen.path[-1] == "link address"
        assert "08[01 00]" in rows(app, HexView)[0]

    drive(steps, (100, 30))


def test_folding_holds_from_frame_to_frame() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("tab")
        closed = rows(app, FieldTree)
        assert "link       answer, user data (function 8)" in closed[0]
        await pilot.press("right", "down", "left")
        tree = app.screen.query_one(FieldTree)
        assert rows(app, FieldTree)[1] == "     start      variable frame"
        assert tree.cursor_row == 0  # a field without parts gives the cursor to the one around it
        await pilot.press("shift+tab", "up", "up", "up")
        await pilot.pause()
        assert "start" in rows(app, FieldTree)[1]
        await pilot.press("tab", "left")
        assert "start" not in rows(app, FieldTree)[1]

    drive(steps, (100, 30))


def test_what_a_field_says_goes_on_below_itself_and_the_cursor_goes_from_field_to_field() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        tree = app.screen.query_one(FieldTree)
        shown = rows(app, FieldTree)
        assert "cause 5 (request or requested)" in " ".join(" ".join(shown).split())
        assert not [row for row in shown if row.endswith("\N{HORIZONTAL ELLIPSIS}")]
        await pilot.press("tab")
        names = []
        for key in ("", "down", "down", "down", "down", "up"):
            await pilot.press(*filter(None, [key]))
            assert tree.chosen is not None
            names.append(tree.chosen.name)
        assert names == ["link", "ASDU", "date and time", "check", "check", "date and time"]

    drive(steps)


def test_where_not_all_has_room_a_field_is_said_in_short_and_whole_under_the_cursor() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        session.frames.append(session.frames[7]._replace(item=instantaneous()))
        session._changed()
        await pilot.pause()
        tree = app.screen.query_one(FieldTree)
        assert [" ".join(row.split()) for row in rows(app, FieldTree)[:4]] == [
            ">▸ link user data, address 1",
            "▸ ASDU 163 instantaneous values, cause 5",
            "▾ 192 energies at 2026-11-22 12:30",
            "▸ A+ 30 590 491 kWh valid",
        ]
        await pilot.press("tab", "down")
        assert "cause 5 (request or requested)" in " ".join(" ".join(rows(app, FieldTree)).split())
        assert tree.chosen is not None
        assert tree.chosen.name == "ASDU"
        await pilot.press("shift+tab")
        await pilot.pause()
        assert "requested" not in " ".join(rows(app, FieldTree))

    drive(steps)


def test_marks_are_shown_and_visited() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("M", "home", "m", "down", "down", "m", "end")
        assert rows(app)[0].startswith(" * ")
        await pilot.press("M")
        assert frame_list(app).cursor == 0
        await pilot.press("M")
        assert frame_list(app).cursor == 2
        await pilot.press("m")
        assert frame_list(app).marks == {0}

    drive(steps)


def test_the_password_is_masked_in_tree_and_bytes_and_so_is_what_tells_of_it() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("home", "down", "down")
        await pilot.pause()
        await pilot.press("tab", *["pagedown"] * 4)
        shown = "\n".join(rows(app, FieldTree) + rows(app, HexView))
        assert "access key  ***" in shown
        await pilot.press("tab", "left")
        shown = "\n".join(rows(app, HexView))
        assert shown.count("??") == 5  # four bytes and the checksum, from which one could be reckoned
        assert "39 30" not in shown

    drive(steps)


def test_a_frame_is_copied_as_hex_or_explained_and_its_password_is_not(tmp_path: Path) -> None:
    async def steps(_app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("home", "down", "down", "y")
        (first,) = tmp_path.glob("frame-*.txt")
        assert first.read_text().startswith("68 0D 0D 68 73 01 00 B7 01 06 01 00 00 ?? ?? ?? ?? ?? 16")
        await pilot.press("Y")
        (path,) = set(tmp_path.glob("frame-*.txt")) - {first}
        explained = path.read_text()
        assert explained.startswith("2026-11-22T12:30:05.021+01:00\nFrame 2: request, answered by frame 3 after 29")
        assert "access key: ***" in explained
        assert "39 30" not in explained

    drive(steps, folder=tmp_path)


def test_quiet_frames_are_hidden_by_a_key_and_a_poll_without_an_answer_is_not() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        shown = frame_list(app)
        await pilot.press("a")
        await pilot.pause()
        # Without the ACK. The poll got no answer, which was not known when it was sent; its repeat shows that too.
        assert list(shown.view.numbers) == [0, 1, 2, 4, 5, 6, 7]
        assert words(app, "log-filter") == "7 of 8 frames, ACK and polls hidden (a)"
        session.frames.append(session.frames[4])
        session.frames.append(session.frames[7])
        session._changed()
        await pilot.pause()
        assert list(shown.view.numbers) == [0, 1, 2, 4, 5, 6, 7, 9]  # that poll was answered
        await pilot.press("f", *"dir=rx", "enter")
        await pilot.pause()
        assert list(shown.view.numbers) == [1, 5, 7, 9]
        await pilot.press("a")
        await pilot.pause()
        assert list(shown.view.numbers) == [1, 3, 5, 7, 9]
        assert words(app, "log-filter").startswith("filter dir=rx")

    drive(steps)


def test_the_users_colours_are_those_of_the_first_filter_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []  # on the screen it stands for some seconds only
    monkeypatch.setattr(MonitorApp, "notify", lambda _app, message, **_options: told.append(message))

    async def steps(app: MonitorApp, _pilot: Pilot[int], _session: StillSession) -> None:
        shown = frame_list(app)

        def colour(row: int) -> object:
            """Of what the frame says."""
            return next(part.style.color for part in shown.render_line(row) if part.style and len(part.text) > 20)

        assert colour(3) == shown.role("reactive").color  # a rule goes before the quiet of an ACK
        assert colour(7) == shown.role("ok").color
        assert colour(0) == shown.role("foreground").color
        assert "The colour rule type=x is left out: " in told[0]

    colours = {"type=x": "warn", "type=72": "ok", "dir=rx and ACK": "reactive", "type=72 or fn=11 dir=rx": "error"}
    drive(steps, colours={**colours, "addr=9": "warn"})


def test_only_the_rows_of_tree_and_bytes_that_differ_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        drawn: list[tuple[str, int | None]] = []
        assert app.screen.query_one(FieldTree).caption == "Answer 72, 29 ms after its request"

        def note(lines: Lines, row: int | None) -> None:
            drawn.append((type(lines).__name__, row))

        monkeypatch.setattr(Lines, "refresh_row", note)
        other = session.frames[7]
        assert isinstance(other.item, Frame)
        asdu = bytearray(other.item.asdu or b"")
        asdu[-2] ^= 1  # another month
        session.frames.append(other._replace(item=replace(other.item, asdu=bytes(asdu))))
        session._changed()
        await pilot.pause()
        # The time and the check; the bytes of both are in the second row.
        assert {row for name, row in drawn if name == "FieldTree"} == {3, 4}  # below the two lines of the ASDU
        assert {row for name, row in drawn if name == "HexView"} == {1}

    drive(steps, (120, 40))


def test_a_request_is_drawn_with_its_answer_or_after_a_second() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        asked, answered = [*records(session)][4:6]
        count = frame_list(app).row_count
        for after, record, shown in ((0.2, asked, count), (0.4, answered, count + 2), (0.6, asked, count + 2)):
            session.frames.append(record)
            session.now += after
            session._changed()
            assert frame_list(app).row_count == shown
        session.now += 1.0  # no answer comes
        session._changed()
        assert frame_list(app).row_count == count + 3

    drive(steps)


def records(session: StillSession) -> list[TapRecord]:
    """The frames of the log."""
    return [session.frames[number] for number in range(session.frames.start, session.frames.end)]


def test_with_16_colours_the_row_under_the_cursor_is_of_one_colour() -> None:
    async def steps(app: MonitorApp, _pilot: Pilot[int], _session: StillSession) -> None:
        lines = frame_list(app)
        assert lines.cursor is not None
        row = lines.render_line(7)
        assert row.text.startswith(">")
        assert {(segment.style.color, segment.style.reverse) for segment in row if segment.style is not None} == {
            (Color.parse("default"), True)
        }

    drive(steps, theme="ansi")
