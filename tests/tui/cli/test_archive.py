"""`iec102-tui archive`: the list with its gaps, files without the meter, and what is wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from iec102_tui.archive.contents import default_path

Program = Callable[..., tuple[int, str, str]]

SEVEN = "simulated:?clock=2026-11-22T10:00:07%2B01:00&seed=7"
EIGHT = "simulated:?clock=2026-11-22T10:00:07%2B01:00&seed=8"
NUMBER = "48698054"


@pytest.fixture
def filled(program: Program) -> None:
    """Two days of a meter with three between them, a day of quarter-hours, a day of another meter."""
    for target, *arguments in (
        (SEVEN, "--from", "2026-10-25", "--to", "2026-10-26"),
        (SEVEN, "--from", "2026-10-29", "--to", "2026-10-30"),
        (SEVEN, "--from", "2026-10-25", "--to", "2026-10-26", "--register", "quarter-hourly"),
        (EIGHT, "--from", "2026-11-01", "--to", "2026-11-02", "--values", "absolute"),
    ):
        assert program("load-profile", target, *arguments)[::2] == (0, "")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("command", [("archive",), ("archive", "list")])
def test_the_list_has_meters_ranges_and_gaps(program: Program, command: tuple[str, ...]) -> None:
    assert program(*command) == (
        0,
        f"""{default_path()}
device 251-48698054, point 1, {SEVEN}
  incremental hourly values: 2026-10-25T00:00:00+02:00 to 2026-10-30T00:00:00+01:00, 49 records
    missing: 2026-10-26T00:00:00+01:00 to 2026-10-29T00:00:00+01:00, 72 records
  incremental quarter-hourly values: 2026-10-25T00:00:00+02:00 to 2026-10-26T00:00:00+01:00, 100 records
device 251-48763590, point 1, {EIGHT}
  absolute hourly values: 2026-11-01T00:00:00+01:00 to 2026-11-02T00:00:00+01:00, 24 records
""",
        "",
    )


def test_without_a_download_there_is_nothing(program: Program, tmp_path: Path) -> None:
    for command in ("list", "verify", "vacuum"):
        status, out, err = program("archive", command)
        assert (status, out) == (0, "")
        assert str(default_path()) in err
        status, out, err = program("archive", command, "--archive", str(tmp_path / "other"))
        assert (status, out) == (2, "")
        assert str(tmp_path / "other") in err
    assert program("archive", "export")[0] == 1
    assert program("archive", "path") == (0, f"{default_path()}\n", "")
    assert program("archive", "--archive", "/a/b", "path") == (0, "/a/b\n", "")
    assert not default_path().exists()


@pytest.mark.usefixtures("filled")
def test_an_export_equals_the_download(program: Program, tmp_path: Path) -> None:
    day = ("--from", "2026-10-25", "--to", "2026-10-26")
    downloaded = program("load-profile", SEVEN, *day, "--no-archive")
    for meter in (NUMBER, f"251-{NUMBER}", f"device 251-{NUMBER}, point 1", SEVEN):
        assert program("archive", "export", meter, *day) == downloaded
    assert program("archive", "export", *day) == downloaded
    path = tmp_path / "out.csv"
    assert program("archive", "export", *day, "--decimal-comma", "-o", str(path)) == (0, "", "")
    assert path.read_text() == downloaded[1].replace(",", ";")
    assert program("archive", "export", *day, "-o", str(path))[0] == 2


@pytest.mark.usefixtures("filled")
def test_an_export_of_all_names_what_is_missing(program: Program) -> None:
    status, out, err = program("archive", "export", NUMBER)
    assert (status, len(out.splitlines())) == (0, 50)
    missing = err.splitlines()
    assert len(missing) == 72
    assert missing[0] == "missing 2026-10-26T01:00:00+01:00: it is not in the archive"
    assert program("archive", "export", NUMBER, "--strict")[0] == 1


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--register", "daily"), "no incremental daily values"),
        (("1234567",), "of 1234567"),
        (("tcp://127.0.0.1:1",), "of tcp://127.0.0.1:1"),
        (("tcp://127.0.0.1:x",), "port"),
        (("--from", "2026-10-25"), "--to"),
    ],
)
def test_what_cannot_be_exported_is_said(program: Program, arguments: tuple[str, ...], words: str) -> None:
    status, out, err = program("archive", "export", *arguments)
    assert (status, out) == (2, "")
    assert words in err


@pytest.mark.usefixtures("filled")
def test_one_of_several_meters_must_be_named(program: Program) -> None:
    program("load-profile", EIGHT, "--from", "2026-11-01", "--to", "2026-11-02")
    status, out, err = program("archive", "export")
    assert (status, out) == (2, "")
    assert "device 251-48698054, point 1; device 251-48763590, point 1" in err


@pytest.mark.usefixtures("filled")
def test_verify_finds_nothing_in_a_whole_archive_and_sums_in_a_changed_one(program: Program) -> None:
    path = default_path()
    assert program("archive", "verify") == (0, f"{path}: 173 records of 2 meters, nothing wrong.\n", "")
    connection = sqlite3.connect(path)
    with connection:
        connection.execute('UPDATE record SET v1 = v1 + 1 WHERE curve = 2 AND "end" = 1792886400')
    connection.close()
    status, out, err = program("archive", "verify")
    assert (status, out) == (3, f"{path}: 173 records of 2 meters, 1 finding.\n")
    (line,) = err.splitlines()
    assert line.startswith("device 251-48698054, point 1: sum 2026-10-25T02:00:00+02:00: A+ is ")


@pytest.mark.usefixtures("filled")
def test_a_damaged_or_foreign_archive_is_one_sentence(program: Program, tmp_path: Path) -> None:
    data = bytearray(default_path().read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    default_path().write_bytes(data)
    foreign = tmp_path / "foreign"
    foreign.write_text("text")
    for command in ("list", "verify", "vacuum", "export"):
        for arguments, words in (((), "is damaged"), (("--archive", str(foreign)), "no archive of this program")):
            status, out, err = program("archive", command, *arguments)
            assert status == 1
            assert len(err.splitlines()) == 1
            assert words in err
            assert command == "list" or out == ""


@pytest.mark.usefixtures("filled")
def test_vacuum_says_what_it_has_given_back(program: Program) -> None:
    connection = sqlite3.connect(default_path())
    connection.execute("CREATE TABLE ballast (data)")
    connection.execute("INSERT INTO ballast VALUES (zeroblob(500000))")
    connection.execute("DROP TABLE ballast")
    connection.commit()
    connection.close()
    before = default_path().stat().st_size
    status, out, err = program("archive", "vacuum")
    after = default_path().stat().st_size
    assert (status, out, err) == (0, f"{default_path()}: {after} bytes, before {before}.\n", "")
    assert after < before - 400_000
