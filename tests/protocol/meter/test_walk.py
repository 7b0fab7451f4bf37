"""How many hands one poll passes: the library's functions and files that a request and its answer enter."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from types import FrameType

import iec102
import pytest
from iec102.clock import SYSTEM_CLOCK
from iec102.line import Line
from iec102.meter.meter import Meter
from iec102.settings import LineSettings
from support.dialogue import STATION
from support.raw_line import RawLine
from support.raw_meter import ENERGIES, TIME, RawMeter
from support.virtual_time import run

LIBRARY = str(Path(iec102.__file__).parent)
FUNCTIONS, FILES = 100, 23

OBJECTS = [ENERGIES[6:] + TIME, b"\xc1" + bytes(range(32)) + TIME, b"\xc2" + bytes(range(21)) + TIME]
"""192, 193 and 194."""


def entered(objects: list[bytes]) -> set[tuple[str, str]]:
    """File and qualified name of each of the library's functions that one reading enters, once the line is open.

    ``objects``: what the meter has of the three that it is asked for.
    """
    answer = bytes((163, len(objects), 5, 1, 0, 0)) + b"".join(objects)
    found: set[tuple[str, str]] = set()

    def profile(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        # A comprehension is a part of its function, and no frame of its own from Python 3.12 on.
        if event == "call" and code.co_filename.startswith(LIBRARY) and not code.co_name.startswith("<"):
            found.add((code.co_filename[len(LIBRARY) + 1 :], code.co_qualname))

    async def poll() -> None:
        line = Line(RawLine(RawMeter({162: answer})), LineSettings(), reconnect=False, clock=SYSTEM_CLOCK)
        meter = Meter(line, STATION)
        await meter.read_instantaneous()
        await asyncio.sleep(1)
        sys.setprofile(profile)
        try:
            await meter.read_instantaneous()
        finally:
            sys.setprofile(None)
        await line.close()

    run(poll())
    return found


@pytest.mark.parametrize("objects", [OBJECTS, OBJECTS[:1]], ids=["all objects", "energies alone"])
def test_a_poll_passes_few_hands(objects: list[bytes]) -> None:
    functions = entered(objects)
    files = {file for file, _name in functions}
    assert len(functions) <= FUNCTIONS, sorted(functions)
    assert len(files) <= FILES, sorted(files)
