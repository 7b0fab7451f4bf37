"""The table of the sector's formats: one row each, from which lines, names and checks follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import NamedTuple

from iec102.asdu.qualifier import Qualifier
from iec102.load_profile.intervals import Register
from iec102.load_profile.records import CHANNELS

from iec102_tui.market_files.point import ESTIMATED, SupplyPoint

SIMEL_TIME, SIMEL_MINUTE = "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M"
MEASURE_TYPE = "11"
WH = 1000
"""A kilowatt-hour in watt-hours."""
NOT_THERE = (0, int(Qualifier.IV))
"""A reserved channel that the meter does not give, as meters that have it send it: 0, not valid."""

_ALL = tuple(range(len(CHANNELS)))
_MEASURED, _ACTIVE = _ALL[:6], _ALL[:2]


class Interval(NamedTuple):
    """One interval as a line says it. ``end`` is local, ``hour`` counts those of its day from 1, 25 in autumn.

    ``values`` and ``qualities`` are those of the eight channels, in kWh and kVArh.
    """

    end: datetime
    hour: int
    day: date
    values: tuple[int, ...]
    qualities: tuple[int, ...]

    @property
    def season(self) -> str:
        """1 in summer time, 0 in winter time."""
        return "1" if self.end.dst() else "0"


class Bundle(Enum):
    """How the lines are spread over files."""

    ONE = "one"
    DAILY = "daily"
    """A file a day; several are packed in a zip."""
    DAILY_ZIP = "daily zip"
    """A file a day, in a zip also when it is one."""


class MarketFormat(NamedTuple):
    """``fields`` makes the fields of a line. ``channels`` are those that it holds, 0 to 7, and needs but the reserved.

    ``named_by`` are the codes in its name; ``marks_quality``: a value that is not valid is marked as such in it.
    """

    code: str
    prefix: str
    register: Register
    channels: tuple[int, ...]
    fields: Callable[[Interval, SupplyPoint], list[str]]
    bundle: Bundle = Bundle.ONE
    named_by: tuple[str, ...] = ("distributor", "retailer")
    marks_quality: bool = False
    header: str = ""
    ending: str = ";"


def _with_qualities(*, firm: bool) -> Callable[[Interval, SupplyPoint], list[str]]:
    def fields(interval: Interval, point: SupplyPoint) -> list[str]:
        pairs = zip(interval.values, interval.qualities, strict=True)
        values = [str(number) for pair in pairs for number in pair]
        head = [point.cups, MEASURE_TYPE, interval.end.strftime(SIMEL_TIME), interval.season]
        return [*head, *values, str(point.method), *([str(point.firm)] if firm else [])]

    return fields


def _for_operator(form: str) -> Callable[[Interval, SupplyPoint], list[str]]:
    def fields(interval: Interval, point: SupplyPoint) -> list[str]:
        head = [point.cups, MEASURE_TYPE, interval.end.strftime(form), interval.season]
        reserved = ["0", "0"]
        return [*head, *_numbers(interval, _MEASURED), *reserved, str(point.method), str(point.firm)]

    return fields


def _billed(interval: Interval, point: SupplyPoint) -> list[str]:
    head = [point.cups, interval.end.strftime(SIMEL_MINUTE), interval.season]
    return [*head, *_numbers(interval, _MEASURED, WH), str(point.method), str(point.firm), point.invoice]


def _raw(interval: Interval, point: SupplyPoint) -> list[str]:
    return [point.cups, interval.end.strftime(SIMEL_MINUTE), interval.season, *_numbers(interval, _ACTIVE, WH)]


def _cnmc(interval: Interval, point: SupplyPoint) -> list[str]:
    head = [point.cups, f"{interval.day:%d/%m/%Y}", str(interval.hour)]
    return [*head, _decimal(interval.values[0]), _obtained(point)]


def _edistribucion(interval: Interval, point: SupplyPoint) -> list[str]:
    head = [point.cups, f"{interval.day:%d/%m/%Y}", str(interval.hour)]
    own_use = ""  # what is used on the site of its own generation never passes this meter
    return [*head, _decimal(interval.values[0]), _decimal(interval.values[1]), own_use, _obtained(point)]


def _ide(interval: Interval, point: SupplyPoint) -> list[str]:
    return [point.cups, interval.end.strftime(SIMEL_MINUTE), interval.season, *_numbers(interval, _ACTIVE, WH)]


def _numbers(interval: Interval, channels: tuple[int, ...], unit: int = 1) -> list[str]:
    return [str(interval.values[channel] * unit) for channel in channels]


def _decimal(kwh: int) -> str:
    return f"{kwh},000"


def _obtained(point: SupplyPoint) -> str:
    """Read from a meter (real) or estimated."""
    return "E" if point.method >= ESTIMATED else "R"


def _table(*rows: MarketFormat) -> Mapping[str, MarketFormat]:
    return {row.code: row for row in rows}


_HOURLY, _QUARTERS = Register.HOURLY, Register.QUARTER_HOURLY
_DAY = ("distributor",)
_P1, _P2 = _with_qualities(firm=True), _with_qualities(firm=False)
MARKET_FORMATS: Mapping[str, MarketFormat] = _table(
    MarketFormat("p1d", "P1D", _HOURLY, _ALL, _P1, marks_quality=True),
    MarketFormat("p1", "P1", _HOURLY, _ALL, _P1, Bundle.DAILY_ZIP, _DAY, marks_quality=True),
    MarketFormat("p2d", "P2D", _QUARTERS, _ALL, _P2, marks_quality=True),
    MarketFormat("p2", "P2", _QUARTERS, _ALL, _P2, Bundle.DAILY_ZIP, _DAY, marks_quality=True),
    MarketFormat("f1", "F1", _HOURLY, _MEASURED, _for_operator(SIMEL_TIME), Bundle.DAILY, _DAY),
    MarketFormat("f1qh", "F1QH", _QUARTERS, _MEASURED, _for_operator(SIMEL_MINUTE), Bundle.DAILY, _DAY),
    MarketFormat("f5d", "F5D", _HOURLY, _MEASURED, _billed),
    MarketFormat("p5d", "P5D", _HOURLY, _ACTIVE, _raw),
    MarketFormat(
        "cnmc",
        "cnmc",
        _HOURLY,
        (0,),
        _cnmc,
        named_by=(),
        header="CUPS;Fecha;Hora;Consumo_kWh;Metodo_obtencion",
        ending="",
    ),
    MarketFormat(
        "edistribucion",
        "edistribucion",
        _HOURLY,
        _ACTIVE,
        _edistribucion,
        named_by=(),
        header="CUPS;Fecha;Hora;AE_kWh;AS_KWh;AE_AUTOCONS_kWh;REAL/ESTIMADO",
        ending="",
    ),
    MarketFormat(
        "ide",
        "ide",
        _HOURLY,
        _ACTIVE,
        _ide,
        named_by=(),
        header="CUPS;FECHA-HORA;INV / VER;CONSUMO Wh;GENERACION Wh",
        ending="",
    ),
)
