"""What a meter says of itself, typed: configuration (142), recorder (157), parameters (129), summer time (131).

Layouts and their evidence: REE profile reference, 8.5. That of 142 was seen in one meter; those of 157, 129 and 131
come from one source each and were seen in no frame.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from iec102.asdu import Configuration, Password, Port, Recorder, TransformerRatios
from iec102.asdu.configuration import RATIOS_OBJECT, RECORDER_LENGTHS
from iec102.asdu.names import CONTRACT_NAMES, SERIAL_FORMATS, SERIAL_SPEEDS
from iec102.asdu.summer_time import TagConversion
from iec102.meter.absence import Absence, KeptBytes

CONTRACTS = tuple(CONTRACT_NAMES)
"""The numbers of the contracts I, II and III."""

NOT_AVAILABLE, INACTIVE, ACTIVE = 0, 1, 2
"""The states of a contract in 142; 3 is not in the reference."""

RECORDER_OBJECTS = tuple(RECORDER_LENGTHS)
"""192 to 201."""

_PORT_NAMES = ("1", "2", "optical")
_OFF, _ON = 1, 2


class PortSettings(NamedTuple):
    """A port of the meter. ``name``: 1, 2 or optical. Codes as in the reference, 8.5; words such as ``9600 bit/s``.

    ``start_mode`` and ``start_string`` are None and empty where the meter tells none.
    """

    name: str
    speed: int
    speed_words: str
    format: int
    format_words: str
    start_mode: int | None
    start_string: str


class DeviceConfiguration(NamedTuple):
    """142. ``standard`` is year and month; ``battery`` in %; ``integration_periods`` in minutes, 0 where unused.

    ``protocol_date`` in the meter's zone, None without a date. ``ratios`` None where they make no sense.
    ``contracts``: the states of the contracts I to III: 0 not available, 1 inactive, 2 active.
    """

    manufacturer: int
    model: str
    firmware: int
    serial_number: int
    standard: tuple[int, int]
    protocol_date: datetime | None
    battery: int
    ports: tuple[PortSettings, ...]
    ratios: TransformerRatios | None
    integration_periods: tuple[int, int, int]
    contracts: tuple[int, int, int]

    @property
    def active_contracts(self) -> tuple[int, ...]:
        """The numbers (1 to 3) of those that are active."""
        return tuple(number for number in CONTRACTS if self.contracts[number - 1] == ACTIVE)


def contracts_of(answer: object) -> tuple[int, ...]:
    """The contracts that a configuration calls active, by their numbers; all three where the meter does not tell."""
    active = answer.active_contracts if isinstance(answer, DeviceConfiguration) else ()
    return active or CONTRACTS


def device_configuration(content: Configuration, conversion: TagConversion) -> DeviceConfiguration:
    """The typed form of a 142."""
    return DeviceConfiguration(
        content.manufacturer,
        ascii_text(content.model),
        content.firmware,
        content.serial_number,
        (content.standard_year, content.standard_month),
        conversion.local(content.protocol_date),
        content.battery,
        _ports(content.ports),
        TransformerRatios.decode(content.ratios.encode(), 0),
        content.integration_periods,
        (content.contracts & 3, content.contracts >> 2 & 3, content.contracts >> 4 & 3),
    )


def _ports(ports: tuple[Port, ...]) -> tuple[PortSettings, ...]:
    return tuple(
        PortSettings(
            name,
            port.speed,
            SERIAL_SPEEDS.get(port.speed, ""),
            port.format,
            SERIAL_FORMATS.get(port.format, ""),
            port.start_mode,
            ascii_text(port.start_string),
        )
        for name, port in zip(_PORT_NAMES, ports, strict=False)
    )


class RecorderSettings(NamedTuple):
    """157, the ten objects of the recorder (RM2). What the meter did not give, or gave with no known code, is None.

    ``battery`` in %; ``shortest_closing`` in minutes; alarms and ``voltage_faults`` (by phase) on or off;
    ``curve_periods`` in minutes; ``clock_source``: 1 network, 2 quartz. ``absences``: the objects that were refused;
    ``kept``: those that are not understood.
    """

    battery: int | None = None
    automatic_summer_time: bool | None = None
    shortest_closing: int | None = None
    critical_alarm: bool | None = None
    other_alarm: bool | None = None
    voltage_faults: tuple[bool | None, bool | None, bool | None] | None = None
    curve_periods: tuple[int, int] | None = None
    ratios: TransformerRatios | None = None
    clock_source: int | None = None
    program: str | None = None
    closing_by_button: bool | None = None
    absences: tuple[Absence, ...] = ()
    kept: tuple[KeptBytes, ...] = ()


def recorder_settings(
    parts: list[Recorder], absences: tuple[Absence, ...] = (), kept: tuple[KeptBytes, ...] = ()
) -> RecorderSettings:
    """The typed form of the answers 157, however the objects came."""
    data = {part.address: part.data for recorder in parts for part in recorder.objects}
    byte = {address: found[0] for address, found in data.items() if len(found) == RECORDER_LENGTHS[address]}
    alarms = [_switch(value) for value in data.get(195, b"")] or [None, None]
    faults = [_switch(value) for value in data.get(196, b"")]
    return RecorderSettings(
        battery=byte.get(192),
        automatic_summer_time=_switch(byte[193] & 3) if 193 in byte else None,
        shortest_closing=byte.get(194),
        critical_alarm=alarms[0],
        other_alarm=alarms[1],
        voltage_faults=(faults[0], faults[1], faults[2]) if faults else None,
        curve_periods=(data[197][0], data[197][1]) if 197 in data else None,
        ratios=TransformerRatios.decode(data[RATIOS_OBJECT], 0) if RATIOS_OBJECT in data else None,
        clock_source=byte.get(199),
        program=ascii_text(data[200]) if 200 in data else None,
        closing_by_button=_switch(byte[201]) if 201 in byte else None,
        absences=absences,
        kept=kept,
    )


def _switch(code: int) -> bool | None:
    return {_OFF: False, _ON: True}.get(code)


class MeasuringPointParameters(NamedTuple):
    """129. ``integration_period`` in minutes, ``depth`` of the records as the meter counts it. The key prints ***."""

    link_address: int
    points: int
    point_address: int
    key: Password
    integration_period: int
    depth: int


class SummerTimeChanges(NamedTuple):
    """131: when summer time begins and ends, in the meter's zone; None without a date."""

    begins: datetime | None
    ends: datetime | None


def ascii_text(data: bytes) -> str:
    """Text of a meter without its fill; a byte that is not printable ASCII becomes ``?``."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in data.rstrip(b"\0 \xff"))
