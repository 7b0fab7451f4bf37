"""Finding a meter: what answers to the tries of a plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import InvalidSetting
from iec102.link.diagnosis import Diagnosis, Kind, diagnose, telnet_words
from iec102.link.frame import FIXED_LENGTH
from iec102.search.plan import Plan
from iec102.search.probe import Probe, Reply
from iec102.sentence import Sentence
from iec102.settings import LineSettings
from iec102.transport import Opener, Tap
from iec102.transport.base import Parting

# A late meter may still owe two answers: with two stop bits instead of one it has understood the request as well.
_CONFIRMATIONS = 2
_MOST_HEARD = 20
_SHOWN_ADDRESSES = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A meter that answers, and the seconds that it takes to."""

    settings: LineSettings
    address: int
    seconds: float


@dataclass(frozen=True, slots=True)
class SettingsDiagnosis:
    """Something else that came with these settings."""

    settings: LineSettings
    diagnosis: Diagnosis


@dataclass(frozen=True, slots=True)
class Progress:
    """The try that begins now: ``number`` (from 1) of ``tries`` in ``round`` 1 or 2; ``left``: seconds at most."""

    settings: LineSettings
    address: int
    round: int
    number: int
    tries: int
    left: float


class Search:
    """Looks for the meters of one line. ``opener`` makes its opener for settings; nothing is opened before ``run``.

    Once a meter has answered, the other addresses are tried with its settings only. What was found and heard stays
    here when ``run`` is cancelled or fails. The callbacks are called on the loop and must not block.
    """

    def __init__(
        self,
        opener: Callable[[LineSettings], Opener],
        plan: Plan,
        *,
        on_progress: Callable[[Progress], None] = lambda _progress: None,
        on_found: Callable[[Found], None] = lambda _found: None,
        on_step: Callable[[Sentence], None] = lambda _step: None,
        tap: Tap | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.plan = plan
        self.found: list[Found] = []
        self.heard: list[SettingsDiagnosis] = []
        self.not_offered: set[tuple[int, str]] = set()
        """Speeds and formats that the port does not have."""
        self._opener = opener
        self._on_progress = on_progress
        self._on_found = on_found
        self._on_step = on_step
        self._tap = tap
        self._clock = clock
        self._doubted: set[tuple[int, LineSettings, int]] = set()
        self._probe: Probe | None = None
        self._latest: Opener | None = None
        self._settings: LineSettings | None = None
        self._round = 1
        self._number = 0
        self._left = 0.0

    async def run(self) -> None:
        """Search until the first settings at which meters answer, or when all was tried.

        Raises LineError, or InvalidSetting where the port offers nothing of the plan.
        """
        try:
            for round_, wait in enumerate(self.plan.waits, start=1):
                self._round, self._number = round_, 0
                self._left = self.plan.seconds(wait)
                for settings, addresses in self.plan.groups():
                    await self._ask_all(settings, addresses, wait)
                    if self.found:
                        await self._ask_all(settings, self.plan.behind(addresses), wait)
                        return
        finally:
            self._close()
            if isinstance(self._latest, Parting):  # a call is hung up
                await self._latest.parted()

    @property
    def remark(self) -> str:
        """What to change though a meter has answered; empty where nothing."""
        return next((heard.diagnosis.words for heard in self.heard if heard.diagnosis.kind is Kind.TELNET), "")

    def nothing_found(self) -> str:
        """What there is to say, and what to check, where no meter has answered."""
        if self.heard:
            best = max(self.heard, key=lambda heard: list(Kind).index(heard.diagnosis.kind))
            words, line = best.diagnosis.words, best.settings
            if len(self.plan.settings) == 1:
                return words
            return Sentence("heard.at", heard=words, baudrate=line.baudrate, format=line.format)
        tried = [str(address) for address in self.plan.addresses]
        addresses = ", ".join(tried[:_SHOWN_ADDRESSES])
        if len(tried) > _SHOWN_ADDRESSES:
            addresses = Sentence("list.more", first=addresses, more=len(tried) - _SHOWN_ADDRESSES)
        formats = len(self.plan.settings) - len(self.not_offered)
        if formats > 1:
            return Sentence("search.nothing_with_formats", addresses=addresses, formats=formats)
        return Sentence("search.nothing", addresses=addresses)

    async def _ask_all(self, settings: LineSettings, addresses: Sequence[int], wait: float) -> None:
        offered = await self._tune(settings)
        for address in addresses:
            self._number += 1
            if offered and not self._is_found(address):
                self._on_progress(
                    Progress(settings, address, self._round, self._number, self.plan.tries, max(0.0, self._left))
                )
                await self._ask(settings, address, wait)
            self._left -= FIXED_LENGTH * settings.byte_time + wait

    async def _ask(self, settings: LineSettings, address: int, wait: float) -> None:
        assert self._probe is not None
        reply = await self._probe.ask(address, wait)
        answering = reply.answering
        if not answering:
            self._diagnose(settings, reply)
        for candidate in answering:
            if not self._is_found(candidate) and (self._round, settings, candidate) not in self._doubted:
                await self._confirm(settings, candidate, reply)

    async def _confirm(self, settings: LineSettings, address: int, reply: Reply) -> None:
        """It is asked itself, and given time.

        The answer may have been late, to a request with other settings (ports hand over what has a wrong parity), or
        part of what another reader says to another meter.
        """
        assert self._probe is not None
        for _ in range(_CONFIRMATIONS):
            again = await self._probe.ask(address, self.plan.waits[-1])
            if address not in again.answering:
                self._doubted.add((self._round, settings, address))
                self._diagnose(settings, reply)
                return
        found = Found(settings, address, again.seconds)
        self.found.append(found)
        if (command := self._probe.evidence.telnet) and not self.remark:
            self.heard.append(SettingsDiagnosis(settings, Diagnosis(Kind.TELNET, telnet_words(command), command)))
        self._on_found(found)

    def _diagnose(self, settings: LineSettings, reply: Reply) -> None:
        assert self._probe is not None
        diagnosis = diagnose([reply.data], reply.sent, telnet=self._probe.evidence.telnet)
        known = any(heard.settings == settings and heard.diagnosis.kind is diagnosis.kind for heard in self.heard)
        if diagnosis.kind is not Kind.NOTHING and not known and len(self.heard) < _MOST_HEARD:
            self.heard.append(SettingsDiagnosis(settings, diagnosis))

    def _is_found(self, address: int) -> bool:
        return any(found.address == address for found in self.found)

    async def _tune(self, settings: LineSettings) -> bool:
        """The line is open with these settings; False where the port does not have them."""
        if settings == self._settings:
            return True
        if (settings.baudrate, settings.format) in self.not_offered:
            return False
        self._settings = None
        try:
            if self._probe is None or not await self._probe.tune(settings):
                self._close()
                self._latest = opener = self._opener(settings)
                self._probe = Probe(opener.byte_time, on_step=self._on_step, tap=self._tap, clock=self._clock)
                await self._probe.open(opener)
        except InvalidSetting:
            self.not_offered.add((settings.baudrate, settings.format))
            if len(self.not_offered) == len(self.plan.settings):
                raise
            return False
        self._settings = settings
        return True

    def _close(self) -> None:
        probe, self._probe = self._probe, None
        self._settings = None
        if probe is not None:
            probe.close()
