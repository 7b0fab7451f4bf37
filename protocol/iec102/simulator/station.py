"""The application of the simulated meter: what it answers to each request."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

from iec102.application import (
    BLOCK_ADDRESSES,
    AccessKey,
    Asdu,
    Block,
    BlockRequest,
    Cause,
    ClockTime,
    Configuration,
    Content,
    Identity,
    InstantaneousValues,
    IntegratedTotals,
    ObjectList,
    Port,
    RangeRequest,
    Recorder,
    RecorderObject,
    TimeTagA,
    TimeTagB,
    TotalBlocks,
    TransformerRatios,
    TypeId,
    decode_asdu,
)
from iec102.application.configuration import RATIOS_OBJECT
from iec102.intervals import Register
from iec102.simulator.config import SimulatorConfig
from iec102.simulator.electrical import Site
from iec102.simulator.instruments import (
    PRIMARY_CURRENT,
    PRIMARY_VOLTAGE,
    SECONDARY_CURRENT,
    SECONDARY_VOLTAGE,
    measure,
)
from iec102.simulator.memory import Memory

_FIRST_DEVICE = 48_304_838
_DEVICES = 1 << 32

_BLOCKS_IN_AN_ASDU = {9: 5, 10: 6, 11: 11}
_RANGE_READINGS = {
    TypeId.READ_ABSOLUTE_TOTALS: TypeId.ABSOLUTE_TOTALS,
    TypeId.READ_INCREMENTAL_TOTALS: TypeId.INCREMENTAL_TOTALS,
    TypeId.READ_ABSOLUTE_BLOCKS: TypeId.ABSOLUTE_BLOCKS,
    TypeId.READ_INCREMENTAL_BLOCKS: TypeId.INCREMENTAL_BLOCKS,
}
_RATIOS = TransformerRatios(10 * PRIMARY_VOLTAGE, 10 * SECONDARY_VOLTAGE, 10 * PRIMARY_CURRENT, 10 * SECONDARY_CURRENT)
_9600_8E1 = (6, 8)
_MINUTE = timedelta(minutes=1)


class Refused(Exception):
    """The request is echoed with an error cause."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause = cause


