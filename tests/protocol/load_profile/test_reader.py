"""Meters that offer less than is asked for: other blocks, fewer objects. What they have comes, whatever it takes."""

from __future__ import annotations

from datetime import datetime

import pytest
from iec102.asdu import MADRID, Asdu, Block, BlockRequest, Cause, IntegratedTotals, TimeTagA, Total, TotalBlocks
from iec102.asdu.totals import BLOCK_ADDRESSES, RangeRequest
from iec102.load_profile.download import Download, MemoryStore, Progress
from iec102.load_profile.intervals import Register, expected_ends
from iec102.load_profile.read_method import ReadMethod
from iec102.load_profile.records import LoadRecord
from iec102.meter.meter import Meter
from support.dialogue import STATION, line_to
from support.scripted_meter import ScriptedLine, ScriptedMeter, echo
from support.virtual_time import run

DAY = datetime(2026, 11, 1, tzinfo=MADRID), datetime(2026, 11, 2, tzinfo=MADRID)


class Offering(ScriptedMeter):
    """Offers some block objects, and ranges of so many objects (0: none). ``gives``: the block object that it sends."""

    def __init__(self, blocks: set[int], objects: int, *, gives: int | None = None, withholds: int = 0) -> None:
        super().__init__()
        self.blocks = blocks
        self.objects = objects
        self.gives = gives
        self.withholds = withholds

    def answer(self, request: Asdu) -> list[Asdu]:
        content = request.content
        if isinstance(content, BlockRequest):
            if not self.blocks:
                return [echo(request, Cause.TYPE_NOT_AVAILABLE)]
            if content.object not in self.blocks:
                return [echo(request, Cause.OBJECT_NOT_AVAILABLE)]
            given_object = self.gives or content.object
            data: list[TotalBlocks | IntegratedTotals] = [
                TotalBlocks((Block(given_object, totals(BLOCK_ADDRESSES[given_object]), at),)) for at in tags(content)
            ]
            return answers(request, 140, data)
        if isinstance(content, RangeRequest):
            if not self.objects:
                return [echo(request, Cause.TYPE_NOT_AVAILABLE)]
            if content.last > self.objects:
                return [echo(request, Cause.OBJECT_NOT_AVAILABLE)]
            given = totals(tuple(range(content.first, content.last + 1 - self.withholds)))
            return answers(request, 11, [IntegratedTotals(given, at) for at in tags(content)])
        return super().answer(request)


def totals(addresses: tuple[int, ...]) -> tuple[Total, ...]:
    return tuple(Total(address, 100 + address) for address in addresses)


def tags(content: BlockRequest | RangeRequest) -> list[TimeTagA]:
    start, end = content.start.utc(), content.end.utc()
    assert start is not None
    assert end is not None
    return [TimeTagA.of(at) for at in expected_ends(Register.HOURLY, start, end)]


def answers(request: Asdu, type_: int, contents: list[TotalBlocks | IntegratedTotals]) -> list[Asdu]:
    data = [Asdu(type_, Cause.REQUEST, 1, request.record, content) for content in contents]
    return [echo(request, Cause.CONFIRMATION), *data, echo(request, Cause.TERMINATION)]


async def downloaded(
    meter: ScriptedMeter, channels: int = 8, way: ReadMethod | None = None
) -> tuple[Progress, list[LoadRecord]]:
    line = line_to(ScriptedLine(meter))
    store = MemoryStore()
    try:
        download = Download(Meter(line, STATION), store, Register.HOURLY, *DAY, channels=channels, way=way)
        return await download.run(), store.records()
    finally:
        await line.close()


@pytest.mark.parametrize(
    ("blocks", "objects", "channels", "way", "given"),
    [
        ({9, 10, 11}, 8, 8, ReadMethod.BLOCKS_8, range(1, 9)),
        ({10, 11}, 8, 8, ReadMethod.RANGES_8, range(1, 9)),
        ({10, 11}, 6, 8, ReadMethod.BLOCKS_6, range(1, 7)),
        (set(), 6, 8, ReadMethod.RANGES_6, range(1, 7)),
        ({11}, 1, 8, ReadMethod.BLOCKS_3, (1, 3, 6)),
        (set(), 1, 8, ReadMethod.RANGES_1, (1,)),
        ({9, 10, 11}, 8, 6, ReadMethod.BLOCKS_6, range(1, 7)),
        ({9}, 8, 6, ReadMethod.BLOCKS_8, range(1, 9)),
        ({9, 10, 11}, 8, 3, ReadMethod.BLOCKS_3, (1, 3, 6)),
        ({9, 10, 11}, 0, 8, ReadMethod.BLOCKS_8, range(1, 9)),
    ],
)
@pytest.mark.parametrize("remembered", [None, *ReadMethod])
def test_the_fastest_way_to_what_is_there(
    blocks: set[int], objects: int, channels: int, way: ReadMethod, given: range, remembered: ReadMethod | None
) -> None:
    progress, records = run(downloaded(Offering(blocks, objects), channels, remembered))
    assert (progress.records, progress.gaps) == (24, 0)
    if remembered is None:
        assert progress.way is way
        assert {tuple(total.address for total in record.totals) for record in records} == {tuple(given)}


def test_blocks_with_fewer_objects_than_asked() -> None:
    progress, records = run(downloaded(Offering({9}, 8, gives=10)))
    assert (progress.way, progress.records, progress.gaps) == (ReadMethod.BLOCKS_8, 24, 0)
    assert {record.totals for record in records} == {totals((1, 2, 3, 4, 5, 6))}


def test_ranges_with_fewer_objects_than_asked() -> None:
    progress, records = run(downloaded(Offering(set(), 8, withholds=3)))
    assert (progress.way, progress.records, progress.gaps) == (ReadMethod.RANGES_8, 24, 0)
    assert {record.totals for record in records} == {totals((1, 2, 3, 4, 5))}
