"""What a meter knows, in lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from iec102.asdu import Identity, TransformerRatios, qualifier_words
from iec102.asdu.names import CONTRACT_NAMES, record_name
from iec102.meter.absence import Absence, KeptBytes
from iec102.meter.closings import Closing, ClosingPeriod, reactive_quadrants
from iec102.meter.device import (
    DeviceConfiguration,
    MeasuringPointParameters,
    PortSettings,
    RecorderSettings,
    SummerTimeChanges,
)
from iec102.meter.events import MeterEvent
from iec102.meter.reading import ClockReading
from iec102.meter.tariffs import CalendarDay, HolidayCalendar, PowersByPeriod, SeasonTable

from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import N_, _, spoken

Row = tuple[str, str]
"""A name and a value."""

_STATES = {0: N_("not available"), 1: N_("inactive"), 2: N_("active")}
_SOURCES = {1: N_("network"), 2: N_("quartz")}
_DIRECTIONS = {1: N_("import"), 2: N_("export")}
_WIDTH = 26


def moment_words(when: datetime | None) -> str:
    """A time to the minute, or that there is none."""
    return _("no date") if when is None else f"{when:%Y-%m-%d %H:%M}"


def lines_of(rows: Iterable[Row]) -> list[str]:
    """Names and values below each other; a longer name has a blank behind it all the same."""
    return [f"  {name:{max(_WIDTH, len(name) + 1)}}{value}".rstrip() for name, value in rows]


def identity_rows(answer: Identity) -> list[Row]:
    return [
        (_("Manufacturer code"), str(answer.manufacturer)),
        (_("Device"), str(answer.device_id)),
        (_("Standard of"), f"{answer.year}-{answer.month:02}"),
    ]


def clock_rows(reading: ClockReading) -> list[Row]:
    return [
        (_("Meter time"), f"{reading.meter:%Y-%m-%d %H:%M:%S %Z}"),
        difference_row(reading.difference),
        (_("Clock"), spoken(reading.verdict.short)),
    ]


def difference_row(seconds: float) -> Row:
    """How far the meter's clock is ahead of this machine's."""
    return _("Clock difference"), _("{seconds:+.1f} s", seconds=round(seconds, 1) + 0.0)  # no negative zero


def configuration_rows(answer: DeviceConfiguration) -> list[Row]:
    minutes = ", ".join(str(period) for period in answer.integration_periods if period)
    contracts = ", ".join(
        f"{CONTRACT_NAMES[number]} {_(_STATES[state]) if state in _STATES else state}"
        for number, state in enumerate(answer.contracts, 1)
    )
    return [
        (_("Model"), printable(answer.model)),
        (_("Firmware"), str(answer.firmware)),
        (_("Protocol of"), moment_words(answer.protocol_date)[:10]),
        (_("Battery"), f"{answer.battery} %"),
        *[(_("Port {name}", name=_(port.name)), _port_words(port)) for port in answer.ports],
        (_("Transformer ratios"), ratio_words(answer.ratios)),
        (_("Integration periods"), _("{minutes} min", minutes=minutes)),
        (_("Contracts"), contracts),
    ]


def _port_words(port: PortSettings) -> str:
    return " ".join((port.speed_words or str(port.speed), port.format_words or str(port.format)))


def ratio_words(ratios: TransformerRatios | None) -> str:
    """Primary and secondary side; or that they make no sense."""
    if ratios is None:
        return _("none that make sense")
    volts = f"{ratios.primary_voltage / 10:g}/{ratios.secondary_voltage / 10:g} V"
    return f"{volts}, {ratios.primary_current / 10:g}/{ratios.secondary_current / 10:g} A"


def recorder_rows(answer: RecorderSettings) -> list[Row]:
    """Only what the meter gave."""
    rows: list[Row] = []
    if answer.program is not None:
        rows.append((_("Program"), printable(answer.program)))
    if answer.battery is not None:
        rows.append((_("Battery"), f"{answer.battery} %"))
    if answer.automatic_summer_time is not None:
        rows.append((_("Automatic summer time"), _switch(answer.automatic_summer_time)))
    if answer.clock_source is not None:
        source = _SOURCES.get(answer.clock_source)
        rows.append((_("Clock source"), _(source) if source else str(answer.clock_source)))
    if answer.curve_periods is not None:
        minutes = ", ".join(map(str, answer.curve_periods))
        rows.append((_("Load profile periods"), _("{minutes} min", minutes=minutes)))
    if answer.ratios is not None:
        rows.append((_("Transformer ratios"), ratio_words(answer.ratios)))
    if answer.shortest_closing is not None:
        rows.append((_("Shortest closing"), _("{minutes} min", minutes=answer.shortest_closing)))
    if answer.closing_by_button is not None:
        rows.append((_("Closing by push-button"), _switch(answer.closing_by_button)))
    if answer.critical_alarm is not None or answer.other_alarm is not None:
        states = [_switch(each) for each in (answer.critical_alarm, answer.other_alarm)]
        rows.append((_("Critical, other alarm"), ", ".join(states)))
    if answer.voltage_faults is not None:
        rows.append((_("Voltage faults L1 to L3"), ", ".join(map(_switch, answer.voltage_faults))))
    return rows


def _switch(on: bool | None) -> str:
    return _("not known") if on is None else _("on") if on else _("off")


def point_rows(answer: MeasuringPointParameters) -> list[Row]:
    return [
        (_("Link address"), str(answer.link_address)),
        (_("Point address"), str(answer.point_address)),
        (_("Measuring points"), str(answer.points)),
        (_("Password"), str(answer.key)),
        (_("Integration period"), _("{minutes} min", minutes=answer.integration_period)),
        (_("Record depth"), str(answer.depth)),
    ]


def summer_time_rows(answer: SummerTimeChanges) -> list[Row]:
    return [
        (_("Summer time begins"), moment_words(answer.begins)),
        (_("Summer time ends"), moment_words(answer.ends)),
    ]


# Closings

_CLOSING_HEAD = (N_("period"), N_("A kWh"), N_("R ind kVArh"), N_("R cap kVArh"), N_("max kW"), N_("at"), N_("excess"))


def period_name(period: int) -> str:
    """P1 to P9, and the totals."""
    return _("total") if period == 0 else f"P{period}"


def closing_lines(closing: Closing, direction: int | None = None) -> Iterator[str]:
    """A closing with a line a period: what it added, and its maximum. ``direction`` of the contract, where known."""
    start, end = moment_words(closing.start), moment_words(closing.end)
    contract, quadrants = CONTRACT_NAMES[closing.contract], reactive_quadrants(direction)
    if closing.is_current:
        yield _("Contract {contract}, {start} to {end}, still running", contract=contract, start=start, end=end)
    else:
        yield _("Contract {contract}, {start} to {end}", contract=contract, start=start, end=end)
    if not closing.is_whole:
        yield "  " + _("not whole: the meter did not end its answer, and periods may be missing")
    if direction in _DIRECTIONS and quadrants is not None:
        inductive, capacitive = quadrants
        yield "  " + _(
            "{direction}: inductive is Q{inductive}, capacitive Q{capacitive}",
            direction=_(_DIRECTIONS[direction]),
            inductive=inductive,
            capacitive=capacitive,
        )
    yield _closing_line([_(name) for name in _CLOSING_HEAD])
    for period in closing.periods:
        remarks = sorted(set(_remarks(period)))
        yield _closing_line(_closing_cells(period)) + ("  " + "; ".join(remarks) if remarks else "")


def _closing_cells(period: ClosingPeriod) -> list[str]:
    at = f"{period.maximum_time:%Y-%m-%d %H:%M}" if period.maximum_time else "-"
    excess = "-" if period.excess_quality & 0x80 else str(period.excess)
    energies = (period.active, period.inductive, period.capacitive)
    return [period_name(period.period), *(str(each.incremental) for each in energies), str(period.maximum), at, excess]


def _closing_line(cells: Sequence[str]) -> str:
    widths = (6, 12, 12, 12, 8, 17, 8)
    first, *others = zip(cells, widths, strict=True)
    return f"  {first[0]:{first[1]}}" + "".join(f"{cell:>{width}}" for cell, width in others)


def _remarks(period: ClosingPeriod) -> Iterator[str]:
    """What the qualifiers say; that the excess is not configured is seen in its column."""
    for energy in (period.active, period.inductive, period.capacitive):
        yield from map(spoken, qualifier_words(energy.quality))
    yield from map(spoken, qualifier_words(period.maximum_quality))
    yield from map(spoken, qualifier_words(period.excess_quality & 0x7F))


# Tariffs


def power_rows(answer: PowersByPeriod) -> list[Row]:
    rows = [(period_name(period), _("{power} kW", power=power)) for period, power in sorted(answer.kilowatts.items())]
    return [*rows, (_("valid from"), moment_words(answer.valid_from))]


def day_words(day: CalendarDay) -> str:
    """A date, without its year where it is every year's."""
    text = f"{day.month:02}-{day.day:02}"
    return text if day.year is None else f"{day.year}-{text}"


