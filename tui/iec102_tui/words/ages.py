"""How old something is, in words."""

from __future__ import annotations

_FRESH_SECONDS = 2.0


def age_text(seconds: float) -> str:
    """An age in one unit, as coarse as it may be: what does not change costs no bytes."""
    if seconds < _FRESH_SECONDS:
        return "<2 s"
    if seconds < 120:
        return f"{int(seconds)} s"
    if seconds < 7200:
        return f"{int(seconds / 60)} min"
    return f"{int(seconds / 3600)} h"
