"""Another language for the time of a test: one that has a catalogue, or one that is English and 40 % longer."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Iterator

from iec102_tui.words import languages, text
from iec102_tui.words.numbers import NumberStyle, set_number_style
from iec102_tui.words.text import English

LONGER = "longer"
"""No language: each template with something behind it, so that one sees what there is no room for."""


class Longer(English):
    """English 40 % longer."""

    def gettext(self, message: str, /) -> str:
        words = message.rstrip()
        return words + "~" * math.ceil(0.4 * len(words)) + message[len(words) :]

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        return self.gettext(super().ngettext(msgid1, msgid2, n))


@contextlib.contextmanager
def spoken_in(name: str) -> Iterator[None]:
    """All of the program speaks it, numbers too."""
    _forget()
    languages.use(languages.ENGLISH if name == LONGER else name)
    if name == LONGER:
        text.speak(Longer())
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
