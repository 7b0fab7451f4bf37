"""The frame log in front, with eight frames of a line that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from iec102.asdu import InstantaneousValues
from iec102.asdu.asdu import Asdu, Cause, TypeId
from iec102.link import Answer, Frame, answer
from iec102.simulator.electrical import Site
from iec102.simulator.instruments import measure
from iec102_tui.app import MonitorApp
from iec102_tui.config import Config, Folders
from iec102_tui.panes.frame_log.frame_list import FrameList
from iec102_tui.widgets.lines import Lines
from support.still_meter import WALL, ZONE, StillSession, add_frames, reading, snapshot
from textual.pilot import Pilot
from textual.widgets import Static

Steps = Callable[[MonitorApp, "Pilot[int]", StillSession], Awaitable[None]]


def drive(steps: Steps, size: tuple[int, int] = (80, 24), folder: Path | None = None, **settings: Any) -> None:
    """Runs the monitor without a terminal; its files go to ``folder``."""

    async def run() -> None:
        session = StillSession(snapshot(reading()))
        add_frames(session)
        config = Config(folders=Folders(exports=folder, captures=folder) if folder else Folders(), **settings)
        app = MonitorApp(session, None, config)
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.press("f3")
            await pilot.pause()
            await steps(app, pilot, session)

    asyncio.run(run())


def frame_list(app: MonitorApp) -> FrameList:
    return app.screen.query_one(FrameList)


def rows(app: MonitorApp, kind: type[Lines] = FrameList) -> list[str]:
    """What is drawn of the list, of the tree or of the bytes."""
    lines = app.screen.query_one(kind)
    return [lines.render_line(y).text.rstrip() for y in range(lines.size.height)]


def words(app: MonitorApp, name: str) -> str:
    """The text of a widget by its name."""
    return str(app.screen.query_one(f"#{name}", Static).render())


def more(session: StillSession, times: int = 1) -> None:
    """Eight frames come in so many times, and the screen hears of them."""
    for _ in range(times):
        add_frames(session)
    session._changed()


def instantaneous(at: datetime = WALL, *numbers: int) -> Frame:
    """An answer 163 of the simulated site."""
    objects = tuple(part for number in numbers or (192, 193, 194) if (part := measure(Site(1), number, at, ZONE)))
    asdu = Asdu(TypeId.INSTANTANEOUS, Cause.REQUEST, 1, content=InstantaneousValues(objects))
    return answer(Answer.USER_DATA, 1, asdu.encode())
