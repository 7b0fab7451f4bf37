"""What the README and the pages for users show works."""

from __future__ import annotations

import re
import shlex
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import click
import pytest
from iec102.settings import RANGES
from iec102_tui import config
from iec102_tui.archive.archive import Archive
from iec102_tui.cli import COMMANDS, cli
from iec102_tui.cli.options import TARGET_OPTIONS
from iec102_tui.load_profile.csv_file import HEADER
from iec102_tui.panes.pane import Pane
from iec102_tui.profiles.profile import KEYS, decode
from iec102_tui.profiles.settings_table import DEFAULTS
from support.pages import PAGES, ROOT, anchors, blocks, links, section, table
from support.program import simulated_meter
from textual.binding import Binding
from textual.keys import _character_to_key

USER_PAGES = (
    "README.md",
    *(
        f"docs/{page}.md"
        for page in (
            "monitor",
            "meters",
            "information",
            "gateway",
            "files",
            "market-files",
            "verdict",
            "publishing",
            "collector",
            "fleet",
        )
    ),
)
PANES = {
    "F1 Connection": "connection",
    "F2 Live": "live",
    "F3 Frame log": "frame_log",
    "F4 Load profile": "load_profile",
    "F5 Meter data": "meter_data",
}


def commands() -> Iterator[tuple[str, click.Command]]:
    """Each command by its words."""
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        yield name, command
        for below in command.commands.values() if isinstance(command, click.Group) else ():
            yield f"{name} {below.name}", below


def shown_commands() -> Iterator[tuple[str, list[str]]]:
    """Each command line of this program in an example: the page, and the words behind the program's name."""
    for page in PAGES:
        for line in "".join(blocks(page, "sh")).splitlines():
            words = shlex.split(line, comments=True)
            if "iec102-tui" in words:
                rest = words[words.index("iec102-tui") + 1 :]
                end = next((at for at, word in enumerate(rest) if word in ("|", ">", "&&")), len(rest))
                yield page, rest[:end]


def test_every_command_is_in_the_list_of_commands() -> None:
    shown = re.findall(r"^iec102-tui ([a-z][a-z-]*) ", "".join(blocks("README.md", "")), re.M)
    assert sorted(shown) == sorted(COMMANDS)


def test_every_option_of_a_meter_is_explained_with_its_default_and_its_range() -> None:
    rows = {
        key: (cells[1], cells[2]) for cells in table(section("docs/meters.md", "Options")) for key in options(cells[0])
    }
    assert set(rows) == set(TARGET_OPTIONS)
    for key, (default, span) in rows.items():
        if DEFAULTS[key] is not None:
            assert str(DEFAULTS[key]) in re.split(r"[ ,]+", default), key
        if key in RANGES:
            low, high, unit = RANGES[key]
            assert span.startswith(f"{low} to {high}"), key
            assert unit.strip() in default, key


def options(cell: str) -> list[str]:
    return [name.replace("-", "_") for name in re.findall(r"`--([a-z-]+)`", cell)]


def test_every_option_of_every_command_is_on_a_page() -> None:
    text = "\n".join(PAGES[page] for page in USER_PAGES)
    missing = [
        f"{name} {parameter.opts[-1]}"
        for name, command in (("", cli), *commands())
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.hidden
        if not any(re.search(rf"(?<![a-z-]){option}(?![a-z-])", text) for option in parameter.opts)
    ]
    assert missing == []


def test_every_command_line_in_an_example_is_one() -> None:
    seen = 0
    for page, words in shown_commands():
        at = next((at for at, word in enumerate(words) if word in COMMANDS), len(words))
        cli.make_context("iec102-tui", words[:at])
        if at < len(words):
            command = cli.get_command(click.Context(cli), words[at])
            rest = words[at + 1 :]
            if isinstance(command, click.Group) and rest:
                command, rest = command.commands[rest[0]], rest[1:]
            assert command is not None
            if any(option.is_eager and set(option.opts) & set(rest) for option in command.params):
                continue  # it would be carried out at once
            try:
                command.make_context(words[at], rest)
            except click.UsageError as error:
                pytest.fail(f"{page}: {' '.join(words)}: {error.message}")
        seen += 1
    assert seen > 20


