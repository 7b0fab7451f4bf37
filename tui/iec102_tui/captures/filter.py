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

import re
from collections.abc import Callable, Sequence

from iec102.asdu.asdu import CAUSE, HEADER
from iec102.errors import InvalidSetting
from iec102.link import Frame, Garbage
from iec102.transport.tap import Direction, Note, TapRecord

from iec102_tui.captures.frame_text import masked, meaning_of
from iec102_tui.words.frame_text import service_words, values_of
from iec102_tui.words.query import OPERATORS, QueryLanguage, last_word, number_of, parse_query
from iec102_tui.words.text import _

Filter = Callable[[TapRecord], bool]


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


def parse(text: str) -> Filter:
    """The filter that a text means. Raises InvalidSetting, with one sentence on what is wrong."""
    return parse_query(text, _FrameLanguage(_WORDS, (*_FIELDS, _DIRECTION)))


def completions(text: str) -> list[str]:
    """Whole texts that this one may become by finishing its last word."""
    start, last = last_word(text)
    direction, _equals, side = last.partition("=")
    if direction == _DIRECTION:
        words = [f"dir={value}" for value in Direction if value.startswith(side)]
    else:
        every = [*(f"{name}=" for name in _FIELDS), "dir=", *_WORDS, "and", "or", "not"]
        words = [word for word in every if word.startswith(last.lower())]
    return [start + word for word in words if word != last]


class _FrameLanguage(QueryLanguage[TapRecord]):
    EXAMPLE = "type=163"
    JOINED = re.compile("[0-9a-f]{2}", re.IGNORECASE)

    def comparison(self, name: str, sign: str, value: str) -> Filter:
        if name == _DIRECTION:
            return _direction(sign, value.lower())
        field, compare, number = _FIELDS[name], OPERATORS[sign], number_of(name, value)

        def holds(record: TapRecord) -> bool:
            found = field(record)
            return found is not None and compare(found, number)

        return holds

    def text(self, text: str) -> Filter:
        return _text(text)

    def joined(self, parts: Sequence[str]) -> Filter:
        return _contains(bytes.fromhex("".join(parts)))

    def example(self, name: str) -> str:
        return "dir=rx" if name == _DIRECTION else super().example(name)


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
