#!/usr/bin/env python3
"""Brings the catalogues of the program up to date: python packaging/catalogue.py

Takes every message out of the program and the library, keeps what is translated already, drops what is no longer said,
and names what is missing. Nothing is guessed: a message that has changed is a new one.

Most messages are marked where they stand. What the commands and the bindings say of themselves is taken from the
objects, and what click says from its files. What the man pages say besides has catalogues in packaging/locale.
"""

from __future__ import annotations

import ast
import functools
import importlib
import pkgutil
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import click
import iec102_tui
from iec102.asdu import names
from iec102.asdu.catalogue import CATALOGUE
from iec102.meter.signals import SIGNALS
from iec102.open import SCHEMES
from iec102.sentences import ENGLISH
from iec102_tui.cli import cli
from iec102_tui.cli.language import CLICK, templates_of
from iec102_tui.panes.pane import Pane
from iec102_tui.words.catalogue import LOCALE, entries
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Input

PROGRAM = Path(iec102_tui.__file__).parent
PAGES = Path(__file__).with_name("man_pages.py")
MARKS = {"_": 1, "N_": 1, "ngettext": 2}
"""How many templates each takes."""
_MARKED = re.compile(rf"\b(?:{'|'.join(MARKS)})\(")
_HEAD = """\
# The sentences of iec102-tui in {name}; made by packaging/catalogue.py.
msgid ""
msgstr ""
"Language: {name}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""


class Message(NamedTuple):
    """What there is to translate: of the library with its code, of one and many with both."""

    code: str
    one: str
    many: str = ""


class Place(NamedTuple):
    """Where a message stands, and what a translator should know."""

    file: str
    note: str = ""


@functools.cache
def messages() -> Mapping[Message, Place]:
    """Every message of the program, of the library and of click, in the order of a catalogue."""
    found: dict[Message, Place] = {}
    for message, place in (*_of_library(), *_of_program(), *_of_commands(), *_of_keys(), *_of_names(), *_of_click()):
        if re.search("[A-Za-z]", message.one):
            found.setdefault(message, place)
    return _once(found)


def messages_of_pages() -> Mapping[Message, Place]:
    """What the man pages say besides the program, which needs none of it."""
    found: dict[Message, Place] = {}
    examples = tomllib.loads(PAGES.with_name("examples.toml").read_text(encoding="utf-8"))
    of_examples = ((Message("", words), Place("examples")) for rows in examples.values() for words in rows.values())
    program = messages()
    for message, place in (*_marked(PAGES, PAGES.name), *of_examples):
        if message not in program:
            found.setdefault(message, place)
    return _once(found)


def _once(found: dict[Message, Place]) -> dict[Message, Place]:
    """Without what stands as one of a pair too."""
    pairs = {message.one for message in found if message.many}
    return {message: place for message, place in found.items() if message.many or message.one not in pairs}


def _of_library() -> Iterator[tuple[Message, Place]]:
    for code, template in ENGLISH.items():
        one, many = (template, "") if isinstance(template, str) else template
        yield Message(code, one, many), Place("iec102/sentences.py")


def _of_program() -> Iterator[tuple[Message, Place]]:
    for path in sorted(PROGRAM.rglob("*.py")):
        yield from _marked(path, str(path.relative_to(PROGRAM)))


def _of_click() -> Iterator[tuple[Message, Place]]:
    for module in CLICK:
        yield from _marked(Path(str(module.__file__)), "click")


def _marked(path: Path, name: str) -> Iterator[tuple[Message, Place]]:
    text = path.read_text(encoding="utf-8")
    if not _MARKED.search(text):
        return
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and (count := MARKS.get(node.func.id)):
            place = Place(name, _note(lines, node.lineno))
            texts = [list(_texts(each)) for each in node.args[:count]]
            if count == 2 and all(texts):
                yield Message("", texts[0][0], texts[1][0]), place
            elif count == 1 and texts:
                yield from ((Message("", each), place) for each in texts[0])


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))


def _note(lines: list[str], number: int) -> str:
    """The comment for translators above a line."""
    comment: list[str] = []
    for line in reversed(lines[: number - 1]):
        if not line.strip().startswith("#"):
            break
        comment.insert(0, line.strip().lstrip("# "))
    return " ".join(comment) if comment and comment[0].startswith("Translators:") else ""


def _of_commands() -> Iterator[tuple[Message, Place]]:
    for command in _commands(cli, click.Context(cli)):
        texts = [command.help, command.epilog, command.short_help]
        texts += [option.help for option in command.params if isinstance(option, click.Option) and not option.hidden]
        for text in filter(None, texts):
            yield from ((Message("", each), Place(f"the help of {command.name}")) for each in templates_of(text))


def _commands(command: click.Command, context: click.Context) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            if (below := command.get_command(context, name)) is not None:
                yield from _commands(below, context)


def _of_keys() -> Iterator[tuple[Message, Place]]:
    for module in pkgutil.walk_packages(iec102_tui.__path__, "iec102_tui."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for owner in (*_below(DOMNode), Input, Screen):
        place = Place("textual" if owner in (Input, Screen) else f"the keys of {owner.__name__}")
        if issubclass(owner, Pane) and owner is not Pane:
            yield Message("", owner.TITLE), place
        for binding in owner.BINDINGS:
            if isinstance(binding, Binding) and not binding.system:
                yield from ((Message("", text), place) for text in (binding.description, binding.tooltip) if text)


def _below(owner: type[DOMNode]) -> list[type[DOMNode]]:
    found = {each for one in owner.__subclasses__() for each in (one, *_below(one))}
    ours = (each for each in found if each.__module__.startswith("iec102_tui"))
    return sorted(ours, key=lambda each: (each.__module__, each.__name__))


def _of_names() -> Iterator[tuple[Message, Place]]:
    """What the library names, which the screen shows in the language and documents as it is."""
    place = Place("names")
    tables: tuple[Iterable[str], ...] = (
        (text for signal in SIGNALS for text in (signal.group, signal.label)),
        (row.name for row in CATALOGUE.values()),
        names.CAUSES.values(),
        names.RECORDS.values(),
        names.OBJECTS.values(),
        names.EVENTS.values(),
        (text for scheme in SCHEMES.values() for text in (scheme.title, *_of_fields(scheme.fields))),
    )
    yield from ((Message("", text), place) for table in tables for text in table if text)


def _of_fields(fields: Iterable[object]) -> Iterator[str]:
    for field in fields:
        yield from (text for text in _words_of(field) if isinstance(text, str))


def _words_of(field: object) -> list[object]:
    return [getattr(field, name) for name in ("label", "help", "wanted") if hasattr(field, name)]


# What is written


def catalogue_text(name: str, found: Mapping[Message, Place], said: dict[Message, tuple[str, str]]) -> str:
    """The text of a catalogue with what is translated of all messages."""
    blocks = [_HEAD.format(name=name)]
    for message, place in found.items():
        one, many = said.get(message, ("", ""))
        lines = [f"#. {place.note}"] if place.note else []
        lines.append(f"#: {place.file.replace(' ', '_')}")
        lines += [f"msgctxt {_quoted(message.code)}"] if message.code else []
        lines.append(f"msgid {_quoted(message.one)}")
        if message.many:
            lines += [
                f"msgid_plural {_quoted(message.many)}",
                f"msgstr[0] {_quoted(one)}",
                f"msgstr[1] {_quoted(many)}",
            ]
        else:
            lines.append(f"msgstr {_quoted(one)}")
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def translations(text: str) -> dict[Message, tuple[str, str]]:
    """What a catalogue says already."""
    found = (entry for entry in entries(text) if entry[1] and entry[3])
    return {Message(code, one, many): (said, of_many) for code, one, many, said, of_many in found}


CATALOGUES: Mapping[Path, Callable[[], Mapping[Message, Place]]] = {
    LOCALE: messages,
    PAGES.with_name("locale"): messages_of_pages,
}
"""Folders of catalogues, and what is said in each."""


def main() -> None:
    for folder, said_there in CATALOGUES.items():
        bring_up_to_date(folder, said_there())


def bring_up_to_date(folder: Path, found: Mapping[Message, Place]) -> None:
    """Writes the catalogues of a folder anew, and names what is missing."""
    for path in sorted(folder.glob("*.po")):
        said = translations(path.read_text(encoding="utf-8"))
        path.write_text(catalogue_text(path.stem, found, said), encoding="utf-8")
        missing = [message for message in found if message not in said]
        print(f"{path}: {len(found)} messages, {len(missing)} missing", file=sys.stderr)
        for message in missing:
            print(f"{message.code}\t{message.one!r}\t{message.many!r}" if message.many or message.code else message.one)


if __name__ == "__main__":
    main()