def test_every_link_leads_somewhere() -> None:
    for page, path, anchor in links():
        assert path.exists(), (page, path)
        if anchor:
            assert anchor in anchors(str(path.relative_to(ROOT))), (page, path, anchor)


def test_every_page_is_linked_from_the_readme() -> None:
    assert {str(path.relative_to(ROOT)) for page, path, _ in links() if page == "README.md"} >= PAGES.keys() - {
        "README.md"
    }


def test_every_exit_status_is_in_the_table() -> None:
    text = section("README.md", "Commands")
    assert [cells[0] for cells in table(text)] == ["0", "1", "2", "3", "130"]


def test_the_profile_shows_every_key_and_is_right() -> None:
    (profile,) = tomllib.loads(blocks("docs/files.md", "toml")[0])["profiles"].values()
    assert list(profile) == list(KEYS)
    assert decode(profile)[1] == []


def test_the_settings_of_the_program_are_right_and_all_there(tmp_path: Path) -> None:
    text = blocks("docs/files.md", "toml")[1]
    path = tmp_path / "config.toml"
    path.write_text(text)
    settings, problems = config.load({}, {}, path)
    assert problems == ()
    assert settings.keys == {"live.freeze": "f8"}
    assert settings == config.Config(
        keys=settings.keys, colours=settings.colours, broker=settings.broker, folders=settings.folders
    )
    shown = tomllib.loads(text)
    assert list(shown) == [field.name for field in fields(config.Config) if field.compare]  # `file` is none
    for field in fields(config.Folders):
        assert re.search(rf"\b{field.name}\b", text), field.name


def test_the_keys_of_each_pane_are_explained() -> None:
    for title, name in PANES.items():
        package = import_module(f"iec102_tui.panes.{name}")
        classes = {
            each
            for path in Path(package.__path__[0]).glob("*.py")
            for each in vars(import_module(f"{package.__name__}.{path.stem}")).values()
            if isinstance(each, type) and each.__module__.startswith(package.__name__)
        }
        bound = {key for each in classes for key in keys_of(each)}
        (pane,) = (each for each in classes if issubclass(each, Pane))
        shown = {
            _character_to_key(key) if len(key) == 1 else key.lower()
            for cells in table(section("docs/monitor.md", title))
            for key in re.findall(r"`([^`]+)`", cells[0])
        }
        assert shown <= bound | {"tab"}, title
        assert {key for key in keys_of(pane) if key not in ("up", "down")} <= shown, title


def keys_of(widget: type) -> set[str]:
    bindings = [each for each in vars(widget).get("BINDINGS", ()) if isinstance(each, Binding)]
    return {key for binding in bindings for key in binding.key.split(",")}


def test_the_example_of_the_library_runs() -> None:
    (reading,) = blocks("README.md", "python")
    with simulated_meter("--tcp", "127.0.0.1:0") as url:
        done = subprocess.run(
            [sys.executable, "-c", reading.replace("tcp://127.0.0.1:40001", url)],
            capture_output=True,
            text=True,
            check=True,
        )
    assert re.fullmatch(r"-?\d+ kW\n", done.stdout)


def test_the_command_is_installed_under_its_name() -> None:
    (command,) = entry_points(group="console_scripts", name="iec102-tui")
    assert command.value == "iec102_tui.cli:main"


def test_the_columns_of_the_csv_are_explained() -> None:
    rows = table(section("docs/files.md", "Load profiles"))
    shown = re.findall(r"`([^`]+)`", "\n".join(cells[0] for cells in rows))
    columns = HEADER.split(",")
    assert shown[:-2] == columns[:9]
    assert shown[-2:] == [columns[9], columns[-1]]


def test_the_tables_of_the_archive_are_explained(tmp_path: Path) -> None:
    Archive(tmp_path / "archive.sqlite").close()
    shown = {cells[0].strip("`"): cells[1] for cells in table(section("docs/files.md", "The archive"))}
    connection = sqlite3.connect(tmp_path / "archive.sqlite")
    tables = [
        row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
    ]
    assert list(shown) == tables
    for name in tables:
        for _number, column, *_rest in connection.execute(f"PRAGMA table_info({name})"):
            assert f"`{column}`" in shown[name] or re.fullmatch("[vq][2-7]", column), (name, column)
    connection.close()
