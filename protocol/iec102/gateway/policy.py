"""Who may connect to a gateway, and what may be asked through it.

A type alone does not make a request harmless. A meter, or a converter in front of it, that loses a byte at the start of
a frame looks for the next start, and finds it in the middle: a whole frame of type 181 behind a request of type 162
sets the clock. So a request of a known type passes only with the body that fits it, and none passes in whose bytes on
the line another frame with user data stands, wherever that begins and ends: in the header, or with the outer frame's
own checksum. Fixed frames inside are left alone: they carry nothing, and times of day can look like them.
"""

from __future__ import annotations

from dataclasses import dataclass

from iec102.asdu import Asdu, type_name
from iec102.asdu.catalogue import READING_TYPES, fits
from iec102.link import Function
from iec102.link import request as link_request
from iec102.link.frame import END, LINK_HEADER, OVERHEAD, START_VARIABLE
from iec102.sentence import Sentence
from iec102.transport.networks import LOOPBACK, Network, is_in, network

__all__ = ["LOOPBACK", "Network", "Policy", "hides_a_frame", "network"]


@dataclass(frozen=True, slots=True)
class Policy:
    """Only reading by default; ``pass_types`` are further types (0 to 255), ``read_write`` lets all of them pass.

    Applications in the networks ``lend_to`` get the line for themselves, whatever they send on it.
    """

    networks: tuple[Network, ...] = LOOPBACK
    pass_types: frozenset[int] = frozenset()
    read_write: bool = False
    lend_to: tuple[Network, ...] = ()

    def admits(self, address: str) -> bool:
        """Whether an application at this address may connect."""
        return is_in(address, (*self.networks, *self.lend_to))

    def lends_to(self, address: str) -> bool:
        """Whether an application at this address gets the line for itself."""
        return is_in(address, self.lend_to)

    def passes(self, type_: int) -> bool:
        """Whether requests of this type may go to the meter."""
        return self.read_write or type_ in READING_TYPES or type_ in self.pass_types

    def refusal(self, request: Asdu, link_address: int) -> str | None:
        """Why a request may not go to the meter at a link address; None when it may."""
        type_, name = request.type, type_name(request.type)
        if self.read_write:
            return None
        if not self.passes(request.type):
            return Sentence("policy.type", type=type_, name=name)
        body = request.content.encode_body()
        if not fits(request):
            return Sentence("policy.body", type=type_, name=name, length=len(body), objects=request.count)
        if hides_a_frame(link_address, request.encode()):
            return Sentence("policy.frame", type=type_, name=name)
        return None


def hides_a_frame(link_address: int, asdu: bytes) -> bool:
    """Whether another frame with user data stands in the bytes that carry this ASDU (6 to 252 bytes) over the line."""
    frames = (link_request(Function.USER_DATA, link_address, fcb=fcb, asdu=asdu).encode() for fcb in (False, True))
    return any(_is_frame(data[at:]) for data in frames for at in range(1, len(data)) if data[at] == START_VARIABLE)


def _is_frame(data: bytes) -> bool:
    """Whether the bytes begin with a valid variable frame."""
    if len(data) < OVERHEAD + LINK_HEADER or data[1] != data[2] or data[3] != START_VARIABLE:
        return False
    length = data[1]
    body = data[4 : 4 + length]
    return data[4 + length : OVERHEAD + length] == bytes((sum(body) & 0xFF, END))
