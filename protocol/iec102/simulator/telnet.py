"""The simulated meter behind a converter that speaks telnet and lets its port be set (RFC 2217)."""

from __future__ import annotations

import re
from collections.abc import Callable

_IAC, _DONT, _DO, _WONT, _WILL, _SB, _SE = 255, 254, 253, 252, 251, 250, 240
_BINARY, _SUPPRESS_GO_AHEAD, _COM_PORT = 0, 3, 44
_OFFERED = (_BINARY, _SUPPRESS_GO_AHEAD, _COM_PORT)
_GREETING = bytes((_IAC, _WILL, _SUPPRESS_GO_AHEAD, _IAC, _DO, _BINARY, _IAC, _WILL, _BINARY))
_ANSWER = 100
# A command of telnet that is whole: of one byte, of two, or a subnegotiation to its end.
_COMMAND = re.compile(rb"\xff(?:\xff|[\xf1-\xf9]|[\xfb-\xfe].|\xfa(?P<body>(?:[^\xff]|\xff\xff)*)\xff\xf0)", re.DOTALL)
_LONGEST = 256


class TelnetSide:
    """Between the bytes of a client and those of the meter; ``write`` sends to the client."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._held = b""
        self._agreed = {(_WILL, _SUPPRESS_GO_AHEAD), (_DO, _BINARY), (_WILL, _BINARY)}
        write(_GREETING)

    def send(self, data: bytes) -> None:
        """Bytes of the meter."""
        self._write(data.replace(b"\xff", b"\xff\xff"))

    def received(self, wire: bytes) -> bytes:
        """The bytes for the meter in what the client has sent, in any pieces."""
        data = self._held + wire
        line = bytearray()
        at = 0
        while (iac := data.find(_IAC, at)) >= 0:
            line += data[at:iac]
            found = _COMMAND.match(data, iac)
            if found is None:
                if len(data) - iac <= _LONGEST:
                    self._held = data[iac:]
                    return bytes(line)
                at = iac + 1
                continue
            self._obey(found[0], found["body"], line)
            at = found.end()
        self._held = b""
        return bytes(line + data[at:])

    def _obey(self, command: bytes, body: bytes | None, line: bytearray) -> None:
        verb = command[1]
        if verb == _IAC:
            line.append(_IAC)
        elif verb == _SB:
            self._set_port((body or b"").replace(b"\xff\xff", b"\xff"))
        elif verb in (_DO, _WILL):
            option = command[2]
            answer = {_DO: _WILL, _WILL: _DO}[verb] if option in _OFFERED else {_DO: _WONT, _WILL: _DONT}[verb]
            if (answer, option) not in self._agreed:
                self._agreed.add((answer, option))
                self._write(bytes((_IAC, answer, option)))

    def _set_port(self, body: bytes) -> None:
        """Whatever is asked for is confirmed."""
        if len(body) >= 2 and body[0] == _COM_PORT:
            value = body[2:].replace(b"\xff", b"\xff\xff")
            self._write(bytes((_IAC, _SB, _COM_PORT, body[1] + _ANSWER)) + value + bytes((_IAC, _SE)))
