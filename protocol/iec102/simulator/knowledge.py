"""What the simulated meter knows: the content of the answer to each request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from iec102.asdu import (
    Asdu,
    Cause,
    ClockTime,
    Content,
    CurrentPeriods,
    Identity,
    InstantaneousValues,
    LatentActivation,
    ObjectList,
    Seasons,
    TimeTagB,
    TypeId,
)
from iec102.asdu.tariff import TariffExtension
from iec102.simulator import about_itself, tariff
from iec102.simulator.closings import FIRST_RECORD, Contracts
from iec102.simulator.config import SimulatorConfig
from iec102.simulator.electrical import Site
from iec102.simulator.events import EventLog
from iec102.simulator.history import History
from iec102.simulator.instruments import measure
from iec102.simulator.load_profile import Curves
from iec102.simulator.memory import Memory
from iec102.simulator.reading import Reading, Refused

_FIRST_DEVICE = 48_304_838
_DEVICES = 1 << 32


class Knowledge:
    """What one meter knows, shared by its readers; ``clock`` is the meter's."""

    def __init__(self, config: SimulatorConfig, site: Site, history: History, clock: Callable[[], datetime]) -> None:
        self.config = config
        self._clock = clock
        self.history = history
        self._site = site
        self._zone = config.tag_zone
        self._identity = _identity_of(config)
        self._events = EventLog(config, history.happened)
        memory = Memory(site, self._zone, late_change_label="late-change-label" in config.quirks)
        self._readings: tuple[Reading, ...] = (
            Contracts(site, self._zone, history.closed).answers,
            Curves(config, memory).answers,
            self._events.answers,
        )

    def activated(self, request: Asdu) -> Iterator[Asdu] | None:
        """The data for a reading that is echoed first; None for other requests. Raises Refused."""
        for reading in self._readings:
            answers = reading(request, self._clock())
            if answers is not None:
                return answers
        return None

    def carry_out(self, request: Asdu) -> bool:
        """Set the clock (181) or close a contract (137); False for what is no such command. Raises Refused."""
        if request.type == TypeId.SET_CLOCK:
            to = request.content.time.utc(self._zone) if isinstance(request.content, ClockTime) else None
            if to is None:
                raise Refused(Cause.OBJECT_NOT_AVAILABLE)
            self.history.set_clock(to)
            return True
        if request.type == TypeId.CLOSE_BILLING:
            if not 0 <= request.record - FIRST_RECORD < len(tariff.CONTRACTS):
                raise Refused(Cause.UNKNOWN_RECORD)
            self.history.close_contract(request.record)
            return True
        return False

    def direct(self, request: Asdu) -> Content:
        """The content of the one ASDU that answers a request. Raises Refused."""
        now, zone = self._clock(), self._zone
        match request.type:
            case TypeId.READ_IDENTITY:
                return self._identity
            case TypeId.READ_CLOCK:
                return ClockTime(TimeTagB.of(now, zone))
            case TypeId.READ_CONFIGURATION:
                return about_itself.configuration(self._identity, self.config)
            case TypeId.READ_RECORDER:
                return about_itself.recorder(request.content.encode_body(), self.config)
            case TypeId.READ_POINT_PARAMETERS:
                return about_itself.point_parameters(self.config)
            case TypeId.READ_SUMMER_TIME:
                return about_itself.summer_time_dates(now, zone)
            case TypeId.READ_CONTRACTED_POWERS:
                contract, latent = _contract(request)
                return tariff.contracted_powers(contract, now, zone, latent=latent)
            case TypeId.READ_HOLIDAYS:
                _contract(request)
                return tariff.holidays()
            case TypeId.READ_TARIFF_EXTENSION:
                return self._tariff_extension(request)
        raise Refused(Cause.TYPE_NOT_AVAILABLE)

    def _tariff_extension(self, request: Asdu) -> TariffExtension:
        """Objects 193, 196 and 197; nobody has told the layouts of the others."""
        contract, _latent = _contract(request)
        asked = request.content.objects if isinstance(request.content, ObjectList) else ()
        if not asked or len(set(asked)) != len(asked):
            raise Refused(Cause.OBJECT_NOT_AVAILABLE)
        return TariffExtension(tuple(self._tariff_object(object_, contract) for object_ in asked))

    def _tariff_object(self, object_: int, contract: tariff.Contract) -> Seasons | LatentActivation | CurrentPeriods:
        now, zone = self._clock(), self._zone
        match object_:
            case 193:
                return tariff.seasons(contract, zone)
            case 196:
                return tariff.latent_activation(now, zone)
            case 197:
                return tariff.current_periods(now, zone)
        raise Refused(Cause.OBJECT_NOT_AVAILABLE)

    def measured(self, asked: Content) -> InstantaneousValues:
        """The instantaneous values of type 163 that are asked for. Raises Refused."""
        if not isinstance(asked, ObjectList):
            raise Refused(Cause.OBJECT_NOT_AVAILABLE)
        now = self._clock()
        lost = self._events.phases_lost(now)
        objects = [measure(self._site, object_, now, self._zone, lost) for object_ in asked.objects]
        known = tuple(item for item in objects if item is not None)
        if "one-object" in self.config.quirks and len(objects) > 1:
            known = ()
        if not known or len(known) != len(objects) or len(set(asked.objects)) != len(objects):
            raise Refused(Cause.OBJECT_NOT_AVAILABLE)
        return InstantaneousValues(known)


def _contract(request: Asdu) -> tuple[tariff.Contract, bool]:
    """The contract of a record, and whether it is the latent one. Raises Refused."""
    number = request.record - FIRST_RECORD
    latent, number = divmod(number, len(tariff.CONTRACTS))
    if latent not in (0, 1):
        raise Refused(Cause.UNKNOWN_RECORD)
    return tariff.CONTRACTS[number], bool(latent)


def _identity_of(config: SimulatorConfig) -> Identity:
    """Meters that differ in what they have measured or in their link address have numbers of their own."""
    number = _FIRST_DEVICE + (config.seed - 1 << 16) + config.link_address - 1
    return Identity(2002, 4, 251, number % _DEVICES)
