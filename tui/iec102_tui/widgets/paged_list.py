"""A list of options in which the keys for a page are safe at any time."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.widgets import OptionList


class PagedList(OptionList, inherit_bindings=False):
    """Textual 8.2 knows the lines of its options once they were drawn: a page key before that ended the program.

    It has the keys of a list and not those that scroll sideways, which would fill the help and do nothing.
    """

    BINDINGS: ClassVar[list[BindingType]] = OptionList.BINDINGS

    def action_page_up(self) -> None:
        """A page up, or to the first option."""
        try:
            super().action_page_up()  # type: ignore[no-untyped-call]
        except (KeyError, IndexError):
            self.action_first()

    def action_page_down(self) -> None:
        """A page down, or to the last option."""
        try:
            super().action_page_down()  # type: ignore[no-untyped-call]
        except (KeyError, IndexError):
            self.action_last()
