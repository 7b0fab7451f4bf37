"""Man pages, made from the commands themselves: man_pages.py FOLDER writes one for each, and two for formats of files.

English ones into FOLDER, those of each other language into a folder of its name there. Runs with the program on
PYTHONPATH, in a process of its own: it changes HOME, so that paths begin with a tilde.
"""

from __future__ import annotations

import os
import re
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

_HOME = "/home/~"
_ENDLESS = 10_000
for _name in [name for name in os.environ if name.startswith(("XDG_", "IEC102_"))]:
    del os.environ[_name]
os.environ["HOME"] = _HOME

import click
import roff
from iec102_tui import config, diagnostics
from iec102_tui.archive.contents import default_path as archive_path
from iec102_tui.cli import cli, language
from iec102_tui.cli.group import summary
from iec102_tui.cli.language import in_language
from iec102_tui.cli.run import DONE, FAILED, FOUND, INTERRUPTED, WRONG_USE
from iec102_tui.meter_side.key_file import default_path as key_path
from iec102_tui.profiles import location
from iec102_tui.profiles.settings_table import DEFAULTS, PASSWORD_VARIABLE, SETTINGS
from iec102_tui.publish.settings import KEYS as BROKER_KEYS
from iec102_tui.words import languages, text
from iec102_tui.words.catalogue import read_messages
from iec102_tui.words.text import N_

# Sentences of the form about its keys.
_OF_KEYS = re.compile(r"^(Left and Right|Ctrl\+|Down lists|\w switches)")
LOCALE = Path(__file__).with_name("locale")
"""Catalogues of what the pages say besides the program: the program does without them."""

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES: Mapping[str, Mapping[str, str]] = tomllib.loads(
    Path(__file__).with_name("examples.toml").read_text(encoding="utf-8")
)
"""By the words of a command: command lines, and what each does."""
EXIT_STATUSES = {
    DONE: N_("Done, or ended by SIGTERM or a hang-up; a closed pipe too."),
    FAILED: N_(
        "The meter, the line or the program failed, or standard output is closed. One sentence on standard error says "
        "what, where, and what to check."
    ),
    WRONG_USE: N_("Wrong usage, unknown profile or kind of target, or an error in a profile."),
    FOUND: N_("What was asked to be verified has something wrong."),
    INTERRUPTED: N_("Ctrl+C."),
}


def _(template: str, /, **fields: object) -> str:
    """A sentence of the pages, else of the program, in the language that is spoken."""
    said = _said().get(template)
    return said.format_map(fields) if said and fields else said or text._(template, **fields)


@lru_cache(maxsize=1)
def _said() -> Mapping[str, str]:
    path = LOCALE / f"{languages.used()}.po"
    return read_messages(path.read_text(encoding="utf-8")).program if path.exists() else {}  # type: ignore[return-value]


def speak(name: str) -> None:
    """Makes the pages in this language from now on, with what click says too."""
    language.choose([language.OPTION, name], {})
    _said.cache_clear()


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
    program = in_language(cli)
    context = click.Context(program, info_name="iec102-tui", **_settings(program))
    words = _("monitor for electricity meters that speak IEC 60870-5-102")
    yield from _below(Command(("iec102-tui",), program, context, words))


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
    Entry(_place(location.default_path()), N_("The saved meters; see iec102-tui-profiles(5)."), _has_profiles),
    Entry(_place(config.default_path()), N_("Settings of the program; see iec102-tui-config(5).")),
    Entry(_place(archive_path()), N_("The archive of downloaded load profiles."), _has_archive),
    Entry(
        _place(key_path()),
        N_("How many wrong passwords each meter has been asked through a gateway."),
        lambda command: _is_program(command) or "wrong_keys" in command.takes,
    ),
    Entry(_place(config.Folders().log / diagnostics.FILE_NAME), N_("The log.")),
)
ENVIRONMENT = (
    Entry(
        PASSWORD_VARIABLE,
        N_("The password of the meter, so that it need not stand in the list of processes."),
        lambda command: _is_program(command) or "password" in command.takes,
    ),
    Entry(location.VARIABLE, N_("The file of saved meters, where --profiles does not name one."), _has_profiles),
    Entry(config.VARIABLE, N_("The file of settings.")),
    Entry(
        ", ".join(config.variable_of(key) for key in config.WANTED),
        N_("Each setting of the file of settings; see iec102-tui-config(5)."),
        _is_program,
    ),
    Entry("NO_COLOR", N_("Draw without colours, when it is not empty."), lambda command: _opens_monitor(command)),
    Entry("XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME", N_("Other places for the files below.")),
)


