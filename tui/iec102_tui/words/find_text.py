"""The search for a meter in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from iec102.search.plan import Plan
from iec102.search.search import Found, Progress
from iec102.settings import LineSettings

from iec102_tui.words.progress_text import duration_words

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
    parts = [f"link address {_few([str(address) for address in plan.addresses])}"]
    if len(plan.settings) > 1:
        parts.insert(0, _few([format_words(settings) for settings in plan.settings]))
    first, *second = (duration_words(plan.seconds(wait)) for wait in plan.waits)
    slower = f", then a slower round of at most {second[0]}" if second else ""
    return f"Trying {' with '.join(parts)}: at most {first}{slower}."


def place_words(place: SearchedLine, progress: Progress) -> str:
    """What is tried now, so that what is cut off is what matters least."""
    tried = f"{format_words(progress.settings)}, " if place.has_format else ""
    slower = ", slower round" if progress.round > 1 else ""
    return (
        f"{tried}link address {progress.address}: {progress.number} of {progress.tries}{slower}, "
        f"{duration_words(progress.left)} left on {place.name}"
    )


def progress_words(tried: Sequence[tuple[SearchedLine, Progress]]) -> str:
    """What is tried now, on the first of the lines on which something is; empty when nothing is."""
    if not tried:
        return ""
    more = len(tried) - 1
    return place_words(*tried[0]) + (f" and {more} more" if more else "")


def found_words(place: SearchedLine, found: Found) -> str:
    """A meter that answers."""
    settings = f" at {format_words(found.settings)}" if place.has_format else ""
    return f"{place.name}: link address {found.address}{settings}, answered in {found.seconds * 1000:.0f} ms"


def format_words(settings: LineSettings) -> str:
    """Speed and format."""
    return f"{settings.baudrate}-{settings.format}"


def _few(words: list[str]) -> str:
    more = len(words) - _SHOWN
    return ", ".join(words[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
