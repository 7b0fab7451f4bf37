"""The program's sentences in English, by their codes. A sentence of the program is a ``Told``."""

from __future__ import annotations

from iec102.sentence import Sentence
from iec102.sentences import Template

ENGLISH: dict[str, Template] = {
    "search.no_port": "none of the {ports} ports can be used: {error}",
    "search.nothing_on": "{line}: {found}",
}


class Told(Sentence):
    """A sentence of the program, or a part of one."""

    __slots__ = ()
    templates = ENGLISH
