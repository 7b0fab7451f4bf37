"""A session without a meter: the frames of a capture, which the frame log shows as if they were on the line."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path

from iec102.clock import SYSTEM_CLOCK, Clock

from iec102_tui.captures.export import zone_of
from iec102_tui.captures.frame_ring import FRAME_LIMIT
from iec102_tui.captures.marks import CaptureHeader
from iec102_tui.captures.record import Capture
from iec102_tui.meter_side.session import Session
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import _, ngettext


class ReplaySession(Session):
    """All frames of the capture, however many: the limit is for frames that come in."""

    def __init__(
        self,
        path: Path,
        capture: Capture,
        *,
        zone: tzinfo | None = None,
        refresh: float = 0.25,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        super().__init__(refresh=refresh, frames=max(FRAME_LIMIT, len(capture.records)), clock=clock)
        self._path = path
        self._capture = capture
        self._zone = zone or zone_of(capture.header)
        for record in capture.records:
            self.frames.append(record)

    @property
    def zone(self) -> tzinfo:
        """That of the capture, or the one that was chosen."""
        return self._zone

    @property
    def replayed(self) -> tuple[str, str]:
        """The status lines: which file, and what is known of it."""
        name = printable(self._path.name)
        records = self._capture.records
        if not records:
            return _("Capture {name}  no frames", name=name), " ".join(self._capture.remarks)
        first, last = (record.wall.astimezone(self._zone) for record in (records[0], records[-1]))
        end = f"{last:%H:%M:%S}" if last.date() == first.date() else f"{last:%Y-%m-%d %H:%M:%S}"
        header = self._capture.header
        words = [_("{start:%Y-%m-%d %H:%M:%S} to {end}", start=first, end=end)]
        if header is not None:
            words += [
                _("profile {profile}", profile=header.profile),
                _("times in {timezone}", timezone=header.timezone),
                _("written by {program}", program=header.program),
            ]
        title = ngettext("Capture {name}  {count} frame", "Capture {name}  {count} frames", len(records), name=name)
        remarks = [f"! {remark}" for remark in self._capture.remarks]
        return title, "  ".join((*remarks, *words))

    def header(self) -> CaptureHeader:
        """Frames that are exported again keep what is known of them."""
        return self._capture.header or super().header()
