"""What a line counts. Dialogues in virtual time."""

import asyncio

import pytest
from iec102.errors import NoAnswer
from iec102.line.counters import LineCounters
from iec102.link import GarbageKind
from iec102.settings import LineSettings
from support.dialogue import line_to, values
from support.scripted_meter import ScriptedLine, as_it_is
from support.virtual_time import run


def test_before_its_opening_a_line_has_used_nothing() -> None:
    assert LineCounters().line_use == 0.0
    stats = LineCounters().to_json()
    assert stats["round_trip_ms"] == {"min": None, "median": None, "max": None, "last": None}
    assert stats["bad_frames_by_reason"] == {str(kind): 0 for kind in GarbageKind}


def test_round_trips_have_a_shortest_a_middle_and_a_longest() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine(latency=0.05)
        line = line_to(scripted)
        await values(line)  # 7 round trips of 0.1 s
        scripted.latency = 0.25
        await values(line)  # 2 of 0.5 s
        counters = line.counters
        assert counters.round_trip_min == pytest.approx(0.1)
        assert counters.round_trip_median == pytest.approx(0.1)
        assert [counters.round_trip_max, counters.round_trip_last] == pytest.approx([0.5, 0.5])
        assert counters.to_json()["round_trip_ms"] == {"min": 100.0, "median": 100.0, "max": 500.0, "last": 500.0}
        await line.close()

    run(dialogue())


def test_line_use_is_the_share_of_the_time_in_which_somebody_waits_for_an_answer() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine(latency=0.05)
        line = line_to(scripted)
        await asyncio.sleep(5.0)  # not opened yet
        await values(line)
        assert line.counters.line_use == pytest.approx(100.0)
        await asyncio.sleep(0.7)
        assert line.counters.line_use == pytest.approx(50.0)
        scripted.mute = True
        waiting = asyncio.create_task(values(line))
        await asyncio.sleep(1.4)
        assert line.counters.line_use == pytest.approx(75.0)
        waiting.cancel()
        await line.close(end_sessions=False)

    run(dialogue())


def test_bad_frames_are_counted_by_reason() -> None:
    async def dialogue() -> None:
        scripted = ScriptedLine()
        line = line_to(scripted, LineSettings(timeout=500, retries=2))
        await values(line)
        kinds = [b"\x55\xaa", b"\x68\x09\x08\x68", b"\x10\x0b\x01\x00\x0d\x16"]
        waste = iter(kinds)
        scripted.to_reader = lambda _: [next(waste)]
        with pytest.raises(NoAnswer):
            await values(line)
        scripted.to_reader = as_it_is
        assert line.counters.bad_frames_by_kind == {
            GarbageKind.NOISE: 1,
            GarbageKind.BAD_LENGTHS: 1,
            GarbageKind.BAD_CHECKSUM: 1,
        }
        assert line.counters.garbage_bytes == sum(map(len, kinds))
        await values(line)
        await line.close()

    run(dialogue())
