"""The whole program in pictures, in six states: what text cannot show, as a person sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from iec102_tui.config import Config
from support.screen_states import Size, State, connection_form, frame_log, load_profile, monitor

SnapCompare = Callable[..., bool]


def same(snap_compare: SnapCompare, state: State, size: Size) -> bool:
    return snap_compare(state.app, press=state.press, terminal_size=size, run_before=state.run_before)


def test_live_values(snap_compare: SnapCompare) -> None:
    assert same(snap_compare, monitor("live"), (160, 50))


def test_stale_values_on_a_small_terminal(snap_compare: SnapCompare) -> None:
    assert same(snap_compare, monitor("stale"), (80, 24))


def test_invalid_values_in_the_light_theme(snap_compare: SnapCompare) -> None:
    assert same(snap_compare, monitor("invalid", Config(theme="light")), (120, 40))


def test_garbage_in_the_frame_log(snap_compare: SnapCompare) -> None:
    assert same(snap_compare, frame_log("garbage", (120, 40)), (120, 40))


def test_the_load_profile_as_a_map(snap_compare: SnapCompare) -> None:
    assert same(snap_compare, load_profile("map", (120, 40)), (120, 40))


def test_the_connection_form(snap_compare: SnapCompare, tmp_path: Path) -> None:
    assert same(snap_compare, connection_form(tmp_path, "70000"), (120, 40))
