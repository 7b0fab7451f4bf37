"""The transformer ratios of a meter: 141 and 142, 156 and 157 (REE profile reference, 8.5)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from iec102.application.asdu import Asdu, Cause, Raw, TypeId

RATIOS_OBJECT = 198

_LAYOUT = struct.Struct("<4I")
# Where the ratios stand in type 142: as a real meter sends them, and as one source reads them.
_OFFSETS = (42, 61)
_HIGHEST_VOLTAGE = 10_000_000  # 0.1 V: 1 MV


@dataclass(frozen=True, slots=True)
class TransformerRatios:
    """Primary and secondary voltage in 0.1 V, primary and secondary current in 0.1 A; all above 0."""

    primary_voltage: int
    secondary_voltage: int
    primary_current: int
    secondary_current: int

    @classmethod
    def decode(cls, body: bytes, offset: int) -> TransformerRatios | None:
        """None where the bytes are too few or make no sense as ratios."""
        if len(body) < offset + _LAYOUT.size:
            return None
        values = _LAYOUT.unpack_from(body, offset)
        if not all(values) or values[0] > _HIGHEST_VOLTAGE or values[1] > values[0] or values[3] > values[2]:
            return None
        return cls(*values)


def ratios_of(asdu: Asdu) -> TransformerRatios | None:
    """The ratios in an answer of type 142 or 157; None where it has none that make sense."""
    body = asdu.content.encode_body()
    if asdu.type == TypeId.CONFIGURATION:
        found = (TransformerRatios.decode(body, offset) for offset in _OFFSETS)
        return next((ratios for ratios in found if ratios is not None), None)
    if asdu.type == TypeId.RECORDER and body[:1] == bytes((RATIOS_OBJECT,)):
        return TransformerRatios.decode(body, 1)
    return None


def read_configuration(point_address: int) -> Asdu:
    """C_RM_NA_2."""
    return Asdu(TypeId.READ_CONFIGURATION, Cause.REQUEST, point_address)


def read_recorder_ratios(point_address: int) -> Asdu:
    """156 with the object of the transformer ratios."""
    return Asdu(TypeId.READ_RECORDER, Cause.REQUEST, point_address, content=Raw(bytes((RATIOS_OBJECT,))), count=1)
