"""The application service data unit: its header and what stands behind it (REE profile reference, 3)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

from iec102.asdu.content import NOTHING, Content
from iec102.errors import InvalidSetting
from iec102.sentence import Sentence

HEADER = 6
_HEADER = struct.Struct("<BBBHB")
# Byte 2 of the header.
NEGATIVE = 0x40
TEST = 0x80
CAUSE = 0x3F


class Cause(IntEnum):
    """Causes of transmission (causas de transmision)."""

    INITIALISED = 4
    REQUEST = 5
    ACTIVATION = 6
    CONFIRMATION = 7
    DEACTIVATION = 8
    DEACTIVATION_CONFIRMATION = 9
    TERMINATION = 10
    RECORD_NOT_AVAILABLE = 13
    TYPE_NOT_AVAILABLE = 14
    UNKNOWN_RECORD = 15
    UNKNOWN_ADDRESS = 16
    OBJECT_NOT_AVAILABLE = 17
    PERIOD_NOT_AVAILABLE = 18


ERROR_CAUSES = range(Cause.RECORD_NOT_AVAILABLE, Cause.PERIOD_NOT_AVAILABLE + 1)
NOTHING_STORED = (Cause.RECORD_NOT_AVAILABLE, Cause.PERIOD_NOT_AVAILABLE)
"""Those that say that nothing is stored of what was asked for."""


class TypeId(IntEnum):
    """The types that this library reads or writes by name; any other stays a number."""

    EVENTS = 1
    ABSOLUTE_TOTALS = 8
    INCREMENTAL_TOTALS = 11
    IDENTITY = 71
    CLOCK = 72
    READ_IDENTITY = 100
    READ_EVENTS = 101
    READ_EVENTS_BY_TIME = 102
    READ_CLOCK = 103
    READ_ABSOLUTE_TOTALS = 122
    READ_INCREMENTAL_TOTALS = 123
    POINT_PARAMETERS = 129
    SUMMER_TIME = 131
    READ_CURRENT_TARIFF = 133
    READ_STORED_TARIFF = 134
    CURRENT_TARIFF = 135
    STORED_TARIFF = 136
    CLOSE_BILLING = 137
    ABSOLUTE_BLOCKS = 139
    INCREMENTAL_BLOCKS = 140
    READ_CONFIGURATION = 141
    CONFIGURATION = 142
    READ_CONTRACTED_POWERS = 144
    CONTRACTED_POWERS = 145
    READ_HOLIDAYS = 147
    HOLIDAYS = 148
    READ_TARIFF_EXTENSION = 150
    TARIFF_EXTENSION = 151
    READ_RECORDER = 156
    RECORDER = 157
    READ_INSTANTANEOUS = 162
    INSTANTANEOUS = 163
    SET_CLOCK = 181
    READ_POINT_PARAMETERS = 182
    START_SESSION = 183
    READ_SUMMER_TIME = 185
    END_SESSION = 187
    READ_ABSOLUTE_BLOCKS = 189
    READ_INCREMENTAL_BLOCKS = 190


@dataclass(frozen=True, slots=True)
class Asdu:
    """One ASDU::

        0  type identification
        1  variable structure qualifier: N 6..0 (number of objects), SQ 7 (always 0 in the REE profile)
        2  cause 5..0, P/N 6 (1 negative), T 7 (test)
        3  measuring point address, little endian (0 to 65535)
        5  record address
        6  objects

    ``count`` is byte 1 as it stands; left out when building, it is the content's own.
    """

    type: int
    cause: int
    point_address: int = 1
    record: int = 0
    content: Content = NOTHING
    negative: bool = False
    test: bool = False
    count: int = -1

    def __post_init__(self) -> None:
        if self.count < 0:
            object.__setattr__(self, "count", self.content.count)

    def encode(self) -> bytes:
        """Encode the bytes for a frame, 6 to 252. Raises InvalidSetting for a value that its field cannot hold."""
        try:
            if not 0 <= self.cause <= CAUSE:
                raise ValueError(Sentence("asdu.number", value=self.cause, high=CAUSE))
            cause = self.cause | (NEGATIVE if self.negative else 0) | (TEST if self.test else 0)
            header = _HEADER.pack(self.type, self.count, cause, self.point_address, self.record)
            return header + self.content.encode_body()
        except (struct.error, ValueError, OverflowError) as error:
            raise InvalidSetting(Sentence("asdu.value", type=self.type, error=error)) from None

    @property
    def is_error(self) -> bool:
        """Whether the cause is an error: the meter echoes the request instead of answering it.

        Causes above 18 have no meaning in this profile, so that they can only be errors too.
        """
        return self.cause >= Cause.RECORD_NOT_AVAILABLE
