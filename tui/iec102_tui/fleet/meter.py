"""A meter as its box tells of it: how sure its values are, and how old.

Three clocks have a say. The age of a value is what has passed here since it came (this machine's age clock), and what
it was old already when it came: by the time that its publisher wrote into it, held against this machine's clock. A
publisher's clock may be wrong: once several values have come one after the other with the same difference, or one from
the future, that difference is the clock's and not the values' age. The time that they state has to go on about as
fast as it does here: a reading that is sent again, or old ones that come all at once, say nothing of the clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from iec102.line.state import Phase

from iec102_tui.fleet.month import MOST_HOURS, MonthOfHours
from iec102_tui.fleet.payloads import Document, moment, named, number, shown, text
from iec102_tui.fleet.trend import HourTrend
from iec102_tui.fleet.values import FACTOR, POWER, REACTIVE, VOLTS, Values, values_of

WRONG_CLOCK = 5.0
"""Seconds by which a publisher's clock may be off without a word."""
FIRST_PATIENCE, LEAST_PATIENCE, MOST_PATIENCE = 30.0, 10.0, 7200.0
"""Age in seconds from which values are stale: before it is known how often they come, and at least, and at most."""
_SAME = 3.0
_READINGS = 4
_FAILED = (Phase.LOST, Phase.WRONG, Phase.WAITING, Phase.REFUSED, Phase.STOPPED)
_NOT_READ = (Phase.IDLE, Phase.CLOSED)
_ATTEMPTS = (Phase.OPENING, Phase.STARTING, Phase.LOGIN, Phase.LOST, Phase.WRONG, Phase.WAITING)
"""What a line goes through again and again that does not answer: each is a state of its own, with a time of its own."""
_PHASES = {str(phase): phase for phase in Phase}
ONLINE, OFFLINE = "online", "offline"

Key = tuple[str, str]
"""Box and meter, as they stand in topics."""


class Status(Enum):
    """In the order in which a list has them; the value is the word of the filter."""

    LOST = "lost"
    STALE = "stale"
    OFF = "off"
    LIVE = "live"


class Site:
    """A box. Until it has told its state on this connection, nothing is known of it."""

    __slots__ = ("dropped", "name", "since", "state", "waiting")

    def __init__(self, name: str) -> None:
        self.name = name
        self.state = ""
        self.since: float | None = None
        """Seconds since 1970 by this machine's clock, where the change was seen."""
        self.waiting = 0
        self.dropped = 0

    @property
    def is_offline(self) -> bool:
        """The broker, or the box itself, says that it publishes no more."""
        return self.state == OFFLINE


class Row(NamedTuple):
    """All that a list shows of a meter, until something of it changes.

    ``read_at``: when its values were measured, by the age clock; None where that is not known. ``clock_off``: seconds
    that the publisher's clock is ahead, None while that is within bounds. ``since`` in seconds since 1970. ``trusted``:
    the state of its box is known. ``gaps``: None where nothing is known of the month; ``month_until``: to when they are
    counted, in seconds since 1970, None where the box does not say.
    """

    key: Key
    name: str
    site: str
    status: Status
    phase: Phase | None = None
    phase_text: str = ""
    box_offline: bool = False
    trusted: bool = True
    reason: str = ""
    since: float | None = None
    power: float | None = None
    reactive: float | None = None
    factor: float | None = None
    volts: float | None = None
    read_at: float | None = None
    heard_at: float | None = None
    stated: float | None = None
    stale_at: float | None = None
    clock_off: float | None = None
    meter_clock: float | None = None
    new_events: int = 0
    gaps: int | None = None
    complete: bool = False
    identity: str = ""
    link_address: str = ""
    gateway: str = ""
    version: str = ""
    month_until: float | None = None

    @property
    def is_undated(self) -> bool:
        """Its values do not say when they were measured: how old they were when they came, nobody knows."""
        return self.heard_at is not None and self.stated is None

    def age(self, now: float) -> float | None:
        """Seconds since its values were measured; ``now`` by the age clock."""
        return None if self.read_at is None else max(0.0, now - self.read_at)


