"""The search for a meter in words."""

from __future__ import annotations

from iec102.search.plan import Plan
from iec102.search.search import Found, Progress
from iec102.settings import LineSettings

from iec102_tui.meter_side.search import Hunt, Place
from iec102_tui.words.progress_text import duration_words

_SHOWN = 3


def plan_words(plan: Plan) -> str:
    """What is tried, and how long it takes at most."""
    parts = [f"link address {_few([str(address) for address in plan.addresses])}"]
    if len(plan.settings) > 1:
        parts.insert(0, _few([format_words(settings) for settings in plan.settings]))
    first, *second = (duration_words(plan.seconds(wait)) for wait in plan.waits)
    slower = f", then a slower round of at most {second[0]}" if second else ""
    return f"Trying {' with '.join(parts)}: at most {first}{slower}."


def place_words(place: Place, progress: Progress) -> str:
    """What is tried now, so that what is cut off is what matters least."""
    tried = f"{format_words(progress.settings)}, " if place.has_format else ""
    slower = ", slower round" if progress.round > 1 else ""
    return (
        f"{tried}link address {progress.address}: {progress.number} of {progress.tries}{slower}, "
        f"{duration_words(progress.left)} left on {place.name}"
    )


def progress_words(hunt: Hunt) -> str:
    """What is tried now, on the first line of those on which something is; empty when nothing is."""
    place = hunt.current
    if place is None or place.progress is None:
        return ""
    more = sum(other.progress is not None and not other.over for other in hunt.places) - 1
    return place_words(place, place.progress) + (f" and {more} more" if more else "")


def found_words(place: Place, found: Found) -> str:
    """A meter that answers."""
    settings = f" at {format_words(found.settings)}" if place.has_format else ""
    return f"{place.name}: link address {found.address}{settings}, answered in {found.seconds * 1000:.0f} ms"


def format_words(settings: LineSettings) -> str:
    """Speed and format."""
    return f"{settings.baudrate}-{settings.format}"


def _few(words: list[str]) -> str:
    more = len(words) - _SHOWN
    return ", ".join(words[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
