"""The language of filters and searches in the frame log.

::

    expression  = condition { ["and" | "or"] condition }        "and" binds closer, and may be left out
    condition   = "not" condition | "(" expression ")" | FIELD OPERATOR NUMBER | "dir" ("=" | "!=") ("tx" | "rx")
                | WORD | byte { byte } | text | '"' text '"'
    FIELD       = type cause rec point addr fn len
    OPERATOR    = "=" "!=" "<" "<=" ">" ">="
    WORD        = bad repeat late unmatched echo masked gateway
    byte        = two hexadecimal digits: these bytes stand in the frame one after the other

Any other text stands in the frame's line of plain words, capitals or not.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from iec102.asdu.asdu import CAUSE, HEADER
from iec102.errors import InvalidSetting
from iec102.link import Frame, Garbage
from iec102.transport.tap import Direction, Note, TapRecord

from iec102_tui.captures.frame_text import masked, meaning_of
from iec102_tui.words.frame_words import service_words, values_of
from iec102_tui.words.plain_text import quoted
from iec102_tui.words.text import _

Filter = Callable[[TapRecord], bool]

_OPERATORS: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TOKEN = re.compile(r'\s*(?:(")([^"]*)("?)|([()])|(==|!=|<=|>=|=|<|>)|([^\s()=<>!"]+|!))')
_BYTE = re.compile("[0-9a-f]{2}", re.IGNORECASE)


def _asdu(record: TapRecord) -> bytes | None:
    """An ASDU with a whole header."""
    item = record.item
    return item.asdu if isinstance(item, Frame) and item.asdu is not None and len(item.asdu) >= HEADER else None


def _of_asdu(pick: Callable[[bytes], int]) -> Callable[[TapRecord], int | None]:
    def field(record: TapRecord) -> int | None:
        asdu = _asdu(record)
        return None if asdu is None else pick(asdu)

    return field


def _of_frame(pick: Callable[[Frame], int]) -> Callable[[TapRecord], int | None]:
    return lambda record: pick(record.item) if isinstance(record.item, Frame) else None


_FIELDS: dict[str, Callable[[TapRecord], int | None]] = {
    "type": _of_asdu(lambda asdu: asdu[0]),
    "cause": _of_asdu(lambda asdu: asdu[2] & CAUSE),
    "rec": _of_asdu(lambda asdu: asdu[5]),
    "point": _of_asdu(lambda asdu: int.from_bytes(asdu[3:5], "little")),
    "addr": _of_frame(lambda frame: frame.address),
    "fn": _of_frame(lambda frame: frame.function),
    "len": lambda record: len(_bytes(record)),
}
_WORDS: dict[str, Filter] = {
    "bad": lambda record: isinstance(record.item, Garbage),
    "repeat": lambda record: record.repeat,
    "late": lambda record: record.note == Note.LATE,
    "unmatched": lambda record: bool(record.note) and record.note not in (Note.LATE, Note.ECHO, Note.DAMAGED_ECHO),
    "echo": lambda record: record.note in (Note.ECHO, Note.DAMAGED_ECHO),
    "masked": lambda record: bool(masked(record)),
    "gateway": lambda record: bool(record.client),
}
_DIRECTION = "dir"
_NOT_TEXT = {"and", "or", "not", _DIRECTION, *_FIELDS}


def parse(text: str) -> Filter:
    """The filter that a text means. Raises InvalidSetting, with one sentence on what is wrong."""
    return _Parser(_tokens(text)).whole()


def completions(text: str) -> list[str]:
    """Whole texts that this one may become by finishing its last word."""
    last = re.split(r"[\s(]", text)[-1]
    start = text[: len(text) - len(last)]
    direction, _equals, side = last.partition("=")
    if direction == _DIRECTION:
        words = [f"dir={value}" for value in Direction if value.startswith(side)]
    else:
        every = [*(f"{name}=" for name in _FIELDS), "dir=", *_WORDS, "and", "or", "not"]
        words = [word for word in every if word.startswith(last.lower())]
    return [start + word for word in words if word != last]


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


class _Parser:
    """One pass from left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0

    def whole(self) -> Filter:
        if not self._tokens:
            raise InvalidSetting(_("there is nothing to filter by, such as type=163"))
        found = self._either()
        if (rest := self._peek()) is not None:
            raise InvalidSetting(_("there is no bracket that ) closes") if rest == ")" else _stray(rest))
        return found

    def _either(self) -> Filter:
        parts = [self._all()]
        while self._take("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda record: any(accepts(record) for accepts in parts)

    def _all(self) -> Filter:
        parts = [self._condition()]
        while self._take("and") or self._begins():
            parts.append(self._condition())
        return parts[0] if len(parts) == 1 else lambda record: all(accepts(record) for accepts in parts)

    def _condition(self) -> Filter:
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
            raise InvalidSetting(_("a condition is missing behind {before}, such as type=163", before=before))
        self._next += 1
        following = self._peek()
        if following in _OPERATORS and not following.quoted and not part.quoted:
            self._next += 1
            return self._comparison(part.lower(), following)
        return self._plain(part)

    def _comparison(self, name: str, sign: str) -> Filter:
        value = self._peek()
        if value is None or value in ("and", "or", "(", ")"):
            raise InvalidSetting(_("a value is missing behind {name}{sign}", name=name, sign=sign))
        self._next += 1
        if name == _DIRECTION:
            return _direction(sign, value.lower())
        if name not in _FIELDS:
            raise InvalidSetting(
                _("{name} is no field: there are {known}", name=quoted(name), known=", ".join((*_FIELDS, _DIRECTION)))
            )
        if not (value.isascii() and value.isdigit()):
            raise InvalidSetting(
                _("{name} is compared with a whole number, not with {value}", name=name, value=quoted(value))
            )
        field, compare, number = _FIELDS[name], _OPERATORS[sign], int(value)

        def holds(record: TapRecord) -> bool:
            found = field(record)
            return found is not None and compare(found, number)

        return holds

    def _plain(self, part: _Token) -> Filter:
        if part.quoted:
            return _text(part)
        if part in _OPERATORS or part == "!":
            raise InvalidSetting(_stray(part))
        if part.lower() in _NOT_TEXT:
            example = "dir=rx" if part == _DIRECTION else f"{part}=1"
            raise InvalidSetting(_("{part} needs a value, such as {example}", part=part, example=example))
        if part.lower() in _WORDS:
            return _WORDS[part.lower()]
        if not _BYTE.fullmatch(part):
            return _text(part)
        digits = str(part)
        while (more := self._peek()) is not None and not more.quoted and _BYTE.fullmatch(more):
            digits += more
            self._next += 1
        return _contains(bytes.fromhex(digits))

    def _begins(self) -> bool:
        """A condition begins here, without an "and" in front."""
        part = self._peek()
        return part is not None and (part.quoted or part not in ("or", ")", *_OPERATORS, "!"))

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, word: str) -> bool:
        part = self._peek()
        taken = part is not None and not part.quoted and part.lower() == word
        self._next += taken
        return taken


