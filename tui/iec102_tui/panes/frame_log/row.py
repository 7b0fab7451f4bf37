"""A frame as one row: time, what it is, what it says; where there is room, its numbers behind. Each part has a role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from functools import lru_cache
from typing import NamedTuple

from iec102.asdu import decode
from iec102.link import Frame, Garbage
from iec102.transport.tap import Direction, Note, TapRecord

from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.captures.frame_text import hex_bytes, meaning, on_whose_behalf, without_secrets
from iec102_tui.captures.pairs import is_echo, round_trip, unanswered
from iec102_tui.words import frame_text
from iec102_tui.words.frame_text import Trouble, is_refusal, kind_of, note_words, service_words, values_of
from iec102_tui.words.library_text import translated_names
from iec102_tui.words.plain_text import whole_parts
from iec102_tui.words.text import N_, _

SENT, RECEIVED = "\N{RIGHTWARDS ARROW}", "\N{LEFTWARDS ARROW}"
_ROOM_FOR_MEANING = 24
_ROOM_FOR_NUMBERS = 60
_LONGEST_GAP = 9_999_999


class Row(NamedTuple):
    """What a row is made of. ``previous`` is the frame before it on the line."""

    frames: FrameRing
    number: int
    record: TapRecord
    previous: TapRecord | None
    zone: tzinfo | None


class Part(NamedTuple):
    """A piece of a row and the role of its colour; ``telling``: of what the frame is, which a rule may colour."""

    text: str
    role: str
    telling: bool = False


class Column(NamedTuple):
    """A column: its head, its width without the blank in front, what stands in it, the role of its colour."""

    heading: str
    width: int
    cell: Callable[[Row], str]
    role: str


class Columns(NamedTuple):
    """Those in front of the sign and the kind, those behind the meaning, and the meaning's own room."""

    before: tuple[Column, ...]
    behind: tuple[Column, ...]
    meaning: int


class _Numbers(NamedTuple):
    """What a frame says in numbers, each as text; empty where it has none."""

    length: str
    function: str = ""
    cause: str = ""


@lru_cache(maxsize=512)
def _numbers(item: Frame | Garbage) -> _Numbers:
    """A line says the same few things again and again."""
    if isinstance(item, Garbage):
        return _Numbers(str(len(item.data)))
    asdu = decode(item)
    return _Numbers(str(len(item.encode())), str(item.function), "" if asdu is None else str(asdu.cause))


def _time(row: Row) -> str:
    return f"{row.record.wall.astimezone(row.zone):%H:%M:%S.%f}"[:-3]


def _gap(row: Row) -> str:
    """Milliseconds since the frame before, in hours where they would not fit."""
    if row.previous is None:
        return ""
    gap = round((row.record.time - row.previous.time) * 1000)
    return str(gap) if gap <= _LONGEST_GAP else f"{gap / 3_600_000:.0f} h"


def _round_trip(row: Row) -> str:
    seconds = round_trip(row.frames, row.number)
    return "" if seconds is None else f"{min(seconds * 1000, 99_999):.0f}"


_TIME = Column(N_("time"), 12, _time, "muted")
_SHORT_TIME = Column(N_("time"), 8, lambda row: _time(row)[:8], "muted")
_GAP = Column(N_("ms"), 7, _gap, "faint")
_ROUND_TRIP = Column(N_("answer ms"), 9, _round_trip, "faint")
_FUNCTION = Column(N_("fn"), 3, lambda row: _numbers(row.record.item).function, "faint")
_CAUSE = Column(N_("cause"), 5, lambda row: _numbers(row.record.item).cause, "faint")
_BYTES = Column(N_("bytes"), 5, lambda row: _numbers(row.record.item).length, "faint")
_BEHIND = (_ROUND_TRIP, _FUNCTION, _CAUSE, _BYTES)
_SIGN, _KIND = 1, 4


@lru_cache(maxsize=8)
def columns(width: int) -> Columns:
    """Those that leave room for the meaning, where ``width`` characters are there for all."""
    for before in ((_TIME, _GAP), (_TIME,), (_SHORT_TIME,)):
        left = width - sum(column.width + 1 for column in before) - _SIGN - _KIND - 2
        if left >= _ROOM_FOR_MEANING:
            break
    behind = sum(column.width + 1 for column in _BEHIND)
    if left - behind >= _ROOM_FOR_NUMBERS:
        return Columns(before, _BEHIND, left - behind)
    return Columns(before, (), max(0, left))


