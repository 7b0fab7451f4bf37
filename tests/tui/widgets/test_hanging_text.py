"""Lines whose rest goes on below their words."""

from __future__ import annotations

import asyncio

from iec102_tui.widgets.hanging_text import HangingLine, HangingText
from textual.app import App, ComposeResult

LINES = [
    HangingLine("  f    ", "Hold the view while reading goes on  (live.freeze)"),
    HangingLine(""),
    HangingLine("Everywhere"),
]


class Shown(App[None]):
    def compose(self) -> ComposeResult:
        yield HangingText(LINES)


def test_the_rest_of_a_line_goes_on_below_its_words_at_every_width() -> None:
    async def steps() -> None:
        app = Shown()
        async with app.run_test(size=(36, 10)) as pilot:
            await pilot.pause()
            text = app.query_one(HangingText)
            assert str(text.content).split("\n") == [
                "  f    Hold the view while reading",
                "       goes on  (live.freeze)",
                "",
                "Everywhere",
            ]
            assert text.size.height == 4
            await pilot.resize_terminal(80, 10)
            await pilot.pause()
            assert str(text.content).split("\n")[0] == LINES[0].head + LINES[0].words

    asyncio.run(steps())
