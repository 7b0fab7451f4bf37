"""The search for a meter on a line, while one looks on."""

from __future__ import annotations

from typing import ClassVar

from iec102.finding import Found
from textual.binding import Binding, BindingType

from iec102_tui.find_text import found_words, plan_words, progress_words
from iec102_tui.hunt import Hunt, Place, Wishes
from iec102_tui.plain_text import printable
from iec102_tui.screens.errand import ErrandScreen


class FindScreen(ErrandScreen[Found]):
    """Gives what the user takes of what was found, None when he goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "Take it", id="find.take", tooltip="Into the form of this meter"),
    ]

    def __init__(self, target: str, wishes: Wishes) -> None:
        super().__init__(f"Find on {printable(target)}", "Enter takes what was found into the form, Escape goes back")
        self._target = target
        self._wishes = wishes
        self._found: list[Found] = []

    async def errand(self) -> None:
        hunt = Hunt(
            [self._target],
            self._wishes,
            on_found=self._answered,
            on_progress=lambda hunt: self.say_now(progress_words(hunt)),
        )
        self.say(plan_words(hunt.plan))
        await hunt.run()

    def _answered(self, place: Place, found: Found) -> None:
        self._found.append(found)
        self.say(f"found {found_words(place, found)}")

    def action_take(self) -> None:
        """The first that was found."""
        if self._found:
            self.dismiss(self._found[0])
