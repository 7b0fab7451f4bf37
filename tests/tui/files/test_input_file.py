"""Files that are only read: whether somebody holds the lock on one."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from iec102_tui.files.input_file import is_held


@pytest.mark.parametrize("kind", [fcntl.LOCK_EX, fcntl.LOCK_SH])
def test_a_lock_of_its_maker_is_seen_until_that_ends(tmp_path: Path, kind: int) -> None:
    path = tmp_path / "file"
    path.write_text("")
    assert not is_held(path)
    descriptor = os.open(path, os.O_RDONLY)
    fcntl.flock(descriptor, kind)
    assert is_held(path) is (kind == fcntl.LOCK_EX)  # who only looks holds nothing
    os.close(descriptor)
    assert not is_held(path)


def test_what_is_not_there_or_leads_elsewhere_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    for name in ("file", "link"):
        with pytest.raises(OSError, match=name):
            is_held(tmp_path / name)
    os.mkfifo(tmp_path / "pipe")
    assert not is_held(tmp_path / "pipe")  # and nothing waits for a writer
