"""Hands messages from the subscriber's thread to the interface's: the newest of each topic, and records in order.

Bounded: an interface that stands still (a frozen terminal) costs old values, never memory.
"""

from __future__ import annotations

import threading
from collections import deque

from iec102_tui.fleet.model import MOST_METERS, Arrived
from iec102_tui.fleet.payloads import LARGEST_PAYLOAD, LONGEST_TOPIC

MOST_TOPICS = 4 * MOST_METERS
MOST_RECORDS = 10_000
_STATE = "/state"
_STATUS = (_STATE, "/info", "/live")


class Inbox:
    """``put`` on one thread, ``take`` on another."""

    def __init__(self) -> None:
        self.dropped = 0
        """Messages for which there was no room, or that were too large."""
        self._lock = threading.Lock()
        self._reconnected = False
        self._newest: dict[str, Arrived] = {}
        self._records: deque[Arrived] = deque()

    def connected(self) -> None:
        """Another connection: what the broker holds comes again behind this.

        What waits of states and of what the last broker held is of the connection before, and would be taken for what
        is told on this one. That something is held no more is kept: no broker says that twice.
        """
        with self._lock:
            self._reconnected = True
            self._newest = {
                topic: message
                for topic, message in self._newest.items()
                if not message.payload or not (message.retained or topic.endswith(_STATE))
            }

    def put(self, message: Arrived) -> bool:
        """Whether it is the first since the last ``take``: somebody has to be woken."""
        with self._lock:
            first = not self._newest and not self._records
            if len(message.payload) > LARGEST_PAYLOAD or len(message.topic) > LONGEST_TOPIC:
                self.dropped += 1
                return False
            if message.topic.endswith(_STATUS):
                self._newest.pop(message.topic, None)  # it stands behind what has come since
                if len(self._newest) >= MOST_TOPICS:
                    self.dropped += 1
                    return False
                self._newest[message.topic] = message
            else:
                if len(self._records) >= MOST_RECORDS:
                    self._records.popleft()
                    self.dropped += 1
                self._records.append(message)
            return first

    def take(self) -> tuple[bool, list[Arrived]]:
        """Whether the connection is another one, and what has come since the last time."""
        with self._lock:
            reconnected, self._reconnected = self._reconnected, False
            found = [*self._newest.values(), *self._records]
            self._newest.clear()
            self._records.clear()
        return reconnected, found
