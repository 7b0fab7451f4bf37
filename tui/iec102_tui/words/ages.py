"""How old something is, in words."""

from __future__ import annotations

from iec102_tui.words.text import _

_FRESH_SECONDS = 2.0


def age_text(seconds: float) -> str:
    """An age in one unit, as coarse as it may be: what does not change costs no bytes."""
    if seconds < _FRESH_SECONDS:
        return "<2 s"
    if seconds < 120:
        return _("{seconds} s", seconds=int(seconds))
    if seconds < 7200:
        return _("{minutes} min", minutes=int(seconds / 60))
    return _("{hours} h", hours=int(seconds / 3600))
