"""Which speeds, formats and link addresses are tried to find a meter, in which order, and how long that takes."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from iec102.errors import InvalidSetting
from iec102.link.frame import FIXED_LENGTH
from iec102.sentence import Sentence
from iec102.settings import BAUDRATES, FORMATS, LineSettings, check_range

WAIT = 400
"""Milliseconds for an answer in the first round."""

# Most likely first. Seven data bits cannot carry this protocol, but answer link status at small addresses.
_SPEEDS = (9600, 19200, 4800, 2400, 1200, 38400, 300, 600, 57600, 115200, 14400, 28800)
_FORMATS = ("8N1", "8E1", "8O1", "8N2", "8E2", "8O2", "7E1", "7N1", "7O1", "7E2", "7N2", "7O2")
_LIKELY_FORMATS = 2
_TABLE = len(_FORMATS)
# So many addresses are tried with every speed and format before the others are.
_FIRST_ADDRESSES = 4

assert set(_SPEEDS) == set(BAUDRATES)
assert set(_FORMATS) == set(FORMATS)

Group = tuple[LineSettings, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is tried on one line: all ``addresses`` with all ``settings``, most likely first, in two rounds.

    ``wait``: milliseconds for an answer in the first round; the second waits for the timeout of the settings.
    """

    settings: tuple[LineSettings, ...]
    addresses: tuple[int, ...]
    wait: int = WAIT

    def __post_init__(self) -> None:
        check_range("timeout", self.wait)

    def groups(self) -> Iterator[Group]:
        """The order of a round: what can be tried in a row without another speed or format.

        A few addresses with the usual speed and all its formats; then the other addresses with the likely settings;
        then everything else.
        """
        first, more = self.addresses[:_FIRST_ADDRESSES], self.addresses[_FIRST_ADDRESSES:]
        likely, table, others = self.settings[:_LIKELY_FORMATS], self.settings[:_TABLE], self.settings[_TABLE:]
        stages = ((table, first), (likely, more), (others, first), (table[len(likely) :], more), (others, more))
        for settings, addresses in stages:
            if addresses:
                yield from ((each, addresses) for each in settings)

    def behind(self, addresses: Sequence[int]) -> tuple[int, ...]:
        """The addresses that come after these."""
        return self.addresses[self.addresses.index(addresses[-1]) + 1 :]

    @property
    def tries(self) -> int:
        """Requests in a round."""
        return len(self.settings) * len(self.addresses)

    @property
    def waits(self) -> tuple[float, ...]:
        """Seconds for an answer in each round; one round, where the second would not wait longer."""
        first, second = self.wait / 1000, self.settings[0].timeout_seconds
        return (first, second) if second > first else (first,)

    def seconds(self, wait: float) -> float:
        """How long a round takes at most while nobody answers."""
        return sum((FIXED_LENGTH * each.byte_time + wait) * len(self.addresses) for each in self.settings)


def plan(
    addresses: Iterable[int],
    *,
    has_format: bool,
    first: LineSettings | None = None,
    baudrates: Sequence[int] = (),
    formats: Sequence[str] = (),
    wait: int = WAIT,
) -> Plan:
    """What to try on a line; where it has no format of this side only the addresses vary.

    ``first``: speed and format that the user believes in, and the timeout of the second round. ``baudrates`` and
    ``formats``: only these. Raises InvalidSetting.
    """
    known = tuple(dict.fromkeys(addresses))
    if not known:
        raise InvalidSetting(Sentence("search.no_addresses"))
    base = first or LineSettings()
    if not has_format:
        return Plan((base,), known, wait)
    table = [
        replace(base, baudrate=speed, format=form)
        for speed, form in _settings_order()
        if (not baudrates or speed in baudrates) and (not formats or form in formats)
    ]
    if first in table:
        table.remove(first)
        table.insert(0, first)
    return Plan(tuple(table), known, wait)


def _settings_order() -> Iterator[tuple[int, str]]:
    """The usual speed with all formats, then the others with the likely formats, then the rest."""
    usual, *others = _SPEEDS
    yield from itertools.product((usual,), _FORMATS)
    yield from itertools.product(others, _FORMATS[:_LIKELY_FORMATS])
    yield from itertools.product(others, _FORMATS[_LIKELY_FORMATS:])
