"""When the monitor of a test is at rest: nothing is left to do for its event loop, its threads and its screen.

Textual's pilot waits after each key until the process has used next to no processor time for 20 ms. On a machine that
does other things too, a process that is not let run looks the same: the test goes on before the screen has. And where
nothing else runs, the test waits, twice a key, for nothing. So what is left to do is looked at itself.
"""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio import base_events, futures
from collections.abc import Callable, Coroutine
from typing import Any

_QUIET = 4
"""Turns of the loop in which nothing was ready: one more than a message takes to a widget and back."""
_THREADS = 0.2
"""Seconds that threads are given: a test may hold one on purpose."""
_LONGEST = 30.0
"""Seconds after which work that always makes more work is let be."""
_BETWEEN_PAINTS = 1.0
"""Seconds. What is painted while much still changes is seen by nobody; at rest the screen is painted at once."""
_pending: dict[int, int] = {}


def install() -> None:
    """Let Textual's pilot wait like this. Does nothing where no test has loaded it, and the second time."""
    pilot, app, screen, css = (sys.modules.get(f"textual.{name}") for name in ("pilot", "app", "screen", "css.model"))
    if pilot is None or app is None or screen is None or css is None or getattr(pilot, "wait_for_idle", None) is rest:
        return
    # By identity as before, but without a call of Python: the start of one monitor asks 300,000 times.
    css.RuleSet.__hash__ = object.__hash__
    screen.UPDATE_PERIOD = _BETWEEN_PAINTS  # type: ignore[attr-defined]
    pilot.wait_for_idle = app.wait_for_idle = rest  # type: ignore[attr-defined]
    pilot.Pilot._wait_for_screen = _of_busy(pilot.Pilot._wait_for_screen)
    counted = _counted(futures.wrap_future)
    asyncio.wrap_future = counted
    base_events.futures.wrap_future = counted  # type: ignore[attr-defined]


def _counted(wrap: Callable[..., asyncio.Future[Any]]) -> Callable[..., asyncio.Future[Any]]:
    """What a thread is to give is counted until it is there; whoever waits may leave before."""

    def wrap_future(future: Any, *, loop: asyncio.AbstractEventLoop | None = None) -> asyncio.Future[Any]:
        loop = loop or asyncio.get_running_loop()
        wrapped = wrap(future, loop=loop)
        if not wrapped.done():
            key = id(loop)
            _pending[key] = _pending.get(key, 0) + 1
            wrapped.add_done_callback(lambda _done: _pending.update({key: _pending[key] - 1}))
        return wrapped

    return wrap_future


def _of_busy(wait: Callable[..., Coroutine[Any, Any, bool]]) -> Callable[..., Coroutine[Any, Any, bool]]:
    """Textual's wait sends each widget a message, and a form has some hundred of them.

    A widget that waits for its next message has nothing to do: where all do, there is nothing to wait for.
    """

    async def wait_for_screen(pilot: Any, *patience: float) -> bool:
        for _turn in range(_QUIET):
            await asyncio.sleep(0)
        app = pilot.app
        if not app._screen_stack:
            return False
        if all(map(_waits_for_a_message, (app, *app.screen.walk_children(with_self=True)))):
            return True
        return await wait(pilot, *patience)

    return wait_for_screen


def _waits_for_a_message(pump: Any) -> bool:
    queue = pump._message_queue
    return not queue.values and bool(queue.ready_event._waiters)


async def rest(_least: float = 0, _most: float = 1) -> None:
    """Wait until nothing is left to do but what a timer, another thread or the user begins."""
    from textual._context import active_app

    app, loop = active_app.get(), asyncio.get_running_loop()
    began = time.monotonic()
    while time.monotonic() - began < _LONGEST:
        quiet = 0
        while quiet < _QUIET and time.monotonic() - began < _LONGEST:
            await asyncio.sleep(0)
            quiet = 0 if loop._ready else quiet + 1  # type: ignore[attr-defined]
        threads = _pending.get(id(loop)) and time.monotonic() - began < _THREADS
        if threads or app._resize_timer is not None:  # which waits a moment for more of the same
            await asyncio.sleep(0.001)
        elif not paint(app):
            return


def paint(app: Any) -> bool:
    """Paints what is to be painted; gives whether there was anything."""
    wanted = bool(app._screen_stack) and _wants_to_paint(app.screen)
    if wanted:
        app.screen._on_timer_update()
    return wanted


def _wants_to_paint(screen: Any) -> bool:
    return bool(
        screen.is_running
        and not screen.app._batch_count
        and (
            screen._layout_required
            or screen._scroll_required
            or screen._repaint_required
            or screen._recompose_required
            or screen._dirty_widgets
            or screen._callbacks
        )
    )
