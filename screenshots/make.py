"""Makes the pictures of this folder from the simulated meter: `python screenshots/make.py`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from iec102_tui.app import MonitorApp
from iec102_tui.config import Config
from iec102_tui.meter_side.session import Session
from iec102_tui.profiles.connection import demo

FOLDER = Path(__file__).parent
PATIENCE = 600


@dataclass(frozen=True)
class Picture:
    """A file name, the size of the terminal, the keys that lead there, and the theme."""

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    theme: str = "dark"


PICTURES = (
    Picture("connection-80x24", (80, 24), ("f1",)),
    Picture("check-80x24", (80, 24), ("f1", "d", "k")),
    Picture("live-80x24", (80, 24)),
    Picture("frame-log-80x24", (80, 24), ("f3",)),
    Picture("load-profile-80x24", (80, 24), ("f4", "g")),
    Picture("panes-120x40", (120, 40)),
    Picture("panes-160x50", (160, 50)),
    Picture("frame-log-120x40", (120, 40), ("f3", "z", "tab", *["down"] * 22)),
    Picture("load-profile-plot-120x40", (120, 40), ("f4", "z", "g", "v", "c")),
    Picture("heat-map-120x40", (120, 40), ("f4", "z", "g", "v", "v", "c")),
    Picture("plot-80x24", (80, 24), ("up", "o", "enter")),
    Picture("16-colours-80x24", (80, 24), theme="ansi"),
    Picture("plain-120x40", (120, 40), theme="plain"),
)


async def take(picture: Picture) -> str:
    """The picture as SVG, once the meter's values are there."""
    session = Session()
    app = MonitorApp(session, demo(), Config(theme=picture.theme))
    try:
        async with app.run_test(size=picture.size) as pilot:
            for _ in range(PATIENCE):
                if session.latest is not None and session.latest.reads > 2:
                    break
                await pilot.pause(0.1)
            for key in picture.keys:
                await pilot.press(key)
                while session.downloads.running:
                    await pilot.pause(0.1)
            await pilot.pause(1.0)
            return app.export_screenshot(title="iec102-tui", simplify=True)
    finally:
        session.close()


def main() -> None:
    for picture in PICTURES:
        (FOLDER / f"{picture.name}.svg").write_text(asyncio.run(take(picture)), encoding="utf-8")
        print(f"{picture.name}.svg")


if __name__ == "__main__":
    main()
