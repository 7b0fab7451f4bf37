"""Another meter than at the last visit is told at each connection: in the monitor, by `read`, `verify`, `reconcile`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import AsyncMock, Mock

import pytest
from iec102.meter.meter import Meter
from iec102.meter.reading import Reading
from iec102.open import open_line
from iec102.settings import Station
from iec102_tui.archive.archive import Archive
from iec102_tui.archive.contents import MeterKey, recall
from iec102_tui.archive.load_profile_store import ArchiveLoadProfileStore, MemoryLoadProfileStore
from iec102_tui.archive.visit import Visit, number_of
from iec102_tui.cli.verify import _Visit
from iec102_tui.meter_side.downloads import Downloads
from iec102_tui.meter_side.meter_service import MeterService
from iec102_tui.meter_side.session import Session
from iec102_tui.profiles.connection import Connection, demo
from iec102_tui.widgets.status_cells import error_of
from iec102_tui.widgets.verdict_screen import judgements_of
from support.waiting import until

Program = Callable[..., tuple[int, str, str]]

METER = "simulated:?clock=2026-11-20T10:00:07%2B01:00&seed=7"
NUMBER = 48698054
OTHER = MeterKey("device 251-77", 1)
SAVED = replace(demo().with_settings(target=METER), name="north")


@pytest.mark.parametrize(
    ("identity", "number"),
    [("device 251-77", 77), ("device 77", 77), ("link 77", None), ("CSV of north", None), (None, None)],
)
def test_a_number_is_that_of_a_device(identity: str | None, number: int | None) -> None:
    assert number_of(identity) == number


@pytest.mark.parametrize(
    ("now", "known", "another"),
    [
        ("device 251-77", "device 251-77", False),
        ("device 251-77", "device 251-78", True),
        ("device 250-77", "device 251-77", True),
        ("device 251-77", None, False),
        ("device 251-77", "link 1", False),
        ("link 1", "device 251-77", False),
    ],
)
def test_another_meter_is_one_of_another_number(now: str, known: str | None, another: bool) -> None:
    assert Visit(now, known).is_another is another


def test_another_meter_is_one_also_where_a_collector_has_met_it_first() -> None:
    first, other = Visit("device 251-77", None), Visit("device 251-78", "device 251-78")
    service = MeterService(SAVED, meet=AsyncMock(side_effect=[first, first, other, other, Visit("link 1", None)]))
    service._shared = shared = Mock()
    told = []
    for _ in range(5):
        asyncio.run(service.meeting._ask_who(Mock()))
        assert service.meeting.visit is not None
        told.append((service.meeting.visit.known, service.meeting.visit.is_another))
    assert told == [(None, False), (None, False), ("device 251-77", True), ("device 251-78", False), (None, False)]
    shared.another_answers.assert_called_once_with(SAVED.station.link_address)  # whose applications begin anew


def met(store: ArchiveLoadProfileStore | MemoryLoadProfileStore, connection: Connection) -> Visit:
    async def meet() -> Visit:
        line = open_line(connection.target, connection.settings)
        try:
            return await store.meet(Meter(line, connection.station), connection)
        finally:
            await line.close()

    return asyncio.run(meet())


def test_the_first_meter_of_a_profile_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    store = ArchiveLoadProfileStore(path)
    assert met(store, replace(SAVED, name=METER)).known is None
    assert met(store, demo()).known is None
    assert not path.exists()  # no profile names them
    assert met(store, SAVED).known is None
    store.close()
    again = met(ArchiveLoadProfileStore(path), SAVED)
    assert (again.known, number_of(again.identity)) == (again.identity, NUMBER)


def test_another_meter_is_told_and_does_not_become_the_known_one(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    archive = Archive(path)
    archive.remember(METER, SAVED.station, OTHER)
    archive.close()
    for _time in range(2):
        assert met(ArchiveLoadProfileStore(path), SAVED).is_another
    assert recall(path, METER, SAVED.station) == OTHER


def test_the_monitor_says_so_at_the_connection(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    archive = Archive(path)
    archive.remember(METER, SAVED.station, OTHER)
    archive.close()
    session = Session(downloads=Downloads(ArchiveLoadProfileStore(path)))
    session.connect(SAVED)
    try:
        until(lambda: session.visit is not None)
        assert f"another meter answers here than at the last visit, number {NUMBER} where 77 was known" in error_of(
            session
        )
        assert "it is another meter" in str(judgements_of(session)[0].text)
    finally:
        session.close()


def remember_another() -> None:
    archive = Archive()
    archive.remember(METER, Station(1, 1, SAVED.station.password), OTHER)
    archive.close()


def test_read_says_so(program: Program) -> None:
    assert "another meter" not in program("read", METER)[2]
    remember_another()
    status, out, err = program("read", METER)
    assert status == 0
    assert "Active total" in out
    assert f"another meter answers here than at the last visit, number {NUMBER} where 77 was known" in err


def test_verify_says_so_before_it_reads(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    async def readings(_visit: _Visit, meter: Meter) -> list[Reading]:
        one = await meter.read_instantaneous()
        return [replace(one, time=one.time + timedelta(seconds=at)) for at in range(0, 61, 5)]

    monkeypatch.setattr(_Visit, "_readings", readings)
    remember_another()
    status, out, err = program("verify", METER)
    assert status == 3
    assert f"number {NUMBER} where 77 was expected" in out
    assert f"number {NUMBER} where 77 was known" in err


def test_reconcile_says_so_as_it_proves_the_month_of_another_meter(program: Program) -> None:
    remember_another()
    status, out, err = program("reconcile", METER, "--month", "2026-10")
    assert status == 3
    assert "all 745 hourly values are there" in out
    assert f"number {NUMBER} where 77 was known" in err


def test_memory_remembers_until_the_program_ends() -> None:
    store = MemoryLoadProfileStore()
    assert met(store, SAVED).known is None
    assert met(store, SAVED).known == met(store, SAVED).identity
