"""Contracts and tariffs: 133 to 136, 144 to 149, 150 and 151 (REE profile reference, 8.4 and 8.5)."""

from __future__ import annotations

from typing import NamedTuple

from iec102.asdu.asdu import Asdu, Cause, TypeId
from iec102.asdu.content import Content
from iec102.asdu.events import TimeRange
from iec102.asdu.instantaneous import object_list
from iec102.asdu.layout import Choice, Layout, Leaf, Listed, Part, Several
from iec102.asdu.leaves import QUALIFIER, TIME_A, address, code, many, minute, number, packed, span
from iec102.asdu.names import OBJECTS, TARIFF_OBJECTS
from iec102.asdu.timetag import TimeTagA

SEASONS = 193
LATENT_ACTIVATION = 196
CURRENT_PERIODS = 197

_HOURS = 24
_ANNUAL = 2


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


class TariffPeriod(NamedTuple):
    """135 and 136: a period of a closing (cierre), 63 bytes. Address 20 has the totals, 21 to 29 the periods 1 to 9.

    Maximum power in kW, at ``maximum_time``; excess power as the meter sends it.
    """

    address: int
    active: Energy
    inductive: Energy
    capacitive: Energy
    reserves: tuple[Reserve, Reserve]
    maximum: int
    maximum_time: TimeTagA
    maximum_quality: int
    excess: int
    excess_quality: int
    start: TimeTagA
    end: TimeTagA


TARIFF_PERIOD = Layout(
    TariffPeriod,
    Part("address", "period", code(OBJECTS)),
    Part("active", "", _energy("active", "kWh")),
    Part("inductive", "", _energy("reactive inductive", "kVArh")),
    Part("capacitive", "", _energy("reactive capacitive", "kVArh")),
    Part("reserves", "", Several(("", _reserve(7)), ("", _reserve(8)))),
    Part("maximum", "maximum power", number(4, "kW")),
    Part("maximum_time", "time of the maximum", TIME_A),
    Part("maximum_quality", "maximum power, qualifier", QUALIFIER),
    Part("excess", "excess power", number(4)),
    Part("excess_quality", "excess power, qualifier", QUALIFIER),
    Part("start", "start of the period", TIME_A),
    Part("end", "end of the period", TIME_A),
)


class TariffInformation(Content):
    """135 (current) and 136 (stored closing): N periods; meters send one an ASDU."""

    periods: tuple[TariffPeriod, ...]


def _brief(content: TariffInformation) -> str:
    periods = content.periods
    if not periods:
        return ""
    names = ", ".join(OBJECTS.get(period.address, f"object {period.address}") for period in periods)
    return f"{names}, {span(periods[0].start, periods[-1].end)}"


TARIFF_INFORMATION = Layout(TariffInformation, Part("periods", "tariff period", Listed(TARIFF_PERIOD)), brief=_brief)


class ContractedPowers(Content):
    """145: N pairs of address (20 to 29) and power in kW, then the time from which they hold. No frame was seen."""

    powers: tuple[tuple[int, int], ...]
    valid_from: TimeTagA


CONTRACTED_POWERS = Layout(
    ContractedPowers,
    Part("powers", "", Listed(Several(("period", code(OBJECTS)), ("contracted power", number(4, "kW"))))),
    Part("valid_from", "valid from", TIME_A),
    verified=False,
    brief=lambda content: f"{many(len(content.powers), 'power')} from {minute(content.valid_from)}",
)
"""145; 146, which writes them, is taken to be the same."""


class Holidays(Content):
    """148: N holidays (dias festivos), a time tag a each. No frame was seen."""

    days: tuple[TimeTagA, ...]


HOLIDAYS = Layout(
    Holidays,
    Part("days", "holiday #", Listed(TIME_A)),
    verified=False,
    brief=lambda content: many(len(content.days), "day"),
)
"""148; 149, which writes them, is taken to be the same."""


class Season(NamedTuple):
    """Its first day (year 2099: every year), and the day types of working days and of holidays, 0 to 15."""

    start: TimeTagA
    working_day: int
    holiday: int


_SEASON = Layout(
    Season,
    Part("start", "season # starts", TIME_A),
    Part(
        "working_day holiday",
        "day types",
        packed(4, 4, meaning=lambda days: f"working day {days[0]}, holiday {days[1]}"),
    ),
)
_DAY_TYPE = packed(
    *[4] * _HOURS, meaning=lambda periods: "periods of the hours " + "".join(f"{period:X}" for period in periods)
)
"""The tariff period of each of 24 hours, the earlier hour in the low nibble."""


class Seasons(NamedTuple):
    """Object 193. ``day_types`` has the 24 periods of each day type; ``since``: active since."""

    direction: int
    kind: int
    seasons: tuple[Season, ...]
    day_types: tuple[tuple[int, ...], ...]
    since: TimeTagA


_SEASONS_LAYOUT = Layout(
    Seasons,
    Part("", "object", address(SEASONS, TARIFF_OBJECTS)),
    Part("direction", "direction", code({1: "import", 2: "export"})),
    Part(
        "kind", "kind", Leaf(1, meaning=lambda kind: f"{kind}: {'annual' if kind == _ANNUAL else 'winter and summer'}")
    ),
    Part("seasons", "", Listed(_SEASON, "seasons")),
    Part("day_types", "day type #", Listed(_DAY_TYPE, "day types")),
    Part("since", "active since", TIME_A),
)


class LatentActivation(NamedTuple):
    """Object 196: when the latent contract takes the place of the active one."""

    time: TimeTagA


_LATENT_ACTIVATION_LAYOUT = Layout(
    LatentActivation,
    Part("", "object", address(LATENT_ACTIVATION, TARIFF_OBJECTS)),
    Part("time", "active from", TIME_A),
)


class CurrentPeriods(NamedTuple):
    """Object 197: the tariff period that holds now of the contracts I, II and III, and the time."""

    periods: tuple[int, int, int]
    time: TimeTagA


_CURRENT_PERIODS_LAYOUT = Layout(
    CurrentPeriods,
    Part("", "object", address(CURRENT_PERIODS, TARIFF_OBJECTS)),
    Part(
        "periods",
        "",
        Several(*[(f"current period, contract {contract}", number(1)) for contract in ("I", "II", "III")]),
    ),
    Part("time", "time", TIME_A),
)


class TariffExtension(Content):
    """151: objects of the tariff extension whose layout is known: 193, 196 and 197."""

    objects: tuple[Seasons | LatentActivation | CurrentPeriods, ...]


TARIFF_EXTENSION = Layout(
    TariffExtension,
    Part(
        "objects",
        TARIFF_OBJECTS.__getitem__,
        Listed(
            Choice(
                TARIFF_OBJECTS,
                {
                    SEASONS: _SEASONS_LAYOUT,
                    LATENT_ACTIVATION: _LATENT_ACTIVATION_LAYOUT,
                    CURRENT_PERIODS: _CURRENT_PERIODS_LAYOUT,
                },
            )
        ),
    ),
)
TARIFF_EXTENSION_REQUEST = object_list(TARIFF_OBJECTS)


def read_closings(point_address: int, record: int, start: TimeTagA, end: TimeTagA) -> Asdu:
    """C_TA_VM_2, stored closings; record 134, 135 or 136 for the contracts I, II, III."""
    return Asdu(TypeId.READ_STORED_TARIFF, Cause.ACTIVATION, point_address, record, TimeRange(start, end, 1))
