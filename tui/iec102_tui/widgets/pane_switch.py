"""One row that names the panes, their keys, and the one that is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple

from textual.events import Click
from textual.reactive import reactive

from iec102_tui.widgets.role_line import RoleLine, Span, width_of


class Tab(NamedTuple):
    """``pane`` is the id of the pane."""

    key: str
    title: str
    pane: str


class PaneSwitch(RoleLine):
    """Tabs: the one of the pane that is shown stands out, by reverse video where there is no colour."""

    GROUND: ClassVar[str] = "background"

    current: reactive[str] = reactive("", repaint=False)
    """The key of the pane that is shown."""

    def __init__(self, tabs: Sequence[Tab], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._tabs = tabs

    def watch_current(self) -> None:
        self.lay_out()

    def lay_out(self) -> None:
        gap = 2 if self.size.width >= width_of([*self._drawn(2)]) else 1
        self.show([*self._drawn(gap)])

    def _drawn(self, gap: int) -> Iterator[Span]:
        yield Span(" ")
        for tab in self._tabs:
            if tab.key == self.current:
                yield Span(f" {tab.key} ", "accent", bold=True, reverse=True, meaning=tab.pane)
                yield Span(f" {tab.title} ", "strong", bold=True, on="selected", meaning=tab.pane)
            else:
                yield Span(f" {tab.key} ", "muted", meaning=tab.pane)
                yield Span(f" {tab.title} ", meaning=tab.pane)
            yield Span(" " * (gap - 1))

    def places(self) -> Iterator[tuple[int, str]]:
        """Each tab's first column and its pane."""
        x, known = 0, ""
        for span in self._spans:
            if span.meaning and span.meaning != known:
                known = span.meaning
                yield x, known
            x += span.width

    async def on_click(self, event: Click) -> None:
        """A tab is as good as its key."""
        span = self.span_at(event.x)
        if span is not None and span.meaning:
            await self.run_action(f"screen.pane('{span.meaning}')")
