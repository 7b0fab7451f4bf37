"""Filter and search of the frame log, by keys at 80x24."""

from __future__ import annotations

import pytest
from iec102.link import Garbage
from iec102_tui.app import MonitorApp
from iec102_tui.panes.frame_log.view import SLICE
from iec102_tui.widgets.key_footer import KeyFooter
from support.log_pane import drive, frame_list, more, rows, words
from support.still_meter import StillSession
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input, Static


def shown(app: MonitorApp) -> list[int]:
    """The numbers of the frames in the list."""
    return list(frame_list(app).view.numbers)


def verdict(app: MonitorApp) -> str:
    return str(app.screen.query_one("#log QueryBar .verdict", Static).render())


def typed(app: MonitorApp) -> str:
    return app.screen.query_one("#log QueryBar Input", Input).value


def test_a_filter_works_while_it_is_typed_and_says_whether_it_is_valid() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("f", *"dir=rx")
        await pilot.pause()
        assert shown(app) == [1, 3, 5, 7]
        assert verdict(app) == "valid: 4 of 8 frames"
        await pilot.press(*" )")
        await pilot.pause()
        assert shown(app) == [1, 3, 5, 7]  # what was valid last
        assert verdict(app).startswith("! ")
        await pilot.press(*["backspace"] * 2, "enter")
        await pilot.pause()
        assert not app.screen.query_one("#log QueryBar").display
        assert app.focused is frame_list(app)
        assert words(app, "log-filter") == "filter dir=rx  \N{CHECK MARK} 4 of 8 frames"

    drive(steps)


def test_a_word_that_may_become_another_waits_for_enter() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("f", *"re")
        await pilot.pause()
        assert verdict(app) == "Enter takes it, Tab makes it rec= or repeat"
        assert len(shown(app)) == 8
        await pilot.press("enter")
        await pilot.pause()
        assert shown(app) == [7]  # "current date and time"

    drive(steps)


def test_keys_that_come_in_one_go_are_not_taken_for_others() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        for key in "fbad":
            app.post_message(Key(key, key))
        app.post_message(Key("enter", None))
        await pilot.pause()
        await pilot.pause()
        assert shown(app) == [5]

    drive(steps)


def test_an_invalid_filter_is_not_entered() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("f", *"type=", "enter")
        await pilot.pause()
        assert app.screen.query_one("#log QueryBar").display
        assert verdict(app).startswith("! ")

    drive(steps)


def test_escape_brings_back_the_filter_that_there_was_and_a_key_all_frames() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("f", *"bad", "enter", "f", *"dir=rx")
        await pilot.pause()
        assert shown(app) == [1, 3, 5, 7]
        await pilot.press("escape")
        await pilot.pause()
        assert shown(app) == [5]
        assert app.focused is frame_list(app)
        await pilot.press("x")
        await pilot.pause()
        assert len(shown(app)) == 8

    drive(steps)


def test_new_frames_are_filtered_and_the_newest_followed() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        await pilot.press("f", *"bad", "enter")
        more(session, 2)
        await pilot.pause()
        assert shown(app) == [5, 13, 21]
        assert frame_list(app).cursor == 21

    drive(steps)


def test_a_filter_survives_other_panes_sizes_and_pausing() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        await pilot.press("f", *"bad", "enter", "up", "f2", "f3")
        await pilot.resize_terminal(160, 50)
        await pilot.resize_terminal(80, 24)
        await pilot.press("space")
        more(session, 2)
        await pilot.pause()
        assert shown(app) == [5]
        await pilot.press("f", *"dir=rx", "enter")  # also of what is paused
        await pilot.pause()
        assert shown(app) == [1, 3, 5, 7]
        assert frame_list(app).cursor == 5
        await pilot.press("space")
        await pilot.pause()
        assert len(shown(app)) == 12

    drive(steps)


def test_the_cursor_goes_to_the_next_frame_that_is_shown_and_comes_back_to_its_own() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("home", "down", "down", "f", *"dir=rx", "enter")
        await pilot.pause()
        assert frame_list(app).cursor == 3
        await pilot.press("x")
        await pilot.pause()
        assert frame_list(app).cursor == 2

    drive(steps)


def test_many_frames_are_filtered_in_slices_until_all_are_judged() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        times = 3 * SLICE // 8
        more(session, times)
        await pilot.press("f", *"bad", "enter")
        await pilot.pause()
        await app.workers.wait_for_complete()
        assert len(shown(app)) == times + 1
        assert all(isinstance(session.frames[number].item, Garbage) for number in shown(app))

    drive(steps)


def test_what_is_suggested_is_taken_by_tab_and_history_by_up_and_down() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("f", *"dir=r")
        await pilot.pause()
        await pilot.press("tab")
        assert typed(app) == "dir=rx"
        await pilot.press("enter", "f", *"bad", "enter", "f", "up")
        assert typed(app) == "bad"
        await pilot.press("up")
        assert typed(app) == "dir=rx"
        await pilot.press("down", "down")
        assert typed(app) == ""

    drive(steps)


@pytest.mark.parametrize(("keys", "found"), [((), 1), (("n",), 3), (("n", "N"), 1), (("N",), 7)])
def test_searching_forward_and_backward_round_the_end(keys: tuple[str, ...], found: int) -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("home", "slash", *"dir=rx", "enter")
        for key in keys:
            await app.workers.wait_for_complete()
            await pilot.press(key)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert frame_list(app).cursor == found
        assert not frame_list(app).following
        assert any(row.startswith(">") for row in rows(app))

    drive(steps)


def test_a_search_without_a_result_says_so_and_moves_nothing() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        await pilot.press("slash", *"type=163", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert frame_list(app).cursor == 7
        assert [note.message for note in app._notifications] == ['No frame that is shown has "type=163".']

    drive(steps)


def test_the_cursor_is_in_view_whatever_the_filter() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], session: StillSession) -> None:
        more(session, 5)
        await pilot.press("end", "up", "up", "up")
        cursor = frame_list(app).cursor
        for query in ("not bytes", ""):
            await pilot.press("f", *query, *["backspace"] * (not query), "enter")
            await pilot.pause()
            assert frame_list(app).cursor == cursor
            assert any(row.startswith(">") for row in rows(app)), query

    drive(steps)


def test_the_footer_tells_the_keys_of_the_field_and_only_those() -> None:
    async def steps(app: MonitorApp, pilot: Pilot[int], _session: StillSession) -> None:
        assert "q quit" in footer(app)
        await pilot.press("f")
        await pilot.pause()
        assert "⏎ take it" in footer(app)
        assert "q quit" not in footer(app)  # it would be written

    drive(steps)


def footer(app: MonitorApp) -> list[str]:
    return [f"{key.display} {key.words}" for key in app.screen.query_one(KeyFooter).keys]
