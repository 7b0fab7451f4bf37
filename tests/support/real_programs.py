"""Programs that nobody here wrote: found, or the test is skipped; ser2net as a converter."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.ports import free_port

PATIENCE = 120.0


def required(program: str) -> str:
    """The path of a program; skips without it, unless it must be there."""
    path = shutil.which(program)
    if path is None:
        if os.environ.get(f"IEC102_REQUIRE_{program.upper().replace('-', '_')}"):
            pytest.fail(f"{program} must be installed here")
        pytest.skip(f"{program} is not installed")
    return path


@contextlib.contextmanager
def ser2net(folder: Path, port: str, accepter: str) -> Iterator[str]:
    """Gives its HOST:PORT."""
    program = required("ser2net")
    number = free_port()
    settings = folder / f"ser2net-{number}.yaml"
    settings.write_text(
        f"connection: &meter\n  accepter: {accepter},127.0.0.1,{number}\n  connector: serialdev,{port},2400n81,local\n"
    )
    process = subprocess.Popen([program, "-n", "-c", str(settings), "-P", str(folder / f"pid-{number}")])
    try:
        wait = threading.Event()
        for _ in range(int(PATIENCE / 0.02)):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", number), 1):
                break
            wait.wait(0.02)
        wait.wait(0.2)  # it takes one client at a time
        yield f"127.0.0.1:{number}"
    finally:
        process.kill()
        process.wait()
