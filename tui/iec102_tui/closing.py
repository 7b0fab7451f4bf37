"""The monitor closes, or a dialog does, while something is still under way for it.

What was begun on the screen (a worker that waits for a thread, an action that waits for a file) may end when the
widgets that it is about have gone, and fails then on a widget that is not found. So work ends before its widgets go:
whatever is removed, its workers are cancelled first, and they never get past the point at which they wait. A thread
that writes a file for them goes on, and is waited for at the end of the program.

An action or a message that waits cannot be cancelled. What it then does not find, once the monitor has begun to close,
is no fault of the program: it is logged, and the monitor ends as if it had not been. Any other error, and the same
before, is a fault as ever.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, cast

from textual._context import NoActiveAppError
from textual.app import App, ScreenStackError
from textual.await_remove import AwaitRemove
from textual.css.query import NoMatches
from textual.dom import DOMNode, NoScreen
from textual.widget import MountError, Widget
from textual.worker import WorkerFailed

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.worker import WorkType

_log = logging.getLogger(__name__)

_GONE = (NoMatches, NoScreen, ScreenStackError, MountError, NoActiveAppError)
"""What Textual raises where a widget, its screen or its app is no longer there."""


def begin_work(
    node: DOMNode, work: Callable[[], Coroutine[Any, Any, None]], *, group: str = "default", exclusive: bool = False
) -> None:
    """Begin a worker of a widget, or of the app; ``exclusive`` ends the others of its group.

    Work is handed over as a function: a coroutine that is cancelled before it has begun is never awaited, which Python
    says on standard error.
    """
    node.run_worker(cast("WorkType[None]", work), group=group, exclusive=exclusive)


class ClosesInOrder(App[int]):
    """An app whose work ends before the widgets that it is about."""

    closing = False
    """The widgets go, one after the other."""

    def exit(self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Textual's own: from here on it attaches no widget any more, long before it takes the first one away."""
        self.begin_to_close()
        super().exit(result, return_code, message)

    def begin_to_close(self) -> None:
        """From here on nothing is expected to be found on the screen."""
        self.closing = True

    def comes_too_late(self, error: Exception) -> bool:
        """Tell whether an error only says that something has gone because the monitor closes; it is logged then."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        late = self.closing and isinstance(cause, _GONE)
        if late:
            _log.info("ended after the monitor had begun to close: %s", type(cause).__name__, exc_info=cause)
        return late

    async def _shutdown(self) -> None:
        """Textual's own end, also where no exit was asked for (a failure)."""
        self.begin_to_close()
        self.workers.cancel_all()
        await super()._shutdown()

    def _prune(self, *nodes: Widget, parent: DOMNode | None = None) -> AwaitRemove:
        """Textual's one way of removing widgets and screens."""
        going = {widget for node in nodes for widget in node.walk_children(with_self=True)}
        for worker in self.workers:
            if worker.node in going:
                worker.cancel()
        return super()._prune(*nodes, parent=parent)
