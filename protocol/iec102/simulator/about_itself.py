"""What the simulated meter tells of itself: 141, 156 and the ten objects of its recorder, 182 and 185."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from iec102.asdu import (
    Cause,
    Configuration,
    Identity,
    Password,
    PointParameters,
    Port,
    Recorder,
    RecorderObject,
    SummerTimeDates,
    TimeTagA,
    TransformerRatios,
)
from iec102.asdu.configuration import RATIOS_OBJECT, RECORDER_LENGTHS
from iec102.asdu.summer_time import changes_of_year
from iec102.simulator.config import SimulatorConfig
from iec102.simulator.instruments import (
    PRIMARY_CURRENT,
    PRIMARY_VOLTAGE,
    SECONDARY_CURRENT,
    SECONDARY_VOLTAGE,
)
from iec102.simulator.memory import DEPTH
from iec102.simulator.reading import Refused
from iec102.simulator.wiring import Wiring

_9600_8E1 = (6, 8)
_PERIODS = (60, 15)  # minutes
_BATTERY = 97  # %
_ALL_ACTIVE = 0b10_10_10
_NO_CHANGE, _AUTOMATIC = 1, 2
_OFF, _ON = 1, 2
_NETWORK = 1
_PROGRAM = b"SM-RM2 1.0"


def ratios(wiring: Wiring) -> TransformerRatios:
    """What it says of its transformers."""
    primary, secondary = wiring.ratio or (PRIMARY_CURRENT, SECONDARY_CURRENT)
    return TransformerRatios(10 * PRIMARY_VOLTAGE, 10 * SECONDARY_VOLTAGE, 10 * primary, 10 * secondary)


def configuration(identity: Identity, config: SimulatorConfig) -> Configuration:
    """Type 142."""
    return Configuration(
        manufacturer=identity.manufacturer,
        model=b"SM",
        firmware=1,
        serial_number=identity.device_id,
        standard_year=identity.year,
        standard_month=identity.month,
        protocol_date=TimeTagA.of(datetime(2003, 2, 10, tzinfo=UTC), config.tag_zone),
        battery=_BATTERY,
        ports=(Port(*_9600_8E1, 255, b" " * 20), Port(*_9600_8E1), Port(*_9600_8E1)),
        ratios=ratios(config.wiring),
        integration_periods=(*_PERIODS, 0),
        contracts=_ALL_ACTIVE,
    )


def recorder(asked: bytes, config: SimulatorConfig) -> Recorder:
    """Type 157, the objects that were asked for (192 to 201). Raises Refused."""
    one_by_one = "rm2-one-object" in config.quirks and len(asked) > 1
    if not asked or one_by_one or not RECORDER_LENGTHS.keys() >= set(asked) or len(set(asked)) != len(asked):
        raise Refused(Cause.OBJECT_NOT_AVAILABLE)
    data = {
        192: bytes((_BATTERY,)),
        193: bytes((_NO_CHANGE if "standard-time" in config.quirks else _AUTOMATIC,)),
        194: bytes((10,)),
        195: bytes((_ON, _OFF)),
        196: bytes((_ON, _ON, _ON)),
        197: bytes(_PERIODS),
        RATIOS_OBJECT: ratios(config.wiring).encode(),
        199: bytes((_NETWORK,)),
        200: _PROGRAM.ljust(RECORDER_LENGTHS[200], b"\0"),
        201: bytes((_ON,)),
    }
    return Recorder(tuple(RecorderObject(address, data[address]) for address in asked))


def point_parameters(config: SimulatorConfig) -> PointParameters:
    """Type 129; it carries the key."""
    return PointParameters(
        config.link_address, 1, config.point_address, Password(config.password), _PERIODS[0], DEPTH.days
    )


def summer_time_dates(now: datetime, zone: tzinfo) -> SummerTimeDates:
    """Type 131, of this year; no dates where the clock is never changed."""
    begins, ends = (TimeTagA(0) if at is None else TimeTagA.of(at, zone) for at in changes_of_year(now, zone))
    return SummerTimeDates(begins, ends)
