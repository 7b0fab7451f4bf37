"""FT1.2 frames (REE profile reference, 2; IEC 60870-5-1).

Fixed, six bytes::

    10  C  A_lo A_hi  CS  16                    CS = (C + A_lo + A_hi) mod 256

Variable, up to 261 bytes::

    68  L  L  68  C  A_lo A_hi  <ASDU>  CS  16  L = 3 + len(ASDU); CS over C, A and ASDU
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from iec102.errors import InvalidSetting
from iec102.sentence import Sentence

START_FIXED = 0x10
START_VARIABLE = 0x68
END = 0x16
FIXED_LENGTH = 6
OVERHEAD = 6
LINK_HEADER = 3
MAX_ASDU = 252
MAX_FRAME = 261

PRM = 0x40
_FCB = 0x20
_FCV = 0x10
_FUNCTION = 0x0F


class Function(IntEnum):
    """What the reader asks of the link."""

    RESET = 0
    USER_DATA = 3
    LINK_STATUS = 9
    CLASS_2 = 11


class Answer(IntEnum):
    """What the link of the meter answers."""

    ACK = 0
    NACK = 1
    USER_DATA = 8
    NO_DATA = 9
    LINK_STATUS = 11


@dataclass(frozen=True, slots=True)
class Frame:
    """One valid frame.

    ``control`` is the C byte, ``address`` the link address (0 to 65535, little endian on the line),
    ``asdu`` None for a fixed frame and up to 252 bytes for a variable one.
    """

    control: int
    address: int
    asdu: bytes | None = None

    @property
    def function(self) -> int:
        """Bits 3 to 0 of the control field."""
        return self.control & _FUNCTION

    @property
    def request(self) -> bool:
        """Whether the frame comes from the primary station, the reader (PRM)."""
        return bool(self.control & PRM)

    @property
    def fcb(self) -> bool | None:
        """The frame count bit; None in answers, which have none."""
        return bool(self.control & _FCB) if self.request else None

    @property
    def fcv(self) -> bool:
        """Whether the frame count bit counts (requests only)."""
        return self.request and bool(self.control & _FCV)

    @property
    def dfc(self) -> bool:
        """Whether the meter asks for no further user data now: data flow control (answers only)."""
        return not self.request and bool(self.control & _FCV)

    def encode(self) -> bytes:
        """Encode the 6 to 261 bytes for the line. Raises InvalidSetting for an address or ASDU that does not fit."""
        if not 0 <= self.address <= 0xFFFF:
            raise InvalidSetting(Sentence("frame.link_address", address=self.address))
        body = bytes((self.control, self.address & 0xFF, self.address >> 8))
        if self.asdu is None:
            return bytes((START_FIXED, *body, sum(body) & 0xFF, END))
        if len(self.asdu) > MAX_ASDU:
            raise InvalidSetting(Sentence("frame.too_long", length=len(self.asdu), high=MAX_ASDU))
        body += self.asdu
        start = bytes((START_VARIABLE, len(body), len(body), START_VARIABLE))
        return b"".join((start, body, bytes((sum(body) & 0xFF, END))))


def request(function: Function, address: int, *, fcb: bool | None = None, asdu: bytes | None = None) -> Frame:
    """Make a frame of the primary station; ``fcb`` None leaves FCV and FCB 0."""
    control = PRM | function
    if fcb is not None:
        control |= _FCV | (_FCB if fcb else 0)
    return Frame(control, address, asdu)


def answer(function: Answer, address: int, asdu: bytes | None = None, *, dfc: bool = False) -> Frame:
    """Make a frame of the secondary station; ACD stays 0 in the REE profile."""
    return Frame(function | (_FCV if dfc else 0), address, asdu)


class GarbageKind(StrEnum):
    """Why bytes are no frame; ``read --json --stats`` counts by the values."""

    NOISE = "noise"
    BAD_LENGTHS = "bad_lengths"
    BAD_CHECKSUM = "bad_checksum"
    BAD_END = "bad_end"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Garbage:
    """Up to 261 bytes of the line that are no frame, and why the first of them starts none."""

    data: bytes
    kind: GarbageKind
    detail: str = ""

    @property
    def reason(self) -> str:
        """Why it is no frame, in one plain phrase."""
        reason = _REASONS[self.kind]
        return Sentence("garbage.with_detail", reason=reason, detail=self.detail) if self.detail else reason


_REASONS = {
    GarbageKind.NOISE: Sentence("garbage.noise"),
    GarbageKind.BAD_LENGTHS: Sentence("garbage.bad_lengths"),
    GarbageKind.BAD_CHECKSUM: Sentence("garbage.bad_checksum"),
    GarbageKind.BAD_END: Sentence("garbage.bad_end"),
    GarbageKind.INCOMPLETE: Sentence("garbage.incomplete"),
}
