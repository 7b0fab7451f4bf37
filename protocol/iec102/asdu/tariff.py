"""Contracts and tariffs: 133 to 136, 144 to 149, 150 and 151 (REE profile reference, 8.4 and 8.5)."""

from __future__ import annotations

from typing import NamedTuple

from iec102.asdu.asdu import Asdu, Cause, TypeId
from iec102.asdu.content import Content, Struct, field, shared
from iec102.asdu.events import TimeRange
from iec102.asdu.instantaneous import ObjectList, object_list
from iec102.asdu.layout import Choice, Layout, Listed, Part, Several
from iec102.asdu.leaves import QUALIFIER, TIME_A, code, many, minute, number, packed, span
from iec102.asdu.names import OBJECTS, TARIFF_OBJECTS
from iec102.asdu.timetag import TimeTagA

ANNUAL = 2
"""The kind of a season table that holds for every year; any other: winter and summer."""


class Energy(NamedTuple):
    """An energy of a tariff period in kWh or kVArh: the register, what the period added, and the qualifier byte."""

    absolute: int
    incremental: int
    quality: int = 0


def _energy(name: str, unit: str) -> Layout:
    return Layout(
        Energy,
        Part("absolute", f"{name}, absolute", number(4, unit)),
        Part("incremental", f"{name}, in the period", number(4, unit)),
        Part("quality", f"{name}, qualifier", QUALIFIER),
    )


class Reserve(NamedTuple):
    """A value without a meaning, and its qualifier byte."""

    value: int = 0
    quality: int = 0x80


def _reserve(which: int) -> Layout:
    return Layout(
        Reserve,
        Part("value", f"reserve {which}", number(4)),
        Part("quality", f"reserve {which}, qualifier", QUALIFIER),
    )


class TariffPeriod(Struct):
    """135 and 136: a period of a closing (cierre), 63 bytes. Address 20 has the totals, 21 to 29 the periods 1 to 9.

    Maximum power in kW, at ``maximum_time``; excess power as the meter sends it.
    """

    address: int = field("period", code(OBJECTS))
    active: Energy = field("", _energy("active", "kWh"))
    inductive: Energy = field("", _energy("reactive inductive", "kVArh"))
    capacitive: Energy = field("", _energy("reactive capacitive", "kVArh"))
    reserves: tuple[Reserve, Reserve] = field("", Several(("", _reserve(7)), ("", _reserve(8))))
    maximum: int = field("maximum power", number(4, "kW"))
    maximum_time: TimeTagA = field("time of the maximum", TIME_A)
    maximum_quality: int = field("maximum power, qualifier", QUALIFIER)
    excess: int = field("excess power", number(4))
    excess_quality: int = field("excess power, qualifier", QUALIFIER)
    start: TimeTagA = field("start of the period", TIME_A)
    end: TimeTagA = field("end of the period", TIME_A)


class TariffInformation(Content):
    """135 (current) and 136 (stored closing): N periods; meters send one an ASDU."""

    periods: tuple[TariffPeriod, ...] = field("tariff period", Listed(TariffPeriod.layout))

    def brief(self) -> str:
        if not self.periods:
            return ""
        names = ", ".join(OBJECTS.get(period.address, f"object {period.address}") for period in self.periods)
        return f"{names}, {span(self.periods[0].start, self.periods[-1].end)}"


class ContractedPowers(Content, verified=False):
    """145: N pairs of address (20 to 29) and power in kW, then the time from which they hold. No frame was seen.

    146, which writes them, is taken to be the same.
    """

    powers: tuple[tuple[int, int], ...] = field(
        "", Listed(Several(("period", code(OBJECTS)), ("contracted power", number(4, "kW"))))
    )
    valid_from: TimeTagA = field("valid from", TIME_A)

    def brief(self) -> str:
        return f"{many(len(self.powers), 'power')} from {minute(self.valid_from)}"


class Holidays(Content, verified=False):
    """148: N holidays (dias festivos), a time tag a each. No frame was seen.

    149, which writes them, is taken to be the same.
    """

    days: tuple[TimeTagA, ...] = field("holiday #", Listed(TIME_A))

    def brief(self) -> str:
        return many(len(self.days), "day")


