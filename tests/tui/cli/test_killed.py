"""A program that is killed in the middle of a download loses the piece in flight, and nothing else."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
from pathlib import Path

import pytest
from iec102_tui.archive.contents import contents
from iec102_tui.archive.file import faults
from support.program import COMMAND, run, simulated_meter
from support.relay import Relay

RANGE = ("--from", "2026-09-01", "--to", "2026-11-01")
PIECE = 168
TO_BE_KILLED = 5
# A piece of hours, with eight channels by blocks.
BYTES_OF_A_PIECE = 9000


def kill_at(url: str, path: Path, most: int) -> None:
    """Downloads until the meter has answered with so many bytes."""
    with Relay(url, most=most) as relay:
        command = [*COMMAND, "load-profile", relay.url, *RANGE, "--archive", str(path)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        assert relay.held.wait(120)
        process.send_signal(signal.SIGKILL)
        process.wait(120)


def archived(path: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        if os.stat(path).st_size:
            assert faults(path) == []
            return sum(found.extent.records for found in contents(path))
    return 0


@pytest.mark.parametrize("seed", [1, 2])
def test_kill_and_resume_give_the_same_csv(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = tmp_path / "archive.sqlite"
    with simulated_meter("--tcp", "127.0.0.1:0", "--clock", "2026-11-22T10:00:07+01:00") as url:
        whole = run("load-profile", url, *RANGE, "--no-archive").stdout
        there = 0
        for _ in range(TO_BE_KILLED):
            most = chance.randint(1, 2 * BYTES_OF_A_PIECE)
            kill_at(url, path, most)
            before, there = there, archived(path)
            assert there % PIECE == 0
            assert there - before >= (most // BYTES_OF_A_PIECE - 1) * PIECE
        resumed = run("load-profile", url, *RANGE, "--archive", str(path))
    (clock,) = resumed.stderr.splitlines()
    assert resumed.returncode == 0
    assert "the meter's clock is" in clock  # it stands still
    assert resumed.stdout == whole
    assert whole.count("\n") == 1 + 61 * 24 + 1
