"""Which capture is to be opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from iec102.errors import InvalidSetting

from iec102_tui.captures.reading import open_capture
from iec102_tui.captures.record import Capture
from iec102_tui.panes.pane import Pane
from iec102_tui.widgets.question_dialog import QuestionScreen
from iec102_tui.words import meters_text
from iec102_tui.words.plain_text import printable
from iec102_tui.words.system_text import why
from iec102_tui.words.text import _, spoken


def ask_capture(pane: Pane, opened: Callable[[Path, Capture], object]) -> None:
    """Asks for the file and reads it, on the thread of files; says what is wrong with it."""

    async def answered(text: str | None) -> None:
        if not text or not text.strip():
            return
        path = Path(text.strip())
        try:
            capture = await pane.session.files.run(lambda: open_capture(path.expanduser()))
        except (InvalidSetting, OSError) as error:
            told = why(error) if isinstance(error, OSError) else spoken(error)
            said = _(meters_text.NOT_OPENED, path=printable(str(path)), why=printable(told).rstrip("."))
            pane.notify(said, severity="error", markup=False)
        else:
            opened(path, capture)

    pane.app.push_screen(QuestionScreen(_(meters_text.CAPTURE_PATH), check=lambda _text: None), answered)
