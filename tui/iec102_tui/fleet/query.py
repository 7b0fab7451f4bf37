"""The language of filters of the fleet: that of the frame log, with other fields and words.

::

    condition = FIELD OPERATOR VALUE | WORD | text
    FIELD     = state box meter kw kvar pf v age events gaps clock
    state, box and meter are compared by = or !=, and * stands for any text
    WORD      = live stale lost off marked new export import

Any other text stands in the name, the topic's name, the box, the identity or the reason, capitals or not.
"""

from __future__ import annotations

import fnmatch
import math
import re
from collections.abc import Callable, Collection
from typing import NamedTuple

from iec102.errors import InvalidSetting

from iec102_tui.fleet.meter import Key, Row, Status
from iec102_tui.words.plain_text import quoted
from iec102_tui.words.query import OPERATORS, QueryLanguage, last_word, parse_query
from iec102_tui.words.text import _


class Seen(NamedTuple):
    """A row at a moment of the age clock, and whether the user has marked it."""

    row: Row
    now: float
    marked: bool = False


Filter = Callable[[Seen], bool]

_NUMBERS: dict[str, Callable[[Seen], float | None]] = {
    "kw": lambda seen: seen.row.power,
    "kvar": lambda seen: seen.row.reactive,
    "pf": lambda seen: seen.row.factor,
    "v": lambda seen: seen.row.volts,
    "age": lambda seen: seen.row.age(seen.now),
    "events": lambda seen: seen.row.new_events,
    "gaps": lambda seen: seen.row.gaps,
    "clock": lambda seen: seen.row.clock_off,
}
_TEXTS: dict[str, Callable[[Row], Collection[str]]] = {
    "state": lambda row: (row.status.value, row.phase_text),
    "box": lambda row: (row.site,),
    "meter": lambda row: (row.name, row.key[1]),
}
_WORDS: dict[str, Filter] = {
    **{each.value: (lambda seen, each=each: seen.row.status is each) for each in Status},  # type: ignore[misc]
    "marked": lambda seen: seen.marked,
    "new": lambda seen: seen.row.new_events > 0,
    "export": lambda seen: (seen.row.power or 0) < 0,
    "import": lambda seen: (seen.row.power or 0) > 0,
}


def parse(text: str) -> Filter:
    """The filter that a text means. Raises InvalidSetting, with one sentence on what is wrong."""
    return parse_query(text, _FleetLanguage(_WORDS, (*_TEXTS, *_NUMBERS)))


def completions(text: str) -> list[str]:
    """Whole texts that this one may become by finishing its last word."""
    start, last = last_word(text)
    name, equals, value = last.partition("=")
    if equals and name == "state":
        words = [f"state={each.value}" for each in Status if each.value.startswith(value)]
    else:
        signs = [*(f"{name}=" for name in _TEXTS), *(f"{name}>" for name in _NUMBERS)]
        words = [word for word in (*signs, *_WORDS, "and", "or", "not") if word.startswith(last.lower())]
    return [start + word for word in words if word != last]


def sift(rows: Collection[Row], accepts: Filter | None, now: float, marks: Collection[Key]) -> list[Row]:
    """The rows that a filter lets through; all of them without one."""
    if accepts is None:
        return list(rows)
    return [row for row in rows if accepts(Seen(row, now, row.key in marks))]


class _FleetLanguage(QueryLanguage[Seen]):
    EXAMPLE = "state=lost"

    def comparison(self, name: str, sign: str, value: str) -> Filter:
        if name in _TEXTS:
            return _text_comparison(name, sign, value)
        field, compare, number = _NUMBERS[name], OPERATORS[sign], _number(name, value)

        def holds(seen: Seen) -> bool:
            found = field(seen)
            return found is not None and compare(found, number)

        return holds

    def text(self, text: str) -> Filter:
        wanted = text.casefold()

        def holds(seen: Seen) -> bool:
            row = seen.row
            found = (row.name, row.key[1], row.site, row.identity, row.reason)
            return any(wanted in each.casefold() for each in found)

        return holds

    def example(self, name: str) -> str:
        return {"state": "state=lost", "box": "box=box-0*", "meter": "meter=FV*"}.get(name, f"{name}>1")


def _text_comparison(name: str, sign: str, value: str) -> Filter:
    if sign not in ("=", "==", "!="):
        raise InvalidSetting(_("{name} is compared by = or !=, as in {name}={value}", name=name, value=value))
    same, field = sign != "!=", _TEXTS[name]
    pattern = re.compile(fnmatch.translate(value.casefold()))
    return lambda seen: any(pattern.match(each.casefold()) for each in field(seen.row)) is same


def _number(name: str, value: str) -> float:
    """Raises InvalidSetting."""
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise InvalidSetting(_("{name} is compared with a number, not with {value}", name=name, value=quoted(value)))
    return found
