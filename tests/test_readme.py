"""What the README shows works."""

import re
import sqlite3
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

from iec102_tui import config
from iec102_tui.archive.archive import Archive
from iec102_tui.cli import COMMANDS
from iec102_tui.cli.options import TARGET_OPTIONS
from iec102_tui.load_profile.csv_file import HEADER
from iec102_tui.profiles.profile import KEYS, decode
from support.program import simulated_meter

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.M)


def test_every_command_is_in_the_list_of_commands() -> None:
    shown = re.findall(
        r"^iec102-tui ([a-z][a-z-]*) ", README.partition("## Commands")[2].partition("TARGET` is")[0], re.M
    )
    assert sorted(shown) == sorted(COMMANDS)


def test_every_option_of_a_meter_is_explained() -> None:
    for key in TARGET_OPTIONS:
        assert f"`--{key.replace('_', '-')}`" in README


def test_the_profile_shows_every_key_and_is_right() -> None:
    (table,) = (table for block in blocks("toml") if (table := tomllib.loads(block)).get("profiles"))
    (profile,) = table["profiles"].values()
    assert list(profile) == list(KEYS)
    assert decode(profile)[1] == []


def test_the_settings_of_the_program_are_right(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(blocks("toml")[0])
    settings, problems = config.load({}, {}, path)
    assert problems == ()
    assert settings.keys == {"live.freeze": "f8"}
    assert settings == config.Config(keys=settings.keys, folders=settings.folders)


def test_the_examples_of_the_library_run() -> None:
    reading, decoding = blocks("python")
    with simulated_meter("--tcp", "127.0.0.1:0") as url:
        done = subprocess.run(
            [sys.executable, "-c", reading.replace("tcp://127.0.0.1:40001", url)],
            capture_output=True,
            text=True,
            check=True,
        )
    assert re.fullmatch(r"-?\d+ kW\n", done.stdout)
    data = "import iec102\ndata = bytes.fromhex('10490100 4A16')\n"
    done = subprocess.run([sys.executable, "-c", data + decoding], capture_output=True, text=True, check=True)
    assert done.stdout == "None\n"


def test_the_command_is_installed_under_its_name() -> None:
    (command,) = entry_points(group="console_scripts", name="iec102-tui")
    assert command.value == "iec102_tui.cli:main"


def test_the_columns_of_the_csv_are_explained() -> None:
    table = README.partition("Columns of the CSV:")[2].partition("\n\nWhat")[0]
    shown = re.findall(r"`([^`]+)`", "\n".join(line.split("|")[1] for line in table.strip().splitlines()))
    columns = HEADER.split(",")
    assert shown[:-2] == columns[:9]
    assert shown[-2:] == [columns[9], columns[-1]]


def test_the_tables_of_the_archive_are_explained(tmp_path: Path) -> None:
    Archive(tmp_path / "archive.sqlite").close()
    section = README.partition("| Table | Columns |")[2].partition("\n\n")[0]
    shown = {line.split("|")[1].strip(" `"): line for line in section.splitlines()[2:]}
    connection = sqlite3.connect(tmp_path / "archive.sqlite")
    tables = [
        row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
    ]
    assert list(shown) == tables
    for table in tables[:-1]:
        for _number, column, *_rest in connection.execute(f"PRAGMA table_info({table})"):
            assert f"`{column}`" in shown[table] or re.fullmatch("[vq][2-7]", column), (table, column)
    connection.close()
