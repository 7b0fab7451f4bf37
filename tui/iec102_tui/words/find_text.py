"""The search for a meter in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from iec102.search.plan import Plan
from iec102.search.search import Found, Progress
from iec102.settings import LineSettings

from iec102_tui.words.progress_text import duration_words
from iec102_tui.words.text import _

_SHOWN = 3


class SearchedLine(Protocol):
    """A line on which a meter is looked for."""

    @property
    def name(self) -> str:
        """As a sentence names it."""

    @property
    def has_format(self) -> bool:
        """Speed and format are chosen on this side of it."""


def plan_words(plan: Plan) -> str:
    """What is tried, and how long it takes at most."""
    first, *second = (duration_words(plan.seconds(wait)) for wait in plan.waits)
    tried = _("link address {addresses}", addresses=_few([str(address) for address in plan.addresses]))
    if len(plan.settings) > 1:
        formats = _few([format_words(settings) for settings in plan.settings])
        tried = _("{formats} with {addresses}", formats=formats, addresses=tried)
    if not second:
        return _("Trying {what}: at most {time}.", what=tried, time=first)
    return _(
        "Trying {what}: at most {time}, then a slower round of at most {more}.", what=tried, time=first, more=second[0]
    )


def place_words(place: SearchedLine, progress: Progress) -> str:
    """What is tried now, so that what is cut off is what matters least."""
    number, tries = progress.number, progress.tries
    parts = [format_words(progress.settings)] if place.has_format else []
    parts.append(_("link address {address}: {number} of {tries}", address=progress.address, number=number, tries=tries))
    if progress.round > 1:
        parts.append(_("slower round"))
    parts.append(_("{time} left on {line}", time=duration_words(progress.left), line=place.name))
    return ", ".join(parts)


def progress_words(tried: Sequence[tuple[SearchedLine, Progress]]) -> str:
    """What is tried now, on the first of the lines on which something is; empty when nothing is."""
    if not tried:
        return ""
    first, more = place_words(*tried[0]), len(tried) - 1
    return _("{first} and {count} more", first=first, count=more) if more else first


def found_words(place: SearchedLine, found: Found) -> str:
    """A meter that answers."""
    where = _("link address {address}", address=found.address)
    if place.has_format:
        where = _("link address {address} at {format}", address=found.address, format=format_words(found.settings))
    return _("{line}: {where}, answered in {time:.0f} ms", line=place.name, where=where, time=found.seconds * 1000)


def format_words(settings: LineSettings) -> str:
    """Speed and format."""
    return f"{settings.baudrate}-{settings.format}"


def _few(words: list[str]) -> str:
    first, more = ", ".join(words[:_SHOWN]), len(words) - _SHOWN
    return _("{first} and {count} more", first=first, count=more) if more > 0 else first
