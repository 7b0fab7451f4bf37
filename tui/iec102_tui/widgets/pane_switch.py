"""One line that names the panes, their keys, and the one that is shown."""

from __future__ import annotations

from collections.abc import Sequence

from textual.reactive import reactive
from textual.widgets import Static


class PaneSwitch(Static):
    """``F1 Connection  [F2 Live]  F3 Frame log``: brackets mark the pane that is shown."""

    DEFAULT_CSS = """
    PaneSwitch { height: 1; }
    """

    current: reactive[str] = reactive("")
    """The key of the pane that is shown."""

    def __init__(self, panes: Sequence[tuple[str, str]], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__("", id=id, markup=False)
        self._panes = panes

    def watch_current(self, current: str) -> None:
        self.update(
            " ".join(f"[{key} {title}]" if key == current else f" {key} {title} " for key, title in self._panes)
        )
