"""The states in which the screens are kept: the program on a meter and a clock that stand still."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from iec102.line.state import LineState, Phase
from iec102.sentence import Sentence
from iec102_tui.app import MonitorApp
from iec102_tui.archive.load_profile_store import MemoryLoadProfileStore
from iec102_tui.config import Config
from iec102_tui.profiles.store import ProfileStore
from support.curves import local, records_of, wanted, with_quality
from support.screens import Steps
from support.still_meter import NOW, WALL, StillSession, add_frames, changed, reading, snapshot
from textual.pilot import Pilot
from textual.widgets import Input

Size = tuple[int, int]
SIZES: list[Size] = [(80, 24), (100, 30), (120, 40), (160, 50)]

WAITING = LineState(
    Phase.WAITING,
    error=Sentence("tcp.refused", line="127.0.0.1:40001"),
    attempt=7,
    next_attempt=NOW + 12,
    since=NOW - 60,
)
OPENING = LineState(Phase.LOGIN, step="password for point 1", since=NOW)
REFUSED = LineState(Phase.REFUSED, error=Sentence("access.refused", cause=7), since=NOW)

MONITOR = {
    "live": snapshot(reading()),
    "stale": snapshot(reading(), age=75, state=WAITING, error=WAITING.error),
    "invalid": snapshot(
        reading(
            energy__reactive_q1=changed("energy.reactive_q1", value=17.0, valid=False),
            vi__voltage_l2=changed("vi.voltage_l2", value=None, valid=False),
        )
    ),
    "connecting": snapshot(None, state=OPENING),
    "refused": snapshot(None, state=REFUSED),
}

LOG = {
    "empty": (0, []),
    "paused-and-marked": (3, ["space", "up", "up", "m"]),
    "filter-typed": (3, ["f", *"dir=rx"]),
    "filter-wrong": (3, ["f", *"type=x"]),
    "filtered": (3, ["f", *"dir=rx", "enter"]),
    "garbage": (3, ["up", "up", "tab", "down"]),
    "password": (3, ["home", "down", "down", "tab", "tab", "end", "down", "down"]),
}

DATA_PARTS = ["about", "clock", "closings", "events"]

VIEWS = ["map", "plot", "table"]


@dataclass
class State:
    """A program, and what is done to it before it is looked at."""

    app: MonitorApp
    press: list[str] = field(default_factory=list)
    run_before: Steps | None = None


def still(state: str = "live") -> StillSession:
    return StillSession(MONITOR[state])


def alone(size: Size, key: str) -> list[str]:
    """The keys that go to a pane and give it the whole screen."""
    others = size == SIZES[-1] or (key == "2" and size != SIZES[0])
    return [key, "z"] if others else [key]


def monitor(state: str, config: Config | None = None) -> State:
    session = still(state)
    add_frames(session)
    return State(MonitorApp(session, None, *([] if config is None else [config])))


def frame_log(state: str, size: Size) -> State:
    session = still()
    times, keys = LOG[state]
    for _ in range(times):
        add_frames(session)
    return State(MonitorApp(session, None), [*alone(size, "3"), *keys])


def load_profile(view: str, size: Size, *keys: str, config: Config | None = None) -> State:
    """A month with an invalid hour, a changed one and two that are missing; ``keys`` are pressed on the view."""
    session = still()
    assert session.connection is not None
    choice = wanted(local(2026, 11, 1), WALL)
    records = records_of(choice, lambda index: 100 + 90 * (index % 24) * (23 - index % 24) // 132)
    records[4] = with_quality(records[4], 1, 0x80)
    records[5] = with_quality(records[5], 2, 0x02)
    del records[7:9]
    load_profiles = session.downloads.load_profiles
    assert isinstance(load_profiles, MemoryLoadProfileStore)
    load_profiles.store(session.connection, choice).put(records)

    async def steps(pilot: Pilot[int]) -> None:
        await pilot.press(*alone(size, "4"), *["v"] * VIEWS.index(view), *keys)
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()

    return State(MonitorApp(session, None, *([] if config is None else [config])), run_before=steps)


def meter_data(part: str, size: Size) -> State:
    """A meter of which everything is known; the parts are pages where there is little room."""
    from support.known_meter import known_session

    return State(MonitorApp(known_session(), None), [*alone(size, "5"), *["tab"] * DATA_PARTS.index(part)])


def connection_form(folder: Path, address: str) -> State:
    """No meter yet, a profile in the file, and a link address typed into the form."""
    session = StillSession(None)
    session.connection = None
    path = folder / "profiles.toml"
    path.write_text('[profiles.north]\ntarget = "serial:/dev/ttyUSB0"\nbaudrate = 9600\nformat = "8E1"\npassword = 7\n')

    async def steps(pilot: Pilot[int]) -> None:
        await pilot.pause()
        pilot.app.screen.query_one("#field-link-address Input", Input).value = address
        await pilot.pause()

    return State(MonitorApp(session, None, store=ProfileStore(path)), run_before=steps)
