"""The way to a meter, walked step by step: at the first that fails stands what to check."""

from __future__ import annotations

import asyncio
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import ConnectFailed, Iec102Error
from iec102.meter import Meter
from iec102.settings import LineSettings, Station
from iec102.state import LineState, Phase
from iec102.target import open_line
from iec102.transport import Direction, Tap, TapRecord, names


class Step(StrEnum):
    """In their order. A target without a host name has no first one."""

    NAME = "name resolved"
    OPEN = "port open"
    BYTES = "bytes received"
    LINK = "link answered"
    KEY = "key accepted"
    VALUES = "values read"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step ended after so many ``seconds``; ``error`` is one sentence, None where it went well."""

    step: Step
    seconds: float
    error: str | None = None


class Check:
    """Walks once. The key is sent once at most. ``on_outcome`` is called on the loop and must not block."""

    def __init__(
        self,
        target: str,
        settings: LineSettings,
        station: Station,
        *,
        on_outcome: Callable[[Outcome], None] = lambda _outcome: None,
        tap: Tap | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.outcomes: list[Outcome] = []
        self._target = target
        self._settings = settings
        self._station = station
        self._on_outcome = on_outcome
        self._tap = tap
        self._clock = clock
        self._left = [step for step in Step if step is not Step.NAME or _host(target) is not None]
        self._since = 0.0

    @property
    def failed(self) -> Outcome | None:
        """The step at which it ended; None where all went well."""
        return next((outcome for outcome in self.outcomes if outcome.error is not None), None)

    @property
    def step(self) -> Step | None:
        """The step that is being walked; None where all are."""
        return next(iter(self._left), None)

    async def run(self) -> None:
        """Raises InvalidSetting, and nothing else: what fails is an outcome."""
        self._since = self._now()
        line = open_line(
            self._target, self._settings, tap=self._record, on_state=self._state_changed, clock=self._clock
        )
        try:
            await self._resolve()
            await Meter(line, self._station, who="check").read_instantaneous()
        except Iec102Error as error:
            self._fail(error)
        else:
            self._passed(Step.VALUES)
        finally:
            await line.close()

    async def _resolve(self) -> None:
        host = _host(self._target)
        if host is None:
            return
        try:
            async with asyncio.timeout(self._settings.timeout_seconds * (self._settings.retries + 1)):
                await names.addresses(host)
        except TimeoutError:
            raise ConnectFailed(names.SILENT.format(host)) from None
        except (OSError, UnicodeError):
            raise ConnectFailed(names.UNKNOWN.format(host)) from None
        self._passed(Step.NAME)

    def _record(self, record: TapRecord) -> None:
        if record.direction is Direction.RECEIVED and not record.secret:
            self._passed(Step.BYTES)
        if self._tap is not None:
            self._tap(record)

    def _state_changed(self, state: LineState) -> None:
        if state.phase is Phase.STARTING:
            self._passed(Step.OPEN)
        elif state.phase is Phase.LOGIN:
            self._passed(Step.LINK)
        elif state.phase is Phase.CONNECTED:
            self._passed(Step.KEY)

    def _passed(self, step: Step) -> None:
        """With those before it that nobody has reported."""
        while self._left and list(Step).index(self._left[0]) <= list(Step).index(step):
            self._tell(Outcome(self._left.pop(0), self._now() - self._since))

    def _fail(self, error: Iec102Error) -> None:
        if self._left:
            self._tell(Outcome(self._left.pop(0), self._now() - self._since, str(error)))

    def _tell(self, outcome: Outcome) -> None:
        self._since = self._now()
        self.outcomes.append(outcome)
        self._on_outcome(outcome)

    def _now(self) -> float:
        return self._clock.boottime()


def _host(target: str) -> str | None:
    """The host of a TCP target."""
    url = urllib.parse.urlsplit(target)
    return url.hostname if url.scheme.lower() == "tcp" else None
