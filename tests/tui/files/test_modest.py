"""Logs and the archive are not for everybody, whatever the umask says."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from iec102_tui.archive.file import open_for_writing
from iec102_tui.diagnostics import start_log
from iec102_tui.files import modest


@pytest.fixture(autouse=True, params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.fixture(autouse=True)
def root_log() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield root
    for handler in [handler for handler in root.handlers if handler not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_archive_and_what_stands_beside_it(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "archive.sqlite"
    connection = open_for_writing(path)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO meter (identity, point_address) VALUES ('5/1', 1)")
        connection.execute("COMMIT")
        found = {part.name: mode(part) for part in tmp_path.iterdir()}
        assert set(found) == {"archive.sqlite", "archive.sqlite-wal", "archive.sqlite-shm"}
        assert set(found.values()) == {0o640 & ~umask}
        for part in tmp_path.iterdir():
            part.chmod(0o666)
        open_for_writing(path).close()
        assert {mode(part) for part in tmp_path.iterdir()} == {0o640}
    finally:
        connection.close()


@pytest.mark.parametrize("chosen", [True, False])
def test_the_log_and_those_before_it(tmp_path: Path, umask: int, root_log: logging.Logger, chosen: bool) -> None:
    folder = tmp_path if chosen else Path(os.environ["XDG_STATE_HOME"]) / "iec102-tui"
    path = folder / "iec102-tui.log"
    start_log(str(path) if chosen else None, 0)
    logging.getLogger("test").error("first")
    assert mode(path) == 0o640 & ~umask
    (log,) = [handler for handler in root_log.handlers if getattr(handler, "path", None) == path]
    log._file.doRollover()  # type: ignore[attr-defined]
    logging.getLogger("test").error("second")
    assert {mode(part) for part in folder.iterdir()} == {0o640 & ~umask}
    assert len(list(folder.iterdir())) == 2


def test_a_log_that_was_there_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "old.log"
    path.write_text("old\n")
    path.chmod(0o664)
    start_log(str(path), 0)
    assert mode(path) == 0o640
    assert path.read_text() == "old\n"


def test_what_is_stricter_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_text("")
    path.chmod(0o600)
    modest.make(path)
    with open(path, "a", opener=modest.opener):
        assert mode(path) == 0o600


def test_a_device_is_left_alone() -> None:
    before = mode(Path(os.devnull))
    with open(os.devnull, "w", opener=modest.opener):
        assert mode(Path(os.devnull)) == before


def test_nothing_is_left_over(tmp_path: Path) -> None:
    modest.make(tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
