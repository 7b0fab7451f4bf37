"""Applications and live reading share one line at 9600-8E1, fairly. Dialogues in virtual time."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from iec102.asdu import (
    Asdu,
    Events,
    Password,
    TimeTagA,
    decode_asdu,
    read_blocks,
    read_closings,
    read_events,
    read_instantaneous,
    read_totals,
)
from iec102.clock import Clock
from iec102.line import Line
from iec102.load_profile.download import Download, MemoryStore
from iec102.load_profile.intervals import Register
from iec102.meter.meter import Meter
from iec102.meter.monitor import Monitor, Snapshot
from iec102.settings import LineSettings, Station
from iec102.simulated import SimulatedOpener
from iec102.simulator import LineSpeed, SimulatorConfig
from support.dialogue import now
from support.gateway import Application, gateway_to
from support.scripted_meter import virtual_clock
from support.virtual_time import run

CLOCK = datetime(2026, 11, 22, 10, tzinfo=UTC)
STATION = Station(1, 1, Password(1))
MONTH = TimeTagA.of(datetime(2026, 9, 30, 22, tzinfo=UTC)), TimeTagA.of(datetime(2026, 10, 31, 23, tzinfo=UTC))
RANGES = read_totals(1, 11, 1, 8, *MONTH)
BLOCKS = read_blocks(1, 11, 9, *MONTH)


def real_line(clock: Clock | None = None, quirks: frozenset[str] = frozenset(), speed: int = 9600) -> Line:
    config = SimulatorConfig(clock=CLOCK, line=LineSpeed.parse(f"{speed}-8E1"), quirks=quirks)
    settings = LineSettings(speed, "8E1")
    return Line(SimulatedOpener(config), settings, reconnect=True, clock=clock or virtual_clock())


async def alone(request: Asdu, quirks: frozenset[str] = frozenset()) -> tuple[list[bytes], float]:
    """What the meter gives to one reader without a gateway, and the seconds it takes."""
    line = real_line(quirks=quirks)
    answered = await line.timed_exchange(STATION, request, who="alone")
    await line.close()
    return [asdu.encode() for asdu in answered.answers], answered.received - answered.sent


async def download(app: Application, request: Asdu) -> tuple[list[bytes], float]:
    """The data without the echoes, and the seconds it takes."""
    began = now()
    first, *data, last = await app.read(request)
    assert (first.cause, last.cause) == (7, 10)
    return [asdu.encode() for asdu in data], now() - began


class Live:
    """The monitor, and how old its reading ever was."""

    def __init__(self, line: Line, period: float = 1.0) -> None:
        self.ages: list[float] = []
        self._read_at: float | None = None
        self._monitor = Monitor(Meter(line, STATION, who="live"), period=period, on_snapshot=self._take)
        self.task = asyncio.create_task(self._monitor.run())

    def _take(self, snapshot: Snapshot) -> None:
        if snapshot.read_at is not None and snapshot.read_at != self._read_at:
            if self._read_at is not None:
                self.ages.append(snapshot.read_at - self._read_at)
            self._read_at = snapshot.read_at


def test_a_download_beside_live_reading() -> None:
    async def dialogue() -> None:
        records, seconds = await alone(RANGES)
        line = real_line()
        async with gateway_to(line) as gateway:
            live = Live(line)
            app = gateway.connect()
            await app.log_in()
            found, took = await download(app, RANGES)
            live.task.cancel()
            assert found == records
            assert took <= 1.35 * seconds
            assert max(live.ages) <= 3.0

    run(dialogue())


def test_two_downloads_beside_live_reading() -> None:
    async def dialogue() -> None:
        ranges, blocks = await alone(RANGES), await alone(BLOCKS)
        line = real_line()
        async with gateway_to(line) as gateway:
            live = Live(line)
            first, second = gateway.connect("a"), gateway.connect("b")
            await asyncio.gather(first.log_in(), second.log_in())
            found = await asyncio.gather(download(first, RANGES), download(second, BLOCKS))
            live.task.cancel()
            assert [records for records, _ in found] == [ranges[0], blocks[0]]
            assert max(live.ages) <= 5.0
            # Some applications take "no data" between two records for an error.
            assert (first.empty_polls, second.empty_polls) == (0, 0)

    run(dialogue())


@pytest.mark.parametrize("speed", [9600, 19200])
@pytest.mark.parametrize("period", [0.0, 1.0])
@pytest.mark.parametrize(("apps", "own"), [(4, 0), (2, 1), (4, 2), (0, 3)])
def test_live_reading_stays_young_however_many_download_and_downloads_are_equal(
    apps: int, own: int, period: float, speed: int
) -> None:
    async def dialogue() -> None:
        line = real_line(speed=speed)
        async with gateway_to(line) as gateway:
            live = Live(line, period)
            clients = [gateway.connect(chr(97 + number)) for number in range(apps)]
            assert all(await asyncio.gather(*(client.log_in() for client in clients)))
            tasks = [asyncio.create_task(download_for_ever(client)) for client in clients]
            tasks += [asyncio.create_task(own_download(line, f"own {number}")) for number in range(own)]
            await asyncio.wait(tasks, timeout=30)
            before = dict(line.usage)
            done, _ = await asyncio.wait(tasks, timeout=120)
            assert not done
            live.task.cancel()
            for task in tasks:
                task.cancel()
            assert max(live.ages) <= 3.0
            used = {who: seconds - before[who] for who, seconds in line.usage.items()}
            # An own download keeps further below the two seconds of a piece than the gateway.
            of_a_kind = [[s for who, s in used.items() if who.startswith(kind)] for kind in ("127", "own")]
            assert all(max(seconds) <= 1.2 * min(seconds) for seconds in of_a_kind if seconds)
            assert max(map(max, filter(None, of_a_kind))) <= 1.6 * min(map(min, filter(None, of_a_kind)))
            assert sum(map(sum, of_a_kind)) <= 2.0 * (len(live.ages) + 1)

    run(dialogue())


async def download_for_ever(app: Application) -> None:
    while True:
        await download(app, RANGES)


async def own_download(line: Line, who: str) -> None:
    meter, end = Meter(line, STATION, who=who), datetime(2026, 10, 31, 23, tzinfo=UTC)
    while True:
        await Download(meter, MemoryStore(), Register.HOURLY, end - timedelta(days=31), end, shared=True).run()


def contents(asdus: list[bytes]) -> list[object]:
    """Events one by one, however many an ASDU holds: the gateway fills them."""
    found: list[object] = []
    for data in asdus:
        asdu = decode_asdu(data)
        assert asdu is not None
        found += asdu.content.events if isinstance(asdu.content, Events) else [asdu]
    return found


YEAR = TimeTagA.of(datetime(2025, 10, 25, tzinfo=UTC)), TimeTagA.of(datetime(2026, 11, 30, tzinfo=UTC))
WEEK = TimeTagA.of(datetime(2026, 10, 22, tzinfo=UTC)), TimeTagA.of(datetime(2026, 10, 28, tzinfo=UTC))


@pytest.mark.parametrize(
    "request_",
    [
        read_totals(1, 11, 1, 8, *WEEK),
        read_totals(1, 21, 3, 3, *YEAR, incremental=False),
        read_blocks(1, 12, 9, *WEEK),
        read_blocks(1, 11, 11, *WEEK, incremental=False),
        read_events(1, 129, *MONTH),
        read_events(1, 52, *YEAR),
        read_closings(1, 134, *YEAR),
        read_closings(1, 135, *MONTH),
    ],
    ids=["123", "122", "190", "189", "102", "102-year", "134", "134-month"],
)
@pytest.mark.parametrize("quirk", ["", "start-bound-excluded", "end-bound-excluded", "su-ignored", "not-ready"])
def test_each_kind_of_reading_gives_beside_live_reading_what_it_gives_alone(request_: Asdu, quirk: str) -> None:
    quirks = frozenset({quirk} - {""})

    async def dialogue() -> None:
        records, _ = await alone(request_, quirks)
        assert records
        line = real_line(quirks=quirks)
        async with gateway_to(line) as gateway:
            live = Live(line)
            app = gateway.connect()
            await app.log_in()
            found, _ = await download(app, request_)
            live.task.cancel()
            assert contents(found) == contents(records)
            assert max(live.ages, default=0.0) <= 3.0

    run(dialogue())


def test_a_single_frame_is_not_late() -> None:
    async def dialogue() -> None:
        request = read_instantaneous(1)
        _, seconds = await alone(request)
        async with gateway_to(real_line()) as gateway:
            app = gateway.connect()
            await app.log_in()
            await app.read(request)  # the meter has its key now
            began = now()
            await app.read(request)
            assert now() - began <= seconds + 0.005

    run(dialogue())


@pytest.mark.parametrize("what", ["readings", "downloads"])
def test_thirty_two_applications_get_the_same(what: str) -> None:
    async def dialogue() -> None:
        async with gateway_to(real_line()) as gateway:
            apps = [gateway.connect(chr(65 + number)) for number in range(32)]
            assert all(await asyncio.gather(*(app.log_in() for app in apps)))
            counts = [0] * len(apps)

            async def ask(number: int) -> None:
                while True:
                    if what == "readings":
                        assert (await apps[number].read(read_instantaneous(1)))[0].type == 163
                        counts[number] += 1
                    else:
                        await apps[number].say(RANGES)
                        while (await apps[number].data()).cause != 10:
                            counts[number] += 1

            tasks = [asyncio.create_task(ask(number)) for number in range(32)]
            done, _ = await asyncio.wait(tasks, timeout=timedelta(minutes=6).total_seconds())
            assert not done
            for task in tasks:
                task.cancel()
            assert max(counts) <= 1.2 * min(counts)

    run(dialogue())


def test_a_download_that_is_given_up_holds_no_answer_of_the_next_request_back() -> None:
    async def dialogue() -> None:
        async with gateway_to(real_line()) as gateway:
            first, second = gateway.connect("a"), gateway.connect("b")
            await asyncio.gather(first.log_in(), second.log_in())
            await asyncio.gather(first.say(RANGES), second.say(RANGES))
            await asyncio.sleep(5)
            await first.say(read_instantaneous(1))
            second.vanish()
            gateway.connect("c")
            began = now()
            assert (await first.data()).type == 163
            assert now() - began < 4.5

    run(dialogue())
