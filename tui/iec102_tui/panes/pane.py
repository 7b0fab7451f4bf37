"""What the panes have in common."""

from __future__ import annotations

from collections.abc import Awaitable
from pathlib import Path
from typing import ClassVar

from textual.reactive import reactive

from iec102_tui.files.text_file import dated_path, write_text
from iec102_tui.meter_side.session import Session
from iec102_tui.widgets.aside import Aside
from iec102_tui.widgets.report import report
from iec102_tui.words.text import N_, _


class Pane(Aside, can_focus=True):
    """A part of the main screen. It pulls what it shows from the session, and knows no other pane."""

    TITLE: ClassVar[str]
    KEY: ClassVar[str]
    """The function key that goes to it."""
    ROOM: ClassVar[tuple[int, int]]
    """Columns and rows of the terminal from which on it stands in the overview."""

    full: reactive[bool] = reactive(True)
    """There is room for all; False: it shows a summary beside the other panes."""

    def __init__(self, session: Session, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.session = session
        self.border_title = _(self.TITLE)

    async def mount_hidden(self) -> None:
        """Mounts the parts that are not on the first picture of the program, which does not wait for them."""

    def session_changed(self) -> None:
        """There is news. Called only while the pane is visible."""

    def tick(self) -> None:
        """A second has passed, in which something may have changed. Called only while the pane is visible."""
        self.session_changed()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Style the box alone: no style of the widgets in it asks for the pane's own focus, and they may be many."""
        self.app.stylesheet.update_nodes((self,), animate=True)

    def set_plain(self, plain: bool) -> None:
        """Another theme was chosen. ``plain``: box drawing, block and Braille characters are avoided."""

    def focus_content(self) -> None:
        """The user goes to this pane."""
        self.focus()

    async def copy_out(self, text: str, folder: Path, what: str) -> None:
        """Text for the user: on the clipboard, and as a file of this folder whose name begins with ``what``."""
        self.app.copy_to_clipboard(text)
        path = dated_path(folder, what, self.session.clock.wall(), "txt")
        written = self.session.files.run(lambda: write_text(path, text + "\n"))
        # Terminals and tmux may drop the clipboard without a word: the file is always there.
        await self.report(written, path, _("Copied, and written to {path}", path=path), N_("A copy is"))

    async def report(
        self, writing: Awaitable[object], path: Path | None = None, done: str = "", what: str = ""
    ) -> None:
        """Waits until a file was written, by another thread, and says how that went; the end of the program names it.

        ``what`` is in the file, such as ``Readings are``.
        """
        await report(self, writing, self.session.written, path, done, what)
