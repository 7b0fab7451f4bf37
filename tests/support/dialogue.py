"""A line to scripted meters, and what a dialogue with them asks."""

import asyncio

from iec102.asdu import Asdu, InstantaneousValues, Password, TimeTagA, read_instantaneous, read_totals
from iec102.line import Line
from iec102.line.state import LineState
from iec102.settings import LineSettings, Station
from iec102.transport import TapRecord
from support.scripted_meter import NOW, ScriptedLine, virtual_clock

STATION = Station(1, 1, Password(1))


def line_to(
    scripted: ScriptedLine,
    settings: LineSettings | None = None,
    *,
    reconnect: bool = False,
    states: list[LineState] | None = None,
    tap: list[TapRecord] | None = None,
) -> Line:
    """``states`` and ``tap`` collect what the line tells."""
    return Line(
        scripted,
        settings or LineSettings(),
        reconnect=reconnect,
        on_state=None if states is None else states.append,
        tap=None if tap is None else tap.append,
        clock=virtual_clock(),
    )


def now() -> float:
    return asyncio.get_running_loop().time()


async def values(line: Line, who: str = "test", station: Station = STATION) -> int:
    """One reading of 162; gives the energy, which the scripted meter counts up with each request."""
    (answer,) = await line.exchange(station, read_instantaneous(station.point_address), who=who)
    assert isinstance(answer.content, InstantaneousValues)
    assert answer.content.energies is not None
    return answer.content.energies.values[0].value


def load_profile() -> Asdu:
    """Answered with as many records as the scripted meter has."""
    return read_totals(1, 11, 1, 8, TimeTagA.of(NOW), TimeTagA.of(NOW))


async def profile_values(line: Line, who: str = "test") -> list[int]:
    """A load profile; the scripted meter numbers its records from 0."""
    answers = await line.exchange(STATION, load_profile(), who=who)
    return [asdu.content.totals[0].value for asdu in answers]  # type: ignore[attr-defined]
