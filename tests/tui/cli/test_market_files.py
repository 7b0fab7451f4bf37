"""Files of the sector from the command line: from a meter, from the archive, and back into it."""

from __future__ import annotations

import bz2
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from iec102_tui.archive.contents import default_path

Program = Callable[..., tuple[int, str, str]]

FROZEN = "simulated:?clock=2026-11-22T10:00:07%2B01:00&seed=7"
DAY = ("--from", "2026-10-25", "--to", "2026-10-26")
CUPS = "ES0021000000000001RK1P"
CODES = ("--cups", CUPS, "--distributor", "0021", "--retailer", "0100")
PROFILES = f"""
[profiles.north]
target = "{FROZEN}"
password = 1
cups = "{CUPS}"
distributor = "0021"
retailer = "0100"
"""


def of(code: str, *more: str) -> tuple[str, ...]:
    return ("load-profile", FROZEN, *DAY, "--file-format", code, *CODES, *more)


@pytest.mark.parametrize(
    ("code", "count", "fields"),
    [("p1d", 25, 23), ("p2d", 100, 22), ("f1", 25, 15), ("f1qh", 100, 15), ("f5d", 25, 13), ("p5d", 25, 6)],
)
def test_a_format_brings_its_own_intervals(program: Program, code: str, count: int, fields: int) -> None:
    status, out, err = program(*of(code))
    lines = out.splitlines()
    assert (status, err, len(lines)) == (0, "", count)
    assert {len(line.split(";")) for line in lines} == {fields}
    assert all(line.startswith(f"{CUPS};") and line.endswith(";") for line in lines)


def test_values_equal_those_of_the_csv(program: Program) -> None:
    rows = [line.split(",") for line in program("load-profile", FROZEN, *DAY)[1].splitlines()[1:]]
    market = [line.split(";") for line in program(*of("p1d"))[1].splitlines()]
    assert [line[4:20:2] for line in market] == [row[1:9] for row in rows]
    assert [line[5:20:2] for line in market] == [[str(int(quality, 16)) for quality in row[9:]] for row in rows]


def test_the_codes_come_from_the_profile_and_options_go_before_them(program: Program, tmp_path: Path) -> None:
    profiles = tmp_path / "profiles.toml"
    profiles.write_text(PROFILES)
    command = ("--profiles", str(profiles), "load-profile", "north", *DAY, "--file-format", "p5d")
    assert program(*command)[1].startswith(f"{CUPS};")
    other = "ES0021000000000001RK2P"
    assert program(*command, "--cups", other)[1].startswith(f"{other};")
    program("--profiles", str(profiles), "load-profile", "north", *DAY)
    export = ("--profiles", str(profiles), "archive", "export", "north", *DAY, "--file-format", "p5d")
    assert program(*export)[1] == program(*command)[1]


def test_a_folder_gets_the_name_of_the_sector(program: Program, tmp_path: Path) -> None:
    status, out, err = program(*of("p1d", "-o", str(tmp_path), "--bz2", "--file-version", "2"))
    (path,) = tmp_path.iterdir()
    assert (status, out, err) == (0, "", f"written to {path}\n")
    assert path.name.startswith("P1D_0021_0100_")
    assert path.name.endswith(".2.bz2")
    assert bz2.decompress(path.read_bytes()).decode() == program(*of("p1d"))[1]
    assert program(*of("p1d", "-o", str(tmp_path), "--bz2", "--file-version", "2"))[0] == 2


def test_a_file_a_day_is_packed_where_there_are_several(program: Program, tmp_path: Path) -> None:
    two = ("--from", "2026-10-24", "--to", "2026-10-26", "--file-format", "f1", *CODES)
    assert program("load-profile", FROZEN, *two, "-o", str(tmp_path))[0] == 0
    (path,) = tmp_path.iterdir()
    with zipfile.ZipFile(path) as packed:
        assert [len(packed.read(name).splitlines()) for name in packed.namelist()] == [24, 25]
    named = tmp_path / "two.zip"
    assert program("load-profile", FROZEN, *two, "-o", str(named))[0] == 0
    assert named.read_bytes() == path.read_bytes()
    text = tmp_path / "two.txt"
    assert program("load-profile", FROZEN, *two, "-o", str(text))[0] == 0
    assert len(text.read_text().splitlines()) == 49


def test_a_file_with_gaps_is_written_only_when_that_is_allowed(program: Program, tmp_path: Path) -> None:
    into_the_future = ("--from", "2026-11-22", "--to", "2026-11-23", "--file-format", "p5d", *CODES)
    path = tmp_path / "out"
    status, _, err = program("load-profile", FROZEN, *into_the_future, "-o", str(path))
    assert status == 1
    assert "14 of 24 intervals are missing, so no file was written: --allow-gaps" in err
    assert not path.exists()
    status, _, err = program("load-profile", FROZEN, *into_the_future, "-o", str(path), "--allow-gaps")
    assert status == 0
    assert len(path.read_text().splitlines()) == 10


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--file-format", "p1d"), "--cups"),
        (("--file-format", "p1d", "--cups", "ES0021000000000001RX"), "RK"),
        (("--file-format", "p1d", "--cups", CUPS, "-o", "."), "--distributor"),
        (("--file-format", "p1d", *CODES, "--register", "daily"), "--register"),
        (("--file-format", "p1d", *CODES, "--values", "absolute"), "--values"),
        (("--file-format", "f5d", *CODES, "--invoice", "a;b"), "invoice"),
        (("--file-format", "f5d", *CODES, "--method", "12"), "--method"),
        (("--file-format", "f5d", "--distributor", "21"), "four digits"),
    ],
)
def test_what_cannot_be_written_is_said_before_the_meter_is_asked(
    program: Program, arguments: tuple[str, ...], words: str
) -> None:
    status, out, err = program("load-profile", "tcp://127.0.0.1:1", *DAY, "--password", "1", *arguments)
    assert (status, out) == (2, "")
    assert words in err


