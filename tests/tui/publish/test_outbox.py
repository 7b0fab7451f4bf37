"""What waits for the broker: what goes next, what is retained, what is given up, over ends and beginnings."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from iec102_tui.publish.message import LATE, Kind, Message
from iec102_tui.publish.outbox import Limits, Outbox, Outgoing
from iec102_tui.publish.store import QueueError, Store

NO_LIMITS = Limits(10**9, 10**9)
NOW = 1_800_000_000.0


def live(value: object, meter: str = "m") -> Message:
    return Message(Kind.LIVE, f"{meter}/live", str(value))


def record(value: object, meter: str = "m") -> Message:
    return Message(Kind.RECORD, f"{meter}/event", str(value))


def status(value: object, meter: str = "m") -> Message:
    return Message(Kind.STATUS, f"{meter}/state", str(value))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "queue.sqlite"


def outbox(path: Path, limits: Limits = NO_LIMITS) -> tuple[Outbox, Store]:
    store = Store(path)
    return Outbox(store, limits), store


def sent(box: Outbox, count: int = 100) -> list[tuple[str, str, bool]]:
    """The next batch, which the broker takes."""
    batch = box.batch(count)
    box.delivered(batch)
    return [(each.topic, each.payload, each.retain) for each in batch]


def drained(box: Outbox, count: int = 3) -> list[tuple[str, str, bool]]:
    found: list[tuple[str, str, bool]] = []
    while not box.is_empty:
        found += sent(box, count)
    return found


@pytest.mark.parametrize("stored", [False, True])
def test_the_newest_goes_first_and_older_ones_are_late_in_order(path: Path, stored: bool) -> None:
    box, _store = outbox(path)
    for message in (live(1), record("a"), live(2), status("old"), status("new"), live(3)):
        box.add(message, NOW)
        if stored:
            box.store()
    assert sent(box) == [
        ("m/state", "new", True),
        ("m/live", "3", True),
        ("m/live/late", "1", False),
        ("m/event", "a", False),
        ("m/live/late", "2", False),
    ]
    assert box.is_empty
    assert box.batch(9) == []


def test_each_meter_has_its_newest(path: Path) -> None:
    box, _store = outbox(path)
    for number in range(3):
        for meter in "ab":
            box.add(live(number, meter), NOW)
    assert sent(box, 2) == [("a/live", "2", True), ("b/live", "2", True)]


def test_a_new_reading_overtakes_what_has_waited(path: Path) -> None:
    box, _store = outbox(path)
    for number in range(10):
        box.add(live(number), NOW)
    box.store()
    assert sent(box, 2) == [("m/live", "9", True), ("m/live/late", "0", False)]
    box.add(live(10), NOW)
    assert sent(box, 2) == [("m/live", "10", True), ("m/live/late", "1", False)]


def test_one_whose_acknowledgement_was_lost_becomes_late_when_there_is_a_newer(path: Path) -> None:
    box, _store = outbox(path)
    box.add(live(1), NOW)
    assert [each.topic for each in box.batch(5)] == ["m/live"]
    box.add(live(2), NOW)
    assert sent(box) == [("m/live", "2", True), ("m/live/late", "1", False)]


def test_every_status_goes_out_again_at_a_new_connection(path: Path) -> None:
    box, _store = outbox(path)
    box.add(status("on"), NOW)
    sent(box)
    assert box.is_empty
    box.connected()
    assert sent(box) == [("m/state", "on", True)]


def test_states_of_many_meters_leave_half_of_each_batch_to_live_readings(path: Path) -> None:
    box, _store = outbox(path)
    for number in range(30):
        box.add(status("x", f"m{number}"), NOW)
    for number in range(15):
        box.add(live(1, f"m{number}"), NOW)
    batches = [[topic.partition("/")[2] for topic, _payload, _retain in sent(box, 20)] for _ in range(3)]
    assert [(each.count("state"), each.count("live")) for each in batches] == [(10, 10), (15, 5), (5, 0)]


def test_what_waits_outlives_the_program(path: Path) -> None:
    box, store = outbox(path)
    for message in (live(1), record("a"), live(2)):
        box.add(message, NOW)
    box.store()
    store.close()
    box, _store = outbox(path)
    assert box.waiting == 3
    box.add(live(3), NOW)
    assert drained(box) == [
        ("m/live", "3", True),
        ("m/live/late", "1", False),
        ("m/event", "a", False),
        ("m/live/late", "2", False),
    ]


def test_no_older_reading_is_retained_after_a_program_that_was_killed(path: Path) -> None:
    box, store = outbox(path)
    box.add(live(1), NOW)
    box.store()
    box.add(live(2), NOW)
    assert box.batch(1)[0].payload == "2"  # given to the broker, and then the program is killed
    store.close()
    box, _store = outbox(path)
    assert drained(box) == [("m/live/late", "1", False)]


def test_only_one_program_has_the_queue(path: Path) -> None:
    _box, store = outbox(path)
    with pytest.raises(QueueError, match="another program publishes for this site already"):
        Store(path)
    store.close()
    Store(path).close()


def test_another_file_is_not_overwritten(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"important " * 200)
    with pytest.raises(QueueError, match="cannot be used"):
        Store(path)
    assert path.read_bytes().startswith(b"important")


def test_the_file_is_not_for_everybody(path: Path) -> None:
    Store(path).close()
    assert path.stat().st_mode & 0o007 == 0


def test_records_are_stored_at_once_and_live_readings_when_there_are_many(path: Path) -> None:
    box, _store = outbox(path)
    for number in range(1000):
        box.add(live(number), NOW)
    assert not box.must_store()
    box.add(live(1000), NOW)
    assert box.must_store()
    box.store()
    assert not box.must_store()
    box.add(record("a"), NOW)
    assert box.must_store()


@pytest.mark.parametrize("stored", [False, True])
def test_too_much_takes_the_oldest_live_readings_and_no_record(path: Path, stored: bool) -> None:
    box, _store = outbox(path, Limits(8 * len("m/event1") + len("m/live1"), 10**9))
    for number in range(8):
        box.add(record(number), NOW)
        box.add(live(number), NOW)
    if stored:
        box.store()
    box.trim(NOW)
    found = drained(box)
    assert [payload for topic, payload, _retain in found if topic == "m/event"] == list("01234567")
    assert [payload for topic, payload, _retain in found if topic != "m/event"] == ["7"]
    assert (box.dropped_live, box.dropped_records) == (7, 0)


@pytest.mark.parametrize("stored", [False, True])
def test_records_go_when_no_live_reading_is_left_the_oldest_first(path: Path, stored: bool) -> None:
    box, _store = outbox(path, Limits(3 * len("m/event0"), 10**9))
    for number in range(5):
        box.add(record(number), NOW)
    box.add(live(1), NOW)
    if stored:
        box.store()
    box.trim(NOW)
    assert [payload for _topic, payload, _retain in drained(box)] == ["2", "3", "4"]
    assert (box.dropped_live, box.dropped_records) == (1, 2)


@pytest.mark.parametrize("stored", [False, True])
def test_live_readings_that_are_too_old_are_given_up_and_records_are_not(path: Path, stored: bool) -> None:
    box, _store = outbox(path, Limits(10**9, 60))
    for number in range(4):
        box.add(live(number), NOW + 30 * number)
        box.add(record(number), NOW + 30 * number)
    if stored:
        box.store()
    box.trim(NOW + 100)
    assert [payload for topic, payload, _retain in drained(box) if "live" in topic] == ["3", "2"]
    assert (box.dropped_live, box.dropped_records) == (2, 0)


def test_the_room_is_given_back(path: Path) -> None:
    box, store = outbox(path)
    for number in range(3000):
        box.add(record("x" * 1000 + str(number)), NOW)
    box.store()
    full = path.stat().st_size + path.with_name(path.name + "-wal").stat().st_size
    drained(box, 500)
    assert full > 3_000_000
    assert path.stat().st_size + path.with_name(path.name + "-wal").stat().st_size < 100_000
    assert store.totals() == (0, 0)


class Disk:
    """Works or fails: what stores is told so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fails = False
        for name in ("add", "remove", "shrink"):
            monkeypatch.setattr(Store, name, self._checked(getattr(Store, name)))

    def _checked(self, write: Callable[..., None]) -> Callable[..., None]:
        def checked(store: Store, *values: object) -> None:
            if self.fails:
                raise QueueError("the disk is full")
            write(store, *values)

        return checked


