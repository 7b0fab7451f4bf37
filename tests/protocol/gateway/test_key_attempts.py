"""How many wrong keys come to a meter, from whom and when ever. Dialogues in virtual time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu import Asdu, Password, read_clock, start_session
from iec102.clock import Clock
from iec102.errors import InvalidSetting, KeyRefused
from iec102.gateway import Address, GatewaySettings, KeptKey, KeptKeys, Outcome
from iec102.gateway.key_attempts import KeyAttemptLimit
from iec102.link import Function
from iec102.settings import Station
from support.dialogue import line_to, values
from support.gateway import Application, MemoryGateway, gateway_to
from support.scripted_meter import NOW, ScriptedLine, ScriptedMeter
from support.virtual_time import run


class Wall:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def clock(self) -> Clock:
        return Clock(boottime=lambda: asyncio.get_running_loop().time(), wall=lambda: self.now)

    def seconds(self) -> float:
        return self.now.timestamp()


class MemoryStore:
    """What outlives a gateway."""

    def __init__(self) -> None:
        self.lines: dict[str, KeptKeys] = {}

    async def load(self, line: str) -> KeptKeys | None:
        await asyncio.sleep(0.01)
        return self.lines.get(line)

    async def save(self, line: str, kept: KeptKeys) -> KeptKeys:
        await asyncio.sleep(0.01)
        self.lines[line] = self.lines[line].merged(kept) if line in self.lines else kept
        return self.lines[line]


def at(gateway: MemoryGateway, number: int) -> Application:
    """An application at an address of its own."""
    return Application(gateway, "a", host=f"127.0.0.{number}")


async def walk(gateway: MemoryGateway, keys: range) -> None:
    """Each key from another address."""
    for key in keys:
        walker = at(gateway, key)
        assert not await walker.log_in(key)
        walker.vanish()


def test_an_eleventh_wrong_key_in_a_day_does_not_come_to_the_meter_wherever_it_comes_from() -> None:
    async def dialogue() -> None:
        meter, wall = ScriptedMeter(), Wall()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True), clock=wall.clock()) as gateway:
            good = at(gateway, 1)
            assert await good.log_in(1)
            await walk(gateway, range(10, 73))
            assert meter.keys == [1, *range(10, 20)]
            assert gateway.status.wrong_keys == ((1, 10, 10),)
            assert any("(3 of at most 10 wrong passwords in 24 hours)" in text for text in gateway.told)
            assert "has refused 10 passwords in 24 hours" in gateway.told[-2]
            assert await at(gateway, 2).log_in(1), "a key that the meter has accepted passes from everywhere"
            assert (await good.read(read_clock(1)))[0].type == 72
            meter.key = 99
            assert not await at(gateway, 3).log_in(99), "one that it would accept, but nobody knows that"
            wall.now += timedelta(hours=23, minutes=59)
            assert not await at(gateway, 4).log_in(99)
            wall.now += timedelta(minutes=2)
            assert gateway.status.wrong_keys == ()
            assert await at(gateway, 4).log_in(99)

    run(dialogue())


def test_the_limit_is_that_of_the_settings() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True), most_wrong_keys=2) as gateway:
            await walk(gateway, range(10, 15))
            assert meter.keys == [10, 11]

    run(dialogue())
    for wrong in (0, 1001):
        with pytest.raises(InvalidSetting, match="1 to 1000"):
            GatewaySettings(Address("127.0.0.1", 0), most_wrong_keys=wrong)


def test_each_meter_has_its_own_count() -> None:
    async def dialogue() -> None:
        meters = ScriptedMeter(1), ScriptedMeter(2)
        line = line_to(ScriptedLine(*meters), reconnect=True)
        async with gateway_to(line, link_addresses=frozenset((1, 2)), most_wrong_keys=2) as gateway:
            await walk(gateway, range(10, 13))
            other = at(gateway, 50)
            other.link_address = 2
            assert not await other.log_in(10)
            assert [meter.keys for meter in meters] == [[10, 11], [10]]
            assert gateway.status.wrong_keys == ((1, 2, 2), (2, 1, 2))

    run(dialogue())


def test_tries_at_once_are_no_more() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True)) as gateway:
            apps = [at(gateway, number) for number in range(1, 41)]
            assert not any(await asyncio.gather(*(app.log_in(100 + number) for number, app in enumerate(apps))))
            assert len(meter.keys) == 10
            one_host = [Application(gateway, letter, host="127.0.1.1") for letter in "abcdef"]
            gateway.reset_keys()
            assert not any(await asyncio.gather(*(app.log_in(200 + number) for number, app in enumerate(one_host))))
            assert len(meter.keys) == 13

    run(dialogue())


class Telling(ScriptedMeter):
    """Tells when a key has come."""

    def __init__(self) -> None:
        super().__init__()
        self.came = asyncio.Event()

    def _log_in(self, request: Asdu, key: Password) -> None:
        super()._log_in(request, key)
        self.came.set()


@pytest.mark.parametrize("leave", ["reset", "again", "gone"])
def test_a_key_counts_whose_application_did_not_wait_for_the_refusal(leave: str) -> None:
    async def dialogue() -> None:
        meter = Telling()
        async with gateway_to(line_to(ScriptedLine(meter, latency=0.2), reconnect=True)) as gateway:
            for key in range(10, 40):
                app = at(gateway, key)
                await app.start()
                await app.say(start_session(1, Password(key)))
                if key >= 20:
                    assert (await app.data()).negative
                    assert gateway.status.clients[-1].refused == 1
                    continue
                await meter.came.wait()
                meter.came.clear()
                match leave:
                    case "reset":
                        await app.start()
                    case "again":
                        app.send(app.next_frame(Function.USER_DATA, read_clock(1).encode()).encode())
                    case "gone":
                        app.vanish()
            assert meter.keys == list(range(10, 20))
            assert gateway.status.wrong_keys == ((1, 10, 10),)

    run(dialogue())


def test_the_keys_of_live_reading_count_and_are_never_held_back() -> None:
    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter), reconnect=True)
        async with gateway_to(line, most_wrong_keys=2) as gateway:
            with pytest.raises(KeyRefused):
                await values(line, station=Station(1, 1, Password(9)))
            await walk(gateway, range(10, 13))
            assert meter.keys == [9, 10]
            await values(line)
            assert meter.keys == [9, 10, 1]
            assert await at(gateway, 5).log_in(1)
            gateway.reset_keys()
            with pytest.raises(KeyRefused):
                await values(line, station=Station(1, 1, Password(9)))
            assert meter.keys == [9, 10, 1], "only its user lets it be sent again"

    run(dialogue())


def test_a_key_that_is_not_answered_counts_and_may_be_tried_after_a_restart() -> None:
    store, wall = MemoryStore(), Wall()

    async def first() -> None:
        meter = ScriptedMeter()
        meter.login = "silent"
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True), clock=wall.clock(), store=store) as gateway:
            assert not await at(gateway, 1).log_in(1)
            assert gateway.status.wrong_keys == ((1, 1, 10),)

    async def second() -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True), clock=wall.clock(), store=store) as gateway:
            assert gateway.status.wrong_keys == ((1, 1, 10),)
            assert await at(gateway, 1).log_in(1)
            assert gateway.status.wrong_keys == ()

    run(first())
    run(second())


def test_the_count_outlives_the_gateway_and_so_does_what_was_accepted() -> None:
    store, wall = MemoryStore(), Wall()
    sent: list[list[int]] = []

    async def dialogue(keys: range, *, good: bool) -> None:
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True), clock=wall.clock(), store=store) as gateway:
            await walk(gateway, keys)
            assert await at(gateway, 2).log_in(1) == good
            sent.append(meter.keys)

    run(dialogue(range(10, 14), good=True))
    run(dialogue(range(10, 17), good=True))
    run(dialogue(range(17, 40), good=True))
    run(dialogue(range(40, 60), good=True))
    assert sent == [[*range(10, 14), 1], [*range(14, 17), 1], [*range(17, 20), 1], [1]]
    assert store.lines["scripted:"].reset_at == 0
    wall.now += timedelta(hours=25)
    run(dialogue(range(10, 11), good=True))
    assert sent[-1] == [10, 1], "a day later it is asked again"


def test_a_key_that_was_never_accepted_waits_behind_ten_wrong_ones_also_after_a_restart() -> None:
    store, wall = MemoryStore(), Wall()

    async def dialogue(keys: range, key: int, *, good: bool) -> None:
        meter = ScriptedMeter(key=key)
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True), clock=wall.clock(), store=store) as gateway:
            await walk(gateway, keys)
            assert await at(gateway, 2).log_in(key) == good

    run(dialogue(range(10, 20), 5, good=False))
    run(dialogue(range(0), 5, good=False))


def test_a_key_that_the_meter_no_longer_takes_is_no_longer_one_that_it_accepted() -> None:
    store, wall = MemoryStore(), Wall()

    async def dialogue(right: int, key: int, keys: list[int]) -> None:
        meter = ScriptedMeter(key=right)
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True), clock=wall.clock(), store=store) as gateway:
            await at(gateway, 2).log_in(key)
            assert meter.keys == keys

    run(dialogue(1, 1, [1]))
    run(dialogue(2, 1, [1]))
    run(dialogue(2, 1, []))


@pytest.mark.parametrize("who", ["itself", "another program"])
def test_a_reset_lets_all_be_tried_once_more(who: str) -> None:
    async def dialogue() -> None:
        store, wall = MemoryStore(), Wall()
        meter = ScriptedMeter()
        async with gateway_to(line_to(ScriptedLine(meter), reconnect=True), clock=wall.clock(), store=store) as gateway:
            await walk(gateway, range(10, 30))
            assert meter.keys == list(range(10, 20))
            walker = at(gateway, 200)
            for key in (60, 61, 62, 63):
                assert not await walker.log_in(key)
            assert meter.keys == list(range(10, 20))
            await asyncio.sleep(1)
            if who == "itself":
                gateway.reset_keys()
            else:
                kept = store.lines["scripted:"]
                store.lines["scripted:"] = kept.merged(kept._replace(reset_at=wall.seconds() + 1))
            meter.key = 15
            assert await at(gateway, 15).log_in(15), "that was refused by mistake"
            assert not await walker.log_in(63)
            assert meter.keys[10:] == [15, 63]
            assert gateway.status.wrong_keys == ((1, 1, 10),)

    run(dialogue())


def test_a_disk_that_takes_nothing_is_told_once_and_stops_nobody() -> None:
    class Full(MemoryStore):
        async def save(self, line: str, kept: KeptKeys) -> KeptKeys:
            raise OSError(28, "No space left on device", "/state/gateway-keys.json")

    async def dialogue() -> None:
        meter = ScriptedMeter()
        line = line_to(ScriptedLine(meter), reconnect=True)
        async with gateway_to(line, store=Full()) as gateway:
            await walk(gateway, range(10, 30))
            assert meter.keys == list(range(10, 20))
            assert await at(gateway, 1).log_in(1) is False
            told = [text for text in gateway.told if "gateway-keys.json" in text]
            assert told == [
                "wrong passwords are counted only until the gateway ends: /state/gateway-keys.json: "
                "No space left on device"
            ]

    run(dialogue())


# What is kept


def limit(**settings: object) -> KeyAttemptLimit:
    return KeyAttemptLimit("tcp://192.0.2.1:40001", now=lambda: 1e9, **settings)  # type: ignore[arg-type]


def test_what_is_kept_of_a_key_fits_thousands_of_others() -> None:
    keys = limit(most=1000)
    for key in (1, 7, 48151623):
        keys.refused("host", Station(1, 1, Password(key)), 7)
    keys.accepted(Station(1, 1, Password(42424242)))
    assert {len(bytes.fromhex(key.tag)) for key in keys.kept.keys} == {2}
    assert "48151623" not in repr(keys.kept)
    assert "42424242" not in repr(keys.kept)
    again = limit()
    again.take_over(keys.kept._replace(salt=bytes(16), keys=()))
    again.refused("host", Station(1, 1, Password(7)), 7)
    assert again.kept.keys[0].tag != keys.kept.keys[1].tag, "the salt is another"


def test_the_same_key_at_another_place_has_another_tag() -> None:
    keys = limit()
    salt = keys.kept.salt
    other_line = KeyAttemptLimit("tcp://192.0.2.2:40001", now=lambda: 1e9)
    other_line.take_over(KeptKeys(salt))
    tags = set()
    for station in (Station(1, 1, Password(7)), Station(2, 1, Password(7)), Station(1, 2, Password(7))):
        keys.refused("", station, 7)
        tags.add(keys.kept.keys[-1].tag)
    other_line.refused("", Station(1, 1, Password(7)), 7)
    assert other_line.kept.keys[0].tag not in tags
    assert len(tags) == 3


def test_a_wrong_key_that_looks_like_an_accepted_one_passes_once() -> None:
    keys = limit(most=1)
    accepted = Station(1, 1, Password(1))
    keys.accepted(accepted)
    (known,) = keys.kept.keys
    probe = KeyAttemptLimit("tcp://192.0.2.1:40001", now=lambda: 1e9)
    probe.take_over(KeptKeys(keys.kept.salt))
    wrong = next(
        station
        for station in (Station(1, 1, Password(key)) for key in range(2, 10_000_000))
        if probe._tag(station) == known.tag
    )
    keys.refused("a", Station(1, 1, Password(0)), 7)
    keys.check("b", accepted)
    keys.check("b", wrong)
    keys.refused("b", wrong, 7)
    with pytest.raises(KeyRefused):
        keys.check("b", wrong)


def test_a_clock_that_is_set_back_opens_nothing() -> None:
    time = 1e9
    keys = KeyAttemptLimit("line", now=lambda: time, most=1)
    keys.refused("a", Station(1, 1, Password(5)), 7)
    time = 0.0
    with pytest.raises(KeyRefused, match="in 24 hours"):
        keys.check("b", Station(1, 1, Password(6)))
    keys.reset()
    keys.check("b", Station(1, 1, Password(6)))
    keys.refused("b", Station(1, 1, Password(6)), 7)
    with pytest.raises(KeyRefused, match="in 24 hours"):
        keys.check("c", Station(1, 1, Password(7)))
    assert keys.kept.merged(keys.kept) == keys.kept


kept_keys = st.builds(
    KeptKeys,
    st.just(b"salt"),
    st.lists(
        st.builds(
            KeptKey, st.integers(1, 2), st.sampled_from(("aaaa", "bbbb")), st.sampled_from(Outcome), st.floats(1, 9)
        ),
        unique_by=lambda key: key[:2],
    ).map(tuple),
    st.floats(0, 9),
)


@given(kept_keys, kept_keys)
def test_both_of_two_have_the_later_word(first: KeptKeys, second: KeptKeys) -> None:
    both = first.merged(second)
    assert both.reset_at == max(first.reset_at, second.reset_at)
    for key in (*first.keys, *second.keys):
        words = [other for other in both.keys if other[:2] == key[:2]]
        assert len(words) <= 1
        if key.outcome is Outcome.ACCEPTED or key.at > both.reset_at:
            assert words[0].at >= key.at
    assert set(both.merged(both).keys) == set(both.keys)
