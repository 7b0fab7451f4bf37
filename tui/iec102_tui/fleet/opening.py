"""Opens the screen of the fleet, with the feed that there is or one by the settings of the program."""

from __future__ import annotations

from typing import Any, Protocol

from iec102.errors import InvalidSetting

from iec102_tui.config import Config
from iec102_tui.fleet.feed import REFRESH, Feed
from iec102_tui.fleet.screen import FleetScreen
from iec102_tui.meter_side.session import Session
from iec102_tui.publish.settings import broker_settings
from iec102_tui.words import fleet_text as words
from iec102_tui.words.text import _, spoken

_SLOW = 1.0


class Program(Protocol):
    """Has the feed, once there is one."""

    feed: Feed | None

    def notify(self, message: str, *, severity: Any = ..., markup: bool = ...) -> None: ...
    def push_screen(self, screen: FleetScreen) -> object: ...


def feed_of(config: Config, url: str | None = None) -> Feed:
    """What hears the broker of the settings, or of a URL with the login of the settings. Raises InvalidSetting."""
    table = dict(config.broker)
    if url is not None:
        table["url"] = url.split(",")
    if not table.get("url"):
        raise InvalidSetting(_(words.NO_BROKER))
    settings = broker_settings(table, config.file)
    return Feed(settings, refresh=max(REFRESH, _SLOW if config.low_bandwidth else config.refresh))


def open_fleet(program: Program, session: Session, config: Config, *, plain: bool) -> None:
    """Shows the meters of the broker, or says why that cannot be."""
    try:
        if program.feed is None:
            feed = feed_of(config)
            feed.start(lambda: None)
            program.feed = feed
        elif not program.feed.is_started:
            program.feed.start(lambda: None)
    except InvalidSetting as error:
        program.notify(f"{spoken(error).rstrip('.')}.", severity="error", markup=False)
        return
    program.push_screen(FleetScreen(program.feed, session, config.folders.exports, plain=plain))
