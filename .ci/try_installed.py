"""Tries the installed command as a user would, away from the checkout: try_installed.py COMMAND."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

import pexpect


def main() -> None:
    command = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as home:
        os.chdir(home)
        os.environ["HOME"] = home
        version = subprocess.run([command, "--version"], check=True, capture_output=True, text=True)
        print(version.stdout.strip())
        read_from_simulated_meter(command)
        open_and_quit_demo(command)


def read_from_simulated_meter(command: str) -> None:
    with subprocess.Popen([command, "simulate"], stdout=subprocess.PIPE, text=True) as meter:
        assert meter.stdout is not None
        url = meter.stdout.readline().split()[1]
        read = subprocess.run([command, "read", url, "--json"], check=True, capture_output=True, text=True)
        meter.terminate()
    signals = json.loads(read.stdout)["signals"]
    assert len(signals) == 24, signals
    assert all(signal["valid"] for signal in signals)
    assert meter.returncode == 0, meter.returncode
    print("simulate and read: 24 signals")


def open_and_quit_demo(command: str) -> None:
    child = pexpect.spawn(command, ["--demo"], dimensions=(24, 80), env=os.environ | {"TERM": "xterm-256color"})
    child.expect("Active imported", timeout=30)
    child.expect("kWh", timeout=30)
    child.send("q")
    child.expect(pexpect.EOF, timeout=30)
    child.close()
    assert child.exitstatus == 0, (child.exitstatus, child.signalstatus)
    print("the demo opens and quits")


if __name__ == "__main__":
    main()