class Meter:
    """What has come of one meter."""

    __slots__ = (
        "clock_off",
        "heard_at",
        "info",
        "key",
        "live",
        "meter_clock",
        "meter_time",
        "month",
        "new_events",
        "old_when_heard",
        "phase",
        "phase_text",
        "readings",
        "reason",
        "recent",
        "records",
        "since",
        "stated",
        "told",
        "trend",
    )

    def __init__(self, key: Key) -> None:
        self.key = key
        self.info: dict[str, object] = {}
        self.phase: Phase | None = None
        self.phase_text = ""
        self.reason = ""
        self.told: float | None = None
        """When its state was told, by the publisher's clock, in seconds since 1970."""
        self.since: float | None = None
        """From when on it holds, through all attempts to connect again; None where nobody here has heard that."""
        self.live: Values | None = None
        self.meter_time: datetime | None = None
        self.stated: float | None = None
        """When the values were measured, by the publisher's clock, in seconds since 1970."""
        self.heard_at: float | None = None
        self.old_when_heard: float | None = None
        self.clock_off: float | None = None
        self.meter_clock: float | None = None
        self.readings = 0
        self.recent: deque[tuple[float, float | None]] = deque(maxlen=_READINGS)
        self.trend = HourTrend()
        self.month: MonthOfHours | None = None
        self.records: dict[str, bytes] = {}
        """Events and closings by kind and id, as they came."""
        self.new_events = 0

    @property
    def is_empty(self) -> bool:
        """The broker holds nothing of it any more."""
        return self.live is None and not self.phase_text and not self.info

    # What comes

    def take_state(self, document: Document | None, wall: float, *, retained: bool) -> None:
        """Where the line to it stands, heard at ``wall``; None: nobody says so any more."""
        document = document or {}
        at = moment(document, "time")
        told = None if at is None else at.timestamp()
        if retained and _is_behind(told, self.told, wall):
            return
        before, self.told = self.phase, told
        self.phase_text = text(document, "state")
        self.phase = _PHASES.get(self.phase_text)
        if self.phase not in _ATTEMPTS or before not in _ATTEMPTS:
            self.since = None if retained and self.phase in _ATTEMPTS else told
        self.reason = text(document, "reason")

    def take_info(self, document: Document | None) -> None:
        """Which meter it is: only what is flat is kept, and not too much of it."""
        self.info = {}
        for name, value in list((document or {}).items())[:60]:
            if isinstance(value, str):
                self.info[shown(name)] = shown(value)
            elif number({name: value}, name) is not None:
                self.info[shown(name)] = value

    def take_live(self, document: Document | None, at: float, wall: float, *, retained: bool) -> None:
        """A reading, which came ``at`` by the age clock, ``wall`` by this machine's; None: there is none any more."""
        if document is None:
            self.live = self.stated = self.heard_at = self.old_when_heard = None
            return
        measured = moment(document, "time")
        stated = None if measured is None else measured.timestamp()
        repeated = stated is not None and stated == self.stated
        if retained and (repeated or _is_behind(stated, self.stated, wall)):
            return
        self.live = values_of(document)
        self.meter_time = moment(document, "meter_time")
        self.meter_clock = number(document, "clock_difference")
        self.stated = stated
        self.heard_at = at
        self.readings += 1
        late = None if stated is None else wall - stated
        if not retained:
            self.recent.append((at, late))
            if not repeated:
                self._judge_clock(late)
        elif late is not None and late < -WRONG_CLOCK:
            self.clock_off = -late
        self.old_when_heard = self._age_of(late, retained=retained)
        power = self.live.known[POWER]
        if power is not None and self.old_when_heard is not None:
            self.trend.add(at - self.old_when_heard, power)

    def _judge_clock(self, late: float | None) -> None:
        known = [each for _at, each in self.recent if each is not None]
        if late is None or abs(late) <= WRONG_CLOCK:
            self.clock_off = None
        elif len(known) == _READINGS and self._span >= 1.0 and max(known) - min(known) <= min(_SAME, self._span / 2):
            self.clock_off = -min(known)
        elif late < -WRONG_CLOCK:  # a clock that is known to be farther ahead: this one is as late as it is behind that
            self.clock_off = max(-late, self.clock_off or 0.0)
        elif self.clock_off is not None and abs(late + self.clock_off) > _SAME + WRONG_CLOCK:
            self.clock_off = None

    @property
    def _span(self) -> float:
        return self.recent[-1][0] - self.recent[0][0]

    def _age_of(self, late: float | None, *, retained: bool) -> float | None:
        """How old a value was when it came; None where nobody can know."""
        if late is None or (retained and late < -WRONG_CLOCK):
            return None if retained else 0.0
        return max(0.0, late + (self.clock_off or 0.0))

    @property
    def patience(self) -> float:
        """Seconds after which its values are stale: two readings and two seconds are missing."""
        if len(self.recent) < 3:
            return FIRST_PATIENCE
        times = [at for at, _late in self.recent]
        period = median(after - before for before, after in pairwise(times))
        return min(max(2 * period + 2, LEAST_PATIENCE), MOST_PATIENCE)

    # What is made of it

    @property
    def name(self) -> str:
        """As its profile calls it, else as its topic does."""
        return text(self.info, "name").strip() or named(shown(self.key[1]))

    def row(self, site: Site | None, now: float) -> Row:
        """What a list shows of it."""
        read_at = None if self.heard_at is None or self.old_when_heard is None else self.heard_at - self.old_when_heard
        stale_at = None if read_at is None else read_at + self.patience
        trusted = site is not None and site.state == ONLINE
        offline = site is not None and site.is_offline
        status = self._status(offline, trusted, stale_at is not None and now <= stale_at)
        values: Sequence[float | None] = () if self.live is None else self.live.known
        power, reactive, factor = (values[place] if values else None for place in (POWER, REACTIVE, FACTOR))
        volts = [value for place in VOLTS if values and (value := values[place])]
        gaps, complete, until = self._month()
        return Row(
            self.key,
            self.name,
            named(shown(self.key[0])),
            status,
            self.phase if trusted else None,
            self.phase_text if trusted else "",
            offline,
            trusted,
            self.reason if trusted else "",
            (site.since if offline and site is not None else self._holds_since() if trusted else None),
            power,
            reactive,
            factor,
            sum(volts) / len(volts) if volts else None,
            read_at,
            self.heard_at,
            self.stated,
            stale_at,
            self.clock_off,
            self.meter_clock,
            self.new_events,
            gaps,
            complete,
            text(self.info, "identity"),
            _word(self.info, "link_address"),
            text(self.info, "gateway"),
            text(self.info, "version"),
            until,
        )

    def _status(self, offline: bool, trusted: bool, fresh: bool) -> Status:
        """A meter's own state holds only while its box is online."""
        if offline or (trusted and self.phase in _FAILED):
            return Status.LOST
        if trusted and self.phase in _NOT_READ:
            return Status.OFF
        return Status.LIVE if fresh else Status.STALE

    def _holds_since(self) -> float | None:
        """Since when it is as it is; where nobody has heard that of a lost one, it was read until its last values."""
        return self.stated if self.since is None and self.phase in _ATTEMPTS else self.since

    def _month(self) -> tuple[int | None, bool, float | None]:
        """Gaps, whether that is all there is to know, and to when: what the box says, else what has been seen here."""
        said = number(self.info, "month_gaps")
        if said is not None and 0 <= said <= MOST_HOURS:
            until = moment(self.info, "month_until")
            return int(said), said == 0, None if until is None else until.timestamp()
        month = self.month
        if month is None or month.count < 2:
            return None, False, None
        return month.gaps, month.gaps == 0 and month.from_the_first, month.until


def _is_behind(time: float | None, known: float | None, wall: float) -> bool:
    """Whether a node of a cluster has something older than what is known.

    Not where that is of the future: then it is the clock of the box that was set back.
    """
    return time is not None and known is not None and time < known <= wall + WRONG_CLOCK


def _word(info: dict[str, object], name: str) -> str:
    value = info.get(name)
    return str(value) if isinstance(value, str | int | float) else ""
