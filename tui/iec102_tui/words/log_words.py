"""What the frame log says of itself: what it shows, and where in it the user is."""

from __future__ import annotations

from iec102_tui.words.text import N_, _, ngettext

FOLLOWING = N_("following")
AT_THE_END = N_("at the end")
PAUSED = N_("PAUSED at {row}")
DETACHED = N_("End follows, at {row}")
AT = N_("at {row}")


def what_is_shown(text: str, shown: str, looked_at: str, *, quiet: bool) -> str:
    """The filter with how many frames pass it; empty where all are shown."""
    if text and quiet:
        return _(
            "filter {text}  \N{CHECK MARK} {shown} of {looked_at} frames, ACK and polls hidden (a)",
            text=text,
            shown=shown,
            looked_at=looked_at,
        )
    if text:
        return _(
            "filter {text}  \N{CHECK MARK} {shown} of {looked_at} frames", text=text, shown=shown, looked_at=looked_at
        )
    if quiet:
        return _("{shown} of {looked_at} frames, ACK and polls hidden (a)", shown=shown, looked_at=looked_at)
    return ""


def valid(shown: str, looked_at: str) -> str:
    """Of a filter that is being typed."""
    return _("valid: {shown} of {looked_at} frames", shown=shown, looked_at=looked_at)


def marked(count: int) -> str:
    """``2 marked``."""
    return ngettext("{count} marked", "{count} marked", count)


def frames(count: int, typeset: str, *, dropped: bool) -> str:
    """How many there are; ``dropped``: older ones have fallen out of memory."""
    if dropped:
        return _("the newest {frames} frames", frames=typeset)
    return ngettext("{frames} frame", "{frames} frames", count, frames=typeset)


def all_frames(count: int, *, paused: bool) -> str:
    """What is exported."""
    if paused:
        return _("All frames until the pause ({count})", count=count)
    return _("All frames ({count})", count=count)


def passing(text: str, count: int) -> str:
    """Those that pass a filter; empty ``text``: those without ACK and polls."""
    if text:
        return _("Those that pass the filter {text} ({count})", text=text, count=count)
    return _("Those without ACK and polls ({count})", count=count)


def marked_frames(count: int) -> str:
    """Those that the user has marked."""
    return _("Those that are marked ({count})", count=count)
