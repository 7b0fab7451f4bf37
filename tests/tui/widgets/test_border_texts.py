"""Titles and what stands beside them in a border: they are drawn as the border is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from iec102_tui.app import MonitorApp
from iec102_tui.config import Config
from support.still_meter import StillSession, add_frames, reading, snapshot
from textual.geometry import Region
from textual.strip import Strip


def upper_rows(app: MonitorApp) -> Iterator[Strip]:
    for widget in app.screen.query("*"):
        if widget.region.area and widget.styles.border_top[0]:
            yield widget.render_lines(Region(0, 0, widget.region.width, 1))[0]


def borders(theme: str) -> list[Strip]:
    """Of F2 with its panes and of the frame log alone, whose lists have a caption."""

    async def run() -> list[Strip]:
        session = StillSession(snapshot(reading()))
        add_frames(session)
        app = MonitorApp(session, None, Config(theme=theme))
        async with app.run_test(size=(160, 50)) as pilot:
            await pilot.pause()
            found = [*upper_rows(app)]
            await pilot.press("3", "z")
            await pilot.pause()
            return [*found, *upper_rows(app)]

    return asyncio.run(run())


def test_they_have_no_colour_under_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    found = borders("dark")
    assert any("secondary values" in strip.text for strip in found)
    assert any("bytes" in strip.text for strip in found)
    styles = [segment.style for strip in found for segment in strip if segment.style]
    colours = {
        tuple(colour.triplet)
        for style in styles
        for colour in (style.color, style.bgcolor)
        if colour and colour.triplet
    }
    assert colours
    assert not [colour for colour in colours if len({*colour}) > 1]


def test_they_have_plain_characters_where_the_terminal_has_no_others() -> None:
    found = [strip.text for strip in borders("plain")]
    assert any("secondary values" in text for text in found)
    assert not [text for text in found if not text.isascii()]
