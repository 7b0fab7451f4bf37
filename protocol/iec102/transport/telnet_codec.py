"""Telnet (RFC 854, RFC 856) and the port control of RFC 2217, sans-IO: bytes of the wire in, bytes of the line out.

Telnet doubles each 0xFF of the line, because 0xFF begins its commands, and outside its binary mode it puts a 0x00
behind each 0x0D. Both sides are asked for binary mode; one that refuses it has the 0x00 written and taken out.

Ours, and no library. serialx 1.15.1 has an RFC 2217 client that does not look at the speed which the other side
confirms, and writes all bytes, the meter's password with them, into its log; telnetlib3 5.0.1 is for people (streams of
text, 3,600 lines) and has no port control. They take 60 and 120 ms to load; this takes 1 ms.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from iec102.settings import LineSettings

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
BINARY, SUPPRESS_GO_AHEAD, COM_PORT = 0, 3, 44
SET_SPEED, SET_DATA_BITS, SET_PARITY, SET_STOP_BITS, SET_CONTROL, LINE_MASK, MODEM_MASK, PURGE = (
    1,
    2,
    3,
    4,
    5,
    10,
    11,
    12,
)
"""Commands of RFC 2217; the answer to each has its number plus 100."""
ANSWER = 100
_CR, _NUL = 0x0D, 0x00
_PARITIES = {"N": 1, "O": 2, "E": 3}
_NO_FLOW_CONTROL = 1
_PURGE_RECEIVED = 1
# Longest subnegotiation that is kept: what RFC 2217 says in one is shorter, a signature apart, which nobody asks for.
_LONGEST = 64
_MOST_ANSWERS = 16


class PortCommand(NamedTuple):
    """A command of RFC 2217 with its value, or the answer to it (number from 100)."""

    number: int
    value: bytes


class TelnetCodec:
    """One connection. ``port_control``: ask for RFC 2217 too.

    ``outgoing`` collects what has to be sent, ``answers`` the commands of RFC 2217 that have come; who calls empties
    them. A request of the other side for anything else is refused, echoing above all.
    """

    def __init__(self, *, port_control: bool = False) -> None:
        self.outgoing = bytearray()
        self.answers: deque[PortCommand] = deque(maxlen=_MOST_ANSWERS)
        self.speaks_telnet = False
        """A command has come."""
        options = (BINARY, SUPPRESS_GO_AHEAD, *((COM_PORT,) if port_control else ()))
        self._accepted = frozenset(options)
        self._ours: dict[int, bool | None] = {}  # None: asked for, and not answered
        self._theirs: dict[int, bool | None] = {}
        self._held = b""
        self._after_cr = False
        for option in (BINARY, *((COM_PORT,) if port_control else ())):
            self._ours[option] = None
            self._say(WILL, option)
        self._theirs[BINARY] = None
        self._say(DO, BINARY)

    @property
    def is_settled(self) -> bool:
        """Everything that was asked for has been answered."""
        return None not in (*self._ours.values(), *self._theirs.values())

    @property
    def controls_port(self) -> bool:
        """The other side lets the port be set."""
        return self._ours.get(COM_PORT) is True

    def encode(self, data: bytes) -> bytes:
        """Bytes of the line as they go over the wire."""
        if self._ours[BINARY] is False:
            data = data.replace(b"\r", b"\r\0")
        return data.replace(b"\xff", b"\xff\xff")

    def command(self, number: int, value: bytes) -> bytes:
        """A command of RFC 2217 as it goes over the wire."""
        return bytes((IAC, SB, COM_PORT, number)) + value.replace(b"\xff", b"\xff\xff") + bytes((IAC, SE))

    def decode(self, wire: bytes) -> bytes:
        """The bytes of the line in what has come, in any pieces."""
        data = self._held + wire
        self._held = b""
        line = bytearray()
        at = 0
        while (iac := data.find(IAC, at)) >= 0:
            line += self._text(data[at:iac])
            end = self._command(data, iac, line)
            if end is None:
                self._held = data[iac:]
                return bytes(line)
            at = end
        line += self._text(data[at:])
        return bytes(line)

    def _command(self, data: bytes, iac: int, line: bytearray) -> int | None:
        """Take the command that begins there; where the next byte stands, None where it is not whole."""
        if iac + 1 >= len(data):
            return None
        verb = data[iac + 1]
        if verb == IAC:
            line += self._text(b"\xff")
            return iac + 2
        if verb == SB:
            return self._subnegotiation(data, iac)
        if verb < SE:  # no command: the other side does not double what it passes on
            line += self._text(b"\xff")
            return iac + 1
        if verb < WILL:
            self.speaks_telnet = True
            return iac + 2
        if iac + 2 >= len(data):
            return None
        self.speaks_telnet = True
        self._negotiate(verb, data[iac + 2])
        return iac + 3

    def _subnegotiation(self, data: bytes, iac: int) -> int | None:
        end = iac + 2
        while (end := data.find(IAC, end)) >= 0 and end + 1 < len(data):
            if data[end + 1] != IAC:
                break
            end += 2
        if end < 0 or end + 1 >= len(data):
            # One without an end must not hold the line for ever: then it was none.
            return None if len(data) - iac <= _LONGEST else iac + 2
        self.speaks_telnet = True
        body = data[iac + 2 : end].replace(b"\xff\xff", b"\xff")
        if len(body) >= 2 and body[0] == COM_PORT:
            self.answers.append(PortCommand(body[1], body[2:]))
        return end + 2

    def _negotiate(self, verb: int, option: int) -> None:
        """Answer once, and never an answer."""
        sides, yes, no = (self._ours, WILL, WONT) if verb in (DO, DONT) else (self._theirs, DO, DONT)
        wanted = verb in (DO, WILL)
        known = sides.get(option, False)
        agreed = wanted and option in self._accepted
        sides[option] = agreed
        if known is None or known == agreed == wanted:
            return
        self._say(yes if agreed else no, option)

    def _say(self, verb: int, option: int) -> None:
        self.outgoing += bytes((IAC, verb, option))

    def _text(self, data: bytes) -> bytes:
        """Without the 0x00 that stands behind a 0x0D where the other side has refused binary mode."""
        if not data or self._theirs[BINARY] is not False:
            return data
        if self._after_cr and data[0] == _NUL:
            data = data[1:]
        self._after_cr = data[-1:] == bytes((_CR,)) if data else False
        return data.replace(b"\r\0", b"\r")


def port_commands(settings: LineSettings) -> Iterator[PortCommand]:
    """What sets speed and format of a port, each to be confirmed with the same value."""
    yield PortCommand(SET_SPEED, settings.baudrate.to_bytes(4, "big"))
    yield PortCommand(SET_DATA_BITS, bytes((int(settings.format[0]),)))
    yield PortCommand(SET_PARITY, bytes((_PARITIES[settings.format[1]],)))
    yield PortCommand(SET_STOP_BITS, bytes((int(settings.format[2]),)))


QUIET = (
    PortCommand(SET_CONTROL, bytes((_NO_FLOW_CONTROL,))),
    PortCommand(LINE_MASK, b"\0"),
    PortCommand(MODEM_MASK, b"\0"),
)
"""What nobody waits for an answer to: no flow control, and no word on modem lines."""
DROP_RECEIVED = PortCommand(PURGE, bytes((_PURGE_RECEIVED,)))
"""What the port has received so far came with its old speed and format."""
