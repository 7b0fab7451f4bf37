"""How a meter wants to be asked for its instantaneous values: for all objects at once, or one by one.

Some meters refuse three objects in one request (cause 14 or 17) and answer each alone; some lack one of them; some may
send the three in ASDUs of their own (REE profile reference, 8.6). What a meter has shown is remembered, so that it is
asked for no more than it answers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from iec102.asdu import InstantaneousValues
from iec102.asdu.instantaneous import ALL_OBJECTS
from iec102.errors import ObjectNotAvailable, TypeNotAvailable
from iec102.line import Answered

Ask = Callable[[tuple[int, ...], frozenset[int]], Awaitable[Answered]]
"""Asks for some objects at once; the second argument is ``Exchange.enough``."""

_REFUSALS = (ObjectNotAvailable, TypeNotAvailable)
# Readings that are refused whole between two attempts to get the objects one by one.
_PATIENCE = 600
# So often at most all objects are asked for, as long as some are left out in an odd way.
_MOST_ASKED = 4


class ObjectReader:
    """Reads the objects of one meter, and learns from its refusals."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._wanted: tuple[int, ...] = ALL_OBJECTS
        self._apart = False
        self._given: frozenset[int] | None = None  # what came of those that were asked for at once
        self._whole_refusals = 0  # to come until each object is asked for again

    async def read(self) -> list[Answered]:
        """Read the objects that the meter offers, in one answer or in several. Raises Iec102Error."""
        try:
            if self._apart:
                return [await self._ask((number,), frozenset((number,))) for number in self._wanted]
            return [await self._together()]
        except _REFUSALS as refused:
            if not self._apart and (len(self._wanted) == 1 or self._is_known_to_refuse()):
                raise
            return await self._find_out(refused)

    async def _together(self) -> Answered:
        """Ask for all at once; again where some are left out and the meter may have restarted in between.

        It may have where frames were repeated, and, once, where it has given those objects before.
        """
        enough = frozenset(self._wanted) if self._given is None else self._given
        is_believed = self._given is None
        for _ in range(_MOST_ASKED):
            answered = await self._ask(self._wanted, enough)
            contents = (asdu.content for asdu in answered.answers)
            given = [content.addresses for content in contents if isinstance(content, InstantaneousValues)]
            together = frozenset[int]().union(*given)
            if together >= enough or (is_believed and not answered.repeated):
                break
            is_believed = True
        self._given = together
        return answered

    async def _find_out(self, refused: ObjectNotAvailable | TypeNotAvailable) -> list[Answered]:
        """Ask for each object alone. Raises the refusal of all where none is given."""
        given: dict[int, Answered] = {}
        for number in ALL_OBJECTS:
            try:
                given[number] = await self._ask((number,), frozenset((number,)))
            except _REFUSALS:
                continue
        self._given = None
        if not given:
            self._wanted, self._apart, self._whole_refusals = ALL_OBJECTS, False, _PATIENCE
            raise refused
        self._whole_refusals = 0
        self._wanted, self._apart = tuple(given), len(given) == len(ALL_OBJECTS)
        if not self._apart:
            try:
                return [await self._together()]
            except _REFUSALS:
                self._apart = True
        return list(given.values())

    def _is_known_to_refuse(self) -> bool:
        """Whether each object has been refused alone too, not long ago."""
        self._whole_refusals = max(0, self._whole_refusals - 1)
        return self._whole_refusals > 0
