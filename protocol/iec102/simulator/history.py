"""What happens to the simulated meter while it runs: its clock is set, a contract is closed, sessions come and go."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta

from iec102.clock import wall
from iec102.simulator.closings import FIRST_RECORD
from iec102.simulator.config import SimulatorConfig
from iec102.simulator.electrical import COMMISSIONED
from iec102.simulator.events import (
    CLOCK,
    CLOSED_BY_COMMAND,
    CONTRACT_READ,
    CONTRACT_RECORDS,
    NEW_TIME,
    OLD_TIME,
    RESTARTS,
    SESSION,
    SESSIONS,
    STARTED,
    Happening,
)

_MOST_HAPPENINGS, _MOST_CLOSINGS = 5000, 500
_DAY = timedelta(days=1)


class History:
    """The clock of one meter, and what its readers and its power supply have done to it.

    Where the configuration freezes the clock, nothing is noted but what changes the meter on purpose: then everything
    that it answers follows from its configuration alone.
    """

    def __init__(self, config: SimulatorConfig) -> None:
        self._config = config
        self._began = wall()
        self._ahead = timedelta()
        self.happened: deque[Happening] = deque(maxlen=_MOST_HAPPENINGS)
        self.closed: deque[tuple[int, datetime]] = deque(maxlen=_MOST_CLOSINGS)

    def now(self) -> datetime:
        """The meter's clock, with its drift; it stands still where the configuration says so."""
        if self._config.clock is not None:
            return self._config.clock + self._ahead
        real = wall()
        drift = (real - self._began) / _DAY * timedelta(seconds=self._config.clock_drift)
        # A machine whose clock has no battery starts in 1970, which no time tag can tell.
        started = real if self._config.clock_start is None else self._config.clock_start + (real - self._began)
        return max(started + drift + self._ahead, COMMISSIONED)

    def set_clock(self, to: datetime) -> None:
        """By command (181)."""
        before = self.now()
        self.happened.append(Happening(CLOCK, before.astimezone(UTC), OLD_TIME))
        self._ahead += to - before
        self.happened.append(Happening(CLOCK, to.astimezone(UTC), NEW_TIME))

    def close_contract(self, record: int) -> None:
        """By command (137); ``record`` 134 to 136. A closing is told to the minute."""
        now = self.now().astimezone(UTC)
        number = record - FIRST_RECORD
        self.closed.append((record, now.replace(second=0, microsecond=0)))
        code = (CLOSED_BY_COMMAND[0], CLOSED_BY_COMMAND[1] + number)
        self.happened.append(Happening(CONTRACT_RECORDS[number], now, code))

    def session(self, begins: bool) -> None:
        """A reader has logged in, or gone."""
        self._note(SESSIONS, SESSION, begins)

    def contract_read(self, number: int) -> None:
        """A reader asks for a contract (0 to 2) for the first time in its session."""
        self._note(CONTRACT_RECORDS[number], (CONTRACT_READ[0], CONTRACT_READ[1] + number))

    def restarted(self, after: float) -> None:
        """The power has failed, and is back after so many seconds."""
        self._note(RESTARTS, STARTED, after=after)

    def _note(self, record: int, code: tuple[int, int], indication: bool = True, after: float = 0.0) -> None:
        if self._config.clock is None:
            time = self.now().astimezone(UTC) + timedelta(seconds=after)
            self.happened.append(Happening(record, time, code, indication))
