"""One download for the command and the pane: where it goes, from when on, and what is known of it at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import iec102
import pytest
from iec102.errors import AnotherMeter, NoAnswer
from iec102.line import Line
from iec102.load_profile.download import MemoryStore
from iec102.load_profile.read_method import ReadMethod
from iec102.load_profile.records import LoadRecord
from iec102.meter.meter import Meter
from iec102.settings import LineSettings
from iec102.simulated import SimulatedOpener
from iec102.simulator import SimulatorConfig
from iec102.transport import Receiver, Transport
from iec102_tui.archive.archive import Archive
from iec102_tui.archive.contents import contents
from iec102_tui.archive.load_profile_store import (
    ArchiveLoadProfileStore,
    Destination,
    LoadProfileStore,
    MemoryLoadProfileStore,
)
from iec102_tui.cli.load_profile import _Reading
from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.meter_side.download import LoadProfileDownload
from iec102_tui.meter_side.download_job import DownloadJob
from iec102_tui.profiles.connection import Connection, demo
from iec102_tui.words import languages
from support.curves import local, wanted
from support.scripted_meter import virtual_clock
from support.virtual_time import run as virtually

TARGET = "simulated:?clock=2026-11-22T10:00:00%2B01:00&quirk=no-blocks"
DAY = wanted(local(2026, 11, 1), local(2026, 11, 2))


def run(download: LoadProfileDownload) -> None:
    async def connected() -> None:
        async with iec102.connect(TARGET, password=1) as meter:
            await download.run(meter, lambda: None)

    asyncio.run(connected())


def meter() -> Connection:
    return demo().with_settings(target=TARGET)


def test_the_command_and_the_pane_have_the_same() -> None:
    assert issubclass(_Reading, LoadProfileDownload)
    assert issubclass(DownloadJob, LoadProfileDownload)


def test_everything_begins_with_the_oldest_record_and_goes_on_by_the_method_that_has_found_it() -> None:
    load_profiles = MemoryLoadProfileStore()
    download = LoadProfileDownload(meter(), DAY, load_profiles, everything=True)
    assert download.locating
    run(download)
    assert not download.locating
    assert download.wanted.start < DAY.start
    assert download.wanted.end == DAY.end
    assert download.progress is not None
    assert download.progress.way is ReadMethod.RANGES_8
    assert download.progress.records == len(load_profiles.rows(meter(), DAY)) > 24


def test_what_is_archived_is_asked_for_again_where_that_is_wanted(tmp_path: Path) -> None:
    with_archive = Archive(tmp_path / "archive.sqlite")
    fetched = []
    for again in (False, False, True):
        download = LoadProfileDownload(
            meter(), DAY, ArchiveLoadProfileStore(with_archive.path, with_archive, again=again)
        )
        run(download)
        assert download.progress is not None
        fetched.append(download.progress.fetched)
    with_archive.close()
    assert fetched == [24, 0, 24]


class Failing(MemoryLoadProfileStore):
    """What it is given is kept, and then the line fails."""

    async def place(self, meter: Meter, connection: Connection, wanted: Wanted) -> Destination:
        store = self.store(connection, wanted)

        def put(records: Sequence[LoadRecord]) -> None:
            MemoryStore.put(store, records)
            raise NoAnswer("gone")

        store.put = put  # type: ignore[method-assign]
        return Destination(store, meter.summer_time.conversion)


def test_a_download_that_fails_tells_how_far_it_came() -> None:
    download = LoadProfileDownload(meter(), DAY, Failing(), patience=0)
    with pytest.raises(NoAnswer):
        run(download)
    assert download.progress is not None
    assert (download.progress.expected, download.progress.left) == (24, 24)
    assert download.gaps == ()


class _Changing:
    """A line that leads to another meter each time it is opened, and is lost after so many frames."""

    name, byte_time = "changing:", 0.0

    def __init__(self, *seeds: int, frames: int) -> None:
        clock = datetime(2026, 11, 22, 9, tzinfo=UTC)
        self._openers = [SimulatedOpener(SimulatorConfig(seed=seed, clock=clock)) for seed in seeds]
        self._frames = frames

    async def open(self, receiver: Receiver) -> Transport:
        transport = await self._openers.pop(0).open(receiver)
        left, write = count(self._frames, -1), transport.write

        def counted(data: bytes) -> None:
            if next(left) == 0 and self._openers:
                transport.close()
                receiver.connection_lost(None)
            else:
                write(data)

        transport.write = counted  # type: ignore[method-assign]
        return transport


OCTOBER = wanted(local(2026, 10, 1), local(2026, 11, 1))


def download_of(store: LoadProfileStore, *seeds: int) -> str | None:
    """Gives the code of what went wrong."""

    async def download() -> str | None:
        line = Line(_Changing(*seeds, frames=60), LineSettings(), reconnect=True, clock=virtual_clock())
        try:
            await DownloadJob(meter(), OCTOBER, store).run(Meter(line, meter().station), lambda: None)
        except AnotherMeter as error:
            return error.code
        finally:
            await line.close()
        return None

    return virtually(download())


def test_a_download_that_is_cancelled_says_so_in_the_language() -> None:
    job = DownloadJob(meter(), DAY, MemoryLoadProfileStore())

    async def cancelled() -> None:
        async with iec102.connect(TARGET, password=1) as answering:
            running = asyncio.create_task(job.run(answering, lambda: None))
            await asyncio.sleep(0)
            job.cancel()
            await asyncio.wait((running,))

    languages.use("es")
    try:
        asyncio.run(cancelled())
    finally:
        languages.use("en")
    assert job.error == "cancelada"


def test_what_another_meter_gives_over_a_new_connection_is_not_archived_as_that_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    store = ArchiveLoadProfileStore(path)
    problem = download_of(store, 1, 2)
    store.close()
    assert problem == "answer.another_meter"
    (archived,) = contents(path)
    assert 0 < archived.extent.records < 31 * 24


def test_in_memory_each_meter_at_one_place_has_its_own_records() -> None:
    store = MemoryLoadProfileStore()
    assert download_of(store, 1, 2) == "answer.another_meter"
    part = store.rows(meter(), OCTOBER)
    assert 0 < len(part) < 31 * 24
    whole = {}
    for seed in (2, 1):
        assert download_of(store, seed, seed) is None
        alone = MemoryLoadProfileStore()
        download_of(alone, seed, seed)
        whole[seed] = store.rows(meter(), OCTOBER)
        assert whole[seed] == alone.rows(meter(), OCTOBER)
    assert part == [row for row in whole[1] if row in part]
    assert part != [row for row in whole[2] if row in part]