def test_options_that_a_format_does_not_use_are_ignored(program: Program) -> None:
    status, out, _ = program("load-profile", FROZEN, *DAY, *CODES, "--invoice", "F1", "--bz2")
    assert (status, out[:5]) == (0, "time,")


@pytest.mark.parametrize(("code", "kind"), [("p1d", "P1D"), ("p2d", "P2D"), ("f5d", "F5D")])
@pytest.mark.parametrize("packed", [False, True])
def test_what_is_imported_is_what_was_written(
    program: Program, tmp_path: Path, code: str, kind: str, packed: bool
) -> None:
    path = tmp_path / "theirs"
    assert program(*of(code, "-o", str(path), "--no-archive", *(["--bz2"] if packed else [])))[0] == 0
    status, out, err = program("archive", "import", str(path))
    assert (status, err) == (0, "")
    assert f"{kind} {CUPS}" in out
    assert "from 2026-10-25T0" in out
    export = program("archive", "export", f"{kind} {CUPS}", *DAY, "--file-format", code, *CODES)
    assert export == program(*of(code, "--no-archive"))
    assert program("archive", "verify")[0] == 0


def test_our_own_csv_comes_back(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "north.csv"
    program("load-profile", FROZEN, *DAY, "--no-archive", "--decimal-comma", "-o", str(path))
    assert program("archive", "import", str(path))[0] == 0
    assert program("archive", "export", "CSV north", *DAY) == program("load-profile", FROZEN, *DAY, "--no-archive")


def test_imports_stand_beside_the_meter(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "theirs"
    program(*of("p1d", "-o", str(path)))
    program("archive", "import", str(path))
    listed = program("archive", "list")[1]
    assert f"P1D {CUPS}, point 0" in listed
    assert "device 251-48698054, point 1" in listed


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00", "no text"),
        (b"BZh91AY&SYgarbage", "damaged"),
        (bz2.compress(b"time,A+")[:-4], "damaged"),
        (b"a;b;c\n", "none of p1d"),
        (b"time,A+\nsoon,1\n", "line 2"),
        (b"time,A+\n2026-11-19T09:00:00" + b",1" * 8 + b",00" * 8 + b"\n", "line 2"),
        (b"ES;11;2026/11/19 09:00:00;0;inf;" + b"1;" * 15 + b"4;0;\n", "line 1"),
        (
            b"ES;11;2026/11/19 09:00:00;0;"
            + b"1;" * 16
            + b"4;0;\nES;11;2026/99/19 09:00:00;0;"
            + b"1;" * 16
            + b"4;0;\n",
            "line 2",
        ),
        (b"ES;11;2026/11/19 09:00:00;1;" + b"1;" * 16 + b"4;0;\n", "line 1"),
        (b"ES;11;2026/03/29 02:30:00;0;" + b"1;" * 16 + b"4;0;\n", "line 1"),
    ],
)
def test_what_cannot_be_imported_is_one_sentence(program: Program, tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "theirs"
    path.write_bytes(content)
    status, out, err = program("archive", "import", str(path))
    assert (status, out) == (2, "")
    assert words in err.lower()
    assert len(err.splitlines()) == 1
    assert not default_path().exists()


def test_a_file_of_several_streams_is_read_to_its_end(program: Program, tmp_path: Path) -> None:
    whole = program(*of("p1d", "--no-archive"))[1].encode()
    path = tmp_path / "theirs"
    path.write_bytes(bz2.compress(whole[:900]) + bz2.compress(whole[900:]))
    assert "25 records" in program("archive", "import", str(path))[1]


def test_what_is_no_whole_kwh_is_rounded_and_said(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "theirs"
    path.write_text("ES;11;2026/11/19 09:00:00;0;138.7;0;" + "1;0;" * 7 + "4;0;\n")
    assert "1 value was no whole kWh and was rounded" in program("archive", "import", str(path))[1]
    exported = program("archive", "export", "P1D ES")[1].splitlines()
    assert exported[1].split(",")[1] == "139"


def test_a_bomb_is_not_unpacked(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    sink = io.BytesIO()
    with bz2.open(sink, "wb") as packed:
        for _ in range(70):
            packed.write(bytes(1024 * 1024))
    path.write_bytes(sink.getvalue())
    status, _, err = program("archive", "import", str(path))
    assert status == 2
    assert "64 MB" in err
