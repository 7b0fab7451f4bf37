"""Hours of simulated time in minutes: a meter is read and downloaded from while everything goes wrong, again and again.

    python tests/soak.py [--collect] [--hours 24] [--seed 1]

Ends with a table, and with status 1 where a reading was lost or wrong. With --collect it is the collector with twenty
meters and a broker (soak_collect.py).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import sys
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from iec102.asdu import MADRID
from iec102.errors import LineError, LinkError, TypeNotAvailable
from iec102.line import Line
from iec102.line.counters import LineCounters
from iec102.load_profile.download import Download, MemoryStore
from iec102.load_profile.intervals import Register
from iec102.load_profile.records import LoadRecord
from iec102.meter.meter import Meter
from iec102.settings import LineSettings
from iec102.simulator import LineSpeed, SimulatorConfig
from soak_collect import collect_soak, collect_table
from support.dialogue import STATION
from support.living_meter import START, LivingLine
from support.scripted_meter import virtual_clock
from support.virtual_time import run

PERIOD = 1.0
# Seconds after which a reading that is asked for again and again is lost.
PATIENCE = 600.0
# Seconds of one kind of trouble, and without any at the beginning, when the memory is measured.
SHORTEST, LONGEST, CALM = 60.0, 600.0, 300.0
TROUBLES: tuple[dict[str, float], ...] = (
    {},
    {"drop": 0.05, "corrupt": 0.05},
    {"delay": 0.1},
    {"noise": 0.2, "length": 0.05, "foreign": 0.2},
    {"restart": 0.005},
    {"disconnect": 0.01},
    {"drop": 0.03, "corrupt": 0.03, "delay": 0.05, "noise": 0.05, "length": 0.03, "foreign": 0.1, "restart": 0.003},
)
QUIRKS = (
    *("", "", "echo", "fill-ff", "not-ready", "keep-pending", "session-timeout-20", "silent-without-session"),
    *("one-object", "separate-objects", "max-records-5", "longest-range-12", "refuses-future"),
)
# Meters of their own beside the one that is read, of which the day of 25 hours is downloaded all the time.
KINDS = ("", "no-su", "standard-time")
DAY_OF_25 = datetime(2026, 10, 25, tzinfo=MADRID), datetime(2026, 10, 26, tzinfo=MADRID)
ABSENCES = ("cut", "away", "frozen", "off", "")
_RETRY = 0.5


@dataclass
class Figures:
    """What the table says; memory in bytes."""

    asked: int = 0
    delivered: int = 0
    lost: int = 0
    wrong: int = 0
    asked_again: int = 0
    troubles: int = 0
    profiles: int = 0
    wrong_profiles: int = 0
    unfinished_profiles: int = 0
    memory_at_start: int = 0
    memory_at_end: int = 0
    counters: LineCounters = field(default_factory=LineCounters)

    @property
    def good(self) -> bool:
        """Nothing was lost and nothing wrong."""
        return not (self.lost or self.wrong or self.wrong_profiles) and self.asked == self.delivered > 0


class Soak:
    """One run; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.figures = Figures()
        self._chance = Random(seed)
        self._calm = SimulatorConfig(seed=seed, line=LineSpeed.parse("9600-8E1"))
        self._opener = LivingLine(self._calm)
        self._kinds = {kind: LivingLine(replace(self._calm, quirks=_quirks(kind))) for kind in KINDS}
        self._right: dict[datetime, list[LoadRecord]] = {}
        self._end = 0.0

    async def run(self, hours: float) -> Figures:
        """So many hours of the loop's time."""
        line = Line(self._opener, LineSettings(), reconnect=True, clock=virtual_clock())
        self._line, self._meter = line, Meter(line, STATION)
        self._end = hours * 3600
        trouble = asyncio.create_task(self._make_trouble())
        midnight = START.replace(hour=0)
        own = Meter(line, STATION)
        downloads = [asyncio.create_task(self._download(own, midnight - timedelta(days=1), midnight, 24))]
        lines = [Line(opener, LineSettings(), reconnect=True, clock=virtual_clock()) for opener in self._kinds.values()]
        downloads += [
            asyncio.create_task(self._download(Meter(other, STATION), *DAY_OF_25, 25, pause=LONGEST)) for other in lines
        ]
        await self._read()
        for task in (trouble, *downloads):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self.figures.counters = line.counters
        for used in (line, *lines):
            await used.close()
        self.figures.memory_at_end = _memory()
        return self.figures

    async def _read(self) -> None:
        figures = self.figures
        while (began := _now()) < self._end:
            if not figures.memory_at_start and began >= CALM:
                figures.memory_at_start = _memory()
            figures.asked += 1
            if await self._delivered(began):
                figures.delivered += 1
            else:
                figures.lost += 1
            await asyncio.sleep(max(0.0, began + PERIOD - _now()))

    async def _delivered(self, began: float) -> bool:
        """Asks until there is an answer, which must be what the meter has measured since."""
        while _now() - began < PATIENCE:
            asked_at = _now()
            with contextlib.suppress(LineError, LinkError, TypeNotAvailable):
                single_objects = self._opener.meter.gave_single_objects
                reading = await self._meter.read_instantaneous()
                single_objects = single_objects or self._opener.meter.gave_single_objects
                right = self._opener.meter.is_right(reading, asked_at, single_objects=single_objects)
                self.figures.wrong += not right
                return True
            self.figures.asked_again += 1
            await asyncio.sleep(_RETRY)
        return False

    async def _download(
        self, meter: Meter, start: datetime, end: datetime, hours: int, *, pause: float = SHORTEST
    ) -> None:
        """A day of hours, over and over, beside the readings; the same for every kind of meter."""
        while True:
            store = MemoryStore()
            unfinished = True
            while unfinished:  # it is said of a download, and the same one asks for the rest
                download = Download(meter, store, Register.HOURLY, start, end, shared=True, patience=None)
                await download.run()
                unfinished = bool(download.progress.unfinished)
                self.figures.unfinished_profiles += unfinished
            right = self._right.setdefault(start, store.records())  # the first one comes while it is calm
            self.figures.profiles += 1
            self.figures.wrong_profiles += store.records() != right or len(right) != hours
            await asyncio.sleep(pause)

    async def _make_trouble(self) -> None:
        await asyncio.sleep(CALM)
        chance, opener = self._chance, self._opener
        while True:
            quirk = chance.choice(QUIRKS)
            opener.meter.config = replace(self._calm, faults=chance.choice(TROUBLES), quirks=_quirks(quirk))
            for kind, other in self._kinds.items():
                other.meter.config = replace(self._calm, faults=chance.choice(TROUBLES), quirks=_quirks(kind))
                other.cut()
            self.figures.troubles += 1
            # What it has learned of the meter's ways is for good, and would leave no other way to be tried.
            self._meter = Meter(self._line, STATION)
            opener.meter.new_reader()
            await self._absence(chance.choice(ABSENCES), chance.uniform(0.5, 90.0))
            await asyncio.sleep(chance.uniform(SHORTEST, LONGEST))

    async def _absence(self, kind: str, seconds: float) -> None:
        """Afterwards the line has its new troubles where it was opened again."""
        opener = self._opener
        if kind in ("cut", "away"):
            opener.away = kind == "away"
            opener.cut()
        elif kind:
            opener.off = True
        await asyncio.sleep(seconds)
        opener.away = False
        if kind == "off":
            opener.switch_on()
        opener.off = False