def heading(width: int) -> str:
    """The heads of the columns."""
    shown = columns(width)
    kind = f"{'':{_SIGN}} {_(N_('type')):{_KIND}}"
    before = "".join(_head(column) + " " for column in shown.before)
    behind = "".join(" " + _head(column) for column in shown.behind)
    return f"{before}{kind} {_(N_('meaning')):{shown.meaning}}{behind}".ljust(width)[:width]


def _head(column: Column) -> str:
    text = _(column.heading)
    return text.ljust(column.width) if column in (_TIME, _SHORT_TIME) else text.rjust(column.width)


def row_parts(row: Row, width: int) -> list[Part]:
    """All columns of a row, exactly ``width`` characters."""
    shown, what = columns(width), said(row.frames, row.number, row.record)
    parts = [Part(f"{column.cell(row).rjust(column.width)} ", column.role) for column in shown.before]
    parts.append(Part(f"{what.sign} {what.kind:{_KIND}} ", what.role, telling=True))
    parts.append(Part(whole_parts(what.words, shown.meaning), what.words_role, telling=True))
    parts += [Part(f" {column.cell(row).rjust(column.width)}", column.role) for column in shown.behind]
    return _cut(parts, width)


def row_text(row: Row, width: int) -> str:
    """The same without colours."""
    return "".join(part.text for part in row_parts(row, width))


def _cut(parts: Sequence[Part], width: int) -> list[Part]:
    cut = []
    for part in parts:
        cut.append(part._replace(text=part.text[:width]))
        width -= len(part.text)
        if width <= 0:
            break
    return [*cut[:-1], cut[-1]._replace(text=cut[-1].text.ljust(len(cut[-1].text) + max(0, width)))]


class Said(NamedTuple):
    """A frame's sign (which way it went, or what is wrong with it), kind and words, and the roles of their colours."""

    sign: str
    kind: str
    words: str
    role: str
    words_role: str = "foreground"


def said(frames: FrameRing, number: int, record: TapRecord) -> Said:
    """What a row says. Colour repeats what sign and words say already."""
    item, wrong = record.item, trouble(frames, number, record)
    words = words_of(record)
    if wrong is not None:
        words = _(wrong.template, says=words, note=note_words(record.note or ""))
        return Said(wrong.sign, kind_of(item), words, "error" if isinstance(item, Garbage) else "warn")
    sent = record.direction is Direction.SENT
    sign = SENT if sent else RECEIVED
    service = service_words(item)
    if service is not None and service.quiet:
        return Said(sign, kind_of(item), words, "muted", "muted")
    if is_refusal(item):
        return Said(sign, kind_of(item), words, "error")
    return Said(sign, kind_of(item), words, "accent" if sent else "ok")


def words_of(record: TapRecord) -> str:
    """What a frame says, without what is wrong with it."""
    item = without_secrets(record)
    if isinstance(item, Garbage):
        return on_whose_behalf(record, frame_text.garbage_words(item, " ".join(hex_bytes(record))))
    service = service_words(item)
    if service is not None:
        return on_whose_behalf(record, _(service.says))
    values = values_of(item)
    return on_whose_behalf(record, values or translated_names(meaning(item, secret=record.secret)))


def trouble(frames: FrameRing, number: int, record: TapRecord) -> Trouble | None:
    """What is wrong with a frame; None for a good one."""
    if isinstance(record.item, Garbage):
        return frame_text.NOTED_GARBAGE if record.note else frame_text.GARBAGE
    if is_echo(record):
        return frame_text.ECHO
    if record.note == Note.LATE:
        return frame_text.LATE
    if record.note:
        return frame_text.UNMATCHED
    if unanswered(frames, number):
        return frame_text.REPEATED_UNANSWERED if record.repeat else frame_text.UNANSWERED
    return frame_text.REPEATED if record.repeat else None


def is_quiet(record: TapRecord) -> bool:
    """A poll or an ACK with which nothing is wrong so far."""
    service = service_words(record.item)
    return service is not None and service.quiet and not record.repeat and not record.note and not is_echo(record)
