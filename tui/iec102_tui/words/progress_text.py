"""How far a download is, in words."""

from __future__ import annotations

from iec102.load_profile.download import Progress

_MINUTE, _HOUR = 60, 3600


def progress_words(progress: Progress) -> str:
    """Records, gaps, time left, way, rate and bytes, in that order, so that what is cut off is what matters least."""
    parts = [f"{progress.records} of {progress.expected} records"]
    if progress.gaps:
        refused = f" ({progress.refused} refused)" if progress.refused else ""
        parts.append(f"{progress.gaps} missing{refused}")
    if progress.to_come:
        parts.append(f"{progress.to_come} still to come")
    if progress.left and progress.paused:
        parts.append("paused")
    elif progress.left and (left := progress.seconds_left) is not None:
        parts.append(f"{duration_words(left)} left")
    if progress.way is not None:
        parts.append(f"by {progress.way}")
    if progress.fetched and progress.elapsed:
        parts.append(f"{progress.rate:.1f}/s")
    if progress.octets:
        parts.append(f"{progress.octets} bytes")
    return ", ".join((*parts, *oddities(progress)))


def oddities(progress: Progress) -> list[str]:
    """What came otherwise than it must, and how often."""
    counts = (
        (progress.doubled, "doubled"),
        (progress.disordered, "out of order"),
        (progress.foreign, "with an odd time"),
    )
    return [f"{count} {words}" for count, words in counts if count]


def duration_words(seconds: float) -> str:
    """Rounded up to what people count in."""
    whole = max(1, round(seconds))
    if whole < 2 * _MINUTE:
        return f"{whole} s"
    if whole < 2 * _HOUR:
        return f"{-(-whole // _MINUTE)} min"
    return f"{whole / _HOUR:.1f} h"
