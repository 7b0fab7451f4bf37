"""A modem in front of the line: dial, carry bytes, notice a lost carrier, hang up. Hayes commands, ITU-T V.250.

A call costs money, and operators bar who calls too often: an opening is one call, whoever opens again waits longer each
time (``redial_pauses``), and a call in which nobody asks anything is ended.

Hanging up takes two seconds: one of silence, ``+++``, another one, ``ATH0``. It goes on by itself when the transport is
closed; ``parted`` waits for it, and so does the next opening. What the meter's frames hold never hangs up: a ``+++``
among them has no silence around it.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable

from iec102.errors import ConnectFailed, Disconnected, HungUp, InvalidSetting
from iec102.sentence import Sentence
from iec102.settings import LineSettings
from iec102.transport.base import Informed, Opener, Pluggable, Receiver, Transport
from iec102.transport.lost import disconnected
from iec102.transport.modem_words import Result, lost_carrier, results_in

USUAL_INIT = "ATZ; ATH0; AT+CBST=7,0,1"
"""Reset, hang up, and for GSM modems a data call of 9600 bit/s, which others refuse."""
USUAL_TIMEOUT = 60_000
"""Milliseconds for a call to be answered."""
USUAL_HANG_UP = 60
"""Seconds without a request after which a call is ended."""
REDIAL_PAUSES = (30.0, 900.0)
"""Seconds from a call that has failed to the next one: the first pause, which doubles, and the longest."""

# Commands stand behind each other with a semicolon or a space between them.
_BETWEEN = re.compile(r"[;\s]+(?=AT)", re.IGNORECASE)
_RESET, _MAY_BE_REFUSED = "ATZ", "+CBST"
# Seconds for a command, for hanging up, which takes a network a moment, and for a modem to be back from its reset.
_COMMAND, _HANG_UP, _AFTER_RESET = 3.0, 5.0, 0.5
# What a converter still holds of an earlier call comes first: it is dropped until nothing has come for so many seconds.
_QUIET, _LONGEST_DRAIN = 0.5, 3.0
# Silence in front of +++ and behind it, of which modems want a second; then they say so within as much and a half.
_GUARD, _ESCAPED = 1.1, 1.5
# Modems at the other end need a moment, and say things of their own.
_BEFORE_FIRST_FRAME = 1.0
# Behind a result code nothing comes; behind a part of a frame that looks like one, more comes sooner.
_SILENCE_BEHIND_RESULT = 0.5
_MOST_KEPT = 512


class ModemOpener:
    """Calls through ``inner``, which reaches the modem. ``name`` is the line's, without the number."""

    byte_time = 0.0  # of the call, whatever the speed to the modem is
    redial_pauses = REDIAL_PAUSES

    def __init__(self, inner: Opener, settings: LineSettings, name: str) -> None:
        if not settings.dial:
            raise InvalidSetting(Sentence("modem.no_number", line=name))
        self.name = name
        self._inner = inner
        self._settings = settings
        self._parting: set[asyncio.Task[None]] = set()
        if isinstance(inner, Pluggable):
            self.is_there = inner.is_there

    async def open(self, receiver: Receiver) -> Transport:
        """Make one call. Raises ConnectFailed, Disconnected or InvalidSetting."""
        await self.parted()
        call = _Call(receiver, self.name, self._settings, self._part)
        call.wire = await self._inner.open(call)
        try:
            await call.make()
        except BaseException:
            call.close()
            raise
        return call

    async def parted(self) -> None:
        """Wait until every call is hung up, in bounded time."""
        if self._parting:
            await asyncio.wait(self._parting)

    def _part(self, call: _Call) -> None:
        task = asyncio.get_running_loop().create_task(call.hang_up(), name=f"hanging up {self.name}")
        self._parting.add(task)
        task.add_done_callback(self._parting.discard)


