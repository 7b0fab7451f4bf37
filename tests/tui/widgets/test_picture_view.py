"""The colours of the heat map where they are told apart by their brightness alone."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from iec102_tui.app import MonitorApp
from iec102_tui.config import Config
from iec102_tui.widgets.picture_view import PictureView, Piece
from support.still_meter import StillSession, reading, snapshot
from textual.geometry import Region

SHARES = [step / 10 for step in range(11)]


def greys(theme: str) -> list[int]:
    """How bright the cells of rising values are, 0 to 255."""

    async def run() -> list[int]:
        app = MonitorApp(StillSession(snapshot(reading())), None, Config(theme=theme))
        async with app.run_test(size=(80, 24)) as pilot:
            view = PictureView()
            await app.screen.mount(view)
            view.styles.dock, view.styles.height = "top", 1
            await pilot.pause()
            view.show([[Piece("#", heat=share) for share in SHARES]])
            await pilot.pause()
            (strip,) = view.render_lines(Region(0, 0, len(SHARES), 1))
            found = []
            for segment in strip:
                colour = segment.style.color if segment.style else None
                triplet = colour.triplet if colour else None
                assert triplet is not None
                assert len({*triplet}) == 1
                found += [triplet.red] * len(segment.text)
            return found

    return asyncio.run(run())


@pytest.mark.parametrize("theme", ["dark", "light", "high-contrast", "nord"])
def test_without_colour_a_higher_value_never_looks_like_a_lower_one(
    theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    found = greys(theme)
    assert len(found) == len(SHARES)
    rising = [*found] if found[-1] > found[0] else found[::-1]
    assert all(one < other for one, other in pairwise(rising))
    assert rising[-1] - rising[0] >= 100
