"""Man pages, made from the commands themselves: man_pages.py FOLDER writes one for each, and two for formats of files.

Runs with the program on PYTHONPATH, in a process of its own: it changes HOME, so that paths begin with a tilde.
"""

from __future__ import annotations

import os
import re
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

_HOME = "/home/~"
_ENDLESS = 10_000
_PROGRAM = "monitor for electricity meters that speak IEC 60870-5-102"
for _name in [name for name in os.environ if name.startswith(("XDG_", "IEC102_"))]:
    del os.environ[_name]
os.environ["HOME"] = _HOME

import click
from iec102_tui import config, diagnostics
from iec102_tui.archive.contents import default_path as archive_path
from iec102_tui.cli import cli
from iec102_tui.cli.completion.index import summary
from iec102_tui.cli.run import DONE, FAILED, FOUND, INTERRUPTED, WRONG_USE
from iec102_tui.meter_side.key_file import default_path as key_path
from iec102_tui.profiles import location
from iec102_tui.profiles.settings_table import DEFAULTS, PASSWORD_VARIABLE, SETTINGS
from iec102_tui.publish.settings import KEYS as BROKER_KEYS

# Sentences of the form about its keys.
_OF_KEYS = re.compile(r"^(Left and Right|Ctrl\+|Down lists|\w switches)")

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES: Mapping[str, Mapping[str, str]] = tomllib.loads(
    Path(__file__).with_name("examples.toml").read_text(encoding="utf-8")
)
"""By the words of a command: command lines, and what each does."""
EXIT_STATUSES = {
    DONE: "Done, or ended by SIGTERM or a hang-up; a closed pipe too.",
    FAILED: "The meter, the line or the program failed, or standard output is closed. One sentence on standard error "
    "says what, where, and what to check.",
    WRONG_USE: "Wrong usage, unknown profile or kind of target, or an error in a profile.",
    FOUND: "What was asked to be verified has something wrong.",
    INTERRUPTED: "Ctrl+C.",
}


class Command(NamedTuple):
    """A command with the words that it is called by."""

    words: tuple[str, ...]
    command: click.Command
    context: click.Context
    summary: str

    @property
    def page(self) -> str:
        return "-".join(self.words)

    @property
    def takes(self) -> set[str]:
        """The names of its parameters."""
        return {parameter.name or "" for parameter in self.command.params}


class Entry(NamedTuple):
    """A file or a variable, and which commands it is of."""

    name: str
    words: str
    of: Callable[[Command], bool] = lambda _command: True


def commands() -> Iterator[Command]:
    """The program and all commands below it."""
    context = click.Context(cli, info_name="iec102-tui", **_settings(cli))
    yield from _below(
        Command(("iec102-tui",), cli, context, "monitor for electricity meters that speak IEC 60870-5-102")
    )


def _below(command: Command) -> Iterator[Command]:
    yield command
    group = command.command
    if isinstance(group, click.Group):
        for name in group.list_commands(command.context):
            below = group.get_command(command.context, name)
            if below is not None and not below.hidden:
                context = click.Context(below, command.context, name, **_settings(below))
                yield from _below(Command((*command.words, name), below, context, summary(group, below, name)))


def _settings(command: click.Command) -> dict[str, Any]:
    """Those of a command's context, without an end of the lines."""
    return {**command.context_settings, "max_content_width": _ENDLESS, "terminal_width": _ENDLESS}


def _place(path: Path) -> str:
    return str(path).replace(_HOME, "~")


def _is_program(command: Command) -> bool:
    return len(command.words) == 1


def _has_profiles(command: Command) -> bool:
    return _is_program(command) or "target" in command.takes or "profiles" in command.words


def _has_archive(command: Command) -> bool:
    return _is_program(command) or "archive_path" in command.takes