def holiday_words(answer: HolidayCalendar) -> str:
    return "  ".join(map(day_words, answer.days)) or _("none")


def season_lines(answer: SeasonTable) -> Iterator[str]:
    """Seasons with their day types, then the 24 hours of each day type."""
    direction = _DIRECTIONS.get(answer.direction)
    yield from lines_of(
        [
            (_("Direction"), _(direction) if direction else str(answer.direction)),
            (_("Active since"), moment_words(answer.since)),
        ]
    )
    for season in answer.seasons:
        yield "  " + _(
            "from {day}: working days are of type {working}, holidays of type {holiday}",
            day=day_words(season.first_day),
            working=season.working_day,
            holiday=season.holiday,
        )
    for number, periods in enumerate(answer.day_types, 1):
        hours = " ".join(map(str, periods))
        yield "  " + _("type {number}, hours 0 to 23: {hours}", number=number, hours=hours)


# Events


def event_line(event: MeterEvent) -> str:
    """Time, record, codes and meaning; SPI as it is, with what the sources say of it."""
    time = _("no valid time") if event.time is None else f"{event.time:%Y-%m-%d %H:%M:%S}"
    code = f"{event.address}/{event.qualifier}"
    bit = int(event.indication)
    sense = _("SPI {bit} ({sense}?)", bit=bit, sense=_(event.sense)) if event.sense else _("SPI {bit}", bit=bit)
    invalid = _("INVALID TIME") if event.is_invalid else ""
    return f"{time:20} {event.record:>4} {code:>7}  {_(event.meaning)}  {sense}  {invalid}".rstrip()


# What was not told


def absence_words(absence: Absence) -> str:
    """What was asked for in vain, in one sentence."""
    return spoken(absence.reason)


def kept_words(kept: KeptBytes) -> str:
    """An answer that is not understood."""
    return _(
        "type {type} of record {record} is not understood: {hex}",
        type=kept.type,
        record=record_name(kept.record),
        hex=kept.data.hex(" "),
    )