def _opens_monitor(command: Command) -> bool:
    return _is_program(command) or command.words[-1] == "replay"


# Pages


def page_of(command: Command, epoch: int) -> str:
    """The page of a command, section 1."""
    name = " ".join(command.words)
    lines = [*_head(command.page, 1, epoch, roff.name_line(command.summary))]
    usage = " ".join(command.command.collect_usage_pieces(command.context))
    lines += [
        roff.heading(_("SYNOPSIS")),
        f".B {roff.text(name)}",
        roff.text(usage),
        roff.heading(_("DESCRIPTION")),
        *roff.paragraphs(command.command.help),
    ]
    options = [
        record
        for parameter in command.command.get_params(command.context)
        if (record := parameter.get_help_record(command.context)) is not None and record[1]
    ]
    lines += [roff.heading(_("OPTIONS")), *roff.entries(options)]
    below = [each for each in _below(command) if len(each.words) == len(command.words) + 1]
    if below:
        lines += [
            roff.heading(_("COMMANDS")),
            *roff.entries(
                (each.words[-1], _("{summary} See {page}(1).", summary=each.summary, page=each.page)) for each in below
            ),
        ]
    if command.command.epilog:
        lines += [roff.heading(_("NOTES")), *roff.paragraphs(command.command.epilog)]
    lines += [
        roff.heading(_("EXIT STATUS")),
        *roff.entries((str(status), _(words)) for status, words in EXIT_STATUSES.items()),
    ]
    lines += [roff.heading(_("ENVIRONMENT")), *_rows(each for each in ENVIRONMENT if each.of(command))]
    lines += [roff.heading(_("FILES")), *_rows(each for each in FILES if each.of(command))]
    lines += [roff.heading(_("EXAMPLES")), *roff.examples((line, _(words)) for line, words in EXAMPLES[name].items())]
    others = ("-".join(command.words[:-1]), *(each.page for each in below))
    lines += _see_also(*(f"{each}(1)" for each in others if each), "iec102-tui-profiles(5)", "iec102-tui-config(5)")
    return "\n".join(lines) + "\n"


def profiles_page(epoch: int) -> str:
    """The page of the file of saved meters, section 5."""
    lines = [*_head("iec102-tui-profiles", 5, epoch, _("the saved meters of iec102-tui"))]
    lines += [
        roff.heading(_("DESCRIPTION")),
        *roff.paragraphs(
            _(
                "A TOML file with a table [profiles.NAME] for each meter. Only target is needed; what is left out has "
                "its default. An error in one meter leaves the others working, and `iec102-tui profiles check` names "
                "each."
            )
        ),
        ".PP",
        *roff.paragraphs(
            _(
                "The monitor writes the file with mode 0600, because it may hold passwords, keeps comments and what "
                "it does not know, and leaves the version before as .bak."
            )
        ),
        roff.heading(_("KEYS")),
        *roff.entries((key, _key_words(key)) for key in SETTINGS),
        roff.heading(_("FILES")),
        *_rows([FILES[0]]),
        roff.heading(_("ENVIRONMENT")),
        *_rows(each for each in ENVIRONMENT if each.name == location.VARIABLE),
        roff.heading(_("EXAMPLES")),
        *roff.verbatim(_toml_blocks()[0]),
        *_see_also("iec102-tui(1)", "iec102-tui-profiles(1)", "iec102-tui-config(5)"),
    ]
    return "\n".join(lines) + "\n"


def _key_words(key: str) -> str:
    setting, default = SETTINGS[key], DEFAULTS.get(key)
    english, said = (re.split(r"(?<=\.) ", words) for words in (setting.help, _(setting.help)))
    words = " ".join(each for own, each in zip(english, said, strict=True) if not _OF_KEYS.search(own))
    parts = [words or re.sub(r" \([^)]*\)\.$", ".", _(setting.option)), _("Value: {wanted}.", wanted=_(setting.wanted))]
    if default is not None:
        parts.append(_("Default: {default}.", default=default))
    if setting.display:
        parts.append(_("On the meter's display: {where}.", where=_(setting.display)))
    return " ".join(filter(None, parts))


