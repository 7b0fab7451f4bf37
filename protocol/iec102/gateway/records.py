"""The records inside the answers to range readings, so that answers can be taken apart and put together again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple

from iec102.asdu import Asdu, BlockRequest, Event, Raw, TariffPeriod, TimeTagA, TimeTagB, TypeId
from iec102.asdu.catalogue import row_of
from iec102.asdu.totals import BLOCKS

_TIME_A = 5
_MOST_BYTES = 246
_EVENT_TIME = Event.layout.offset("time")
_PERIOD_END = TariffPeriod.layout.offset("end")
TARIFF = 136
"""The type of stored tariff information."""


class Record(NamedTuple):
    """One record as its bytes stand in an answer; ``time`` in UTC, None where it has no valid date."""

    time: datetime | None
    data: bytes


@dataclass(frozen=True, slots=True)
class Layout:
    """How an answer is made of records: each of ``length`` bytes, 0 for one record an ASDU."""

    answer_type: int
    length: int = 0

    def records(self, asdu: Asdu, zone: tzinfo) -> Iterator[Record]:
        """The records of an answer; a body that does not fit is one record without a date."""
        body = asdu.content.encode_body()
        length = self.length or len(body)
        if not body or len(body) % length:
            yield Record(None, body)
            return
        for start in range(0, len(body), length):
            data = body[start : start + length]
            yield Record(self._time(data, zone), data)

    def _time(self, data: bytes, zone: tzinfo) -> datetime | None:
        if self.answer_type == TypeId.EVENTS:
            return TimeTagB.from_bytes(data, _EVENT_TIME).utc(zone)
        start = _PERIOD_END if self.answer_type == TARIFF else -_TIME_A
        end = data[start:][:_TIME_A]
        return TimeTagA.from_bytes(end).utc(zone) if len(end) == _TIME_A else None


def layout_of(request: Asdu) -> Layout | None:
    """How the answers to a range request are made; None where that is not known."""
    row = row_of(request.type)
    if row.bounds is None or row.answer is None:
        return None
    if row.layout is BlockRequest.layout:
        block = BLOCKS.get(request.content.encode_body()[0])
        return None if block is None else Layout(row.answer, block.size or 0)
    return Layout(row.answer, Event.layout.size or 0 if row.answer == TypeId.EVENTS else 0)


class Packer:
    """Puts records into ASDUs again, as many into each as fit."""

    def __init__(self, layout: Layout) -> None:
        self._length = layout.length
        self._most = _MOST_BYTES // layout.length if layout.length else 1
        self._like: Asdu | None = None
        self._held: list[bytes] = []

    def add(self, record: Record, like: Asdu) -> list[Asdu]:
        """Take a record of an answer ``like`` this; gives the ASDUs that are complete now."""
        if len(record.data) != self._length:
            return [*self.flush(), like]  # one record an ASDU, or a body that does not fit
        self._like = like
        self._held.append(record.data)
        return self.flush() if len(self._held) == self._most else []

    def flush(self) -> list[Asdu]:
        """The ASDUs of what is left over."""
        if not self._held:
            return []
        assert self._like is not None
        data, count = b"".join(self._held), len(self._held)
        self._held.clear()
        return [replace(self._like, content=Raw(data), count=count)]


def shortest_step(times: list[datetime]) -> timedelta | None:
    """The shortest time between neighbours."""
    return min((after - before for before, after in pairwise(times) if after > before), default=None)