def _quirks(name: str) -> frozenset[str]:
    return frozenset((name,)) if name else frozenset()


def table(figures: Figures, hours: float, seconds: float) -> str:
    """What the run has shown."""
    counters = figures.counters
    kinds = ", ".join(f"{kind.replace('_', ' ')} {count}" for kind, count in counters.bad_frames_by_kind.items())
    rows = [
        ("simulated time", f"{hours:g} h in {seconds:.0f} s"),
        ("changes of trouble", figures.troubles),
        ("readings asked", figures.asked),
        ("readings delivered", figures.delivered),
        ("readings lost", figures.lost),
        ("readings wrong", figures.wrong),
        ("asked again", figures.asked_again),
        ("load profiles", figures.profiles),
        ("load profiles wrong", figures.wrong_profiles),
        ("profiles asked again", figures.unfinished_profiles),
        ("requests, answers", f"{counters.requests}, {counters.answers}"),
        ("repeats, timeouts, late", f"{counters.repeats}, {counters.timeouts}, {counters.late}"),
        ("reconnections", counters.reconnections),
        ("bad frames", f"{counters.bad_frames} ({kinds})"),
        ("echoes, foreign", f"{counters.echoes}, {counters.foreign}"),
        ("memory at start", f"{figures.memory_at_start / 1e6:.1f} MB"),
        ("memory at end", f"{figures.memory_at_end / 1e6:.1f} MB"),
    ]
    return "\n".join(f"{name:24} {value}" for name, value in rows)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _memory() -> int:
    """Resident, in bytes."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--collect", action="store_true")
    options = parser.parse_args()
    began = time.monotonic()
    if options.collect:
        collected = run(collect_soak(options.seed, options.hours))
        print(collect_table(collected, options.hours, time.monotonic() - began))
        sys.exit(not collected.good)
    figures = run(Soak(options.seed).run(options.hours))
    print(table(figures, options.hours, time.monotonic() - began))
    sys.exit(not figures.good)


if __name__ == "__main__":
    main()
