"""What commands print of paths: as they are for scripts, and without escapes for a terminal."""

import sys
from pathlib import Path

import pytest
from iec102_tui.cli.output import echo_path

HOSTILE = Path("/data/\x1b]52;c;cHduZWQ=\x07.sqlite")


@pytest.mark.parametrize("terminal", [False, True])
def test_a_path_moves_no_cursor(
    terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    echo_path(HOSTILE)
    out = capsys.readouterr().out
    assert ("\x1b" in out) is not terminal
    assert out.startswith("/data/")
