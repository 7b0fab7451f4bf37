"""The index: commands, their parameters and the fixed values of these, as the command objects have them."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import platformdirs

from iec102_tui.cli.completion.candidates import SOURCE
from iec102_tui.cli.group import summary
from iec102_tui.words.languages import ENGLISH, used
from iec102_tui.words.text import _

_PACKAGE = Path(__file__).parents[2]
SHIPPED = _PACKAGE / "data" / "completion.json"
"""The index that a package brings along, in English: nothing of it changes until there is another package."""
_NAME = "completion.json"


class ParameterRow(NamedTuple):
    """An option or an argument.

    ``names``: none for an argument. ``takes``: how many words follow an option; of an argument, how many it is, -1 for
    any number. ``files``: "file", "dir" or empty. ``source``: the name of what is looked up. ``values``: pairs of a
    value and its words.
    """

    names: list[str]
    help: str
    takes: int
    multiple: bool
    files: str
    source: str
    values: list[list[str]]


class CommandRow(NamedTuple):
    """A command with what may follow it; its commands as pairs of their name and themselves, already as in JSON."""

    help: str
    options: list[list[Any]]
    arguments: list[list[Any]]
    commands: dict[str, Any]


def index(command: click.Command) -> CommandRow:
    """The index that was shipped, or the user's where it is of these very files, or one that is made and kept now."""
    if used() == ENGLISH:
        with contextlib.suppress(OSError, ValueError, TypeError):
            return CommandRow(*json.loads(SHIPPED.read_bytes()))
    of_files = _fingerprint()
    kept = platformdirs.user_cache_path("iec102-tui") / _NAME
    with contextlib.suppress(OSError, ValueError, TypeError):
        was, row = json.loads(kept.read_bytes())
        if was == of_files:
            return CommandRow(*row)
    made = make(command)
    with contextlib.suppress(OSError):
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = kept.with_name(f"{_NAME}.{os.getpid()}")
        new.write_text(json.dumps([of_files, made]))
        new.replace(kept)
    return made


def make(command: click.Command) -> CommandRow:
    """Loads all commands below this one and writes down what they say of themselves."""
    return _command(command, _context(command, None, "iec102-tui"), "")


def _command(command: click.Command, context: click.Context, words: str) -> CommandRow:
    parameters = [
        _parameter(each, context) for each in command.get_params(context) if not getattr(each, "hidden", False)
    ]
    commands = {}
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                commands[name] = _command(below, _context(below, context, name), summary(command, below, name))
    return CommandRow(
        words,
        [list(row) for row in parameters if row.names],
        [list(row) for row in parameters if not row.names],
        {name: list(row) for name, row in commands.items()},
    )


def _context(command: click.Command, parent: click.Context | None, name: str) -> click.Context:
    return click.Context(command, parent, name, resilient_parsing=True, **command.context_settings)


def _parameter(parameter: click.Parameter, context: click.Context) -> ParameterRow:
    option = parameter if isinstance(parameter, click.Option) else None
    takes = 0 if option is not None and (option.is_flag or option.count) else parameter.nargs
    items = parameter.shell_complete(context, "")
    return ParameterRow(
        [*option.opts, *option.secondary_opts] if option is not None else [],
        (option.help or "") if option is not None else "",
        takes,
        parameter.multiple or bool(option is not None and option.count),
        next((item.type for item in items if item.type in ("file", "dir")), ""),
        next((item.value for item in items if item.type == SOURCE), ""),
        [[item.value, _(item.help or "")] for item in items if item.type == "plain"],
    )


def _fingerprint() -> str:
    """Of the language, the program's files and the library's: it changes when one of them does."""
    import iec102

    roots = (_PACKAGE, Path(iec102.__file__).parent)
    return repr((used(), sorted(line for root in roots for line in _stamps(str(root)))))


def _stamps(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _stamps(entry.path)
            elif entry.name.endswith((".py", ".po")):
                status = entry.stat()
                yield f"{entry.path} {status.st_size} {status.st_mtime_ns}"
