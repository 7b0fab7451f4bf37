"""A meter is looked for on one line, or on several at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from iec102.errors import Iec102Error, NoAnswer
from iec102.link.diagnosis import Kind
from iec102.open import parse_target, without_settings
from iec102.search.plan import WAIT, Plan, plan
from iec102.search.search import Found, Progress, Search, SettingsDiagnosis
from iec102.sentence import Sentence
from iec102.settings import LineSettings
from iec102.transport.tap import Tap

from iec102_tui.profiles.serial_ports import SerialPort
from iec102_tui.words.text import _

# What a search tries, whatever the URL says of it.
_VARIED = ("baudrate", "format")


class SearchCriteria(NamedTuple):
    """What the user knows of the meter: addresses in their order, perhaps speeds and formats, and how long to wait."""

    addresses: tuple[int, ...]
    first: LineSettings | None = None
    baudrates: tuple[int, ...] = ()
    formats: tuple[str, ...] = ()
    wait: int = WAIT


@dataclass(eq=False, slots=True)
class LineSearch:
    """A line on which is looked, how far that is, and how it failed."""

    target: str
    has_format: bool
    search: Search = field(repr=False)
    progress: Progress | None = None
    error: Iec102Error | None = None

    @property
    def name(self) -> str:
        """As a sentence names it."""
        return self.target.rstrip(":")

    @property
    def over(self) -> bool:
        """Nothing more is tried here."""
        return self.error is not None or bool(self.search.found)


class MultiSearch:
    """``targets`` are searched at the same time; when a meter is found on one, the others are left alone.

    What was found stays here when ``run`` is cancelled. ``on_found`` and ``on_progress`` are called on the loop.
    """

    def __init__(
        self,
        targets: Sequence[str],
        criteria: SearchCriteria,
        *,
        on_found: Callable[[LineSearch, Found], None] = lambda _place, _found: None,
        on_progress: Callable[[MultiSearch], None] = lambda _multi_search: None,
        on_step: Callable[[LineSearch, Sentence], None] = lambda _place, _step: None,
        tap: Tap | None = None,
    ) -> None:
        self._on_found = on_found
        self._on_progress = on_progress
        self._on_step = on_step
        self._tap = tap
        self.places = [self._place(target, criteria) for target in targets]

    @property
    def plan(self) -> Plan:
        """What takes longest of what is tried."""
        return max((place.search.plan for place in self.places), key=lambda plan: plan.tries)

    @property
    def found(self) -> list[tuple[LineSearch, Found]]:
        """The meters that answer."""
        return [(place, found) for place in self.places for found in place.search.found]

    @property
    def heard(self) -> list[tuple[LineSearch, SettingsDiagnosis]]:
        """What else answers."""
        return [(place, heard) for place in self.places for heard in place.search.heard]

    @property
    def tried(self) -> list[tuple[LineSearch, Progress]]:
        """The lines on which something is being tried, and what."""
        return [(place, place.progress) for place in self.places if place.progress is not None and not place.over]

    async def run(self) -> None:
        """Raises NoAnswer with one sentence where nothing is found; the error of the line where there is only one."""
        tasks = {asyncio.create_task(place.search.run()): place for place in self.places}
        waiting = set(tasks)
        try:
            while waiting and not self.found:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    self._ended(tasks[task], task)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        if not self.found:
            raise self._failure()

    def _place(self, target: str, criteria: SearchCriteria) -> LineSearch:
        said = parse_target(target).settings
        target = without_settings(target, _VARIED)
        parsed = parse_target(target)
        tries = plan(
            criteria.addresses,
            has_format=parsed.has_format,
            first=replace(criteria.first or LineSettings(), **said) if said else criteria.first,
            baudrates=criteria.baudrates,
            formats=criteria.formats,
            wait=criteria.wait,
        )
        if parsed.is_called and criteria.wait == WAIT:  # nothing comes back so soon over a call
            tries = replace(tries, wait=tries.settings[0].timeout)

        def progressed(progress: Progress) -> None:
            place.progress = progress
            self._on_progress(self)

        def found(found: Found) -> None:
            self._on_found(place, found)

        def step(step: Sentence) -> None:
            self._on_step(place, step)

        search = Search(parsed.opener, tries, on_progress=progressed, on_found=found, on_step=step, tap=self._tap)
        place = LineSearch(target, parsed.has_format, search)
        return place

    @staticmethod
    def _ended(place: LineSearch, task: asyncio.Task[None]) -> None:
        try:
            task.result()
        except Iec102Error as error:
            place.error = error

    def _failure(self) -> Iec102Error:
        if len(self.places) == 1 and (error := self.places[0].error) is not None:
            return error
        tried = [place for place in self.places if place.error is None]
        if not tried:
            return NoAnswer(
                _("none of the {count} ports can be used: {error}", count=len(self.places), error=self.places[0].error)
            )
        best = max(tried, key=_telling)
        names = ", ".join(place.name for place in ([best] if _telling(best) else tried))
        return NoAnswer(f"{names}: {best.search.nothing_found()}")


def unique_ports(ports: Sequence[SerialPort]) -> list[SerialPort]:
    """Each port once, under the name that comes first."""
    found: dict[Path, SerialPort] = {}
    for port in ports:
        found.setdefault(Path(port.path).resolve(), port)
    return list(found.values())


def _telling(place: LineSearch) -> int:
    kinds = [list(Kind).index(heard.diagnosis.kind) for heard in place.search.heard]
    return max(kinds, default=0)
