"""Many boxes in one process, which publish to a broker as the program does: stored, sent again, at another host.

    python -m support.fleet_publisher --url mqtt://127.0.0.1:1883 --meters 1000 --period 5 --seconds 60

Prints `ready`, then `probe POWER SECONDS` for each reading of the first box, whose power is told nowhere else, with
the time of the monotonic clock; `records COUNT` and `waiting COUNT` at its end.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from iec102.clock import SYSTEM_CLOCK
from iec102_tui.publish.message import Kind, Message
from iec102_tui.publish.publisher import Publisher, PublishStatus
from iec102_tui.publish.settings import broker_settings
from support.fleet_boxes import Box

PROBE = 100_000
"""The power of the first probe, in kW; the next ones are one more each."""
_RECORD_EVERY = 20


class Plain:
    """A client that only publishes, as cheaply as can be: where it is the screen that is measured."""

    def __init__(self, url: str) -> None:
        from paho.mqtt import client

        found = urlsplit(url)
        self._client = client.Client(client.CallbackAPIVersion.VERSION2)
        self._client.max_queued_messages_set(0)
        self._client.max_inflight_messages_set(1000)
        self._client.connect(str(found.hostname), int(found.port or 1883))
        self._client.loop_start()

    def publish(self, message: Message) -> None:
        self._latest = self._client.publish(message.topic, message.payload, 1, message.kind is not Kind.RECORD)

    def flush(self) -> None:
        """Waits until the broker has all of it."""
        self._latest.wait_for_publish(60)


class Boxes:
    """What they publish, in turn: each its reading once a period, and now and then a record."""

    def __init__(self, publisher: Publisher | Plain, meters: int, period: float) -> None:
        self.publisher = publisher
        self.boxes = [Box(number) for number in range(meters)]
        self.boxes[0].name = "0 probe"  # it stands first
        self.period = period
        self.records = 0
        self.readings = 0
        self._hour = datetime(2026, 11, 1, tzinfo=UTC)

    def begin(self) -> None:
        """Who they are."""
        now = SYSTEM_CLOCK.wall()
        for box in self.boxes:
            for topic, payload in box.retained(now):
                kind = Kind.LIVE if topic.endswith("/live") else Kind.STATUS
                self.publisher.publish(Message(kind, topic, payload))

    def read(self, number: int, power: int | None = None) -> None:
        """One reading of one of them."""
        box, now = self.boxes[number], SYSTEM_CLOCK.wall()
        changes = {} if power is None else {"power.active_total": power}
        self.publisher.publish(Message(Kind.LIVE, box.of("live"), box.live(now, **changes)))
        self.readings += 1
        if self.readings % _RECORD_EVERY == 0:
            self.records += 1
            self._hour += timedelta(hours=1)
            self.publisher.publish(Message(Kind.RECORD, *box.hour(self._hour)))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", action="append", required=True)
    parser.add_argument("--meters", type=int, default=100)
    parser.add_argument("--period", type=float, default=5.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--plain", action="store_true", help="Publish to the first host alone, and store nothing.")
    options = parser.parse_args(arguments)
    if options.plain:
        _publish(Plain(options.url[0]), options)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        settings = broker_settings({"url": options.url, "site": "publisher"}, None)
        publisher = Publisher(settings, Path(folder) / "queue.sqlite", changed=_say)
        publisher.start()
        _publish(publisher, options)
        status = publisher.close(60.0)
        print(f"waiting {status.waiting}", flush=True)
    return 0 if not status.waiting else 1


def _publish(publisher: Publisher | Plain, options: argparse.Namespace) -> None:
    boxes = Boxes(publisher, options.meters, options.period)
    boxes.begin()
    if isinstance(publisher, Plain):
        publisher.flush()
    print("ready", flush=True)
    began = time.monotonic()
    turn = 0
    while time.monotonic() - began < options.seconds:
        number = turn % options.meters
        probe = PROBE + turn // options.meters if number == 0 else None
        boxes.read(number, probe)
        if probe is not None:
            print(f"probe {probe} {time.monotonic()}", flush=True)
        turn += 1
        time.sleep(max(0.0, began + turn * options.period / options.meters - time.monotonic()))
    print(f"records {boxes.records}", flush=True)


def _say(status: PublishStatus) -> None:
    if status.problem:
        print(f"problem {status.problem}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
