"""The command on a real terminal, with a real broker."""

from __future__ import annotations

import subprocess
from pathlib import Path

from iec102.clock import SYSTEM_CLOCK
from support.fleet_boxes import Box
from support.mosquitto import broker
from support.program import on_terminal, run
from support.real_programs import required

PATIENCE = 60.0


def test_a_fleet_on_a_terminal(tmp_path: Path) -> None:
    boxes = [Box(number) for number in range(3)]
    with broker(tmp_path / "broker") as made:
        for box in boxes:
            for topic, payload in box.retained(SYSTEM_CLOCK.wall()):
                command = [required("mosquitto_pub"), "-p", str(made.port), "-t", topic, "-m", payload, "-q", "1", "-r"]
                subprocess.run(command, check=True, timeout=PATIENCE)
        with on_terminal("fleet", made.url, columns=80, rows=24, HOME=str(tmp_path)) as terminal:
            terminal.wait_for("3 live", PATIENCE)
            terminal.type(b"/cantera\r")
            terminal.wait_for("1 of 3 pass the filter", PATIENCE)
            terminal.type(b"\r")
            terminal.wait_for("Active imported", PATIENCE)
            terminal.type(b"\x1b")
            terminal.wait_for("1 of 3 pass the filter", PATIENCE)
            made.kill()
            terminal.wait_for("broker away, values of", PATIENCE)
            terminal.type(b"q")
            assert terminal.end(PATIENCE) == 0


def test_what_is_wrong_is_one_sentence(tmp_path: Path) -> None:
    ended = run("fleet", HOME=str(tmp_path))
    assert ended.returncode == 2
    assert "There is no broker" in ended.stderr
    ended = run("fleet", "mqtt://user:secret@broker.example", HOME=str(tmp_path))
    assert ended.returncode == 2
    assert "no name and password in url" in ended.stderr
    assert "secret" not in ended.stderr
    ended = run("fleet", "mqtt://broker.example", HOME=str(tmp_path))
    assert ended.returncode == 2
    assert "terminal" in ended.stderr
