"""This machine's clock, set to that of a simulated meter that stands still, so that the two do not differ."""

from __future__ import annotations

import contextlib
import re
import urllib.parse
from collections.abc import Iterator, Sequence
from datetime import datetime
from unittest import mock

_CLOCK = re.compile(r"simulated:\S*[?&]clock=([^&]*)")


@contextlib.contextmanager
def machine_time(at: datetime | None) -> Iterator[None]:
    """It is always this time here; None leaves the clock alone."""
    if at is None:
        yield
        return
    with mock.patch("iec102.clock.datetime") as read:
        read.now.return_value = at
        yield


def simulated_time(arguments: Sequence[str]) -> datetime | None:
    """The time at which the simulated meter among these arguments stands still."""
    found = next(filter(None, map(_CLOCK.search, arguments)), None)
    return None if found is None else datetime.fromisoformat(urllib.parse.unquote(found[1]).replace(" ", "+"))