def config_page(epoch: int) -> str:
    """The page of the settings of the program, section 5."""
    defaults = config.Config()
    lines = [*_head("iec102-tui-config", 5, epoch, _("the settings of iec102-tui"))]
    lines += [
        roff.heading(_("DESCRIPTION")),
        *roff.paragraphs(
            _(
                "A TOML file. What the command line says comes first, then the environment, then this file, then the "
                "default. What is wrong in it is said, and what comes next in order stands in for it."
            )
        ),
        roff.heading(_("KEYS")),
        *roff.entries((key, _setting_words(key, defaults)) for key in config.WANTED),
        *roff.entries(
            (f"[{name}]", _(_TABLES[name], colours=", ".join(config.COLOURS)))
            for name in vars(defaults)
            if name in _TABLES
        ),
        *roff.entries(
            (f"broker.{name}", _("Value: {wanted}.", wanted=_(key.wanted))) for name, key in BROKER_KEYS.items()
        ),
        roff.heading(_("FILES")),
        *_rows([FILES[1]]),
        roff.heading(_("ENVIRONMENT")),
        *roff.entries([(config.VARIABLE, _("Another file."))]),
        *roff.entries((config.variable_of(key), _("In place of {key}.", key=key)) for key in config.WANTED),
        roff.heading(_("EXAMPLES")),
        *roff.verbatim(_toml_blocks()[1]),
        *_see_also("iec102-tui(1)", "iec102-tui-profiles(5)"),
    ]
    return "\n".join(lines) + "\n"


_TABLES = {
    "broker": N_("The MQTT broker to which is published, by the keys that follow; more in docs/publishing.md."),
    "keys": N_("Other keys for actions, by the names that the help of the monitor shows."),
    "colours": N_("Colours of frames, a filter of the frame log by each; the colours are {colours}."),
}
"""What the settings that are tables hold."""


def _setting_words(key: str, defaults: config.Config) -> str:
    table, _dot, name = key.rpartition(".")
    value = getattr(defaults.folders if table else defaults, name)
    if isinstance(value, Path):
        value = _place(value)
    shown = str(value).lower() if isinstance(value, bool) else value
    return _("Value: {wanted}.", wanted=_(config.WANTED[key])) + " " + _("Default: {default}.", default=shown)


def _toml_blocks() -> list[str]:
    """The examples of the page about files: first a profile, then the settings; tests hold them against the program."""
    page = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    return re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


# What a page is made of


def _head(name: str, section: int, epoch: int, words: str) -> Iterator[str]:
    date = time.strftime("%Y-%m-%d", time.gmtime(epoch))
    manual = _("User Commands") if section == 1 else _("File Formats")
    yield f'.TH "{roff.text(name.upper())}" {section} "{date}" "iec102\\-tui {version("iec102-tui")}" "{manual}"'
    yield from (roff.heading(_("NAME")), f"{roff.text(name)} \\- {roff.text(words)}")


def _rows(found: Iterable[Entry]) -> Iterator[str]:
    return roff.entries((each.name, _(each.words)) for each in found)


def _see_also(*pages: str) -> Iterator[str]:
    yield roff.heading(_("SEE ALSO"))
    yield roff.references(pages)


def pages(epoch: int) -> Iterator[tuple[str, str]]:
    """File names and contents of all pages."""
    for command in commands():
        yield f"{command.page}.1", page_of(command, epoch)
    yield "iec102-tui-profiles.5", profiles_page(epoch)
    yield "iec102-tui-config.5", config_page(epoch)


def main() -> None:
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    for name in languages.LANGUAGES:
        speak(name)
        folder = Path(sys.argv[1], "" if name == languages.ENGLISH else name)
        folder.mkdir(exist_ok=True)
        for page, words in pages(epoch):
            (folder / page).write_text(words, encoding="utf-8")


if __name__ == "__main__":
    main()
