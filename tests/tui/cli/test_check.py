"""`iec102-tui check` as scripts see it."""

from __future__ import annotations

import json

from support.program import run


def test_all_is_well() -> None:
    done = run("check", "simulated:")
    assert done.returncode == 0
    assert done.stderr == ""
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["ok"] * 6
    assert "values read" in done.stdout


def test_a_refused_key_is_one_sentence_and_status_1() -> None:
    done = run("check", "simulated:?password=7", "--json", "--password", "4242")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["ok"] is False
    assert document["steps"][-1]["step"] == "key accepted"
    assert "check the password" in document["steps"][-1]["error"]
    assert done.stderr.count("\n") == 1
    assert "4242" not in done.stdout + done.stderr


def test_wrong_use_is_status_2() -> None:
    assert run("check", "ftp://x").returncode == 2
    assert run("check").returncode == 2