class _Call:
    """One call. It is the transport too: commands until it stands, then the bytes of the line."""

    def __init__(self, receiver: Receiver, name: str, settings: LineSettings, part: Callable[[_Call], None]) -> None:
        self.wire: Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._receiver: Receiver | None = receiver
        self._name = name
        self._settings = settings
        self._part = part
        self._off_hook = False  # dialled, and not known to be over
        self._answered = False
        self._stands = False  # the bytes are those of the line
        self._heard = b""
        self._changed = asyncio.Event()
        self._lost: Disconnected | None = None
        self._written_at = self._loop.time()
        self._carrier_timer: asyncio.TimerHandle | None = None
        self._idle_timer: asyncio.TimerHandle | None = None

    # The line's side

    def write(self, data: bytes) -> None:
        if self._stands:
            self._write(data)
            self._watch_idleness()

    def close(self) -> None:
        """Give the line up; the call is hung up behind this."""
        if self._receiver is None:
            return
        self._receiver = None
        self._stands = False
        for timer in (self._carrier_timer, self._idle_timer):
            if timer is not None:
                timer.cancel()
        if self.wire is not None and self._off_hook:
            self._part(self)
        else:
            self._release()

    # The modem's side

    def data_received(self, data: bytes) -> None:
        """Take bytes of the modem, or of the line."""
        self._heard = (self._heard + data)[-_MOST_KEPT:]
        self._changed.set()
        if self._stands and self._receiver is not None:
            self._receiver.data_received(data)
            self._watch_carrier()
            self._watch_idleness()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the call, because the way to the modem is gone."""
        self.wire = None
        self._lost = disconnected(self._name, exc)
        self._changed.set()
        if self._stands:
            self._end(self._lost)

    # A call

    async def make(self) -> None:
        """Go from the first command to the first byte of the line. Raises ConnectFailed, Disconnected."""
        self._tell(Sentence("step.modem"))
        await self._drain()
        for number, command in enumerate(_BETWEEN.split((self._settings.modem_init or USUAL_INIT).strip())):
            await self._prepare(command, first=number == 0)
        await self._dial((self._settings.dial or "").strip())
        await asyncio.sleep(_BEFORE_FIRST_FRAME)
        if (result := lost_carrier(self._heard)) or self._lost is not None:
            self._off_hook = False
            raise self._lost or ConnectFailed(Sentence("modem.lost_at_once", line=self._name, result=result))
        self._heard = b""
        self._stands = True
        self._watch_idleness()

    async def hang_up(self) -> None:
        """End the call, in bounded time, and give the way to the modem back."""
        try:
            result = None if self._answered else await self._said("", _COMMAND)  # ends a call that is being made
            if result is None or result.is_connected:
                await self._escape()
            if result is None or not result.failure or result.is_ok:
                await self._said("ATH0", _HANG_UP)
        except Disconnected:
            pass
        finally:
            self._release()

    async def _drain(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_DRAIN):
                while True:
                    self._changed.clear()
                    async with asyncio.timeout(_QUIET):
                        await self._changed.wait()

    async def _prepare(self, command: str, *, first: bool) -> None:
        """Give a command before the call. A modem that is still in a call of before has to be called back from it.

        What another program has left on its command line is refused with the first one, which is then said again.
        """
        result = await self._said(command, _COMMAND)
        if first and result is not None and not result.is_ok:
            await self._drain()
            result = await self._said(command, _COMMAND)
        if result is None and first:
            await self._escape()
            await self._said("ATH0", _HANG_UP)
        if result is None:
            result = await self._said(command, _COMMAND)
            await self._drain()  # a late answer must not be taken for that of the next command
        if result is None:
            raise ConnectFailed(Sentence("modem.silent", line=self._name, command=command))
        if not result.is_ok and _MAY_BE_REFUSED not in command.upper():
            raise ConnectFailed(Sentence("modem.refused", line=self._name, command=command, result=result.text))
        if command.upper().startswith(_RESET):
            await asyncio.sleep(_AFTER_RESET)

    async def _dial(self, number: str) -> None:
        self._tell(Sentence("step.dialling", number=number))
        began = self._loop.time()
        seconds = (self._settings.modem_timeout or USUAL_TIMEOUT) / 1000
        self._off_hook = True
        result = await self._said(f"ATD{number}", seconds, or_ok=False)
        if result is None:
            raise ConnectFailed(Sentence("modem.not_answered", line=self._name, seconds=seconds))
        if not result.is_connected:
            self._off_hook = result.is_ok  # taken for a call by voice, which is still to be ended
            raise ConnectFailed(result.sentence(self._name))
        self._answered = True
        self._tell(Sentence("step.call_answered", seconds=self._loop.time() - began, result=result.text))

    # Small things

    async def _escape(self) -> None:
        """Go from the line to the modem's commands."""
        await asyncio.sleep(max(0.0, self._written_at + _GUARD - self._loop.time()))
        self._heard = b""
        self._write(b"+++")
        await self._result(_GUARD + _ESCAPED)

    async def _said(self, command: str, seconds: float, *, or_ok: bool = True) -> Result | None:
        """The result of a command; None where none comes in time. Raises Disconnected.

        ``or_ok`` False: an OK is only one where nothing follows, because it may be a late answer to a command before.
        """
        self._heard = b""
        self._write(command.encode("ascii") + b"\r")
        return await self._result(seconds, or_ok=or_ok)

    async def _result(self, seconds: float, *, or_ok: bool = True) -> Result | None:
        results: list[Result] = []
        try:
            async with asyncio.timeout(seconds):
                while True:
                    results = results_in(self._heard)
                    final = next((result for result in results if or_ok or not result.is_ok), None)
                    if final is not None:
                        return final
                    if self._lost is not None:
                        raise self._lost
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return next(iter(results), None)

    def _write(self, data: bytes) -> None:
        self._written_at = self._loop.time()
        if self.wire is not None:
            self.wire.write(data)

    def _watch_carrier(self) -> None:
        if self._carrier_timer is not None:
            self._carrier_timer.cancel()
        if result := lost_carrier(self._heard):
            self._carrier_timer = self._loop.call_later(_SILENCE_BEHIND_RESULT, self._carrier_lost, result)

    def _carrier_lost(self, result: str) -> None:
        self._off_hook = False
        self._end(Disconnected(Sentence("modem.carrier_lost", line=self._name, result=result)))

    def _watch_idleness(self) -> None:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        after = self._settings.hang_up_after or USUAL_HANG_UP
        self._idle_timer = self._loop.call_later(
            after, self._end, HungUp(Sentence("modem.hung_up", line=self._name, seconds=after))
        )

    def _end(self, error: Disconnected) -> None:
        receiver = self._receiver
        self.close()
        if receiver is not None:
            receiver.connection_lost(error)

    def _tell(self, step: Sentence) -> None:
        if isinstance(self._receiver, Informed):
            self._receiver.opening_step(step)

    def _release(self) -> None:
        wire, self.wire = self.wire, None
        if wire is not None:
            wire.close()
