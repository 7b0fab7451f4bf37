"""Meters that do not give three instantaneous objects at once, as raw bytes: what they give is read, and remembered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from iec102.errors import ObjectNotAvailable, RequestRefused
from iec102.line import Line
from iec102.meter.meter import Meter
from iec102.meter.monitor import Monitor, Snapshot
from iec102.meter.reading import Reading
from iec102.search.check import Check, Step
from iec102.settings import LineSettings
from iec102.transport.scheme import Target
from support.dialogue import STATION
from support.raw_line import RawLine
from support.raw_meter import NO_DATA, RawMeter, caused, fixed
from support.scripted_meter import virtual_clock
from support.virtual_time import run

# Of a real meter (2021-04-14 18:55).
OBJECTS = {
    192: "c0 62e70300 d20f0100 99b10000 5e250000 9d010000 060b0000 37926e0415",
    193: "c1 0800000300009a03 020000000000dc01 0300000100000502 020000010000aa01 37926e0415",
    194: "c2 0c000055090000 0d000055090000 0c000047090000 37926e0415",
}
ALL = (192, 193, 194)


def answer_of(*objects: int) -> bytes:
    """163 with these."""
    return bytes((163, len(objects), 5, 1, 0, 0)) + b"".join(bytes.fromhex(OBJECTS[number]) for number in objects)


def objects_of(meter: RawMeter) -> list[tuple[int, ...]]:
    return [tuple(asdu[6:]) for asdu in meter.asked if asdu[0] == 162]


def one_object(cause: int, offered: tuple[int, ...] = ALL) -> RawMeter:
    def answer(asdu: bytes) -> list[bytes]:
        asked = tuple(asdu[6:])
        return [answer_of(*asked)] if len(asked) == 1 and asked[0] in offered else [caused(asdu, cause)]

    return RawMeter(answer)


def apart(asdu: bytes) -> list[bytes]:
    """Each object in an ASDU of its own."""
    return [answer_of(number) for number in asdu[6:]] if asdu[0] == 162 else [caused(asdu, 14)]


def line_to(meter: RawMeter) -> Line:
    return Line(RawLine(meter), LineSettings(), clock=virtual_clock())


async def readings(meter: RawMeter, count: int = 1) -> list[Reading]:
    line = line_to(meter)
    try:
        reader = Meter(line, STATION)
        return [await reader.read_instantaneous() for _ in range(count)]
    finally:
        await line.close()


def values(reading: Reading) -> dict[str, Any]:
    return {key: value.value for key, value in reading.values.items()}


def all_at_once() -> dict[str, Any]:
    (whole,) = run(readings(RawMeter(lambda asdu: [answer_of(*asdu[6:])])))
    found = values(whole)
    assert None not in found.values()
    assert len(found) == 24
    return found


@pytest.mark.parametrize("cause", [14, 17])
def test_a_meter_that_gives_one_object_at_a_time_is_read_so_for_good(cause: int) -> None:
    meter = one_object(cause)
    found = run(readings(meter, 4))
    assert [values(reading) for reading in found] == [all_at_once()] * 4
    assert objects_of(meter) == [ALL] + [(192,), (193,), (194,)] * 4


@pytest.mark.parametrize("cause", [14, 17])
def test_a_meter_that_lacks_an_object_and_gives_one_at_a_time(cause: int) -> None:
    meter = one_object(cause, (192, 194))
    found = run(readings(meter, 3))
    whole = all_at_once()
    for reading in found:
        got = values(reading)
        assert all(got[key] == (None if key.startswith("power.") else whole[key]) for key in whole)
    assert objects_of(meter)[-4:] == [(192,), (194,)] * 2


def test_a_session_that_ends_is_opened_again_for_single_objects_too() -> None:
    meter = one_object(14)
    ended: list[bool] = []

    def answer(asdu: bytes) -> list[bytes]:
        if ended and ended.pop():
            return [caused(asdu, 14)]
        asked = tuple(asdu[6:])
        return [answer_of(*asked)] if len(asked) == 1 else [caused(asdu, 14)]

    meter.answers = answer

    async def dialogue() -> None:
        line = line_to(meter)
        reader = Meter(line, STATION)
        await reader.read_instantaneous()
        logins = meter.logins
        await asyncio.sleep(900)
        ended.append(True)
        await reader.read_instantaneous()
        assert meter.logins == logins + 1
        await line.close()

    run(dialogue())
    assert ALL not in objects_of(meter)[3:]


def test_a_meter_without_any_object_is_not_asked_for_each_at_every_poll() -> None:
    meter = one_object(17, ())

    async def dialogue() -> None:
        line = line_to(meter)
        reader = Meter(line, STATION)
        for _ in range(5):
            with pytest.raises(ObjectNotAvailable):
                await reader.read_instantaneous()
        await line.close()

    run(dialogue())
    assert objects_of(meter) == [ALL, (192,), (193,), (194,), *[ALL] * 4]


def test_three_answers_to_one_request_are_all_taken() -> None:
    meter = RawMeter(apart)
    found = run(readings(meter, 3))
    assert [values(reading) for reading in found] == [all_at_once()] * 3
    assert objects_of(meter) == [ALL] * 3


def test_no_data_yet_between_two_objects_is_waited_for() -> None:
    pauses: list[int] = []

    class Slow(RawMeter):
        def _next(self) -> bytes:
            pauses.append(len(self._waiting))
            if self._waiting and len(pauses) % 3:
                return bytes.fromhex("10 09 01 00 0a 16")
            return super()._next()

    found = run(readings(Slow(apart), 3))
    assert [values(reading) for reading in found] == [all_at_once()] * 3


def test_a_meter_that_leaves_an_object_out_is_waited_for_once() -> None:
    meter = RawMeter(lambda asdu: [answer_of(192)])

    async def dialogue() -> list[float]:
        line = line_to(meter)
        reader = Meter(line, STATION)
        times = []
        for _ in range(4):
            began = asyncio.get_running_loop().time()
            assert values(await reader.read_instantaneous())["energy.active_imported"] == 255842
            times.append(asyncio.get_running_loop().time() - began)
        await line.close()
        return times

    first, *others = run(dialogue())
    assert 0.5 < first < 1.5
    assert max(others) < 0.1


def test_an_object_that_is_left_out_once_is_asked_for_again() -> None:
    """As by a meter that begins anew between two answers."""
    asked: list[bytes] = []

    def answer(asdu: bytes) -> list[bytes]:
        asked.append(asdu)
        return apart(asdu)[: 1 if len(asked) in (2, 5) else 3]

    meter = RawMeter(answer)
    found = run(readings(meter, 4))
    assert [values(reading) for reading in found] == [all_at_once()] * 4
    assert objects_of(meter) == [ALL] * 6


@pytest.mark.parametrize("begun_anew", [{1}, {1, 2}, {1, 2, 3}, {2}, {2, 3}, {2, 3, 4}, {1, 2, 4, 5}])
def test_objects_that_are_left_out_where_an_answer_was_lost_are_asked_for_again(begun_anew: set[int]) -> None:
    """As by a meter that loses its power between two answers, in the first reading, later, or again and again."""
    asked: list[bytes] = []
    lost: set[int] = set()

    def answer(asdu: bytes) -> list[bytes]:
        asked.append(asdu)
        return apart(asdu)[: 1 if len(asked) in begun_anew else 3]

    def alter(_sent: bytes, right: bytes) -> list[bytes]:
        number = len(asked)
        if right == fixed(NO_DATA) and number in begun_anew - lost:
            lost.add(number)
            return []
        return [right]

    meter = RawMeter(answer, alter=alter)
    found = run(readings(meter, 3))
    assert [values(reading) for reading in found] == [all_at_once()] * 3
    assert objects_of(meter) == [ALL] * (3 + len(begun_anew))


@pytest.mark.parametrize("meter", [one_object(17), one_object(14), RawMeter(apart)], ids=["17", "14", "apart"])
def test_the_monitor_and_the_check_read_it_too(meter: RawMeter) -> None:
    snapshots: list[Snapshot] = []

    async def watch() -> None:
        line = line_to(meter)
        monitor = Monitor(Meter(line, STATION), period=1.0, on_snapshot=snapshots.append)
        task = asyncio.create_task(monitor.run())
        await asyncio.sleep(20)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await line.close()

    run(watch())
    assert snapshots[-1].reads > 15
    assert snapshots[-1].error is None
    assert snapshots[-1].reading is not None
    assert values(snapshots[-1].reading) == all_at_once()

    check = Check(Target("serial:/dev/none", lambda _settings: RawLine(meter)), LineSettings(), STATION)
    run(check.run())
    assert check.failed is not None
    assert check.failed.step is Step.CLOCK  # the frames are years old; all steps before it went well


def test_other_refusals_are_no_reason_to_ask_one_by_one() -> None:
    meter = one_object(16)
    with pytest.raises(RequestRefused):
        run(readings(meter))
    assert objects_of(meter) == [ALL]
