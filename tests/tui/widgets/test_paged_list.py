"""Page keys in a list whose lines nobody has drawn yet."""

from __future__ import annotations

import asyncio

import pytest
from iec102_tui.widgets.paged_list import PagedList
from textual.app import App, ComposeResult
from textual.widgets.option_list import Option


class Hidden(App[None]):
    def compose(self) -> ComposeResult:
        found = PagedList(*(Option(str(number)) for number in range(20)))
        found.display = False
        yield found


@pytest.mark.parametrize(("action", "at", "then"), [("page_down", 4, 19), ("page_up", 4, 0), ("page_down", None, 19)])
def test_they_go_to_an_end(action: str, at: int | None, then: int) -> None:
    async def run() -> None:
        app = Hidden()
        async with app.run_test():
            found = app.query_one(PagedList)
            found.highlighted = at
            await found.run_action(action)
            assert found.highlighted == then

    asyncio.run(run())


def test_it_has_no_keys_that_scroll_sideways() -> None:
    assert not {"left", "right", "ctrl+pageup", "ctrl+pagedown"} & set(PagedList()._bindings.key_to_bindings)