_DAYS = packed(4, 4, meaning=lambda days: f"working day {days[0]}, holiday {days[1]}")
# The tariff period of each of 24 hours, the earlier hour in the low nibble.
_HOURS = packed(*[4] * 24, meaning=lambda periods: f"periods of the hours {''.join(f'{hour:X}' for hour in periods)}")
_KIND = number(1, meaning=lambda kind: f"{kind}: {'annual' if kind == ANNUAL else 'winter and summer'}")


class Season(Struct):
    """Its first day (year 2099: every year), and the day types of working days and of holidays, 0 to 15."""

    start: TimeTagA = field("season # starts", TIME_A)
    working_day: int = field("day types", _DAYS)
    holiday: int = shared()


class Seasons(Struct):
    """Object 193. ``day_types`` has the 24 periods of each day type; ``since``: active since."""

    direction: int = field("direction", code({1: "import", 2: "export"}))
    kind: int = field("kind", _KIND)
    seasons: tuple[Season, ...] = field("", Listed(Season.layout, "seasons"))
    day_types: tuple[tuple[int, ...], ...] = field("day type #", Listed(_HOURS, "day types"))
    since: TimeTagA = field("active since", TIME_A)


class LatentActivation(Struct):
    """Object 196: when the latent contract takes the place of the active one."""

    time: TimeTagA = field("active from", TIME_A)


class CurrentPeriods(Struct):
    """Object 197: the tariff period that holds now of the contracts I, II and III, and the time."""

    periods: tuple[int, int, int] = field(
        "", Several(*[(f"current period, contract {contract}", number(1)) for contract in ("I", "II", "III")])
    )
    time: TimeTagA = field("time", TIME_A)


_OBJECTS = {
    193: Seasons.layout,
    196: LatentActivation.layout,
    197: CurrentPeriods.layout,
}
_ADDRESSES = {layout.record: address for address, layout in _OBJECTS.items()}


class TariffExtension(Content):
    """151: objects of the tariff extension whose layout is known."""

    objects: tuple[Seasons | LatentActivation | CurrentPeriods, ...] = field(
        TARIFF_OBJECTS.__getitem__, Listed(Choice(TARIFF_OBJECTS, _OBJECTS))
    )

    @property
    def addresses(self) -> frozenset[int]:
        """Which of the objects 193, 196 and 197 these are."""
        return frozenset(_ADDRESSES[type(item)] for item in self.objects)


TARIFF_EXTENSION_REQUEST = object_list(TARIFF_OBJECTS)


def read_closings(point_address: int, record: int, start: TimeTagA, end: TimeTagA) -> Asdu:
    """C_TA_VM_2, stored closings; record 134, 135 or 136 for the contracts I, II, III."""
    return Asdu(TypeId.READ_STORED_TARIFF, Cause.ACTIVATION, point_address, record, TimeRange(start, end, 1))


def read_current_tariff(point_address: int, record: int) -> Asdu:
    """C_TA_VC_2, the billing period that runs; record 134, 135 or 136 for the contracts I, II, III."""
    return Asdu(TypeId.READ_CURRENT_TARIFF, Cause.ACTIVATION, point_address, record)


def read_contracted_powers(point_address: int, record: int) -> Asdu:
    """C_PC_NA_2; record 134 to 136 for the contracts I to III, 137 to 139 for the latent ones."""
    return Asdu(TypeId.READ_CONTRACTED_POWERS, Cause.REQUEST, point_address, record)


def read_holidays(point_address: int, record: int) -> Asdu:
    """C_DF_NA_2; record 134, 135 or 136 for the contracts I, II, III."""
    return Asdu(TypeId.READ_HOLIDAYS, Cause.REQUEST, point_address, record)


def read_tariff_objects(point_address: int, record: int, objects: tuple[int, ...]) -> Asdu:
    """150 with some of the objects 192 to 197; record 134 to 136 for the contracts I to III, 137 to 139 latent."""
    return Asdu(TypeId.READ_TARIFF_EXTENSION, Cause.REQUEST, point_address, record, ObjectList(objects))
