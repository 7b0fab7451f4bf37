"""What is read of a meter beside its live values, into the archive: load profiles, events, closings, who it is."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import NamedTuple

from iec102.asdu import Identity
from iec102.errors import Iec102Error, RequestRefused, UnexpectedAnswer
from iec102.load_profile.intervals import Register
from iec102.meter.device import DeviceConfiguration, contracts_of
from iec102.meter.events import EVENT_RECORDS
from iec102.meter.information import InformationReader
from iec102.meter.inquiry import NOT_GIVEN
from iec102.meter.meter import Meter

from iec102_tui.archive.contents import MeterKey, key_of_address, key_of_identity
from iec102_tui.archive.meter_data_store import MeterDataStore
from iec102_tui.collect.stores import Stores
from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.meter_data import documents
from iec102_tui.meter_data.known import CONFIGURATION, IDENTITY, SEASONS, of_contract
from iec102_tui.meter_side.download import LoadProfileDownload
from iec102_tui.meter_side.event_reading import read_record, settle_tags
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.text import _

FAR_BACK = timedelta(days=31)
"""How far a load profile goes back at first, and once a day to fill what is missing."""
_FARTHEST = timedelta(days=366)
_OVERLAP = timedelta(days=1)
_LATEST_CLOSINGS = 3


class Unfinished(Iec102Error):
    """The meter did not end an answer, so that something may be missing."""


class Who(NamedTuple):
    """The meter that answers; ``identity`` is None where it does not tell."""

    key: MeterKey
    identity: Identity | None


async def ask_who(meter: Meter, connection: Connection, stores: Stores) -> Who:
    """Asks the meter who it is, and remembers that it answers there. Raises Iec102Error where the line fails."""
    try:
        identity = await meter.read_identity()
    except (RequestRefused, UnexpectedAnswer):
        who = Who(key_of_address(meter.station), None)
    else:
        who = Who(key_of_identity(identity, meter.station), identity)
        stores.data.keep_told(who.key, IDENTITY, documents.identity(identity), _now(meter))
    stores.archive.remember(connection.target, connection.station, who.key)
    return who


async def read_profile(
    meter: Meter, connection: Connection, stores: Stores, register: Register, since: datetime | None
) -> None:
    """The intervals that the archive does not have, from a day before ``since``; None: a month. Raises Iec102Error.

    From the last one that it has where that is older: the meter was away for long. Failures of the line are waited out.
    """
    now = _now(meter)
    far = now - FAR_BACK
    wanted = Wanted(far if since is None else max(since - _OVERLAP, far), now, "", register)
    if wanted.start == far:
        latest = await asyncio.to_thread(stores.profiles.latest, connection, wanted)
        if latest is not None and latest < far:
            wanted = wanted._replace(start=max(latest, now - _FARTHEST))
    await LoadProfileDownload(connection, wanted, stores.profiles, shared=True).run(meter, lambda: None)


async def read_events(reader: InformationReader, stores: Stores, key: MeterKey) -> None:
    """Those that are not known yet. Raises Iec102Error."""
    await settle_tags(reader.meter)
    unfinished = False
    for record in EVENT_RECORDS:
        unfinished |= (await read_record(reader, stores.data, key, record)).is_unfinished
    if unfinished:
        raise Unfinished(_("the meter did not end its answer: events may be missing"))


async def read_closings(reader: InformationReader, stores: Stores, key: MeterKey) -> None:
    """The latest of each active contract, with its tariff, which says in which direction it counts.

    Raises Iec102Error.
    """
    await settle_tags(reader.meter)
    data, now = stores.data, _now(reader.meter)
    configuration = await reader.read_configuration()
    if isinstance(configuration, DeviceConfiguration):
        data.keep_told(key, CONFIGURATION, documents.configuration(configuration), now)
    unfinished, ended = False, await _time_of(reader.meter)
    for contract in contracts_of(configuration):
        unfinished |= await _read_contract(reader, data, key, contract, ended)
    if unfinished:
        raise Unfinished(_("the meter did not end its answer: closings may be missing"))


async def _time_of(meter: Meter) -> datetime:
    """The meter's, by which it closes; this machine's where it does not tell, which may be ahead."""
    try:
        return (await meter.read_clock()).meter
    except NOT_GIVEN:
        return _now(meter)


async def _read_contract(
    reader: InformationReader, data: MeterDataStore, key: MeterKey, contract: int, ended: datetime
) -> bool:
    """Keeps what has ended by this time; gives whether the meter did not end its answer."""
    tables = await reader.read_tariff_tables(contract)
    if tables.seasons is not None:
        data.keep_told(key, of_contract(SEASONS, contract), documents.seasons(tables.seasons), _now(reader.meter))
    found = await reader.read_last_closings(contract, _LATEST_CLOSINGS)
    data.keep_closings(key, contract, documents.closed(found, ended))
    return found.is_unfinished


def _now(meter: Meter) -> datetime:
    return meter.line.clock.wall().astimezone(meter.zone)
