"""A screen of the program as text: its rows, and under them the style of every cell as a letter with a legend."""

from __future__ import annotations

import difflib
import inspect
import itertools
import string
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.style import Style
from support.begun import begun
from textual.app import App
from textual.pilot import Pilot

Steps = Callable[[Pilot[Any]], Awaitable[None] | None]

_LETTERS = string.ascii_letters + string.digits + "!#$%&*+/<=>?@^~"
_MORE = "".join(filter(str.isalpha, map(chr, range(0xC0, 0x250))))
"""For screens of more styles than there are letters: two colours a cell in a heat map."""
# The commonest style of text, and of blank cells.
_TEXT, _BLANK = ". "
_ATTRIBUTES = ("bold", "dim", "italic", "underline", "blink", "reverse", "strike", "overline")
# What blank cells show too: without them the colour of the characters is not seen.
_SEEN_ON_BLANKS = ("underline", "reverse", "strike", "overline")


def style_name(style: Style | None, text: str) -> str:
    """What is seen of a style: ``#rrggbb on #rrggbb bold``; of blank cells the background alone."""
    style = style or Style.null()
    foreground = "default" if style.color is None else style.color.name
    background = "default" if style.bgcolor is None else style.bgcolor.name
    if not text.strip() and not any(getattr(style, attribute) for attribute in _SEEN_ON_BLANKS):
        return f"blank on {background}"
    return " ".join([f"{foreground} on {background}", *(name for name in _ATTRIBUTES if getattr(style, name))])


def _letters(names: Iterable[str]) -> dict[str, str]:
    """A letter a style, chosen by the style itself: one style more does not rename the others in the file."""
    found: dict[str, str] = {}
    for name in sorted(names):
        letters = _LETTERS if len(found) < len(_LETTERS) else _MORE
        place = zlib.crc32(name.encode()) % len(letters)
        while (letter := letters[place]) in found.values():
            place = (place + 1) % len(letters)
        found[name] = letter
    return found


def rows_of(app: App[Any]) -> list[str]:
    """What the terminal shows, as text alone."""
    return [row.rstrip() for row in screen_text(app).split("\n\nstyles\n\n")[0].split("\n")[2:]]


def screen_text(app: App[Any]) -> str:
    """Size, rows, styles and legend of what the terminal shows. Blanks at the ends of lines are left out."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens, simplify=True)
    rows: list[str] = []
    cells: list[list[str]] = []
    for line in update.strips:  # type: ignore[union-attr]
        segments = [segment for strip in line for segment in strip if not segment.control]
        rows.append("".join(segment.text for segment in segments))
        cells.append([])
        # Where the program cuts a run of one style in two is not seen, so a run is judged as a whole.
        for _, run in itertools.groupby(segments, key=lambda segment: style_name(segment.style, "x")):
            same = list(run)
            text = "".join(segment.text for segment in same)
            cells[-1] += [style_name(same[0].style, text)] * cell_len(text)
    counts = Counter(name for row in cells for name in row)
    letters = {}
    for letter, blank in ((_TEXT, False), (_BLANK, True)):
        if names := [name for name in counts if name.startswith("blank") is blank]:
            letters[min(names, key=lambda name: (-counts[name], name))] = letter
    letters |= _letters(counts.keys() - letters.keys())
    width, height = app.size
    lines = [f"{width}x{height}", ""]
    lines += [row.rstrip() for row in rows]
    lines += ["", "styles", ""]
    lines += ["".join(letters[name] for name in row).rstrip() for row in cells]
    lines += [""]
    lines += [f"{letter} {name}" for name, letter in sorted(letters.items(), key=lambda item: item[1])]
    return "\n".join(lines) + "\n"


def screen_of(
    app: App[Any],
    *,
    press: Iterable[str] = (),
    terminal_size: tuple[int, int] = (80, 24),
    run_before: Steps | None = None,
) -> str:
    """Run the program on a terminal of this size, do the steps, press the keys and take the screen as text."""
    taken: list[str] = []

    async def steps(pilot: Pilot[Any]) -> None:
        await begun(pilot.app)
        if run_before is not None:
            result = run_before(pilot)
            if inspect.isawaitable(result):
                await result
        await pilot.pause()
        await pilot.press(*press)
        await pilot.wait_for_scheduled_animations()
        await pilot.pause()
        taken.append(screen_text(pilot.app))
        pilot.app.exit()

    app.run(headless=True, auto_pilot=steps, size=terminal_size)
    return taken[0]


def difference(path: Path, shown: str) -> str | None:
    """How a screen differs from the one in the file: the changed lines of rows, styles and legend."""
    if not path.exists():
        return f"there is no {path.name} yet: run pytest with --update-screens, and read what it writes\n{shown}"
    stored = path.read_text(encoding="utf-8")
    if stored == shown:
        return None
    lines = difflib.unified_diff(stored.splitlines(), shown.splitlines(), "as stored", "as shown now", n=1, lineterm="")
    return "\n".join([f"{path.name} differs; if it is meant, run pytest with --update-screens", *lines])
