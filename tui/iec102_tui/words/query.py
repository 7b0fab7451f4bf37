"""The grammar that all filters share: conditions of a language, joined by and, or, not and brackets.

::

    expression  = condition { ["and" | "or"] condition }        "and" binds closer, and may be left out
    condition   = "not" condition | "(" expression ")" | FIELD OPERATOR VALUE | WORD | text | '"' text '"'

Which fields and words there are, and what other text means, a ``QueryLanguage`` says.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import ClassVar, Generic, TypeVar

from iec102.errors import InvalidSetting

from iec102_tui.words.plain_text import quoted
from iec102_tui.words.text import _

T = TypeVar("T")
Condition = Callable[[T], bool]

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TOKEN = re.compile(r'\s*(?:(")([^"]*)("?)|([()])|(==|!=|<=|>=|=|<|>)|([^\s()=<>!"]+|!))')


class QueryLanguage(Generic[T]):
    """What a kind of filter can ask. ``words`` are conditions by themselves, ``fields`` are compared with a value."""

    EXAMPLE: ClassVar[str]
    """A condition, as sentences show it."""
    JOINED: ClassVar[re.Pattern[str] | None] = None
    """Words that are one condition when they follow one another, such as bytes."""

    def __init__(self, words: Mapping[str, Condition[T]], fields: Collection[str]) -> None:
        self.words = words
        self.fields = fields

    def comparison(self, name: str, sign: str, value: str) -> Condition[T]:
        """The condition of a field. Raises InvalidSetting."""
        raise NotImplementedError

    def text(self, text: str) -> Condition[T]:
        """The condition that any other text is."""
        raise NotImplementedError

    def joined(self, parts: Sequence[str]) -> Condition[T]:
        """The condition of words that follow one another."""
        raise NotImplementedError

    def example(self, name: str) -> str:
        """A condition of a field."""
        return f"{name}=1"


def parse_query(text: str, language: QueryLanguage[T]) -> Condition[T]:
    """The condition that a text means. Raises InvalidSetting, with one sentence on what is wrong."""
    return _Parser(_tokens(text), language).whole()


def number_of(name: str, value: str) -> int:
    """A whole number that a field is compared with. Raises InvalidSetting."""
    if not (value.isascii() and value.isdigit()):
        raise InvalidSetting(
            _("{name} is compared with a whole number, not with {value}", name=name, value=quoted(value))
        )
    return int(value)


def last_word(text: str) -> tuple[str, str]:
    """What stands before the last word of a query, and that word."""
    last = re.split(r"[\s(]", text)[-1]
    return text[: len(text) - len(last)], last


class _Token(str):
    """A word, an operator or a bracket; ``quoted`` text is text and nothing else."""

    quoted = False


class _Quoted(_Token):
    quoted = True


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None
        opening, inside, closing, bracket, comparison, word = match.groups()
        if opening and not closing:
            raise InvalidSetting(_('a quotation mark (") is not closed'))
        tokens.append(_Quoted(inside) if opening else _Token(bracket or comparison or word))
        position = match.end()
    return tokens


class _Parser(Generic[T]):
    """One pass from left to right."""

    def __init__(self, tokens: list[_Token], language: QueryLanguage[T]) -> None:
        self._tokens = tokens
        self._language = language
        self._next = 0

    def whole(self) -> Condition[T]:
        if not self._tokens:
            raise InvalidSetting(_("there is nothing to filter by, such as {example}", example=self._language.EXAMPLE))
        found = self._either()
        if (rest := self._peek()) is not None:
            raise InvalidSetting(_("there is no bracket that ) closes") if rest == ")" else _stray(rest))
        return found

    def _either(self) -> Condition[T]:
        parts = [self._all()]
        while self._take("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda record: any(accepts(record) for accepts in parts)

    def _all(self) -> Condition[T]:
        parts = [self._condition()]
        while self._take("and") or self._begins():
            parts.append(self._condition())
        return parts[0] if len(parts) == 1 else lambda record: all(accepts(record) for accepts in parts)

    def _condition(self) -> Condition[T]:
        if self._take("not"):
            wrong = self._condition()
            return lambda record: not wrong(record)
        if self._take("("):
            inside = self._either()
            if not self._take(")"):
                raise InvalidSetting(_("a bracket is not closed: ) is missing"))
            return inside
        part = self._peek()
        if part is None or part in ("and", "or", ")"):
            before = self._tokens[self._next - 1] if self._next else _("the beginning")
            example = self._language.EXAMPLE
            raise InvalidSetting(
                _("a condition is missing behind {before}, such as {example}", before=before, example=example)
            )
        self._next += 1
        following = self._peek()
        if following in OPERATORS and not following.quoted and not part.quoted:
            self._next += 1
            return self._comparison(part.lower(), following)
        return self._plain(part)

    def _comparison(self, name: str, sign: str) -> Condition[T]:
        value = self._peek()
        if value is None or value in ("and", "or", "(", ")"):
            raise InvalidSetting(_("a value is missing behind {name}{sign}", name=name, sign=sign))
        self._next += 1
        if name not in self._language.fields:
            known = ", ".join(self._language.fields)
            raise InvalidSetting(_("{name} is no field: there are {known}", name=quoted(name), known=known))
        return self._language.comparison(name, sign, value)

    def _plain(self, part: _Token) -> Condition[T]:
        language = self._language
        if part.quoted:
            return language.text(part)
        if part in OPERATORS or part == "!":
            raise InvalidSetting(_stray(part))
        if part.lower() in ("and", "or", "not", *language.fields):
            example = language.example(part)
            raise InvalidSetting(_("{part} needs a value, such as {example}", part=part, example=example))
        if part.lower() in language.words:
            return language.words[part.lower()]
        if language.JOINED is None or not language.JOINED.fullmatch(part):
            return language.text(part)
        parts = [str(part)]
        while (more := self._peek()) is not None and not more.quoted and language.JOINED.fullmatch(more):
            parts.append(more)
            self._next += 1
        return language.joined(parts)

    def _begins(self) -> bool:
        """A condition begins here, without an "and" in front."""
        part = self._peek()
        return part is not None and (part.quoted or part not in ("or", ")", *OPERATORS, "!"))

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, word: str) -> bool:
        part = self._peek()
        taken = part is not None and not part.quoted and part.lower() == word
        self._next += taken
        return taken


def _stray(part: str) -> str:
    return _("{part} compares nothing: write it between a field and a number, as in cause>=13", part=part)
