"""How far a download is, in words."""

from __future__ import annotations

from iec102.load_profile.download import Progress

from iec102_tui.words.text import N_, _

_MINUTE, _HOUR = 60, 3600


def progress_words(progress: Progress) -> str:
    """Records, gaps, time left, way, rate and bytes, in that order, so that what is cut off is what matters least."""
    parts = [_("{records} of {expected} records", records=progress.records, expected=progress.expected)]
    if progress.gaps:
        missing = _("{count} missing", count=progress.gaps)
        if progress.refused:
            missing = _("{count} missing ({refused} refused)", count=progress.gaps, refused=progress.refused)
        parts.append(missing)
    if progress.to_come:
        parts.append(_("{count} still to come", count=progress.to_come))
    if progress.left and progress.paused:
        parts.append(_("paused"))
    elif progress.left and (left := progress.seconds_left) is not None:
        parts.append(_("{time} left", time=duration_words(left)))
    if progress.way is not None:
        parts.append(_("by {method}", method=progress.way.words))
    if progress.fetched and progress.elapsed:
        parts.append(f"{progress.rate:.1f}/s")
    if progress.octets:
        parts.append(_("{count} bytes", count=progress.octets))
    return ", ".join((*parts, *oddities(progress)))


def oddities(progress: Progress) -> list[str]:
    """What came otherwise than it must, and how often."""
    counts = (
        (progress.doubled, N_("{count} doubled")),
        (progress.disordered, N_("{count} out of order")),
        (progress.foreign, N_("{count} with an odd time")),
    )
    return [_(template, count=count) for count, template in counts if count]


def duration_words(seconds: float) -> str:
    """Rounded up to what people count in."""
    whole = max(1, round(seconds))
    if whole < 2 * _MINUTE:
        return _("{seconds} s", seconds=whole)
    if whole < 2 * _HOUR:
        return _("{minutes} min", minutes=-(-whole // _MINUTE))
    return _("{hours:.1f} h", hours=whole / _HOUR)
