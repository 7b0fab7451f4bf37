"""The way to a meter, walked step by step: at the first that fails stands what to check."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from iec102.asdu import MADRID
from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import ConnectFailed, Iec102Error, LinkError, RequestRefused, UnexpectedAnswer
from iec102.line import Line
from iec102.line.state import LineState, Phase
from iec102.meter.clock_difference import NO_TIME
from iec102.meter.meter import Meter
from iec102.meter.reading import Reading
from iec102.settings import LineSettings, Station
from iec102.transport import Direction, Tap, TapRecord, names
from iec102.transport.scheme import Target


class Step(StrEnum):
    """In their order. A target has those that its way has: a host name, a modem, a call in either direction.

    ``check --json`` prints the values.
    """

    NAME = "name resolved"
    OPEN = "port open"
    MODEM = "modem ready"
    CALL = "call answered"
    CALLED = "meter has called"
    BYTES = "bytes received"
    LINK = "link answered"
    KEY = "key accepted"
    VALUES = "values read"
    CLOCK = "clock compared"


# What is done when a line says that it does this now: the end of the code of its step.
_REACHED = {
    "modem": Step.OPEN,
    "dialling": Step.MODEM,
    "call_answered": Step.CALL,
    "awaiting_call": Step.OPEN,
    "called": Step.CALLED,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step ended after so many ``seconds``; ``error`` is one sentence, None where it went well.

    ``remark`` is one sentence on what is not as it should be, though it went well.
    """

    step: Step
    seconds: float
    error: str | None = None
    remark: str | None = None


class Check:
    """Walks once. The key is sent once at most. ``on_outcome`` is called on the loop and must not block.

    A clock that is more than 30 s off, in ``zone``, is remarked on; one that makes measurements doubtful (10 minutes),
    or that is in another zone, is a step that has failed.
    """

    def __init__(
        self,
        target: Target,
        settings: LineSettings,
        station: Station,
        *,
        zone: tzinfo = MADRID,
        on_outcome: Callable[[Outcome], None] = lambda _outcome: None,
        on_state: Callable[[LineState], None] = lambda _state: None,
        tap: Tap | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.outcomes: list[Outcome] = []
        self.remark: str | None = None
        """One sentence on the line: what to change though requests are answered."""
        self.key_refused = False
        """The key was refused, or sent and not answered; known at the end."""
        self._target = target
        self._settings = settings
        self._station = station
        self._zone = zone
        self._on_outcome = on_outcome
        self._on_state = on_state
        self._tap = tap
        self._clock = clock
        has = {
            Step.NAME: target.host is not None,
            Step.MODEM: target.is_called,
            Step.CALL: target.is_called,
            Step.CALLED: target.calls_in,
        }
        self._left = [step for step in Step if has.get(step, True)]
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
        """Walk the steps to the meter. Raises InvalidSetting, and nothing else: what fails is an outcome."""
        self._since = self._now()
        opener = self._target.opener(self._settings)
        line = Line(opener, self._settings, tap=self._record, on_state=self._state_changed, clock=self._clock)
        try:
            await self._resolve()
            meter = Meter(line, self._station, zone=self._zone, who="check")
            reading = await meter.read_instantaneous()
            self._passed(Step.VALUES)
            await self._compare_clock(meter, reading)
        except Iec102Error as error:
            self._fail(error.sentence)
        finally:
            self.remark = line.state.remark or self.remark
            await line.close()
            self.key_refused = line.refusal_of(self._station) is not None

    async def _compare_clock(self, meter: Meter, reading: Reading) -> None:
        """By its clock, else by the time in its values, which has minutes only."""
        verdict = reading.clock
        with contextlib.suppress(RequestRefused, UnexpectedAnswer, LinkError):
            verdict = (await meter.read_clock()).verdict
        if verdict is None:
            self._fail(NO_TIME)
        elif verdict.is_doubtful:
            self._fail(verdict.words)
        else:
            self._tell(Outcome(self._left.pop(0), self._now() - self._since, remark=verdict.words or None))

    async def _resolve(self) -> None:
        host = self._target.host
        if host is None:
            return
        try:
            async with asyncio.timeout(self._settings.timeout_seconds * (self._settings.retries + 1)):
                await names.addresses(host)
        except TimeoutError:
            raise ConnectFailed(names.silent(host)) from None
        except (OSError, UnicodeError):
            raise ConnectFailed(names.unknown(host)) from None
        self._passed(Step.NAME)

    def _record(self, record: TapRecord) -> None:
        if record.direction is Direction.RECEIVED and not record.secret:
            self._passed(Step.BYTES)
        if self._tap is not None:
            self._tap(record)

    def _state_changed(self, state: LineState) -> None:
        self.remark = state.remark or self.remark
        self._on_state(state)
        if (reached := _REACHED.get(getattr(state.step, "code", "").removeprefix("step."))) is not None:
            self._passed(reached)
        elif state.phase is Phase.STARTING:
            self._passed(Step.OPEN)
        elif state.phase is Phase.LOGIN:
            self._passed(Step.LINK)
        elif state.phase is Phase.CONNECTED:
            self._passed(Step.KEY)

    def _passed(self, step: Step) -> None:
        """With those before it that nobody has reported."""
        while self._left and list(Step).index(self._left[0]) <= list(Step).index(step):
            self._tell(Outcome(self._left.pop(0), self._now() - self._since))

    def _fail(self, error: str) -> None:
        if self._left:
            self._tell(Outcome(self._left.pop(0), self._now() - self._since, error))

    def _tell(self, outcome: Outcome) -> None:
        self._since = self._now()
        self.outcomes.append(outcome)
        self._on_outcome(outcome)

    def _now(self) -> float:
        return self._clock.boottime()
