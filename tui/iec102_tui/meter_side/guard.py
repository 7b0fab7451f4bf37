"""The one guard of all work beside the screen: whatever it raises becomes a sentence, and is never lost."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple, TypeVarTuple

from iec102.errors import Iec102Error

from iec102_tui.diagnostics import log_path
from iec102_tui.words.text import _

_log = logging.getLogger(__name__)

Arguments = TypeVarTuple("Arguments")


class Failure(NamedTuple):
    """How work has failed."""

    sentence: str
    is_fault: bool
    """A fault of the program, which is in the log; False: of the line, the meter, the disk."""


async def guarded(
    what: str, work: Callable[[*Arguments], Coroutine[Any, Any, None]], *arguments: *Arguments
) -> Failure | None:
    """Run work; give how it has failed, None where it has not. ``what``: with a capital, in front of "has failed".

    Cancelling goes through.
    """
    try:
        await work(*arguments)
    except Exception as error:
        return failure_of(what, error)
    return None


def failure_of(what: str, error: Exception) -> Failure:
    """Put an error into words; one that no part of the program raises on purpose goes to the log."""
    if isinstance(error, Iec102Error):
        return Failure(error.sentence, is_fault=False)
    _log.error("%s has failed", what, exc_info=error)
    return Failure(
        _("{what} has failed ({kind}): the log {log} says where", what=what, kind=type(error).__name__, log=log_path()),
        is_fault=True,
    )
