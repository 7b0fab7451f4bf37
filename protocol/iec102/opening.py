"""The shortest way from a target to a meter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from iec102.asdu import MADRID, Password
from iec102.errors import InvalidSetting
from iec102.meter.meter import Meter
from iec102.settings import LineSettings, Station
from iec102.target import open_line
from iec102.transport.tap import Tap

_DEFAULTS = LineSettings()


def connect(
    target: str,
    *,
    link_address: int = 1,
    point_address: int = 1,
    password: int | Password | None = None,
    baudrate: int = _DEFAULTS.baudrate,
    format: str = _DEFAULTS.format,  # noqa: A002 - the name that profiles and the command line use
    timeout: int = _DEFAULTS.timeout,
    retries: int = _DEFAULTS.retries,
    delay: int = _DEFAULTS.delay,
    timezone: str | tzinfo = MADRID,
    tap: Tap | None = None,
) -> AbstractAsyncContextManager[Meter]:
    """A meter for an ``async with`` block; the session is ended, in bounded time, when the block is left.

    ``target``: tcp://HOST:PORT, serial:/dev/ttyUSB0 or simulated:. Times in milliseconds, ranges as in LineSettings and
    Station. The first request opens the line, starts the link and logs in. Raises InvalidSetting at once.
    """
    key = Password(password) if isinstance(password, int) else password
    station = Station(link_address, point_address, key)
    settings = LineSettings(baudrate, format, timeout, retries, delay)
    line = open_line(target, settings, tap=tap)
    zone = _zone(timezone) if isinstance(timezone, str) else timezone

    @asynccontextmanager
    async def context() -> AsyncIterator[Meter]:
        try:
            yield Meter(line, station, zone=zone)
        finally:
            await line.close()

    return context()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidSetting(f"the time zone {name!r} is not known: write one like Europe/Madrid") from None
