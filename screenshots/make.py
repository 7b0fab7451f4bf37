"""Makes the pictures of this folder from the simulated meter: `python screenshots/make.py [NAME ...]`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from iec102_tui.app import MonitorApp
from iec102_tui.archive.load_profile_store import MemoryLoadProfileStore
from iec102_tui.config import Config
from iec102_tui.meter_side.downloads import Downloads
from iec102_tui.meter_side.session import Session
from iec102_tui.profiles.connection import connection_of
from iec102_tui.profiles.store import ProfileStore
from svg import picture

FOLDER = Path(__file__).parent
PATIENCE = 600
READINGS = 20
"""So many readings make a trend."""
METERS = """
[profiles.north]
target = "simulated:?seed=1"
password = 1
timezone = "Europe/Madrid"
voltage_ratio = "1/1"
current_ratio = "500/5"

[profiles.east]
target = "serial:/dev/ttyUSB0"
baudrate = 9600
format = "8E1"
link_address = 54321

[profiles.south]
target = "tcp://192.0.2.10:40001"
link_address = 12873

[profiles.west]
target = "tcp://192.0.2.11:40001"
"""


@dataclass(frozen=True)
class Picture:
    """A file name, the size of the terminal, the keys that lead there, and the theme; ``first``: no meter is there."""

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    theme: str = "dark"
    first: bool = False


PICTURES = (
    Picture("first-run-80x24", (80, 24), first=True),
    Picture("connection-120x40", (120, 40), ("f1",)),
    Picture("live-80x24", (80, 24)),
    Picture("list-80x24", (80, 24), ("v",)),
    Picture("overview-100x30", (100, 30)),
    Picture("overview-120x40", (120, 40), ("f4", "g", "f2")),
    Picture("overview-160x50", (160, 50), ("f4", "g", "f2")),
    Picture("frame-log-120x40", (120, 40), ("f3", "tab", *["down"] * 22)),
    Picture("load-profile-80x24", (80, 24), ("f4", "g")),
    Picture("load-profile-120x40", (120, 40), ("f4", "g")),
    Picture("plot-80x24", (80, 24), ("enter",)),
    Picture("light-120x40", (120, 40), ("f4", "g", "f2"), theme="light"),
    Picture("16-colours-80x24", (80, 24), theme="ansi"),
    Picture("plain-120x40", (120, 40), theme="plain"),
)


async def take(shown: Picture, folder: Path) -> str:
    """The picture as SVG, once the meter's values are there."""
    profiles = folder / "profiles.toml"
    if not shown.first:
        profiles.write_text(METERS, encoding="utf-8")
    session = Session(downloads=Downloads(MemoryLoadProfileStore()))
    store = ProfileStore(profiles)
    meter = None if shown.first else connection_of("north", store.find("north"))
    app = MonitorApp(session, meter, Config(theme=shown.theme), store=store)
    try:
        async with app.run_test(size=shown.size) as pilot:
            for _ in range(PATIENCE):
                if shown.first or (session.latest is not None and session.latest.reads > READINGS):
                    break
                await pilot.pause(0.1)
            for key in shown.keys:
                await pilot.press(key)
                while session.downloads.running:
                    await pilot.pause(0.1)
            await pilot.pause(1.0)
            return picture(app, f"iec102-tui, {shown.name}")
    finally:
        session.close()


def main(names: list[str]) -> None:
    for shown in PICTURES:
        if not names or shown.name in names:
            with tempfile.TemporaryDirectory() as folder:
                text = asyncio.run(take(shown, Path(folder)))
            (FOLDER / f"{shown.name}.svg").write_text(text, encoding="utf-8")
            print(f"{shown.name}.svg")


if __name__ == "__main__":
    main(sys.argv[1:])
