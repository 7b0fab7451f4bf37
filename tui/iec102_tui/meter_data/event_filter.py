"""The language of filters for events: the grammar of the frame log's (words/query.py).

Fields: record, spa, spq, spi (numbers), after (from then on) and before (earlier than then), both a date or a time of
the meter's zone such as 2026-11-01 or 2026-11-01T10:00. Words: new (not there at the visit before) and invalid (the
meter says so of the time). Any other text stands in the event's line.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

from iec102.errors import InvalidSetting

from iec102_tui.meter_data.known import KnownEvent
from iec102_tui.words.meter_data_text import event_kind, event_text
from iec102_tui.words.plain_text import quoted
from iec102_tui.words.query import OPERATORS, Condition, QueryLanguage, last_word, number_of, parse_query
from iec102_tui.words.text import _

EventCondition = Condition[KnownEvent]
_AFTER, _BEFORE = "after", "before"
_FIELDS: dict[str, Callable[[KnownEvent], int]] = {
    "record": lambda known: known.event.record,
    "spa": lambda known: known.event.address,
    "spq": lambda known: known.event.qualifier,
    "spi": lambda known: int(known.event.indication),
}
_WORDS: dict[str, EventCondition] = {
    "new": lambda known: known.is_new,
    "invalid": lambda known: known.event.is_invalid,
}


def event_condition(text: str, zone: tzinfo) -> EventCondition:
    """The filter that a text means; dates are of ``zone``. Raises InvalidSetting."""
    return parse_query(text, _EventLanguage(zone))


def event_completions(text: str) -> list[str]:
    """Whole texts that this one may become by finishing its last word."""
    start, last = last_word(text)
    every = [*(f"{name}=" for name in (*_FIELDS, _AFTER, _BEFORE)), *_WORDS, "and", "or", "not"]
    return [start + word for word in every if word.startswith(last.lower()) and word != last]


class _EventLanguage(QueryLanguage[KnownEvent]):
    EXAMPLE = "record=52"

    def __init__(self, zone: tzinfo) -> None:
        super().__init__(_WORDS, (*_FIELDS, _AFTER, _BEFORE))
        self._zone = zone

    def comparison(self, name: str, sign: str, value: str) -> EventCondition:
        if name in (_AFTER, _BEFORE):
            return self._dated(name, sign, value)
        field, compare, number = _FIELDS[name], OPERATORS[sign], number_of(name, value)
        return lambda known: compare(field(known), number)

    def text(self, text: str) -> EventCondition:
        wanted = text.casefold()

        def holds(known: KnownEvent) -> bool:
            event = known.event
            code = event.address, event.qualifier, event.indication
            return wanted in event_text(*code).casefold() or wanted in event_kind(event.record).casefold()

        return holds

    def example(self, name: str) -> str:
        return f"{name}=2026-11-01" if name in (_AFTER, _BEFORE) else f"{name}=52"

    def _dated(self, name: str, sign: str, value: str) -> EventCondition:
        if sign not in ("=", "=="):
            raise InvalidSetting(_("{name} is followed by =, as in {example}", name=name, example=self.example(name)))
        try:
            when = datetime.fromisoformat(value)
        except ValueError:
            raise InvalidSetting(
                _(
                    "{name} is a date or a time, such as {example}, not {value}",
                    name=name,
                    example=self.example(name),
                    value=quoted(value),
                )
            ) from None
        at = when.replace(tzinfo=self._zone).timestamp() if when.tzinfo is None else when.timestamp()
        later = name == _AFTER
        return lambda known: known.event.time is not None and (known.event.time.timestamp() >= at) is later
