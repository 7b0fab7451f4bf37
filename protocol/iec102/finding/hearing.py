"""What bytes say that came instead of the answer to a link-status request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from iec102.link import Frame, FrameReader
from iec102.link.echo import is_damaged_echo
from iec102.link.text import text_in

_SHOWN = 16
_HDLC = re.compile(rb"\x7e[\xa0-\xaf].*\x7e", re.DOTALL)
# FT1.2 with a link address of one byte, as IEC 60870-5-101 and -103 have it.
_SHORT_ADDRESS = re.compile(rb"\x10..(.)\x16", re.DOTALL)
_STRANGE = "something answers here, but not this protocol"


class Kind(StrEnum):
    """What was heard, from the least to the most telling."""

    NOTHING = "nothing"
    ECHO = "echo"
    DAMAGED_ECHO = "damaged echo"
    GARBAGE = "garbage"
    OTHER_PROTOCOL = "other protocol"
    OTHER_READER = "other reader"
    OTHER_ADDRESS = "other address"


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard, in the words of a sentence about it; ``addresses`` are the link addresses of good frames."""

    kind: Kind
    words: str
    data: bytes = b""
    addresses: tuple[int, ...] = ()

    @property
    def hex(self) -> str:
        """The first bytes."""
        return shown(self.data)


def shown(data: bytes) -> str:
    """The first bytes as hex."""
    more = f" and {len(data) - _SHOWN} more" if len(data) > _SHOWN else ""
    return data[:_SHOWN].hex(" ").upper() + more


def judge(data: bytes, sent: bytes) -> Hearing:
    """``data`` is all that came after ``sent``, a request for link status, and not its answer."""
    if not data.strip(b"\xff\x00"):
        return Hearing(Kind.NOTHING, "not one byte came back" if not data else "nothing but fill bytes came back", data)
    frames = _frames(data)
    answering = tuple(dict.fromkeys(frame.address for frame in frames if not frame.request))
    if answering:
        wanted = _addresses(tuple(frame.address for frame in _frames(sent)))
        words = f"frames of {_addresses(answering)} came, but no answer of {wanted}: check the link address"
        return Hearing(Kind.OTHER_ADDRESS, words, data, answering)
    rest = data.replace(sent, b"")
    if not rest.strip(b"\xff\x00"):
        return Hearing(
            Kind.ECHO,
            "only this program's own request came back: the optical head or the line echoes, but no meter answers",
            data,
        )
    asked = tuple(dict.fromkeys(frame.address for frame in _frames(rest) if frame.request))
    if asked:
        return Hearing(
            Kind.OTHER_READER, f"another reader asks {_addresses(asked)} on this line: let only one of them ask", data
        )
    if is_damaged_echo(rest, sent):
        return Hearing(
            Kind.DAMAGED_ECHO,
            "this program's own request came back damaged: clean the optical head and put it on straight",
            data,
        )
    if name := _other_protocol(rest):
        return Hearing(Kind.OTHER_PROTOCOL, f"{_STRANGE}: {shown(rest)}, which looks like {name}", rest)
    return Hearing(
        Kind.GARBAGE,
        f"{_STRANGE}: {shown(rest)}; the speed or the format is wrong, or it is no meter of this kind",
        rest,
    )


def _frames(data: bytes) -> list[Frame]:
    reader = FrameReader()
    return [item for item in reader.feed(data) + reader.flush() if isinstance(item, Frame)]


def _addresses(addresses: tuple[int, ...]) -> str:
    return f"link address {' and '.join(str(address) for address in addresses)}"


def _other_protocol(data: bytes) -> str:
    if _HDLC.search(data):
        return "DLMS (HDLC frames)"
    if any(sum(found[0][1:3]) & 0xFF == found[0][3] for found in _SHORT_ADDRESS.finditer(data)):
        return "IEC 60870-5-101 or -103 (a link address of one byte)"
    text = text_in(data)
    return f'text of a modem, a console or another meter: "{text}"' if text else ""
