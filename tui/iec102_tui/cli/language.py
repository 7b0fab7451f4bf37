"""Which language a command line speaks, and its help in that language.

What a command says of itself stands in its docstring and in the words of its options, in English. It is translated
here, in a copy of the command, so that a command has nothing to do for it.
"""

from __future__ import annotations

import copy
import gettext
import os
import re
from collections.abc import Mapping, Sequence
from inspect import cleandoc
from types import ModuleType

import click
from click import core, decorators, exceptions, formatting, parser, types

from iec102_tui.words import languages
from iec102_tui.words.text import N_, _, plural

OPTION = "--language"
CLICK: tuple[ModuleType, ...] = (core, decorators, exceptions, formatting, parser, types)
"""Modules of click with sentences of their own, each of which calls gettext by these names of its own."""
_OF_CLICK = (N_("required"), N_("integer range"), N_("float range"), N_("integer"), N_("float"))
"""What click puts into its sentences without marking it."""
_VERBATIM = "\b"
_ROW = re.compile(r"(\s*\S+: )(.+)")


def choose(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> None:
    """Speak what the command line says, else the settings, else the environment (`languages.wished`)."""
    languages.use(_of_arguments(arguments) or _of_settings(environment) or languages.wished(environment))
    english = languages.used() == languages.ENGLISH
    for module in CLICK:
        for name, of_english, other in (("_", gettext.gettext, _), ("ngettext", gettext.ngettext, plural)):
            if hasattr(module, name):
                setattr(module, name, of_english if english else other)


def _of_arguments(arguments: Sequence[str]) -> str:
    """Before click looks at them: `--help` is said in this language too, wherever it stands."""
    for place, word in enumerate(arguments):
        name, given, value = word.partition("=")
        if name == OPTION:
            value = value if given else next(iter(arguments[place + 1 :]), "")
            return value if value in languages.LANGUAGES else ""
    return ""


def _of_settings(environment: Mapping[str, str]) -> str:
    from iec102_tui import config  # not needed where the command line says it

    language = config.load(environment=environment)[0].language
    return language if language in languages.LANGUAGES else ""


def in_language(command: click.Command) -> click.Command:
    """The command with its help in the language that is spoken; itself where that is English."""
    if languages.used() == languages.ENGLISH:
        return command
    said = copy.copy(command)
    said.help, said.epilog, said.short_help = (
        text and help_words(text) for text in (command.help, command.epilog, command.short_help)
    )
    vars(said)["_help_option"] = None  # click keeps it, with its words
    said.params = [_in_language(parameter) for parameter in command.params]
    if isinstance(said, click.Group):
        said.commands = {name: in_language(below) for name, below in said.commands.items()}
    return said


def _in_language(parameter: click.Parameter) -> click.Parameter:
    if not isinstance(parameter, click.Option) or not parameter.help:
        return parameter
    said = copy.copy(parameter)
    said.help = help_words(parameter.help)
    if parameter.type.name in _OF_CLICK:
        said.type = copy.copy(parameter.type)
        said.type.name = _(parameter.type.name)
    return said


def help_words(text: str) -> str:
    """A help text in the language that is spoken, each of its paragraphs a template."""
    return "\n\n".join(
        "".join(before + _(words) for before, words in _parts(each)) for each in cleandoc(text).split("\n\n")
    )


def templates_of(text: str) -> list[str]:
    """What there is to translate in a help text."""
    return [words for each in cleandoc(text).split("\n\n") for _before, words in _parts(each) if words]


def _parts(paragraph: str) -> list[tuple[str, str]]:
    """What stays and what is translated, in turn. A listing (behind ``\\b``) keeps its lines and their names."""
    if not paragraph.startswith(_VERBATIM):
        return [("", " ".join(paragraph.split()))]
    parts = [(_VERBATIM, "")]
    for line in paragraph.split("\n")[1:]:
        row = _ROW.fullmatch(line)
        parts.append((f"\n{row[1]}", row[2]) if row else (f"\n{line}", ""))
    return parts
