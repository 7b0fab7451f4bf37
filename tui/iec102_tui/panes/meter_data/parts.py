"""The parts of the meter-data pane: boxes beside one another, or one at a time with their names above."""

from __future__ import annotations

from collections.abc import Sequence

from textual.message import Message

from iec102_tui.widgets.aside import WithAside
from iec102_tui.widgets.picture_view import PictureView
from iec102_tui.widgets.role_line import RoleLine, Span

PARTS = ("data-about", "data-clock", "data-closings", "data-events")
ABOUT, CLOCK, CLOSINGS, EVENTS = PARTS


class PicturePart(PictureView, WithAside, can_focus=True):
    """A part that is drawn as lines, which are made anew for another size."""

    class Resized(Message):
        """It has room now, or more, or less."""

    def on_resize(self) -> None:
        self.post_message(self.Resized())


class PartTabs(RoleLine):
    """The names of the parts, the one that is shown marked, and what its border would say at the right."""

    GROUND = "background"

    def name_parts(self, names: Sequence[str], current: int, aside: str) -> None:
        """Draws what differs."""
        spans = [
            span
            for number, name in enumerate(names)
            for span in (
                Span(
                    f" {name} ",
                    "accent" if number == current else "muted",
                    bold=number == current,
                    reverse=number == current,
                    meaning=str(number),
                ),
                Span(" "),
            )
        ]
        self.show(spans, [Span(f"{aside} ", "muted")] if aside else [])