def _stray(part: str) -> str:
    return _("{part} compares nothing: write it between a field and a number, as in cause>=13", part=part)


def _direction(sign: str, value: str) -> Filter:
    if sign not in ("=", "==", "!=") or value not in tuple(Direction):
        raise InvalidSetting(_("dir is = or != tx (sent) or rx (received)"))
    same = sign != "!="
    return lambda record: (record.direction == value) is same


def _text(text: str) -> Filter:
    """In the line of plain words, or in what the list shows of a frame."""
    wanted = text.casefold()

    def holds(record: TapRecord) -> bool:
        if wanted in meaning_of(record).casefold() or wanted in values_of(record.item).casefold():
            return True
        service = service_words(record.item)
        return service is not None and any(wanted in _(words).casefold() for words in (service.kind, service.says))

    return holds


def _bytes(record: TapRecord) -> bytes:
    item = record.item
    return item.data if isinstance(item, Garbage) else item.encode()


def _contains(wanted: bytes) -> Filter:
    """Bytes that are masked are not found: a filter would tell them one by one."""

    def holds(record: TapRecord) -> bool:
        data, hidden = _bytes(record), masked(record)
        at = data.find(wanted)
        while at >= 0 and not hidden.isdisjoint(range(at, at + len(wanted))):
            at = data.find(wanted, at + 1)
        return at >= 0

    return holds
