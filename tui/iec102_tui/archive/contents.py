"""What is in the archive: which meters, which curves of each, and their records. Reads the file, never changes it."""

from __future__ import annotations

import re
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from iec102.asdu import Identity
from iec102.asdu.summer_time import Keeping, SummerTime
from iec102.errors import RequestRefused, UnexpectedAnswer
from iec102.load_profile.intervals import Register
from iec102.load_profile.read_method import ReadMethod
from iec102.load_profile.records import LoadRecord
from iec102.meter.meter import Meter
from iec102.settings import Station

from iec102_tui import config
from iec102_tui.archive import FILE_NAME
from iec102_tui.archive.file import check_rows, reading
from iec102_tui.archive.rows import NAMES, Extent, extent
from iec102_tui.load_profile.rows import instant, load_records, seconds

_NO_DEVICE = (0, 0xFFFF_FFFF)
_SECRET = re.compile(r"(?<=[?&])password=[^&]*&?")

_CURVE = (
    "SELECT curve.id, curve.way FROM curve JOIN meter ON meter.id = curve.meter "
    "WHERE identity = ? AND point_address = ? AND register = ? AND kind = ? AND curve.summer_time = ?"
)
_RECORDS = f'SELECT "end", {NAMES} FROM record WHERE curve = ? AND "end" > ? AND "end" <= ? ORDER BY "end"'
_LATEST = 'SELECT max("end") FROM record WHERE curve = ? AND "end" <= ?'
_DIFFERING = (
    f'SELECT "end", {NAMES}, stored FROM differing WHERE curve = ? AND "end" > ? AND "end" <= ? ORDER BY "end", stored'
)


def default_path() -> Path:
    """The archive in the user's data folder, or in the folder of the setting ``folders.archive``."""
    settings, _problems = config.load()
    return settings.folders.archive / FILE_NAME


class MeterKey(NamedTuple):
    """Which meter: ``identity`` is what it says of itself, or its link address where it says nothing."""

    identity: str
    point_address: int

    def __str__(self) -> str:
        return f"{self.identity}, point {self.point_address}"


def key_of_address(station: Station) -> MeterKey:
    """The key of a meter that does not tell who it is."""
    return MeterKey(f"link {station.link_address}", station.point_address)


async def ask_who(meter: Meter) -> MeterKey:
    """The key of the meter that answers now (100). Raises Iec102Error, but not where the meter does not tell."""
    try:
        identity = await meter.read_identity()
    except (RequestRefused, UnexpectedAnswer):
        return key_of_address(meter.station)
    return key_of_identity(identity, meter.station)


def key_of_identity(identity: Identity, station: Station) -> MeterKey:
    """The key of a meter that has said who it is; it may have no number of its own."""
    if identity.device_id in _NO_DEVICE:
        return key_of_address(station)
    return MeterKey(f"device {identity.manufacturer}-{identity.device_id}", station.point_address)


class Contents(NamedTuple):
    """What is there of one curve of one meter."""

    meter: MeterKey
    register: Register
    incremental: bool
    summer_time: SummerTime
    extent: Extent


class Differing(NamedTuple):
    """A record that the meter gave otherwise than it is ``archived``, and when (``received``, UTC)."""

    archived: LoadRecord
    other: LoadRecord
    received: datetime


