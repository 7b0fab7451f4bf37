"""Bytes of an ASDU become typed content."""

from __future__ import annotations

from collections.abc import Callable

from iec102.application.asdu import CAUSE, HEADER, NEGATIVE, TEST, Asdu, Content, Raw, TypeId
from iec102.application.blocks import BlockRequest, TotalBlocks
from iec102.application.clock import ClockTime
from iec102.application.configuration import Configuration
from iec102.application.events import Events, TimeRange
from iec102.application.identity import Identity
from iec102.application.instantaneous import InstantaneousValues, ObjectList
from iec102.application.parameters import PointParameters, SummerTimeDates
from iec102.application.recorder import Recorder
from iec102.application.session import AccessKey
from iec102.application.tariff import ContractedPowers, Holidays, TariffExtension, TariffInformation
from iec102.application.totals import IntegratedTotals, RangeRequest
from iec102.link.frame import Frame

_SQ = 0x80

_DECODERS: dict[int, Callable[[bytes, int], Content | None]] = {
    TypeId.EVENTS: Events.decode_body,
    TypeId.ABSOLUTE_TOTALS: IntegratedTotals.decode_body,
    TypeId.INCREMENTAL_TOTALS: IntegratedTotals.decode_body,
    TypeId.IDENTITY: Identity.decode_body,
    TypeId.CLOCK: ClockTime.decode_body,
    TypeId.READ_EVENTS_BY_TIME: TimeRange.decode_body,
    TypeId.READ_ABSOLUTE_TOTALS: RangeRequest.decode_body,
    TypeId.READ_INCREMENTAL_TOTALS: RangeRequest.decode_body,
    TypeId.POINT_PARAMETERS: PointParameters.decode_body,
    TypeId.SUMMER_TIME: SummerTimeDates.decode_body,
    TypeId.READ_STORED_TARIFF: TimeRange.decode_body,
    TypeId.CURRENT_TARIFF: TariffInformation.decode_body,
    TypeId.STORED_TARIFF: TariffInformation.decode_body,
    TypeId.ABSOLUTE_BLOCKS: TotalBlocks.decode_body,
    TypeId.INCREMENTAL_BLOCKS: TotalBlocks.decode_body,
    TypeId.CONFIGURATION: Configuration.decode_body,
    TypeId.CONTRACTED_POWERS: ContractedPowers.decode_body,
    TypeId.HOLIDAYS: Holidays.decode_body,
    TypeId.READ_TARIFF_EXTENSION: ObjectList.decode_body,
    TypeId.TARIFF_EXTENSION: TariffExtension.decode_body,
    TypeId.READ_RECORDER: ObjectList.decode_body,
    TypeId.RECORDER: Recorder.decode_body,
    TypeId.READ_INSTANTANEOUS: ObjectList.decode_body,
    TypeId.INSTANTANEOUS: InstantaneousValues.decode_body,
    TypeId.SET_CLOCK: ClockTime.decode_body,
    TypeId.START_SESSION: AccessKey.decode_body,
    TypeId.READ_ABSOLUTE_BLOCKS: BlockRequest.decode_body,
    TypeId.READ_INCREMENTAL_BLOCKS: BlockRequest.decode_body,
}


def decode_asdu(data: bytes) -> Asdu | None:
    """The ASDU with its content; None where the bytes are too few for a header (six).

    Never raises, and loses nothing: a type without a known layout, and a body that does not fit the layout
    of its type exactly, keep their bytes as ``Raw``.
    """
    if len(data) < HEADER:
        return None
    count = data[1]
    body = data[HEADER:]
    decoder = _DECODERS.get(data[0])
    content = None if decoder is None or count & _SQ else decoder(body, count)
    flags = data[2]
    return Asdu(
        data[0],
        flags & CAUSE,
        data[3] | data[4] << 8,
        data[5],
        content or Raw(body),
        flags & NEGATIVE != 0,
        flags & TEST != 0,
        count,
    )


def decode(frame: Frame) -> Asdu | None:
    """The typed content of a frame; None for a fixed frame, which has none."""
    return None if frame.asdu is None else decode_asdu(frame.asdu)
