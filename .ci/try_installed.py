"""Tries the installed command as a user would, away from the checkout: try_installed.py COMMAND."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pexpect

PRESETS = "from iec102_tui.profiles.presets import read_presets; print(*read_presets())"


def main() -> None:
    command = str(Path(sys.argv[1]).absolute())
    with tempfile.TemporaryDirectory() as home:
        os.chdir(home)
        os.environ["HOME"] = home
        print(output(command, "--version").strip())
        print("presets:", output(str(Path(command).with_name("python")), "-I", "-c", PRESETS).strip())
        output(command, "--help")
        read_from_simulated_meter(command)
        open_and_quit_demo(command)
        open_and_kill_demo(command)
        left = [path for path in Path(home).rglob("*") if path.is_file()]
        assert left == [last_meter()], f"files were made without need: {left}"


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def read_from_simulated_meter(command: str) -> None:
    with subprocess.Popen([command, "simulate"], stdout=subprocess.PIPE, text=True) as meter:
        assert meter.stdout is not None
        try:
            signals = json.loads(output(command, "read", meter.stdout.readline().split()[1], "--json"))["signals"]
        finally:
            meter.terminate()
    assert len(signals) == 24, signals
    assert all(signal["valid"] for signal in signals)
    assert meter.returncode == 0, meter.returncode
    print("simulate and read: 24 signals")


def demo(command: str) -> pexpect.spawn[bytes]:
    child = pexpect.spawn(command, ["--demo"], dimensions=(24, 80), env=os.environ | {"TERM": "xterm-256color"})
    child.expect("Active imported", timeout=30)
    child.expect("kWh", timeout=30)
    return child


def ends_clean(child: pexpect.spawn[bytes]) -> None:
    child.expect(pexpect.EOF, timeout=30)
    assert b"\x1b[?1049l" in child.before, "the terminal was left in the alternate screen"
    child.close()
    assert child.exitstatus == 0, (child.exitstatus, child.signalstatus)


def last_meter() -> Path:
    """What a meter leaves that was reached."""
    return Path.home() / ".local" / "state" / "iec102-tui" / "last-meter"


def open_and_quit_demo(command: str) -> None:
    child = demo(command)
    until = time.monotonic() + 30
    while not last_meter().exists() and time.monotonic() < until:
        child.expect([pexpect.TIMEOUT], timeout=0.1)  # takes what is drawn meanwhile
    child.send("q")
    ends_clean(child)
    print("the demo opens and quits")


def open_and_kill_demo(command: str) -> None:
    child = demo(command)
    child.kill(signal.SIGTERM)
    ends_clean(child)
    print("the demo ends well when it is killed")


if __name__ == "__main__":
    main()
