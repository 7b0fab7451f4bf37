"""A catalogue of gettext, read as it stands: ``locale/es.po``.

Its text is read at the first sentence that needs it, by one regular expression in 4 ms. Its compiled form would be a
second file, made at each build and stale in a checkout, for 1 ms less. `packaging/catalogue.py` brings it up to date.

A message of the library has its code as its context, so that one template may be said differently for two codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from iec102.sentence import translated
from iec102.sentences import Template

from iec102_tui.words.numbers import written

LOCALE = Path(__file__).parent / "locale"

_MESSAGE = re.compile(
    r'^(?:msgctxt "(?P<code>.*)"\n)?'
    r'msgid "(?P<one>.*)"\n(?:msgid_plural "(?P<many>.*)"\n)?'
    r'msgstr(?:\[0\])? "(?P<said>.*)"(?:\nmsgstr\[1\] "(?P<said_of_many>.*)")?$',
    re.MULTILINE,
)
_CONTINUED = '"\n"'
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t"}


class Messages(NamedTuple):
    """What a catalogue says: of the program by template, of the library by code. What it has not is left out."""

    program: dict[str, Template]
    library: dict[str, Template]


def entries(text: str) -> Iterator[Sequence[str]]:
    """Every entry of the text of a catalogue whose plural is that of English: one, and any other count.

    It is a code (empty in the program), the template for one, that for many (empty where there is one for all), and
    what these two are in the language.
    """
    for found in _MESSAGE.findall(text.replace(_CONTINUED, "")):
        yield [_plain(part) for part in found] if "\\" in "".join(found) else found


def read_messages(text: str) -> Messages:
    """What the text of a catalogue says, without its head."""
    messages = Messages({}, {})
    for code, one, many, said, said_of_many in entries(text):
        if one and said and bool(many) is bool(said_of_many):
            place, key = (messages.library, code) if code else (messages.program, one)
            place[key] = (said, said_of_many) if many else said
    return messages


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), text)


class Catalogue:
    """A language that has a catalogue; what is not in it is said in English."""

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def _messages(self) -> Messages:
        return read_messages((LOCALE / f"{self.name}.po").read_text(encoding="utf-8"))

    def gettext(self, message: str, /) -> str:
        found = self._messages.program.get(message, message)
        return found if isinstance(found, str) else found[0]

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        found = self._messages.program.get(msgid1)
        return found[n != 1] if isinstance(found, tuple) else self.gettext((msgid1, msgid2)[n != 1])

    def spoken(self, said: object, /) -> str:
        return translated(said, self._messages.library, written)
