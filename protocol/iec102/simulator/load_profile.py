"""The load profile of the simulated meter as it is asked for: totals by range (122, 123) and by block (189, 190).

Both bounds are included. gisce's program, in production at Spanish distributors, asks for a month from 01:00 of its
first day to 00:00 of the next month, with the right summer time bit, and gets it whole; the meter of EDAR Girona gave
the record at its start bound. The frames of the Actaris fit that as well as they fit another rule (REE profile
reference, 5). Other meters are quirks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice

from iec102.asdu import (
    BLOCK_ADDRESSES,
    Asdu,
    Block,
    BlockRequest,
    Cause,
    IntegratedTotals,
    RangeRequest,
    TimeTagA,
    TotalBlocks,
    TypeId,
)
from iec102.asdu.catalogue import answer_to, row_of
from iec102.load_profile.intervals import Register
from iec102.simulator.config import SimulatorConfig
from iec102.simulator.memory import Memory
from iec102.simulator.reading import MINUTE, Refused

_ABSOLUTE_REQUESTS = (TypeId.READ_ABSOLUTE_BLOCKS, TypeId.READ_ABSOLUTE_TOTALS)
_SU_IGNORED = frozenset(("su-ignored", "no-su", "standard-time"))
_BLOCKS_IN_AN_ASDU = {9: 5, 10: 6, 11: 11}


class Curves:
    """Its answers differ by quirks as real meters do."""

    def __init__(self, config: SimulatorConfig, memory: Memory) -> None:
        self._quirks = config.quirks
        self._most_records = config.count("max-records-N")
        self._longest_range = config.count("longest-range-HOURS")
        self._zone = config.tag_zone
        self._memory = memory

    def answers(self, request: Asdu, now: datetime) -> Iterator[Asdu] | None:
        """The data for a request of types 122, 123, 189 and 190, else None. Raises Refused."""
        asked = row_of(request.type).layout
        if asked not in (RangeRequest.layout, BlockRequest.layout):
            return None
        content, quirks = request.content, self._quirks
        if asked is BlockRequest.layout and "no-blocks" in quirks:
            raise Refused(Cause.TYPE_NOT_AVAILABLE)
        if request.record not in set(Register) or (
            request.record == Register.QUARTER_HOURLY and "no-quarter-hours" in quirks
        ):
            raise Refused(Cause.UNKNOWN_RECORD)
        addresses = _addresses(content)
        if not isinstance(content, BlockRequest | RangeRequest) or not addresses:
            raise Refused(Cause.OBJECT_NOT_AVAILABLE)
        start, end = self._bound(content.start), self._bound(content.end)
        if start is None or end is None:
            raise Refused(Cause.PERIOD_NOT_AVAILABLE)
        if self._is_refused(Register(request.record), start, end, now):
            raise Refused(Cause.PERIOD_NOT_AVAILABLE)
        if "start-bound-excluded" not in quirks:
            start -= MINUTE
        if "end-bound-excluded" in quirks:
            end -= MINUTE
        incremental = request.type not in _ABSOLUTE_REQUESTS
        records = self._memory.records(Register(request.record), start, end, now, incremental=incremental)
        wanted = (_only(record, addresses) for record in islice(records, self._most_records))
        contents = _in_blocks(content.object, wanted) if isinstance(content, BlockRequest) else wanted
        return (answer_to(request, content) for content in contents)

    def _is_refused(self, register: Register, start: datetime, end: datetime, now: datetime) -> bool:
        longest = self._longest_range
        return (
            ("refuses-past" in self._quirks and start < self._memory.begins(register, now))
            or ("refuses-future" in self._quirks and end > now)
            or (longest is not None and end - start > timedelta(hours=longest))
        )

    def _bound(self, tag: TimeTagA) -> datetime | None:
        instant = tag.utc(self._zone)
        if instant is None or not self._quirks & _SU_IGNORED:
            return instant
        return _civil(tag, self._zone)


def _addresses(content: object) -> tuple[int, ...]:
    match content:
        case RangeRequest(first=first, last=last) if 1 <= first <= last <= 8:
            return tuple(range(first, last + 1))
        case BlockRequest(object=object_):
            return BLOCK_ADDRESSES.get(object_, ())
    return ()


def _only(record: IntegratedTotals, addresses: tuple[int, ...]) -> IntegratedTotals:
    return IntegratedTotals(tuple(total for total in record.totals if total.address in addresses), record.time)


def _in_blocks(object_: int, records: Iterator[IntegratedTotals]) -> Iterator[TotalBlocks]:
    blocks: list[Block] = []
    for record in records:
        blocks.append(Block(object_, record.totals, record.time))
        if len(blocks) == _BLOCKS_IN_AN_ASDU[object_]:
            yield TotalBlocks(tuple(blocks))
            blocks = []
    if blocks:
        yield TotalBlocks(tuple(blocks))


def _civil(tag: TimeTagA, zone: tzinfo) -> datetime | None:
    """The tag as civil time of the zone, whatever its SU says."""
    try:
        return datetime(tag.year, tag.month, tag.day, tag.hour, tag.minute, tzinfo=zone).astimezone(UTC)
    except ValueError:
        return None
