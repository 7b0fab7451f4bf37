"""The application layer: ASDUs of the REE profile, encoded and decoded, and the course of an exchange. Sans-IO."""

from iec102.application.asdu import Asdu, Cause, Content, Raw, TypeId, type_name
from iec102.application.blocks import BLOCK_ADDRESSES, Block, BlockRequest, TotalBlocks, read_blocks
from iec102.application.clock import ClockTime, read_clock
from iec102.application.configuration import (
    Configuration,
    Port,
    TransformerRatios,
    ratios_of,
    read_configuration,
    read_recorder_ratios,
)
from iec102.application.decode import decode, decode_asdu
from iec102.application.events import Event, Events, TimeRange, read_events
from iec102.application.exchange import Course, Exchange
from iec102.application.identity import Identity, read_identity
from iec102.application.instantaneous import (
    Energies,
    Energy,
    InstantaneousValues,
    ObjectList,
    Power,
    Powers,
    VoltageCurrent,
    VoltagesCurrents,
    read_instantaneous,
)
from iec102.application.parameters import (
    PointParameters,
    SummerTimeDates,
    read_point_parameters,
    read_summer_time_dates,
)
from iec102.application.password import Password
from iec102.application.qualifier import Qualifier, qualifier_words
from iec102.application.recorder import Recorder, RecorderObject
from iec102.application.session import AccessKey, end_session, start_session
from iec102.application.tariff import (
    ContractedPowers,
    CurrentPeriods,
    Holidays,
    Season,
    Seasons,
    TariffExtension,
    TariffInformation,
    TariffPeriod,
    read_closings,
)
from iec102.application.timetag import MADRID, TimeTagA, TimeTagB
from iec102.application.totals import IntegratedTotals, RangeRequest, Total, read_totals

__all__ = [
    "BLOCK_ADDRESSES",
    "MADRID",
    "AccessKey",
    "Asdu",
    "Block",
    "BlockRequest",
    "Cause",
    "ClockTime",
    "Configuration",
    "Content",
    "ContractedPowers",
    "Course",
    "CurrentPeriods",
    "Energies",
    "Energy",
    "Event",
    "Events",
    "Exchange",
    "Holidays",
    "Identity",
    "InstantaneousValues",
    "IntegratedTotals",
    "ObjectList",
    "Password",
    "PointParameters",
    "Port",
    "Power",
    "Powers",
    "Qualifier",
    "RangeRequest",
    "Raw",
    "Recorder",
    "RecorderObject",
    "Season",
    "Seasons",
    "SummerTimeDates",
    "TariffExtension",
    "TariffInformation",
    "TariffPeriod",
    "TimeRange",
    "TimeTagA",
    "TimeTagB",
    "Total",
    "TotalBlocks",
    "TransformerRatios",
    "TypeId",
    "VoltageCurrent",
    "VoltagesCurrents",
    "decode",
    "decode_asdu",
    "end_session",
    "qualifier_words",
    "ratios_of",
    "read_blocks",
    "read_clock",
    "read_closings",
    "read_configuration",
    "read_events",
    "read_identity",
    "read_instantaneous",
    "read_point_parameters",
    "read_recorder_ratios",
    "read_summer_time_dates",
    "read_totals",
    "start_session",
    "type_name",
]
