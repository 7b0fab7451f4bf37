"""The header, and the row for errors under the tabs: each has its one row, so that nothing jumps."""

from __future__ import annotations

from typing import ClassVar

from textual.events import Click

from iec102_tui.meter_side.session import Session
from iec102_tui.widgets.role_line import RoleLine
from iec102_tui.widgets.status_cells import error_spans, header_spans


class SessionRow(RoleLine):
    """One row about the session. A click on a span with a meaning runs that action."""

    def __init__(self, session: Session, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._session = session

    def update_status(self) -> None:
        """Draw again where the words have changed."""
        raise NotImplementedError

    def lay_out(self) -> None:
        self.update_status()

    async def on_click(self, event: Click) -> None:
        span = self.span_at(event.x)
        if span is not None and span.meaning:
            await self.run_action(span.meaning)


class StatusLine(SessionRow):
    """Name and state of the meter; at the right its clock, the line, the rate, and what has gone wrong."""

    def update_status(self) -> None:
        self.show(*header_spans(self._session, self.size.width or 80))


class ErrorRow(SessionRow):
    """What is wrong now, with what to check; free when all is well."""

    GROUND: ClassVar[str] = "background"

    def update_status(self) -> None:
        self.show(error_spans(self._session, self.size.width or 80))
