"""What the frame log says of itself: what it shows, and where in it the user is."""

from __future__ import annotations

from iec102_tui.words.text import _, ngettext


def where(row: str, *, following: bool, paused: bool, live: bool) -> str:
    """Where the list stands; ``live``: more frames may come."""
    if paused:
        return _("PAUSED at {row}", row=row)
    if following:
        return _("following") if live else _("at the end")
    return _("End follows, at {row}", row=row) if live else _("at {row}", row=row)


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


def nothing(*, filtered: bool, quiet: bool, has_meter: bool, full: bool) -> list[str]:
    """Why no frame is shown, which key changes that, and with much room an example."""
    if filtered:
        return [_("No frame passes the filter: x shows all.")]
    if quiet:
        return [_("Only ACK and polls so far: a shows them.")]
    why = _("No frames yet: F1 connects to a meter.")
    if has_meter:
        why = _("No frames yet: they come as soon as the meter is asked.")
    if not full:
        return [why]
    what = _("Every frame on the line, explained field by field and byte by byte.")
    return [what, "", why, "", _("For example: f, then type=163 or bad, shows values and bad bytes.")]
