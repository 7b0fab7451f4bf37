"""Records a short session with the simulated meter as an asciinema cast: `python screenshots/cast.py`.

``asciinema play screenshots/demo.cast`` plays it; the format is version 2 of asciicast.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "tests"))  # `support` has the terminal

from support.program import Terminal, on_terminal  # noqa: E402

COLUMNS, ROWS = 100, 30
STEPS: tuple[tuple[bytes, float], ...] = (
    (b"", 5.0),  # the overview, its first values
    (b"v", 2.5),  # the list of the 24
    (b"v", 2.0),
    (b"4", 1.5),  # the load profile
    (b"g", 9.0),  # which fills while it is downloaded
    (b"3", 3.0),  # the frames
    (b"2", 3.0),
    (b"q", 1.0),
)


def record(terminal: Terminal) -> None:
    """Presses the keys, and reads what is drawn."""
    for keys, seconds in STEPS:
        if keys:
            terminal.type(keys)
        terminal.read(seconds)


def main() -> None:
    header = {"version": 2, "width": COLUMNS, "height": ROWS, "title": "iec102-tui --demo"}
    with tempfile.TemporaryDirectory() as home:
        options = {"HOME": home, "COLORTERM": "truecolor", "IEC102_TUI_FOLDERS_ARCHIVE": home}
        with on_terminal("--demo", columns=COLUMNS, rows=ROWS, **options) as terminal:
            record(terminal)
            chunks = list(terminal.chunks)
    lines = [json.dumps(header)]
    lines += [json.dumps([round(at, 3), "o", data.decode("utf-8", "replace")]) for at, data in chunks]
    (FOLDER / "demo.cast").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"demo.cast: {len(chunks)} pieces, {sum(len(data) for _, data in chunks)} bytes")


if __name__ == "__main__":
    main()