FILES = (
    Entry(_place(location.default_path()), "The saved meters; see iec102-tui-profiles(5).", _has_profiles),
    Entry(_place(config.default_path()), "Settings of the program; see iec102-tui-config(5)."),
    Entry(_place(archive_path()), "The archive of downloaded load profiles.", _has_archive),
    Entry(
        _place(key_path()),
        "How many wrong passwords each meter has been asked through a gateway.",
        lambda command: _is_program(command) or "wrong_keys" in command.takes,
    ),
    Entry(_place(config.Folders().log / diagnostics.FILE_NAME), "The log."),
)
ENVIRONMENT = (
    Entry(
        PASSWORD_VARIABLE,
        "The password of the meter, so that it need not stand in the list of processes.",
        lambda command: _is_program(command) or "password" in command.takes,
    ),
    Entry(location.VARIABLE, "The file of saved meters, where --profiles does not name one.", _has_profiles),
    Entry(config.VARIABLE, "The file of settings."),
    Entry(
        ", ".join(config.variable_of(key) for key in config.WANTED),
        "Each setting of the file of settings; see iec102-tui-config(5).",
        _is_program,
    ),
    Entry("NO_COLOR", "Draw without colours, when it is not empty.", lambda command: _opens_monitor(command)),
    Entry("XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME", "Other places for the files below."),
)


def _opens_monitor(command: Command) -> bool:
    return _is_program(command) or command.words[-1] == "replay"


# Pages


def page_of(command: Command, epoch: int) -> str:
    """The page of a command, section 1."""
    name = " ".join(command.words)
    lines = [*_head(command.page, 1, epoch, _name_line(command.summary))]
    usage = " ".join(command.command.collect_usage_pieces(command.context))
    lines += [".SH SYNOPSIS", f".B {_text(name)}", _text(usage), ".SH DESCRIPTION", *_paragraphs(command.command.help)]
    options = [
        record
        for parameter in command.command.get_params(command.context)
        if (record := parameter.get_help_record(command.context)) is not None and record[1]
    ]
    lines += [".SH OPTIONS", *_entries(options)]
    below = [each for each in _below(command) if len(each.words) == len(command.words) + 1]
    if below:
        lines += [".SH COMMANDS", *_entries((each.words[-1], f"{each.summary} See {each.page}(1).") for each in below)]
    if command.command.epilog:
        lines += [".SH NOTES", *_paragraphs(command.command.epilog)]
    lines += [".SH EXIT STATUS", *_entries((str(status), words) for status, words in EXIT_STATUSES.items())]
    lines += [".SH ENVIRONMENT", *_entries(each[:2] for each in ENVIRONMENT if each.of(command))]
    lines += [".SH FILES", *_entries(each[:2] for each in FILES if each.of(command))]
    lines += [".SH EXAMPLES", *_examples(EXAMPLES[name])]
    others = ("-".join(command.words[:-1]), *(each.page for each in below))
    lines += _see_also(*(f"{each}(1)" for each in others if each), "iec102-tui-profiles(5)", "iec102-tui-config(5)")
    return "\n".join(lines) + "\n"


def profiles_page(epoch: int) -> str:
    """The page of the file of saved meters, section 5."""
    lines = [*_head("iec102-tui-profiles", 5, epoch, "the saved meters of iec102-tui")]
    lines += [
        ".SH DESCRIPTION",
        *_paragraphs(
            "A TOML file with a table [profiles.NAME] for each meter. Only target is needed; what is left out has its "
            "default. An error in one meter leaves the others working, and `iec102-tui profiles check` names each.\n\n"
            "The monitor writes the file with mode 0600, because it may hold passwords, keeps comments and what it "
            "does not know, and leaves the version before as .bak."
        ),
        ".SH KEYS",
        *_entries((key, _key_words(key)) for key in SETTINGS),
        ".SH FILES",
        *_entries([FILES[0][:2]]),
        ".SH ENVIRONMENT",
        *_entries(each[:2] for each in ENVIRONMENT if each.name == location.VARIABLE),
        ".SH EXAMPLES",
        *_verbatim(_toml_blocks()[0]),
        *_see_also("iec102-tui(1)", "iec102-tui-profiles(1)", "iec102-tui-config(5)"),
    ]
    return "\n".join(lines) + "\n"


def _key_words(key: str) -> str:
    setting, default = SETTINGS[key], DEFAULTS.get(key)
    sentences = re.split(r"(?<=\.) ", setting.help)
    words = " ".join(each for each in sentences if not _OF_KEYS.search(each))
    parts = [words or re.sub(r" \([^)]*\)\.$", ".", setting.option), f"Value: {setting.wanted}."]
    if default is not None:
        parts.append(f"Default: {default}.")
    if setting.display:
        parts.append(f"On the meter's display: {setting.display}.")
    return " ".join(filter(None, parts))