class ArchivedLoadProfile:
    """The records of one meter in one register, as far as they are on the disk. Raises ArchiveError.

    ``summer_time``: BIT or ZONE, how their time tags were converted. Reading takes a moment (0.2 s for a year of
    quarter-hours): a screen does it on a worker thread.
    """

    def __init__(
        self,
        path: Path,
        meter: MeterKey,
        register: Register,
        incremental: bool = True,
        summer_time: SummerTime = SummerTime.BIT,
    ) -> None:
        self.path = path
        self.meter = meter
        self.register = register
        self.incremental = incremental
        self.summer_time = summer_time
        self.key = (meter.identity, meter.point_address, int(register), kind_of(incremental), summer_time.value)

    def sibling(self, register: Register) -> ArchivedLoadProfile:
        """The same of another register."""
        return ArchivedLoadProfile(self.path, self.meter, register, self.incremental, self.summer_time)

    @property
    def way(self) -> ReadMethod | None:
        """The way that its last download has found."""
        with reading(self.path) as connection:
            _curve, way = self.find(connection)
        return ReadMethod.__members__.get(way or "")

    @property
    def contradicts(self) -> bool:
        """Records have come whose summer time bit did not fit the zone."""
        with reading(self.path) as connection:
            curve, _way = self.find(connection)
            found = connection.execute("SELECT contradicts FROM curve WHERE id = ?", (curve,)).fetchone()
        return bool(found and found[0])

    def latest(self, before: datetime) -> datetime | None:
        """The end of the last record that ends then or before; None where there is none."""
        with reading(self.path) as connection:
            curve, _way = self.find(connection)
            found = connection.execute(_LATEST, (curve, seconds(before))).fetchone()[0]
        return None if found is None else instant(found)

    def records(self, start: datetime, end: datetime) -> list[LoadRecord]:
        """Those that end in (``start``, ``end``], oldest first."""
        with reading(self.path) as connection:
            return self._records(connection, start, end)

    def rows(self, start: datetime, end: datetime) -> list[tuple[int | None, ...]]:
        """The same as rows: the end in seconds since 1970, the values, the qualifiers of the channels 1 to 8."""
        with reading(self.path) as connection:
            curve, _way = self.find(connection)
            return check_rows(connection.execute(_RECORDS, (curve, seconds(start), seconds(end))).fetchall(), self.path)

    def differing(self, start: datetime, end: datetime) -> list[Differing]:
        """What the meter gave otherwise at another time, in (``start``, ``end``]."""
        with reading(self.path) as connection:
            curve, _way = self.find(connection)
            found = connection.execute(_DIFFERING, (curve, seconds(start), seconds(end))).fetchall()
            rows = check_rows(found, self.path)
            archived = {record.end: record for record in self._records(connection, start, end)} if rows else {}
        others = zip(load_records(row[:-1] for row in rows), (instant(row[-1]) for row in rows), strict=True)
        return [Differing(archived[other.end], other, received) for other, received in others]

    def find(self, connection: sqlite3.Connection) -> tuple[int | None, str | None]:
        """Its number in the file and its way; None for both where nothing is there yet."""
        found: tuple[int, str | None] | None = connection.execute(_CURVE, self.key).fetchone()
        return found or (None, None)

    def _records(self, connection: sqlite3.Connection, start: datetime, end: datetime) -> list[LoadRecord]:
        curve, _way = self.find(connection)
        rows = connection.execute(_RECORDS, (curve, seconds(start), seconds(end))).fetchall()
        return load_records(check_rows(rows, self.path))


def contents(path: Path) -> list[Contents]:
    """What the file holds, by meter, register and kind. Raises ArchiveError."""
    with reading(path) as connection:
        curves = connection.execute(
            "SELECT curve.id, identity, point_address, register, kind, curve.summer_time "
            "FROM curve JOIN meter ON meter.id = curve.meter "
            "ORDER BY identity, point_address, register, kind DESC, curve.summer_time"
        ).fetchall()
        return [
            Contents(
                MeterKey(identity, point_address), Register(register), kind == kind_of(True), SummerTime(mode), found
            )
            for curve, identity, point_address, register, kind, mode in curves
            if (found := extent(connection, curve, Register(register))) is not None
        ]


def recall(path: Path, target: str, station: Station) -> MeterKey | None:
    """Who answered there last. Raises ArchiveError."""
    with reading(path) as connection:
        return last_seen(connection, target, station)


def last_seen(connection: sqlite3.Connection, target: str, station: Station) -> MeterKey | None:
    """Who answered there last."""
    found = connection.execute(
        "SELECT identity, meter.point_address FROM seen JOIN meter ON meter.id = seen.meter "
        "WHERE target = ? AND link_address = ? AND seen.point_address = ?",
        place(target, station),
    ).fetchone()
    return MeterKey(*found) if found else None


def keeping_of(path: Path, meter: MeterKey) -> Keeping | None:
    """What was found out of the meter's summer time bit; None where nothing was. Raises ArchiveError."""
    with reading(path) as connection:
        found = connection.execute(
            "SELECT summer_time FROM meter WHERE identity = ? AND point_address = ?",
            (meter.identity, meter.point_address),
        ).fetchone()
    return next((keeping for keeping in Keeping if found and keeping.value == found[0]), None)


def places(path: Path) -> dict[MeterKey, tuple[str, ...]]:
    """At which targets each meter answered last. Raises ArchiveError."""
    with reading(path) as connection:
        rows = connection.execute(
            "SELECT identity, meter.point_address, target FROM seen JOIN meter ON meter.id = seen.meter ORDER BY target"
        ).fetchall()
    found: dict[MeterKey, tuple[str, ...]] = {}
    for identity, point_address, target in rows:
        key = MeterKey(identity, point_address)
        found[key] = (*found.get(key, ()), target)
    return found


def kind_of(incremental: bool) -> str:
    """The kind of values, as it stands in the archive and on the command line."""
    return "incremental" if incremental else "absolute"


def place(target: str, station: Station) -> tuple[str, int, int]:
    """Where a meter answers. The target of a simulated meter may hold its password, which is nobody's business."""
    return _SECRET.sub("", target), station.link_address, station.point_address
