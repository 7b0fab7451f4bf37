"""A Hayes modem before the simulated meter: the meter answers every call but those to the numbers in NUMBERS."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType

from iec102.simulator.meter import MeterLine, SimulatedMeter

NUMBERS: Mapping[str, str] = MappingProxyType(
    {
        "2": "BUSY",
        "3": "NO CARRIER",
        "4": "NO ANSWER",
        "5": "NO DIALTONE",
        "6": "VOICE",
        "7": "ERROR",
        "8": "",
        "9": "REL ASYNC",
    }
)
"""What the modem says to a call of these numbers; nothing at all to 8, and 9 reaches the meter."""
CONNECTED = "CONNECT 9600"

# Seconds from a number to what becomes of its call, and of silence around +++.
_RINGING = 0.3
_GUARD = 1.0
_ESCAPE = b"+++"
_DIALLED = "0123456789ABCD+*#"


class HayesModem:
    """Between what a program writes to its port (``receive``) and the meter; ``write`` says what the program hears.

    It echoes and answers in words until it is told otherwise (``ATE0``, ``ATV0``), knows ``+++`` with a second of
    silence on both sides, and a call that is being made ends at any character.
    """

    def __init__(self, meter: SimulatedMeter, write: Callable[[bytes], None]) -> None:
        self._meter = meter
        self._write = write
        self._loop = asyncio.get_running_loop()
        self._line: MeterLine | None = None
        self._online = False
        self._echo = True
        self._command = b""
        self._call: asyncio.TimerHandle | None = None
        self._escaping: asyncio.TimerHandle | None = None
        self._pluses = 0
        self._heard_at = self._loop.time() - _GUARD

    def receive(self, data: bytes) -> None:
        """Bytes of the program."""
        now = self._loop.time()
        if self._online:
            self._watch_for_escape(data, now - self._heard_at)
            if self._line is not None:
                self._line.receive(data)
        else:
            self._take(data)
        self._heard_at = now

    def close(self) -> None:
        """The port is taken away."""
        self._abandon_call()
        self._hang_up()

    # In a call

    def _watch_for_escape(self, data: bytes, silence: float) -> None:
        if self._escaping is not None:
            self._escaping.cancel()
            self._escaping = None
        alone = not data.strip(b"+") and (self._pluses or silence >= _GUARD)
        self._pluses = self._pluses + len(data) if alone else 0
        if self._pluses == len(_ESCAPE):
            self._escaping = self._loop.call_later(_GUARD, self._escape)

    def _escape(self) -> None:
        self._escaping = None
        self._pluses = 0
        self._online = False
        self._command = b""
        self._say("OK")

    def _deliver(self, data: bytes) -> None:
        if self._online:
            self._write(data)

    def _carrier_lost(self) -> None:
        self._hang_up()
        self._say("NO CARRIER")

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        self._online = False
        if self._escaping is not None:
            self._escaping.cancel()
            self._escaping = None
        if line is not None:
            line.close()

    # Commands

    def _take(self, data: bytes) -> None:
        if self._call is not None:
            self._abandon_call()
            self._say("NO CARRIER")
            return
        for byte in data:
            if self._echo:
                self._write(bytes((byte,)))
            if byte == 0x0D:
                command, self._command = self._command.strip(), b""
                self._carry_out(command.decode("ascii", "replace").upper())
            else:
                self._command += bytes((byte,))

    def _carry_out(self, command: str) -> None:
        if not command.startswith("AT"):
            if command:
                self._say("ERROR")
            return
        rest = command[2:].strip()
        if rest.startswith("D"):
            self._dial("".join(each for each in rest[1:].lstrip("TP ") if each in _DIALLED))
            return
        if rest in ("Z", "Z0", "&F"):
            self._hang_up()
            self._echo = True
        elif rest in ("H", "H0"):
            self._hang_up()
        elif rest in ("E0", "E1", "E"):
            self._echo = rest == "E1"
        elif rest in ("O", "O0") and self._line is not None:
            self._online = True
            self._say(CONNECTED)
            return
        elif rest and rest[0] not in "VQXSLM&":
            self._say("ERROR")  # also to +CBST, as a modem of the telephone network does
            return
        self._say("OK")

    def _dial(self, number: str) -> None:
        if not number:
            self._say("ERROR")
            return
        self._call = self._loop.call_later(_RINGING, self._called, NUMBERS.get(number, CONNECTED))

    def _called(self, result: str) -> None:
        if not result:
            return  # nobody answers, and this modem waits on
        self._call = None
        self._say(result)
        if result in (CONNECTED, NUMBERS["9"]):
            self._online = True
            self._heard_at = self._loop.time()
            self._line = self._meter.connect(self._deliver, self._carrier_lost, call=True)

    def _abandon_call(self) -> None:
        if self._call is not None:
            self._call.cancel()
            self._call = None

    def _say(self, result: str) -> None:
        self._write(f"\r\n{result}\r\n".encode("ascii"))