def test_what_the_disk_cannot_forget_does_not_go_out_again_and_is_not_counted_twice(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, store = outbox(path, Limits(size=1, age=10**9))
    for number in range(3):
        box.add(record(number), NOW)
    box.store()
    disk = Disk(monkeypatch)
    disk.fails = True
    assert [payload for _topic, payload, _retain in sent(box, 1)] == ["0"]
    box.trim(NOW)
    box.trim(NOW)
    assert (box.dropped_records, box.waiting, box.is_settled) == (2, 0, False)
    assert box.batch(100) == []
    disk.fails = False
    box.settle()
    assert (store.totals(), box.is_settled) == ((0, 0), True)


def test_the_newest_reading_waits_until_the_disk_knows_that_an_older_one_is_late(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a program that is killed then takes the older one for the newest; what else there is goes."""
    box, _store = outbox(path)
    box.add(live(1), NOW)
    box.store()
    disk = Disk(monkeypatch)
    disk.fails = True
    for message in (live(2), live(7, "other"), record("a")):
        box.add(message, NOW)
    assert sent(box) == [("other/live", "7", True), ("m/live/late", "1", False), ("m/event", "a", False)]
    disk.fails = False
    assert sent(box) == [("m/live", "2", True)]


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_doubled_or_retained_late_whatever_happens(
    path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Connections that break, programs that end well, disks that are written at any time, or cannot be."""
    disk = Disk(monkeypatch)
    chance = random.Random(seed)
    box, store = outbox(path)
    given: list[tuple[str, str]] = []
    got: list[Outgoing] = []
    for step in range(150):
        match chance.choice(("live", "live", "record", "send", "send", "store", "end", "full", "full")):
            case "live" | "record" as kind:
                meter = chance.choice("ab")
                message = (live if kind == "live" else record)(step, meter)
                given.append((message.topic, message.payload))
                box.add(message, NOW)
            case "send":
                batch = box.batch(chance.choice((1, 3, 20)))
                arrived = batch[: chance.randint(0, len(batch))]
                box.delivered(arrived)
                got += arrived
            case "full":
                disk.fails = not disk.fails
            case "store":
                with suppress(QueueError):
                    box.store()
            case "end":
                disk.fails = False
                box.settle()
                box.store()
                store.close()
                box, store = outbox(path)
    disk.fails = False
    while not box.is_empty:
        got += (batch := box.batch(20))
        box.delivered(batch)
    assert sorted((each.topic.removesuffix(LATE), each.payload) for each in got) == sorted(given)
    for meter in "ab":
        retained = [int(each.payload) for each in got if each.topic == f"{meter}/live"]
        late = [int(each.payload) for each in got if each.topic == f"{meter}/live/late"]
        records = [int(each.payload) for each in got if each.topic == f"{meter}/event"]
        assert retained == sorted(retained)
        assert late == sorted(late)
        assert records == sorted(records)
        assert all(each.retain == (each.topic == f"{meter}/live") for each in got if each.topic.startswith(meter))
