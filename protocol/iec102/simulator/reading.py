"""What the activated readings of the simulated meter share: their course, and how they are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from iec102.asdu import Asdu, Cause

MINUTE = timedelta(minutes=1)
"""What a time tag a stands for."""

Reading = Callable[[Asdu, datetime], Iterator[Asdu] | None]
"""The data that a request at a time asks for; None for requests of other kinds. Raises Refused."""


class Refused(Exception):
    """The request is echoed with an error cause."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause = cause


def in_course(request: Asdu, data: Iterator[Asdu], *, ended: bool = True) -> Iterator[Asdu]:
    """Echo with cause 7, the data, and where it is ``ended`` echo with cause 10. Raises Refused without data."""
    first = next(data, None)
    if first is None:
        raise Refused(Cause.PERIOD_NOT_AVAILABLE)
    return _course(request, first, data, ended=ended)


def _course(request: Asdu, first: Asdu, rest: Iterator[Asdu], *, ended: bool) -> Iterator[Asdu]:
    yield replace(request, cause=Cause.CONFIRMATION)
    yield first
    yield from rest
    if ended:
        yield replace(request, cause=Cause.TERMINATION)