def config_page(epoch: int) -> str:
    """The page of the settings of the program, section 5."""
    defaults = config.Config()
    lines = [*_head("iec102-tui-config", 5, epoch, "the settings of iec102-tui")]
    lines += [
        ".SH DESCRIPTION",
        *_paragraphs(
            "A TOML file. What the command line says comes first, then the environment, then this file, then the "
            "default. What is wrong in it is said, and what comes next in order stands in for it."
        ),
        ".SH KEYS",
        *_entries((key, _setting_words(key, defaults)) for key in config.WANTED),
        *_entries((f"[{name}]", _TABLES[name]) for name in vars(defaults) if name in _TABLES),
        *_entries((f"broker.{name}", f"Value: {key.wanted}.") for name, key in BROKER_KEYS.items()),
        ".SH FILES",
        *_entries([FILES[1][:2]]),
        ".SH ENVIRONMENT",
        *_entries([(config.VARIABLE, "Another file.")]),
        *_entries((config.variable_of(key), f"In place of {key}.") for key in config.WANTED),
        ".SH EXAMPLES",
        *_verbatim(_toml_blocks()[1]),
        *_see_also("iec102-tui(1)", "iec102-tui-profiles(5)"),
    ]
    return "\n".join(lines) + "\n"


_TABLES = {
    "broker": "The MQTT broker to which is published, by the keys that follow; more in docs/publishing.md.",
    "keys": "Other keys for actions, by the names that the help of the monitor shows.",
    "colours": f"Colours of frames, a filter of the frame log by each; the colours are {', '.join(config.COLOURS)}.",
}
"""What the settings that are tables hold."""


def _setting_words(key: str, defaults: config.Config) -> str:
    table, _, name = key.rpartition(".")
    value = getattr(defaults.folders if table else defaults, name)
    if isinstance(value, Path):
        value = _place(value)
    shown = str(value).lower() if isinstance(value, bool) else value
    return f"Value: {config.WANTED[key]}. Default: {shown}."


def _toml_blocks() -> list[str]:
    """The examples of the page about files: first a profile, then the settings; tests hold them against the program."""
    text = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    return re.findall(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


# What a page is made of

_ROFF = str.maketrans({"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "~": "\\(ti"})


def _head(name: str, section: int, epoch: int, words: str) -> Iterator[str]:
    date = time.strftime("%Y-%m-%d", time.gmtime(epoch))
    manual = "User Commands" if section == 1 else "File Formats"
    yield f'.TH "{_text(name.upper())}" {section} "{date}" "iec102\\-tui {version("iec102-tui")}" "{manual}"'
    yield from (".SH NAME", f"{_text(name)} \\- {_text(words)}")


def _name_line(words: str) -> str:
    words = words.strip().removesuffix(".")
    return words[:1].lower() + words[1:]


def _paragraphs(text: str | None) -> Iterator[str]:
    """Paragraphs as click writes them; what begins with \\b stands as it is."""
    for number, paragraph in enumerate(re.split(r"\n\s*\n", (text or "").strip())):
        if number:
            yield ".PP"
        if paragraph.lstrip().startswith("\b"):
            yield from _verbatim(paragraph.lstrip("\b\n"))
        else:
            yield _text(" ".join(paragraph.split()))


def _entries(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, words in rows:
        yield from (".TP", f"\\fB{_text(name)}\\fR", _text(" ".join(words.split())) or "\\&")


def _examples(rows: Mapping[str, str]) -> Iterator[str]:
    for line, words in rows.items():
        yield from (".PP", _text(words), *_verbatim(line))


def _verbatim(text: str) -> Iterator[str]:
    yield from (".nf", ".RS 4")
    yield from (_text(line) for line in text.rstrip("\n").split("\n"))
    yield from (".RE", ".fi")


def _see_also(*pages: str) -> Iterator[str]:
    yield ".SH SEE ALSO"
    yield ",\n".join(f"\\fB{_text(name)}\\fR({section}" for name, _, section in (page.partition("(") for page in pages))


def _text(text: str) -> str:
    """As roff takes it: no line of it is a request, and a minus sign can be copied."""
    escaped = (
        text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga").replace("~", "\\(ti")
    )
    return f"\\&{escaped}" if escaped.startswith(".") else escaped


def pages(epoch: int) -> Iterator[tuple[str, str]]:
    """File names and contents of all pages."""
    for command in commands():
        yield f"{command.page}.1", page_of(command, epoch)
    yield "iec102-tui-profiles.5", profiles_page(epoch)
    yield "iec102-tui-config.5", config_page(epoch)


def main() -> None:
    folder = Path(sys.argv[1])
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    for name, text in pages(epoch):
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
