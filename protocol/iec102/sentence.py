"""A sentence that a person reads is a code and named fields; its English is made from both, by ``sentences.ENGLISH``.

A template names its fields (``{name}``, with a format where a value has one, such as ``{seconds:g}``). Two templates
are for one and for many, which the field ``count`` decides. A field may be a sentence, or an error that carries one.
``translated`` makes the same sentence by the templates of another language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from iec102.sentences import ENGLISH, Template


class Sentence(str):
    """A sentence or a part of one, as text in English, with the ``code`` and the ``fields`` that it is made of.

    A program with sentences of its own derives from it and gives its own ``templates``. Raises KeyError for an unknown
    code and for a field that is missing.
    """

    __slots__ = ("code", "fields")
    templates: ClassVar[Mapping[str, Template]] = ENGLISH
    code: str
    fields: Mapping[str, Any]

    def __new__(cls, code: str, /, **fields: object) -> Sentence:
        made = super().__new__(cls, _filled(cls.templates[code], fields))
        made.code = code
        made.fields = fields
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.code,), dict(self.fields)


def parts_of(said: object) -> Iterator[object]:
    """A sentence, the values of its fields and of the sentences among them; what is no sentence stands alone.

    Tells what a sentence is about, such as its line, without a look at its words.
    """
    sentence = getattr(said, "sentence", said)
    yield sentence
    if isinstance(sentence, Sentence):
        for value in sentence.fields.values():
            yield from parts_of(value)


def translated(
    said: object, templates: Mapping[str, Template], written: Callable[[object], object] = lambda value: value
) -> str:
    """A sentence, or an error that carries one, by other templates. English stays where they have no such code.

    ``written`` makes of a field what is formatted, such as a number with a decimal comma.
    """
    sentence = getattr(said, "sentence", said)
    if not isinstance(sentence, Sentence):
        return str(said)
    template = templates.get(sentence.code, sentence.templates[sentence.code])
    spoken = (Sentence, Exception)
    fields = {
        name: translated(value, templates, written) if isinstance(value, spoken) else written(value)
        for name, value in sentence.fields.items()
    }
    return _filled(template, fields)


def listed(words: tuple[str, ...]) -> str:
    """``1 and 2 and 3``."""
    first, *others = words
    for word in others:
        first = Sentence("list.and", before=first, last=word)
    return first


def _filled(template: Template, fields: Mapping[str, Any]) -> str:
    if isinstance(template, tuple):
        template = template[fields["count"] != 1]
    return template.format_map(fields)
