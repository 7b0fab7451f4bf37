"""A meter of the broker as a session, which the live pane shows as if it were on a line of this machine."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation

from iec102.asdu import MADRID
from iec102.errors import InvalidSetting
from iec102.line.counters import LineCounters
from iec102.line.state import LineState, Phase
from iec102.meter.monitor import Snapshot
from iec102.meter.reading import Reading
from iec102.meter.signals import SIGNALS, SignalValue

from iec102_tui.fleet.cells import SIGNS, Moment, doubt_words, state_words
from iec102_tui.fleet.feed import Feed
from iec102_tui.fleet.meter import Key, Meter, Row, Status
from iec102_tui.fleet.payloads import number, shown, text
from iec102_tui.meter_side.history import History
from iec102_tui.meter_side.session import Session
from iec102_tui.profiles.connection import connection_of
from iec102_tui.profiles.ratio import Ratio, Ratios
from iec102_tui.profiles.settings_table import Profile, check
from iec102_tui.profiles.settings_table import zone as zone_of
from iec102_tui.words import fleet_text as words
from iec102_tui.words.ages import age_text
from iec102_tui.words.text import _


class MeterSession(Session):
    """Has no engine: all that it shows is the broker's. ``beside``: the session of this box, whose files it shares."""

    def __init__(self, feed: Feed, key: Key, beside: Session) -> None:
        super().__init__(clock=feed.clock)
        self.key = key
        self.files, self.exports = beside.files, beside.exports
        self.written, self.faults = beside.written, beside.faults
        self.row: Row | None = None
        self.known: Meter | None = None
        """The last that was known of it, where the broker has nothing of it any more."""
        self._ratios: Ratios | None = None
        self._feed = feed
        self._history = History()
        self._readings = -1
        self._snapshot: Snapshot | None = None
        self.update()

    @property
    def meter(self) -> Meter | None:
        """What the model knows of it; None where the broker has forgotten it."""
        return self._feed.model.meter(self.key)

    def update(self) -> None:
        """Takes over what has come."""
        meter, now = self.meter, self.clock.boottime()
        if meter is None:
            self._forgotten()
            return
        if meter is not self.known:  # also one that was forgotten and has come again
            self.known, self._readings = meter, -1
        if self.connection is None or self.connection.name != meter.name:
            self.connection = connection_of(meter.name, Profile(target=f"tcp://{_NOWHERE}", timezone=_zone_name(meter)))
        row = self._feed.model.row(self.key, now)
        assert row is not None
        reading = self._reading(meter)
        if reading is None and self.row is not None and self._snapshot is not None:
            # What the broker drops stays on the screen, and becomes old: it may drop the rest a moment later.
            reading = self._snapshot.reading
            row = row._replace(heard_at=self.row.heard_at, read_at=self.row.read_at, stated=self.row.stated)
        self.row = row
        self._ratios = _ratios(meter) or self._ratios
        if reading is not None and meter.readings != self._readings and meter.heard_at is not None:
            self._readings = meter.readings
            self._history.add(reading, meter.heard_at)
        self._snapshot = Snapshot(
            meter.readings,
            LineState(_phase(row), error=row.reason or None),
            reading,
            row.read_at,
            meter.meter_clock,
            meter.readings,
            0.0,
            LineCounters(),
            row.reason or None,
        )

    def _forgotten(self) -> None:
        """Nobody tells how it is any more: what was told says nothing of now, and its values are old."""
        if self.row is None or self._snapshot is None:
            return
        self.row = self.row._replace(
            status=Status.STALE, phase=None, phase_text="", box_offline=False, trusted=False, reason="", since=None
        )
        self._snapshot = self._snapshot._replace(state=LineState(_phase(self.row)), error=None)

    def _reading(self, meter: Meter) -> Reading | None:
        if meter.live is None:
            return None
        zone = self.zone
        values = {
            signal.key: SignalValue(signal, value, place not in meter.live.invalid)
            for place, (signal, value) in enumerate(zip(SIGNALS, meter.live.raw, strict=True))
        }
        stated = meter.stated
        if stated is None:  # when it came
            came = self.clock.boottime() if meter.heard_at is None else meter.heard_at
            stated = self.clock.wall().timestamp() - (self.clock.boottime() - came)
        told = None if meter.meter_time is None else meter.meter_time.astimezone(zone)
        return Reading(datetime.fromtimestamp(stated, UTC).astimezone(zone), told, 0, 0, values)

    # What the panes pull

    @property
    def latest(self) -> Snapshot | None:
        return self._snapshot

    @property
    def history(self) -> History | None:
        return self._history

    @property
    def ratios(self) -> Ratios | None:
        return self._ratios

    @property
    def zone(self) -> tzinfo:
        return MADRID if self.connection is None else self.connection.zone

    @property
    def stale_after(self) -> float:
        meter = self.known
        return 30.0 if meter is None else meter.patience

    def is_stale(self) -> bool:
        """Also where the box or its line is not there: its last values are not those of this moment."""
        return self.row is not None and self.row.heard_at is not None and self.row.status is not Status.LIVE

    def is_latest_stale(self) -> bool:
        """The state of the meter is that of now, whichever values are held."""
        return self.is_stale()

    @property
    def replayed(self) -> tuple[str, str]:
        """The status lines: which meter of which box, and how it is."""
        row = self.row
        if row is None:
            return shown(self.key[1]), _(words.FORGOTTEN)
        wall = self.clock.wall()
        now = Moment(self.clock.boottime(), wall.timestamp(), self.zone)
        sign = SIGNS[row.status][0]
        age = row.age(now.at)
        words_ = [f"{sign} {_(STATUS_WORDS[row.status])}"]
        if row.heard_at is not None and row.status is not Status.LIVE:
            words_.append(_(words.AGE_UNKNOWN) if age is None else _(words.OLD, age=age_text(age)))
        meter = self.meter
        detail = [_(words.FORGOTTEN) if meter is None else state_words(row, now), row.reason, doubt_words(row)]
        if meter is not None and meter.live is None:
            detail.insert(0, _(words.NO_VALUES if row.heard_at is None else words.VALUES_FORGOTTEN))
        if not self._feed.status.is_connected and self._feed.last_heard is not None:
            time = datetime.fromtimestamp(self._feed.last_heard, self.zone)
            # What was told of the line before is not said beside it: it may be otherwise by now.
            detail = [_(words.AWAY_VALUES, time=time, why=self._feed.status.problem or "")]
        return f"{row.name} · {row.site}  {'  '.join(words_)}", "  ".join(filter(None, detail))


STATUS_WORDS = {
    Status.LIVE: words.IS_LIVE,
    Status.STALE: words.IS_STALE,
    Status.LOST: words.IS_LOST,
    Status.OFF: words.IS_OFF,
}
_NOWHERE = "broker.invalid:1"


def _phase(row: Row) -> Phase:
    """Of the line, as far as its box may be believed."""
    return Phase.LOST if row.box_offline else row.phase or Phase.CONNECTED


def _zone_name(meter: Meter) -> str:
    name = text(meter.info, "timezone")
    try:
        check("timezone", name)
        zone_of(name)
    except (InvalidSetting, ValueError, OSError):
        return "Europe/Madrid"
    return name


def _ratios(meter: Meter) -> Ratios | None:
    voltage, current = (_ratio(meter, quantity) for quantity in ("voltage_v", "current_a"))
    return None if voltage is None or current is None else Ratios(voltage, current, "meter")


def _ratio(meter: Meter, quantity: str) -> Ratio | None:
    sides = [number(meter.info, f"{side}_{quantity}") for side in ("primary", "secondary")]
    try:
        return Ratio(*(Decimal(str(side)) for side in sides if side is not None))
    except (InvalidSetting, InvalidOperation, TypeError):
        return None
