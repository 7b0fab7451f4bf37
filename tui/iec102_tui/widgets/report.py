"""Says how the writing of a file went, the same wherever one is written."""

from __future__ import annotations

from collections.abc import Awaitable, MutableMapping
from pathlib import Path

from iec102.errors import InvalidSetting
from textual.dom import DOMNode

from iec102_tui.words.system_text import why
from iec102_tui.words.text import _


async def report(
    node: DOMNode,
    writing: Awaitable[object],
    written: MutableMapping[Path, str],
    path: Path | None = None,
    done: str = "",
    what: str = "",
) -> None:
    """Waits until a file was written, by another thread, and tells the user.

    ``what`` is in the file, such as ``Readings are``: so the end of the program names it, from ``written``.
    """
    try:
        await writing
    except InvalidSetting as error:
        _complain(node, error)
    except OSError as error:
        _complain(node, _("{path} cannot be written: {why}", path=path or error.filename, why=why(error)))
    else:
        if path is not None and what:
            written[path] = what
        if done:
            node.app.notify(done, markup=False)


def _complain(node: DOMNode, error: object) -> None:
    node.app.notify(_("{error}.", error=error), severity="error", markup=False)
