"""Lock files as minicom and picocom use them."""

from __future__ import annotations

import asyncio
import errno
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from iec102.errors import ConnectFailed
from iec102.settings import LineSettings
from iec102.transport.serial import SerialOpener
from iec102.transport.uucp_lock import FOLDERS, PortHeld, holder, take
from support.receiver import Collector

PORT = "/dev/ttyTEST9"
NAME = "LCK..ttyTEST9"


@pytest.fixture
def other_process() -> Iterator[int]:
    """A process that runs."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        process.kill()


def ended_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_a_lock_holds_the_process_number_as_other_programs_read_it(tmp_path: Path) -> None:
    lock = take(PORT, (tmp_path,))
    assert (tmp_path / NAME).read_text() == f"{os.getpid():10}\n"
    lock.release()
    assert list(tmp_path.iterdir()) == []


def test_a_port_of_another_program_is_refused_with_its_name(tmp_path: Path, other_process: int) -> None:
    (tmp_path / NAME).write_text(f"{other_process:10}\n")
    with pytest.raises(PortHeld, match=rf"python.* \(process {other_process}\)"):
        take(PORT, (tmp_path,))
    assert holder(PORT, (tmp_path,)).endswith(f"(process {other_process})")
    assert (tmp_path / NAME).read_text() == f"{other_process:10}\n"


def test_the_old_binary_form_is_understood(tmp_path: Path, other_process: int) -> None:
    (tmp_path / NAME).write_bytes(other_process.to_bytes(4, sys.byteorder))
    with pytest.raises(PortHeld):
        take(PORT, (tmp_path,))


@pytest.mark.parametrize("content", [b"", b"rubbish\n", b"99999999999999\n", b"         0\n", bytes(4)])
def test_a_lock_that_names_nobody_is_taken_over(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    assert take(PORT, (tmp_path,)).path == tmp_path / NAME
    assert (tmp_path / NAME).read_text() == f"{os.getpid():10}\n"


def test_the_lock_of_a_process_that_has_ended_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(f"{ended_process():10}\n")
    assert take(PORT, (tmp_path,)).path is not None


def test_a_link_locks_the_port_behind_it(tmp_path: Path) -> None:
    link = tmp_path / "by-id"
    link.symlink_to(PORT)
    assert take(str(link), (tmp_path,)).path == tmp_path / NAME


def test_a_second_connection_of_this_program_is_refused_and_leaves_the_lock_to_the_first(tmp_path: Path) -> None:
    first = take(PORT, (tmp_path,))
    with pytest.raises(PortHeld, match="another connection of this program"):
        take(PORT, (tmp_path,))
    assert (tmp_path / NAME).exists()
    first.release()
    take(PORT, (tmp_path,)).release()
    assert list(tmp_path.iterdir()) == []


def test_another_programs_lock_counts_also_in_a_folder_that_cannot_be_written(
    tmp_path: Path, other_process: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    (tmp_path / NAME).write_text(f"{other_process:10}\n")
    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(PortHeld, match=str(other_process)):
        take(PORT, (tmp_path,))


def test_without_a_folder_that_can_be_written_there_is_no_lock_and_no_error(tmp_path: Path) -> None:
    assert take(PORT, (tmp_path / "none",)).path is None
    file = tmp_path / "file"
    file.write_text("")
    assert take(PORT, (file,)).path is None


def test_another_programs_lock_is_not_taken_away(tmp_path: Path, other_process: int) -> None:
    lock = take(PORT, (tmp_path,))
    (tmp_path / NAME).write_text(f"{other_process:10}\n")
    lock.release()
    assert (tmp_path / NAME).exists()


def test_opening_and_closing_a_port_makes_and_removes_the_lock_and_names_who_has_it(other_process: int) -> None:
    folder = next((folder for folder in FOLDERS if os.access(folder, os.W_OK)), None)
    if folder is None:
        pytest.skip("no folder for lock files can be written here")
    master, slave = pty.openpty()
    port = os.ttyname(slave)
    path = folder / f"LCK..{port.removeprefix('/dev/').replace('/', '_')}"

    async def steps() -> None:
        opener = SerialOpener(port, LineSettings())
        transport = await opener.open(Collector())
        assert path.read_text() == f"{os.getpid():10}\n"
        transport.close()
        # Opening waits for the closing, which goes on in a thread.
        again = await opener.open(Collector())
        again.close()
        await asyncio.get_running_loop().shutdown_default_executor()
        assert not path.exists()
        path.write_text(f"{other_process:10}\n")

    async def refused() -> None:
        with pytest.raises(ConnectFailed, match=rf"in use by .*\(process {other_process}\)"):
            await SerialOpener(port, LineSettings()).open(Collector())

    try:
        asyncio.run(steps())
        asyncio.run(refused())
    finally:
        path.unlink(missing_ok=True)
        os.close(master)
        os.close(slave)
