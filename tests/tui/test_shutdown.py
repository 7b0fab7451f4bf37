"""What ends the process when the interface does not, in a process of its own: endings.py proves the rest."""

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


def test_a_process_whose_interface_is_stuck_for_good_ends_after_giving_up_the_meter() -> None:
    with subprocess.Popen([sys.executable, "-c", STUCK], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == "gave up\n"
    assert process.returncode == 0
