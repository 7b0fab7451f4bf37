"""The application of the simulated meter: what it answers to each request."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from iec102.asdu import (
    AccessKey,
    Asdu,
    Cause,
    ClockTime,
    Configuration,
    Content,
    Identity,
    InstantaneousValues,
    ObjectList,
    Port,
    Recorder,
    RecorderObject,
    TimeTagA,
    TimeTagB,
    TransformerRatios,
    TypeId,
    decode_asdu,
)
from iec102.asdu.configuration import RATIOS_OBJECT
from iec102.simulator.closings import Contracts
from iec102.simulator.config import SimulatorConfig
from iec102.simulator.electrical import Site
from iec102.simulator.events import EventLog
from iec102.simulator.instruments import (
    PRIMARY_CURRENT,
    PRIMARY_VOLTAGE,
    SECONDARY_CURRENT,
    SECONDARY_VOLTAGE,
    measure,
)
from iec102.simulator.load_profile import Curves
from iec102.simulator.memory import Memory
from iec102.simulator.reading import Reading, Refused, in_course

_FIRST_DEVICE = 48_304_838
_DEVICES = 1 << 32

_RATIOS = TransformerRatios(10 * PRIMARY_VOLTAGE, 10 * SECONDARY_VOLTAGE, 10 * PRIMARY_CURRENT, 10 * SECONDARY_CURRENT)
_9600_8E1 = (6, 8)


class MeterStation:
    """Behind a ``SecondaryStation``: one reader's session, and its answers that wait to be polled."""

    def __init__(self, config: SimulatorConfig, site: Site, clock: Callable[[], datetime]) -> None:
        self._config = config
        self._site = site
        self._identity = _identity_of(config)
        memory = Memory(site, config.tag_zone, late_change_label="late-change-label" in config.quirks)
        self._readings: tuple[Reading, ...] = (
            Curves(config, memory).answers,
            EventLog(config).answers,
            Contracts(site, config.tag_zone).answers,
        )
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
        for reading in self._readings:
            answers = reading(request, self._clock())
            if answers is not None:
                return in_course(request, answers, ended="no-termination" not in self._config.quirks)
        if request.type == TypeId.READ_INSTANTANEOUS and "no-163" not in self._config.quirks:
            return self._instantaneous(request)
        return (self._direct(request),)

    def _instantaneous(self, request: Asdu) -> tuple[Asdu, ...]:
        values = self._measured(request.content)
        parts = [values]
        if "separate-objects" in self._config.quirks:
            parts = [InstantaneousValues((item,)) for item in values.objects]
        point = request.point_address
        return tuple(Asdu(TypeId.INSTANTANEOUS, Cause.REQUEST, point, content=part) for part in parts)

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
        point, zone = request.point_address, self._config.tag_zone
        match request.type:
            case TypeId.READ_IDENTITY:
                return Asdu(TypeId.IDENTITY, Cause.REQUEST, point, content=self._identity)
            case TypeId.READ_CLOCK:
                return Asdu(TypeId.CLOCK, Cause.REQUEST, point, content=ClockTime(TimeTagB.of(self._clock(), zone)))
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
        objects = [measure(self._site, object_, now, self._config.tag_zone) for object_ in asked.objects]
        known = tuple(item for item in objects if item is not None)
        if "one-object" in self._config.quirks and len(objects) > 1:
            known = ()
        if not known or len(known) != len(objects) or len(set(asked.objects)) != len(objects):
            raise Refused(Cause.OBJECT_NOT_AVAILABLE)
        return InstantaneousValues(known)

    def _configuration(self) -> Configuration:
        return Configuration(
            manufacturer=self._identity.manufacturer,
            model=b"SM",
            firmware=1,
            serial_number=self._identity.device_id,
            standard_year=self._identity.year,
            standard_month=self._identity.month,
            protocol_date=TimeTagA.of(datetime(2003, 2, 10, tzinfo=UTC), self._config.tag_zone),
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
