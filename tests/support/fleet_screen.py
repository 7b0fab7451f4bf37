"""The program on the meters of a broker that stands still: messages, times and status are the test's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import iec102_tui.app
from iec102.clock import Clock
from iec102_tui.app import MonitorApp
from iec102_tui.config import Config
from iec102_tui.fleet.feed import Feed
from iec102_tui.fleet.inbox import Inbox
from iec102_tui.fleet.model import Arrived
from iec102_tui.fleet.screen import FleetScreen
from iec102_tui.fleet.subscriber import BrokerStatus
from iec102_tui.panes.pane import Pane
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.publish.settings import broker_settings
from support.fleet_boxes import Box
from support.still_meter import NOW, WALL, StillSession
from textual.pilot import Pilot

SETTINGS = broker_settings({"url": "mqtt://broker.example", "site": "here"}, None)
CONNECTED = BrokerStatus(True, "broker.example:1883", None, 1)


class StillSubscriber:
    """What is there of a subscriber without a broker."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.wake = wake
        self.inbox = Inbox()
        self.status = CONNECTED
        self.settings = SETTINGS
        self.tries = 0

    def start(self) -> None:
        """There is nothing to begin."""

    def close(self) -> None:
        """There is nothing to end."""

    def retry(self) -> None:
        self.tries += 1


class Small(MonitorApp):
    """The program with nothing below the fleet: that takes half of its start."""

    CSS_PATH: ClassVar[Any] = [Path(iec102_tui.app.__file__).parent / str(each) for each in MonitorApp.CSS_PATH]  # type: ignore[union-attr]

    def _panes(self, store: ProfileStore) -> list[Pane]:
        return [pane for pane in super()._panes(store) if pane.id == "connection"]


class StillFleet:
    """The program, and what its broker says. ``at`` is the age clock, and the wall clock goes with it."""

    def __init__(self, config: Config | None = None, *, whole: bool = False, store: ProfileStore | None = None) -> None:
        self.at = NOW
        clock = Clock(boottime=lambda: self.at, wall=lambda: self.wall)
        made: list[StillSubscriber] = []

        def make(wake: Callable[[], None]) -> Any:
            made.append(StillSubscriber(wake))
            return made[0]

        self.feed = Feed(SETTINGS, clock=clock, make=make)
        self.subscriber = made[0]
        self.session = StillSession()
        self.session.connection = None
        self.app = (MonitorApp if whole else Small)(self.session, None, config, store=store)
        self.app.feed = self.feed

    @property
    def wall(self) -> Any:
        return WALL + timedelta(seconds=self.at - NOW)

    def say(self, topic: str, payload: str, *, retained: bool = False) -> None:
        self.subscriber.inbox.put(Arrived(topic, payload.encode(), retained, self.at, self.wall.timestamp()))

    def live(self, box: Box, **changes: object) -> None:
        self.say(box.of("live"), box.live(self.wall, **changes))

    def fill(self, boxes: Iterable[Box], minutes: int = 20) -> None:
        """All of them online, with a past of some minutes and the hours of the month so far."""
        every = list(boxes)
        for box in every:
            for topic, payload in box.retained(self.wall):
                self.say(topic, payload, retained=not topic.endswith("/live"))
            self.say(box.of("info"), box.info(month_gaps=3 if box.number % 9 == 4 else 0))
        self.feed.take()
        now = self.at
        for minute in range(minutes, 1, -1):
            self.at = now - 60 * minute
            for box in every:
                self.live(box)
            self.feed.take()
        for back in (15, 10, 5, 0):
            for box in every:
                self.at = now - 1 - box.number % 4 - back
                self.live(box)
            self.feed.take()
        self.at = now

    def trouble(self, boxes: list[Box]) -> None:
        """One lost, one whose box is offline, two that are stale: the first four."""
        lost, offline, *stale = boxes[:4]
        reason = "no reply from link address 1: check the meter, the cable and the link address"
        since = self.wall - timedelta(minutes=78)
        self.say(lost.of("state"), lost.state(since, "lost", reason))
        self.at -= 600
        self.say(offline.site_topic, '{"state": "offline"}')
        self.feed.take()
        self.at += 600
        for box in stale:
            self.say(box.of("live"), box.live(self.wall - timedelta(seconds=48)))
        self.feed.take()

    @property
    def screen(self) -> FleetScreen:
        screen = self.app.screen
        assert isinstance(screen, FleetScreen)
        return screen

    async def news(self, pilot: Pilot[Any]) -> None:
        """What was said is taken and drawn."""
        self.feed.take()
        self.screen.update()
        await pilot.pause()


def still_fleet(count: int, config: Config | None = None, *, minutes: int = 20, whole: bool = False) -> StillFleet:
    """So many meters, four of them in trouble. ``whole``: with all panes of the monitor below."""
    fleet = StillFleet(config, whole=whole)
    boxes = [Box(number) for number in range(count)]
    fleet.fill(boxes, minutes=minutes)
    fleet.trouble(boxes)
    return fleet
