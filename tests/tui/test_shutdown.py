"""What ends the process when the interface does not, in a process of its own: endings.py proves the rest."""

import os
import pty
import signal
import subprocess
import sys

STUCK = """
import threading
from iec102_tui.shutdown import EndBySignal

with EndBySignal(lambda: print("gave up", flush=True), grace=0.01, patience=0.1):
    print("ready", flush=True)
    threading.Event().wait()
"""

HUNG_UP = """
import contextlib, os, sys, threading
from iec102_tui.shutdown import EndBySignal

hung_up = threading.Event()
with EndBySignal(lambda: None) as ending:
    os.write(1, b"ready")
    while not ending.signalled:
        hung_up.wait(0.01)
    with contextlib.suppress(OSError):
        sys.stderr.write("the last of the picture")
    ending.over()
"""


def test_a_terminal_that_is_gone_makes_no_failure_of_the_end() -> None:
    master, terminal = pty.openpty()
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen([sys.executable, "-c", HUNG_UP], stdout=terminal, stderr=terminal, env=buffered) as process:
        os.close(terminal)
        assert os.read(master, 100) == b"ready"
        os.close(master)
        process.send_signal(signal.SIGHUP)
    assert process.returncode == 0


def test_a_process_whose_interface_is_stuck_for_good_ends_after_giving_up_the_meter() -> None:
    with subprocess.Popen([sys.executable, "-c", STUCK], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == "gave up\n"
    assert process.returncode == 0
