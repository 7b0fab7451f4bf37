"""The header and the error row as text."""

from __future__ import annotations

from iec102_tui.meter_side.session import Session
from iec102_tui.widgets.role_line import text_of
from iec102_tui.widgets.status_cells import error_spans, header_spans


def status_lines(session: Session, width: int = 160) -> tuple[str, str]:
    left, right = header_spans(session, width)
    return f"{text_of(left)}   {text_of(right)}".rstrip(), text_of(error_spans(session))
