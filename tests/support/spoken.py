"""Another language for the time of a test: one that has a catalogue, or one that is English and 40 % longer."""

from __future__ import annotations

import contextlib
import math
import re
import sys
from collections.abc import Iterator
from functools import cached_property

from iec102.sentence import translated
from iec102.sentences import ENGLISH, Template
from iec102_tui.words import languages, text
from iec102_tui.words.numbers import NumberStyle, set_number_style, written
from iec102_tui.words.text import English

LONGER = "longer"
"""No language: each template with something behind it, so that one sees what there is no room for."""
HIDDEN = "hidden"
"""No language: no letter is left of what is translated, so that one sees what is not."""


class Made(English):
    """English of which each template is made into another, the library's too."""

    def gettext(self, message: str, /) -> str:
        raise NotImplementedError

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        return self.gettext(super().ngettext(msgid1, msgid2, n))

    def spoken(self, said: object, /) -> str:
        return translated(said, self._library, written)

    @cached_property
    def _library(self) -> dict[str, Template]:
        return {code: self._made(template) for code, template in ENGLISH.items()}

    def _made(self, template: Template) -> Template:
        if isinstance(template, str):
            return self.gettext(template)
        return self.gettext(template[0]), self.gettext(template[1])


class Longer(Made):
    """40 % longer."""

    def gettext(self, message: str, /) -> str:
        words = message.rstrip()
        return words + "~" * math.ceil(0.4 * len(words)) + message[len(words) :]


class Hidden(Made):
    """A dot for each letter of a template; what fills its fields stays."""

    def gettext(self, message: str, /) -> str:
        return re.sub(r"(\{[^{}]*\}|%\(\w+\)s)|[^\W\d_]", lambda found: found[1] or "·", message)


_MADE = {LONGER: Longer, HIDDEN: Hidden}


@contextlib.contextmanager
def spoken_in(name: str) -> Iterator[None]:
    """All of the program speaks it, numbers too."""
    _forget()
    languages.use(languages.ENGLISH if name in _MADE else name)
    if name in _MADE:
        text.speak(_MADE[name]())
        languages._name = name
    languages.typeset_numbers()
    try:
        yield
    finally:
        languages.use(languages.ENGLISH)
        set_number_style(NumberStyle())
        _forget()


def _forget() -> None:
    """What was said already is kept by some functions."""
    for name, module in list(sys.modules.items()):
        if name.startswith("iec102_tui"):
            for each in list(vars(module).values()):
                if hasattr(each, "cache_clear"):
                    each.cache_clear()
