"""The themes, each shown while the cursor is on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.widgets import OptionList

from iec102_tui.widgets.filtered_list import FilteredList, Row
from iec102_tui.words.text import _


class ThemeScreen(FilteredList):
    """The program is drawn in the theme under the cursor; Escape brings back the one that was."""

    def __init__(self, names: Sequence[str], current: str, preview: Callable[[str], object]) -> None:
        super().__init__(_("Theme"), [Row(name, name) for name in names], current)
        self._before = current
        self._preview = preview

    @on(OptionList.OptionHighlighted)
    def _seen(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if self.current is not None:
            self._preview(self.current)

    def action_back(self) -> None:
        """Goes back to the theme that was."""
        self._preview(self._before)
        super().action_back()