class MeterStation:
    """Behind a ``SecondaryStation``: one reader's session, and its answers that wait to be polled."""

    def __init__(self, config: SimulatorConfig, site: Site, clock: Callable[[], datetime]) -> None:
        self._config = config
        self._site = site
        self._identity = _identity_of(config)
        self._memory = Memory(site, config.zone, late_change_label="late-change-label" in config.quirks)
        self._clock = clock
        self._session = False
        self._waiting: deque[Iterator[bytes]] = deque()
        self._not_ready = False
        self.logins = 0

    def reset(self) -> None:
        """The link was reset: nothing waits any more. The session goes on."""
        self._waiting.clear()
        self._not_ready = False

    def end_session(self) -> None:
        """What follows needs the key again."""
        self._session = False

    def user_data(self, asdu: bytes) -> bool:
        """Takes a request; its answers wait to be polled."""
        request = decode_asdu(asdu)
        if request is None:
            return True
        if "keep-pending" not in self._config.quirks:
            self._waiting.clear()
        self._not_ready = "not-ready" in self._config.quirks
        try:
            answers: Iterable[Asdu] = self._answers(request)
        except Refused as refused:
            negative = "negative-errors" in self._config.quirks
            answers = (replace(request, cause=refused.cause, negative=negative),)
        self._waiting.append(answer.encode() for answer in answers)
        return True

    def next_data(self) -> bytes | None:
        """The next answer, or None while there is none."""
        if self._not_ready:
            self._not_ready = False
            return None
        while self._waiting:
            answer = next(self._waiting[0], None)
            if answer is not None:
                return answer
            self._waiting.popleft()
        return None

    def _answers(self, request: Asdu) -> Iterable[Asdu]:
        if request.point_address != self._config.point_address:
            raise Refused(Cause.UNKNOWN_ADDRESS)
        if request.type == TypeId.START_SESSION:
            return self._start_session(request)
        if request.type == TypeId.END_SESSION:
            self.end_session()
            return (replace(request, cause=Cause.CONFIRMATION),)
        if not self._session:
            if "silent-without-session" in self._config.quirks:
                return ()
            raise Refused(Cause.TYPE_NOT_AVAILABLE)
        if request.type in _RANGE_READINGS:
            return self._range_reading(request)
        return (self._direct(request),)

    def _start_session(self, request: Asdu) -> Iterable[Asdu]:
        self.logins += 1
        content = request.content
        self._session = isinstance(content, AccessKey) and content.key.reveal() == self._config.password
        if self._session:
            return (replace(request, cause=Cause.CONFIRMATION),)
        if "silent-login" in self._config.quirks:
            return ()
        if "refuse-login-14" in self._config.quirks:
            raise Refused(Cause.TYPE_NOT_AVAILABLE)
        return (replace(request, cause=Cause.CONFIRMATION, negative=True),)

    def _direct(self, request: Asdu) -> Asdu:
        point, zone = request.point_address, self._config.zone
        match request.type:
            case TypeId.READ_IDENTITY:
                return Asdu(TypeId.IDENTITY, Cause.REQUEST, point, content=self._identity)
            case TypeId.READ_CLOCK:
                return Asdu(TypeId.CLOCK, Cause.REQUEST, point, content=ClockTime(TimeTagB.of(self._clock(), zone)))
            case TypeId.READ_INSTANTANEOUS if "no-163" not in self._config.quirks:
                return Asdu(TypeId.INSTANTANEOUS, Cause.REQUEST, point, content=self._measured(request.content))
            case TypeId.READ_CONFIGURATION:
                return Asdu(TypeId.CONFIGURATION, Cause.REQUEST, point, content=self._configuration())
            case TypeId.READ_RECORDER if asked := request.content.encode_body():
                if set(asked) != {RATIOS_OBJECT}:
                    raise Refused(Cause.OBJECT_NOT_AVAILABLE)
                recorder = Recorder((RecorderObject(RATIOS_OBJECT, _RATIOS.encode()),))
                return Asdu(TypeId.RECORDER, Cause.REQUEST, point, content=recorder)
        raise Refused(Cause.TYPE_NOT_AVAILABLE)

    def _measured(self, asked: Content) -> InstantaneousValues:
        if not isinstance(asked, ObjectList):
            raise Refused(Cause.OBJECT_NOT_AVAILABLE)
        now = self._clock()
        objects = [measure(self._site, object_, now, self._config.zone) for object_ in asked.objects]
        known = tuple(item for item in objects if item is not None)
        if not known or len(known) != len(objects) or len(set(asked.objects)) != len(objects):
            raise Refused(Cause.OBJECT_NOT_AVAILABLE)
        return InstantaneousValues(known)

    # Totals

    def _range_reading(self, request: Asdu) -> Iterable[Asdu]:
        content = request.content
        quirks = self._config.quirks
        blocks = request.type in (TypeId.READ_ABSOLUTE_BLOCKS, TypeId.READ_INCREMENTAL_BLOCKS)
        absolute = request.type in (TypeId.READ_ABSOLUTE_BLOCKS, TypeId.READ_ABSOLUTE_TOTALS)
        if (blocks and "no-blocks" in quirks) or (request.type == TypeId.READ_ABSOLUTE_TOTALS and "no-122" in quirks):
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
        if "start-bound-included" in quirks:
            start -= _MINUTE
        if "end-bound-excluded" in quirks:
            end -= _MINUTE
        records = self._memory.records(Register(request.record), start, end, self._clock(), incremental=not absolute)
        first = next(records, None)
        if first is None:
            raise Refused(Cause.PERIOD_NOT_AVAILABLE)
        return self._course(request, _rejoin(first, records), addresses)

    def _course(self, request: Asdu, records: Iterator[IntegratedTotals], addresses: tuple[int, ...]) -> Iterator[Asdu]:
        """Echo with cause 7, the data, echo with cause 10."""
        type_ = _RANGE_READINGS[TypeId(request.type)]
        answer = Asdu(type_, Cause.REQUEST, request.point_address, request.record)
        yield replace(request, cause=Cause.CONFIRMATION)
        contents: Iterable[TotalBlocks | IntegratedTotals]
        wanted = (_only(record, addresses) for record in records)
        contents = _in_blocks(request.content.object, wanted) if isinstance(request.content, BlockRequest) else wanted
        for content in contents:
            yield replace(answer, content=content, count=content.count)
        yield replace(request, cause=Cause.TERMINATION)

    def _bound(self, tag: TimeTagA) -> datetime | None:
        instant = tag.utc(self._config.zone)
        if instant is None or "su-ignored" not in self._config.quirks:
            return instant
        return _civil(tag, self._config.zone)

    def _configuration(self) -> Configuration:
        return Configuration(
            manufacturer=self._identity.manufacturer,
            model=b"SM",
            firmware=1,
            serial_number=self._identity.device_id,
            standard_year=self._identity.year,
            standard_month=self._identity.month,
            protocol_date=TimeTagA.of(datetime(2003, 2, 10, tzinfo=UTC), self._config.zone),
            battery=97,
            ports=(Port(*_9600_8E1, 255, b" " * 20), Port(*_9600_8E1), Port(*_9600_8E1)),
            ratios=_RATIOS,
            integration_periods=(60, 15, 0),
            contracts=0x02,
        )


def _identity_of(config: SimulatorConfig) -> Identity:
    """Meters that differ in what they have measured or in their link address have numbers of their own."""
    number = _FIRST_DEVICE + (config.seed - 1 << 16) + config.link_address - 1
    return Identity(2002, 4, 251, number % _DEVICES)


def _addresses(content: object) -> tuple[int, ...]:
    match content:
        case RangeRequest(first=first, last=last) if 1 <= first <= last <= 8:
            return tuple(range(first, last + 1))
        case BlockRequest(object=object_):
            return BLOCK_ADDRESSES.get(object_, ())
    return ()


def _only(record: IntegratedTotals, addresses: tuple[int, ...]) -> IntegratedTotals:
    return replace(record, totals=tuple(total for total in record.totals if total.address in addresses))


def _in_blocks(object_: int, records: Iterator[IntegratedTotals]) -> Iterator[TotalBlocks]:
    blocks: list[Block] = []
    for record in records:
        blocks.append(Block(object_, record.totals, record.time))
        if len(blocks) == _BLOCKS_IN_AN_ASDU[object_]:
            yield TotalBlocks(tuple(blocks))
            blocks = []
    if blocks:
        yield TotalBlocks(tuple(blocks))


def _rejoin(first: IntegratedTotals, rest: Iterator[IntegratedTotals]) -> Iterator[IntegratedTotals]:
    yield first
    yield from rest


def _civil(tag: TimeTagA, zone: tzinfo) -> datetime | None:
    """The tag as civil time of the zone, whatever its SU says."""
    try:
        return datetime(tag.year, tag.month, tag.day, tag.hour, tag.minute, tzinfo=zone).astimezone(UTC)
    except ValueError:
        return None
