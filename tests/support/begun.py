"""A monitor begins to be driven when it has all its panes: those that are not on its first picture come behind it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from support.rest import rest
from textual.app import App
from textual.pilot import Pilot

RunTest = Callable[..., AbstractAsyncContextManager[Pilot[Any]]]
_LOOK_PERIOD = 0.002


async def begun(app: App[Any]) -> None:
    """Waits until it has, or has ended."""
    while not getattr(app, "begun", True) and app.is_running:  # a program that fails sets no event
        await rest()
        await asyncio.sleep(_LOOK_PERIOD)


def of_begun(run_test: RunTest) -> RunTest:
    """Textual's ``run_test``, which gives the pilot only then."""

    @contextlib.asynccontextmanager
    async def run(app: App[Any], **options: Any) -> AsyncIterator[Pilot[Any]]:
        async with run_test(app, **options) as pilot:
            await begun(app)
            yield pilot

    return run
