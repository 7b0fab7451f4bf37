"""The man pages: one for each command, with all that it takes."""

import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from iec102_tui import config
from iec102_tui.cli import cli
from iec102_tui.profiles.settings_table import KEYS, SETTINGS
from iec102_tui.publish.settings import KEYS as BROKER_KEYS
from support.pages import ROOT, section, table

EXAMPLES: dict[str, dict[str, str]] = tomllib.loads((ROOT / "packaging/examples.toml").read_text())
ROOM = re.compile(r"[^\W\d_]{3,} [^\W\d_]{2,}")
SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES", "SEE ALSO"]


def below(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            each = command.get_command(context, name)
            assert each is not None
            if not each.hidden:
                yield from below(f"{words} {name}", each)


COMMANDS = dict(below("iec102-tui", cli))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("man")
    subprocess.run([sys.executable, ROOT / "packaging/man_pages.py", made], check=True)
    return made


@pytest.fixture(scope="module")
def pages(folder: Path) -> dict[str, str]:
    """The text of each page as it is read: without what roff adds."""
    return read(folder)


@pytest.fixture(scope="module")
def spanish(folder: Path) -> dict[str, str]:
    return read(folder / "es")


def read(folder: Path) -> dict[str, str]:
    return {path.name: plain(path.read_text()) for path in sorted(folder.iterdir()) if path.is_file()}


def plain(page: str) -> str:
    for written, read in ((r"\(aq", "'"), (r"\(ga", "`"), (r"\(ti", "~"), (r"\-", "-"), (r"\e", "\\")):
        page = page.replace(written, read)
    return re.sub(r"\\(?:f[A-Z]|&)", "", page)


def test_every_command_has_a_page_and_both_formats_have_one(pages: dict[str, str]) -> None:
    files = {"iec102-tui-profiles.5", "iec102-tui-config.5"}
    assert pages.keys() == {f"{words.replace(' ', '-')}.1" for words in COMMANDS} | files


@pytest.mark.parametrize("words", COMMANDS)
def test_a_page_has_all_its_sections_and_all_options(words: str, pages: dict[str, str]) -> None:
    page = pages[f"{words.replace(' ', '-')}.1"]
    found = re.findall(r"^\.SH (.*)", page, re.MULTILINE)
    assert [name for name in found if name in SECTIONS] == SECTIONS
    for parameter in COMMANDS[words].params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert re.search(rf"^{re.escape(', '.join(sorted(parameter.opts, key=len)))}\b", page, re.MULTILINE)
    if words != "iec102-tui":
        assert f"\n{words}\n" in page.replace(".B ", "")
    for line in EXAMPLES[words]:
        assert f"\n{line}\n" in page


@pytest.mark.parametrize(
    "name", ["iec102-tui-load-profile.1", "iec102-tui-gateway.1", "iec102-tui-profiles-show.1", "iec102-tui-profiles.5"]
)
def test_paths_and_variables_are_those_of_the_program(name: str, pages: dict[str, str]) -> None:
    assert "\n~/.config/iec102-tui/profiles.toml\n" in pages[name]
    assert "\nIEC102_TUI_PROFILES\n" in pages[name]
    assert str(Path.home()) not in pages[name]
    if name.endswith(".1"):
        assert "\n~/.local/state/iec102-tui/iec102-tui.log\n" in pages[name]
    assert ("~/.local/share/iec102-tui/archive.sqlite" in pages[name]) == ("load" in name)


def test_the_formats_have_every_key(pages: dict[str, str]) -> None:
    for key in KEYS:
        assert re.search(rf"^\.TP\n{key}\n.*{re.escape(SETTINGS[key].wanted)}", pages["iec102-tui-profiles.5"], re.M)
    for key, wanted in config.WANTED.items():
        assert re.search(rf"^\.TP\n{key}\n.*{re.escape(wanted)}", pages["iec102-tui-config.5"], re.M)
        assert f"\n{config.variable_of(key)}\n" in pages["iec102-tui-config.5"]
    for key in BROKER_KEYS:
        assert f"\nbroker.{key}\n" in pages["iec102-tui-config.5"]


def test_the_keys_of_the_form_are_not_those_of_the_file(pages: dict[str, str]) -> None:
    assert not re.search("Left and Right|Ctrl\\+R|w switches", pages["iec102-tui-profiles.5"])


def test_the_exit_statuses_are_those_of_the_readme(pages: dict[str, str]) -> None:
    rows = [cells[0] for cells in table(section("README.md", "Commands"))]
    found = pages["iec102-tui.1"].partition(".SH EXIT STATUS")[2].partition(".SH")[0]
    assert re.findall(r"^\.TP\n(\d+)$", found, re.MULTILINE) == rows


# Spanish


def words_of(page: str) -> Iterator[str]:
    """Lines that are sentences: no request, nothing that stands as it is, no head of an entry."""
    verbatim, head = False, False
    for line in page.splitlines():
        verbatim = (verbatim or line == ".nf") and line != ".fi"
        if not (verbatim or head or line.startswith((".", "iec102-tui"))) and ROOM.search(line):
            yield line
        head = line == ".TP"


def test_each_page_is_there_in_spanish_with_the_same_entries_and_examples(
    pages: dict[str, str], spanish: dict[str, str]
) -> None:
    assert pages.keys() == spanish.keys()
    for name, page in pages.items():
        entry = re.compile(r"^\.TP\n(.*)$", re.MULTILINE)
        assert entry.findall(spanish[name]) == entry.findall(page)
        assert len(re.findall(r"^\.SH", spanish[name], re.MULTILINE)) == len(re.findall(r"^\.SH", page, re.MULTILINE))
    for words, rows in EXAMPLES.items():
        assert all(f"\n{line}\n" in spanish[f"{words.replace(' ', '-')}.1"] for line in rows)


def test_nothing_of_a_spanish_page_is_english(pages: dict[str, str], spanish: dict[str, str]) -> None:
    english = {line for page in pages.values() for line in words_of(page)}
    assert len(english) > 300
    left = {line for page in spanish.values() for line in words_of(page)} & english
    assert not left
    heads = {head for page in spanish.values() for head in re.findall(r"^\.SH (.*)", page, re.MULTILINE)}
    assert not heads & {*SECTIONS, "COMMANDS", "NOTES", "KEYS"}


def test_the_keys_of_the_form_are_not_those_of_the_file_in_spanish(spanish: dict[str, str]) -> None:
    assert not re.search("Izquierda y derecha|Ctrl\\+R|w la enciende|Abajo lista", spanish["iec102-tui-profiles.5"])


# Examples


def test_every_command_has_an_example() -> None:
    """A new command needs one in packaging/examples.toml."""
    assert EXAMPLES.keys() == COMMANDS.keys()
    assert all(EXAMPLES.values())


@pytest.mark.parametrize(("words", "line"), [(words, line) for words, rows in EXAMPLES.items() for line in rows])
def test_an_example_is_a_command_line_of_its_command(words: str, line: str) -> None:
    given = shlex.split(line)[1:]
    context = cli.make_context("iec102-tui", list(given))
    path = ["iec102-tui"]
    command: click.Command = cli
    while isinstance(command, click.Group) and (rest := context._protected_args + context.args):
        name, below_, rest = command.resolve_command(context, rest)
        assert name is not None
        assert below_ is not None
        path.append(name)
        command = below_
        if any(option.is_eager and set(option.opts) & set(rest) for option in command.params):
            break  # it would be carried out at once
        context = below_.make_context(name, rest, parent=context)
    assert " ".join(path).startswith(words)
