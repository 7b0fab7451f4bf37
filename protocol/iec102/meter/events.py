"""The events of a meter, typed (1, asked for by 102 and 101; REE profile reference, 8.7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from iec102.asdu import Event
from iec102.asdu.names import event_sense_words, event_words
from iec102.asdu.summer_time import TagConversion
from iec102.meter.absence import Absence, KeptBytes

EVENT_RECORDS = (52, 53, 54, 55, 128, 129, 130, 131, 132, 133)
"""The ten records of the profile."""

MANUFACTURER_RECORDS = range(200, 228)
"""Those of a manufacturer (ZIV), whose events have no meaning here."""


class MeterEvent(NamedTuple):
    """One event. ``time`` in the meter's zone to the millisecond, None where its tag has no valid date.

    ``address`` is SPA, ``qualifier`` SPQ (0 to 127), ``indication`` SPI. ``is_invalid``: the meter says that the time
    is not valid (IV).
    """

    record: int
    time: datetime | None
    address: int
    qualifier: int
    indication: bool
    is_invalid: bool = False

    @property
    def meaning(self) -> str:
        """What happened, by SPA and SPQ; ``not in the reference`` for an unknown code."""
        return event_words(self.address, self.qualifier)

    @property
    def sense(self) -> str:
        """What SPI says, such as ``start``; empty where it says nothing. Which of the two is which is NOT verified.

        A real meter's order contradicts the sources (reference, 8.7): show SPI itself beside it.
        """
        return event_sense_words(self.address, self.qualifier, int(self.indication))


class MeterEvents(NamedTuple):
    """Events by time, each once, those without a valid time last.

    ``absences``: the records that were refused; one with ``is_empty`` has no events of this time. ``kept``: answers
    that are not understood. ``is_unfinished``: the meter did not end an answer, so that some may be missing.
    """

    events: tuple[MeterEvent, ...] = ()
    absences: tuple[Absence, ...] = ()
    kept: tuple[KeptBytes, ...] = ()
    is_unfinished: bool = False


def meter_events(
    record: int, events: Iterable[Event], conversion: TagConversion, start: datetime, end: datetime
) -> list[MeterEvent]:
    """The events of a record from ``start`` to ``end`` (both included), each once, in the order in which they came."""
    once = list(dict.fromkeys(events))
    times = conversion.series([event.time for event in once])
    found = [
        MeterEvent(
            record,
            None if time is None else time.astimezone(conversion.zone),
            event.address,
            event.qualifier,
            event.indication,
            event.time.minutes.invalid,
        )
        for event, time in zip(once, times, strict=True)
    ]
    return [event for event in found if event.time is None or start <= event.time <= end]


def by_time(events: Iterable[MeterEvent]) -> tuple[MeterEvent, ...]:
    """Sorted by time, those of one time as they came."""
    return tuple(sorted(events, key=lambda event: (event.time is None, event.time.timestamp() if event.time else 0.0)))
