"""What a collector needs of what publishes its meters, and what it says of that."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from iec102_tui.collect.records import Queue
from iec102_tui.config import Config
from iec102_tui.meter_side.sink import Sink
from iec102_tui.profiles.connection import Connection
from iec102_tui.publish.publisher import PublishStatus
from iec102_tui.publish.settings import BrokerSettings
from iec102_tui.words.collect_text import BROKER_AWAY, BROKER_BACK
from iec102_tui.words.text import _

_log = logging.getLogger(__name__)


class BrokerQueue(Queue, Protocol):
    """What takes the messages, and how that goes."""

    @property
    def status(self) -> PublishStatus:
        """How it is doing."""

    @property
    def is_over(self) -> bool:
        """It takes nothing any more."""


class Broker(Protocol):
    """What publishes: ``Publishing``, or what a test has in its place."""

    @property
    def publisher(self) -> BrokerQueue:
        """What takes the messages."""

    def start(self) -> None:
        """May take its time. Raises Iec102Error."""

    def sink(self, connection: Connection) -> Sink:
        """Publishes one meter."""

    def close(self, patience: float) -> object:
        """Delivers what it can; takes its time."""


MakeBroker = Callable[[BrokerSettings, Config, Callable[[PublishStatus], None]], Broker]


class BrokerNotices:
    """Says in the log when the broker is away, each reason once, and when it is back. Called on the broker's thread."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def tell(self, status: PublishStatus) -> None:
        """The broker has another status; the hosts of a cluster, tried in turn, have a reason each."""
        if status.problem is not None and status.problem not in self._said:
            self._said.add(status.problem)
            _log.warning("%s", _(BROKER_AWAY, why=status.problem))
        elif status.is_connected and status.problem is None:
            self._said.clear()
            _log.info("%s", _(BROKER_BACK))
