"""The password leaves the program nowhere: what is drawn, copied, recorded, exported, decoded and logged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from iec102.asdu import MADRID
from iec102.transport.tap import TapRecord
from iec102_tui.app import MonitorApp
from iec102_tui.captures.document import document
from iec102_tui.captures.export import FrameFormat, export_frames
from iec102_tui.captures.filter import parse
from iec102_tui.captures.frame_text import explained, hex_bytes, hex_lines, meaning, raw_bytes, tree_lines
from iec102_tui.captures.reading import open_capture
from iec102_tui.cli import cli
from iec102_tui.cli.run import carry_out
from iec102_tui.config import Config, Folders
from iec102_tui.diagnostics import frame_tap
from iec102_tui.meter_side.frame_recorder import CaptureRecorder
from iec102_tui.meter_side.replay import ReplaySession
from iec102_tui.panes.frame_log.field_tree import FieldTree
from iec102_tui.panes.frame_log.frame_list import FrameList
from iec102_tui.panes.frame_log.hex_view import HexView
from support.captures import HEADER, PASSWORD, a_line
from support.log_pane import rows

SECRETS = [record for record in a_line() if record.secret]


def forms() -> list[str]:
    """How the password, and what is left of its bytes, may be written."""
    number = str(int.from_bytes(PASSWORD, "little"))
    plain = PASSWORD.hex()
    return [number, plain, PASSWORD.hex(" "), plain.upper(), PASSWORD.hex(" ").upper(), repr(PASSWORD)[2:-1]]


def assert_nothing_in(text: str) -> None:
    assert not [form for form in forms() if form in text]


def test_the_frames_of_this_test_have_the_password() -> None:
    assert len(SECRETS) == 6
    assert all(PASSWORD in raw_bytes(record.item) for record in SECRETS)


@pytest.mark.parametrize("record", SECRETS, ids=range(len(SECRETS)))
def test_no_text_of_a_frame_tells_it(record: TapRecord) -> None:
    shown = [
        meaning(record.item, secret=record.secret),
        *hex_bytes(record),
        *hex_lines(record),
        *tree_lines(record),
        str(document(record, MADRID, fields=True)),
        repr(explained(record)),
    ]
    assert_nothing_in("\n".join(shown))


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_no_filter_finds_a_part_of_it(size: int) -> None:
    for start in range(len(PASSWORD) - size + 1):
        accepts = parse(PASSWORD[start : start + size].hex(" "))
        for record in SECRETS:
            shown = [digit for digit in hex_bytes(record) if digit != "??"]
            if bytes.fromhex("".join(shown)).find(PASSWORD[start : start + size]) < 0:
                assert not accepts(record)


def test_nothing_that_is_drawn_or_copied_tells_it(tmp_path: Path) -> None:
    path = tmp_path / "whole.jsonl"
    export_frames(path, a_line(), FrameFormat.JSON_LINES, HEADER, include_secrets=True)

    async def play() -> None:
        config = Config(folders=Folders(exports=tmp_path / "copies", captures=tmp_path / "copies"))
        app = MonitorApp(ReplaySession(path, open_capture(path)), None, config)
        async with app.run_test(size=(160, 60)) as pilot:
            await pilot.pause()
            for _ in a_line():
                drawn = [*rows(app), *rows(app, FieldTree), *rows(app, HexView)]
                assert_nothing_in("\n".join(drawn))
                await pilot.press("y", "Y", "down")
                await pilot.pause()
            assert app.screen.query_one(FrameList).cursor == len(a_line()) - 1

    asyncio.run(play())
    copies = list((tmp_path / "copies").iterdir())
    assert len(copies) >= 2 * len(a_line())
    for copy in copies:
        assert_nothing_in(copy.read_text())


@pytest.mark.parametrize("kind", list(FrameFormat))
def test_no_export_tells_it_and_neither_does_what_is_made_of_it(
    kind: FrameFormat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"frames.{kind}"
    export_frames(path, a_line(), kind, HEADER)
    data = path.read_bytes()
    assert PASSWORD not in data
    assert_nothing_in(data.decode("utf-8", "replace"))
    for options in ((), ("--tree",), ("--fields",)):
        assert carry_out(cli, ["decode", str(path), *options]) == 0
        assert_nothing_in(capsys.readouterr().out)


@pytest.mark.parametrize("kind", list(FrameFormat))
def test_a_capture_with_the_password_is_decoded_without(
    kind: FrameFormat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"frames.{kind}"
    export_frames(path, a_line(), kind, HEADER, include_secrets=True)
    assert PASSWORD in path.read_bytes() or PASSWORD.hex(" ").upper().encode() in path.read_bytes()
    for options in ((), ("--tree",), ("--fields",)):
        assert carry_out(cli, ["decode", str(path), *options]) == 0
        assert_nothing_in(capsys.readouterr().out)


def test_no_recording_tells_it(tmp_path: Path) -> None:
    recorder = CaptureRecorder(tmp_path, HEADER)
    for record in a_line():
        recorder.add(record)
    recorder.close()
    assert_nothing_in(recorder.path.read_text())


@pytest.fixture
def every_frame_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


def test_no_log_tells_it(every_frame_is_logged: pytest.LogCaptureFixture) -> None:
    tap = frame_tap()
    assert tap is not None
    for record in a_line():
        tap(record)
    assert len(every_frame_is_logged.records) == len(a_line())
    assert_nothing_in(every_frame_is_logged.text)
