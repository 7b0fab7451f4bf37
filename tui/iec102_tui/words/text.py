"""A sentence that a person reads, in the language of the program: ``_``, ``ngettext``, ``N_`` and ``spoken``.

A sentence is a whole template with named fields, marked where it stands, so that xgettext and pybabel find it::

    _("{path} cannot be written: {why}", path=path, why=error)
    ngettext("{count} record", "{count} records", count)
    STATES = {Phase.IDLE: N_("not connected")}      # looked up later, by _(STATES[phase])

Never an f-string, never half a sentence joined to another: the order of words is the language's own. A field takes a
format (``{seconds:.1f}``); a sentence of the library, or an error that carries one, is a field like any other, and is
spoken in the same language. Without fields a template is taken as it stands, braces and all.

English is the templates themselves. ``speak`` gives another language (`languages.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from iec102.sentence import Sentence

from iec102_tui.words.numbers import written


class Language(Protocol):
    """What ``_``, ``ngettext`` and ``spoken`` ask; ``gettext`` and ``ngettext`` are as in the standard library."""

    def gettext(self, message: str, /) -> str:
        """The template in this language; the same where it has none."""

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        """The template for ``n`` of something."""

    def spoken(self, said: object, /) -> str:
        """A sentence of the library, or an error that carries one."""


class English:
    """The language that templates are written in."""

    def gettext(self, message: str, /) -> str:
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        return msgid1 if n == 1 else msgid2

    def spoken(self, said: object, /) -> str:
        return str(said)


class Marked(str):
    """A template with its fields, for later; as text it is English."""

    __slots__ = ("fields", "template")
    template: str
    fields: Mapping[str, Any]


_language: Language = English()


def speak(language: Language) -> None:
    """Say everything from now on in this language. What is shown already stays."""
    global _language
    _language = language


def _(template: str, /, **fields: object) -> str:
    """The sentence of a template with its fields filled in."""
    if isinstance(template, Marked):
        return _(template.template, **template.fields)
    return _filled(_language.gettext(template), template, fields) if fields else _language.gettext(template)


def ngettext(one: str, many: str, count: int, /, **fields: object) -> str:
    """The sentence for ``count`` of something, which is a field too: ``{count}``."""
    english = one if count == 1 else many
    return _filled(_language.ngettext(one, many, count), english, {"count": count, **fields})


def plural(one: str, many: str, count: int, /) -> str:
    """The template for ``count`` of something, for who fills it in by other means."""
    return _language.ngettext(one, many, count)


def N_(template: str, /, **fields: object) -> str:
    """Mark a template that ``_`` is given later, such as one in a table; its fields may be known already."""
    if not fields:
        return template
    marked = Marked(template.format_map(fields))
    marked.template, marked.fields = template, fields
    return marked


def spoken(said: object) -> str:
    """A sentence of the library, an error, or what was marked with its fields, as a person reads it."""
    return _(said) if isinstance(said, Marked) else _language.spoken(said)


_SPOKEN = (Sentence, Marked, Exception)


def _filled(template: str, english: str, fields: Mapping[str, object]) -> str:
    said = {name: spoken(value) if isinstance(value, _SPOKEN) else written(value) for name, value in fields.items()}
    try:
        return template.format_map(said)
    except (LookupError, ValueError):
        if template == english:
            raise
        return english.format_map(said)  # a slip in a catalogue must not hide what happened
