"""Where downloads are kept: the archive, and memory where it cannot be used."""

from __future__ import annotations

import asyncio
from pathlib import Path

import iec102
import pytest
from iec102.asdu.summer_time import SummerTime
from iec102_tui.archive import ArchiveError
from iec102_tui.archive.load_profile_store import ArchiveLoadProfileStore, LoadProfileStore, MemoryLoadProfileStore
from iec102_tui.load_profile.load_profile import Wanted
from iec102_tui.meter_side.download_job import DownloadJob
from iec102_tui.profiles.connection import Connection, demo
from support.curves import local, wanted

TARGET = "simulated:?clock=2026-11-22T10:00:00%2B01:00"
WEEK = wanted(local(2026, 11, 1), local(2026, 11, 8))
TWO_WEEKS = wanted(local(2026, 11, 1), local(2026, 11, 15))


def meter_at(target: str = TARGET) -> Connection:
    return demo().with_settings(target=target)


def download(load_profiles: LoadProfileStore, choice: Wanted, target: str = TARGET) -> DownloadJob:
    job = DownloadJob(meter_at(target), choice, load_profiles)

    async def run() -> None:
        async with iec102.connect(target, password=1) as meter:
            await job.run(meter, lambda: None)

    asyncio.run(run())
    return job


def fetched(job: DownloadJob) -> int:
    assert job.progress is not None
    return job.progress.fetched


def test_another_run_of_the_program_shows_it_at_once_and_asks_only_for_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "data" / "archive.sqlite"
    first = ArchiveLoadProfileStore(path)
    assert first.rows(meter_at(), WEEK) == []
    assert not path.parent.exists()
    assert fetched(download(first, WEEK)) == 168
    first.close()
    again = ArchiveLoadProfileStore(path)
    assert len(again.rows(meter_at(), WEEK)) == 168
    assert fetched(download(again, TWO_WEEKS)) == 168
    assert len(again.rows(meter_at(), TWO_WEEKS)) == 336
    again.close()


def test_the_way_that_was_found_is_remembered(tmp_path: Path) -> None:
    target = f"{TARGET}&quirk=no-blocks"
    load_profiles = ArchiveLoadProfileStore(tmp_path / "archive.sqlite")
    download(load_profiles, WEEK, target)

    async def way() -> object:
        async with iec102.connect(target, password=1) as meter:
            return (await load_profiles.place(meter, meter_at(target), WEEK)).way

    assert str(asyncio.run(way())) == "ranges (objects 1 to 8)"
    load_profiles.close()


def test_an_archive_that_cannot_be_written_costs_no_download(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    load_profiles = ArchiveLoadProfileStore(blocked / "archive.sqlite")
    job = download(load_profiles, WEEK)
    assert job.complete
    assert len(load_profiles.rows(meter_at(), WEEK)) == 168
    assert str(blocked) in load_profiles.words
    assert load_profiles.words.endswith("kept until the program ends")
    load_profiles.close()


def test_a_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    path.write_text("something else" * 100)
    with pytest.raises(ArchiveError, match=r"archive\.sqlite"):
        ArchiveLoadProfileStore(path).rows(meter_at(), WEEK)
    assert path.read_text().startswith("something else")


# Summer time

JULY = wanted(local(2026, 7, 6), local(2026, 7, 7))


def shown(load_profiles: LoadProfileStore, target: str, mode: SummerTime = SummerTime.AUTO) -> list[int | None]:
    return [row[1] for row in load_profiles.rows(meter_at(target).with_settings(summer_time=mode.value), JULY)]


@pytest.mark.parametrize("quirk", ["no-su", "standard-time"])
@pytest.mark.parametrize("in_memory", [False, True])
def test_meters_that_do_not_keep_summer_time_show_the_right_values(tmp_path: Path, quirk: str, in_memory: bool) -> None:
    load_profiles: LoadProfileStore = (
        MemoryLoadProfileStore() if in_memory else ArchiveLoadProfileStore(tmp_path / "archive.sqlite")
    )
    target = f"{TARGET}&quirk={quirk}"
    plain = MemoryLoadProfileStore()
    download(plain, JULY)
    for _time in range(2):
        job = download(load_profiles, JULY, target)
        assert job.complete
        (words,) = job.findings or ("",) if fetched(job) or not in_memory else ("Europe/Madrid",)
        assert "Europe/Madrid" in words
        assert shown(load_profiles, target) == shown(plain, TARGET)
    assert shown(load_profiles, target, SummerTime.ZONE) == (shown(plain, TARGET) if quirk == "no-su" else [])
    load_profiles.close()
