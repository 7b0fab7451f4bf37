"""The decode tree as the frame log shows it: what a frame says first; link, header and bits are closed at first.

The tree of fields (`iec102.asdu.explain`) covers every byte; nothing of it is left out here, it is only put together.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from iec102.asdu.body import Field
from iec102.link import Garbage
from iec102.transport.tap import TapRecord

from iec102_tui.captures.frame_text import explained, masked, tells
from iec102_tui.words import tree_text
from iec102_tui.words.library_text import translated_names
from iec102_tui.words.numbers import grouped
from iec102_tui.words.text import _

_MASKED = "***"
_PHASES = {"phase 1": "l1", "phase 2": "l2", "phase 3": "l3"}
_CHANNELS = {"A+": "import", "A-": "export", "Ri+": "reactive", "Rc+": "reactive", "Ri-": "reactive", "Rc-": "reactive"}
_NAME_WIDTH = 9
_LINK_OF_FIXED, _LINK_OF_VARIABLE, _CHECK = 3, 6, 2
"""Fields in front of what a frame carries, and behind it."""
_HEADER_FIELDS = ("header", "ASDU")
_OPEN, _CLOSED = "\N{BLACK DOWN-POINTING SMALL TRIANGLE}", "\N{BLACK RIGHT-POINTING SMALL TRIANGLE}"


class Node(NamedTuple):
    """A field or several that belong together: bytes ``start`` to ``stop``; ``closed``: until it is opened.

    ``short`` stands in the place of ``words`` where there is little room.
    """

    name: str
    words: str
    start: int
    stop: int
    parts: Sequence[Node] = ()
    role: str = "foreground"
    closed: bool = False
    short: str = ""


class TreeRow(NamedTuple):
    """One line of the tree. ``path`` names the field and those around it."""

    name: str
    words: str
    role: str
    start: int
    stop: int
    path: tuple[str, ...]
    sign: str = " "
    short: str = ""

    @property
    def depth(self) -> int:
        """0 for the frame's own parts."""
        return len(self.path) - 1

    @property
    def parent(self) -> bool:
        """It has parts, shown or not."""
        return self.sign != " "

    @property
    def is_closed(self) -> bool:
        """Its parts are not shown."""
        return self.sign == _CLOSED

    @property
    def label(self) -> str:
        """Sign and name, as wide as those of its neighbours as long as the name is short."""
        return f"{'  ' * self.depth}{self.sign} {self.name:{_NAME_WIDTH}}  "

    @property
    def text(self) -> str:
        """The whole line."""
        return (self.label + self.words).rstrip()


def tree_rows(record: TapRecord, turned: Container[tuple[str, ...]] = ()) -> list[TreeRow]:
    """The lines for a frame or for garbage; ``turned`` are the paths that are not as they are at first."""
    return list(_rows(nodes(record), (), turned))


def _rows(found: Sequence[Node], above: tuple[str, ...], turned: Container[tuple[str, ...]]) -> Iterator[TreeRow]:
    for node in found:
        path = (*above, node.name)
        closed = node.closed != (path in turned)
        sign = " " if not node.parts else _CLOSED if closed else _OPEN
        name, words, short = (translated_names(text) for text in (node.name, node.words, node.short))
        yield TreeRow(name, words, node.role, node.start, node.stop, path, sign, short)
        if node.parts and not closed:
            yield from _rows(node.parts, path, turned)


def nodes(record: TapRecord) -> list[Node]:
    """The frame's parts: its link fields, the header of its ASDU, what is inside, the check."""
    tree, hidden = explained(record), masked(record)
    if isinstance(record.item, Garbage):
        return [Node(_(tree_text.BYTES), tree.meaning, tree.start, tree.stop, role="error")]
    fields = tree.children
    count = _LINK_OF_FIXED if record.item.asdu is None else _LINK_OF_VARIABLE
    link, carried, check = fields[:count], fields[count:-_CHECK], fields[-_CHECK:]
    summed = check[0].start - link[-2].start
    inside = [_header(field, hidden) if field.name in _HEADER_FIELDS else _node(field, hidden) for field in carried]
    return [_link(link, hidden, request=record.item.request), *inside, _check(check, hidden, summed)]


def _link(fields: Sequence[Field], hidden: frozenset[int], *, request: bool) -> Node:
    control, address = fields[-2], fields[-1]
    words, short = _MASKED, ""
    if not (tells(control, hidden) or tells(address, hidden)):
        function, _colon, service = control.meaning.partition(": ")
        words = tree_text.link_words(service or function, function, address.meaning, request=request)
        short = tree_text.link_in_short(service or function, address.meaning)
    return _together(tree_text.LINK, words, fields, hidden)._replace(short=short)


def _header(field: Field, hidden: frozenset[int]) -> Node:
    parts = {part.name: part for part in field.children}
    shown = [parts.get(name) for name in ("type", "objects (N)", "cause")]
    whole = [part for part in shown if part is not None and not tells(part, hidden)]
    if len(whole) < len(shown):
        return _node(field, hidden)._replace(name=_(tree_text.ASDU), closed=True)
    kind, objects, cause = whole
    number, _colon, named = cause.meaning.partition(": ")
    name = kind.meaning.replace(": ", " ", 1)
    words = tree_text.asdu_words(name, int(objects.meaning), f"{number} ({named})" if named else number)
    short = tree_text.asdu_in_short(name, number)
    return _together(tree_text.ASDU, words, field.children, hidden)._replace(short=short)


def _check(fields: Sequence[Field], hidden: frozenset[int], summed: int) -> Node:
    checksum = fields[0]
    if tells(checksum, hidden):
        return _together(tree_text.CHECK, _MASKED, fields, hidden)
    words = tree_text.check_words(checksum.meaning.removeprefix("0x"), summed)
    return _together(tree_text.CHECK, words, fields, hidden)._replace(role="ok")


def _together(name: str, words: str, fields: Sequence[Field], hidden: frozenset[int]) -> Node:
    parts = [_node(field, hidden) for field in fields]
    return Node(_(name), words, fields[0].start, fields[-1].stop, parts, closed=True)


def _node(field: Field, hidden: frozenset[int], role: str = "foreground") -> Node:
    """One field, with what its parts say in its own line where that is short."""
    if tells(field, hidden):
        return Node(field.name, _MASKED, field.start, field.stop, role=role)
    role = _PHASES.get(field.name, _CHANNELS.get(field.name, role))
    if not field.children:
        bits = [Node(name, value, field.start, field.stop) for name, value in field.bits]
        words = _leaf_words(field)
        invalid = ("IV", "invalid") in field.bits
        colour, short = "error" if invalid else role, field.meaning if "SU" in dict(field.bits) else ""
        return Node(field.name, words, field.start, field.stop, bits, colour, closed=True, short=short)
    number, colon, named = field.name.partition(": ")
    parts = [_node(part, hidden, role) for part in field.children if not (colon and part.name == "object")]
    if any(not hidden.isdisjoint(range(part.start, part.stop)) for part in field.children):
        return Node(number, named, field.start, field.stop, parts, role)
    words = _power(field) or _voltage(field)
    if words:
        invalid = any(("IV", "invalid") in part.bits for part in field.children)
        return Node(number, words, field.start, field.stop, parts, "error" if invalid else role, closed=True)
    time = next((part for part in field.children if part.name == "time"), None)
    if not named or time is None:
        return Node(number, named, field.start, field.stop, parts, role)
    words, short = (tree_text.object_words(named, text) for text in (_leaf_words(time), time.meaning))
    return Node(number, words, field.start, field.stop, parts, role, short=short)


def _leaf_words(field: Field) -> str:
    """Its meaning with its unit, whether it is valid, and for a time whether it is summer time."""
    bits = dict(field.bits)
    meaning = grouped(int(field.meaning)) if field.unit and field.meaning.isdecimal() else field.meaning
    doubt = "" if field.verified else "(unverified)"
    state = bits.get("SU", "") if bits.get("IV", "valid") == "valid" and "SU" in bits else bits.get("IV", "")
    separated = f" {state}" if "SU" in bits and state else f"  {state}" if state else ""
    return " ".join(part for part in (meaning, field.unit) if part) + separated + (f"  {doubt}" if doubt else "")


def _power(field: Field) -> str:
    """The words for the total or a phase of object 193; empty for any other field."""
    parts = {part.name: part for part in field.children}
    flags = parts.get("power factor and flags")
    if flags is None:
        return ""
    bits = dict(flags.bits)
    active, reactive = (_leaf_words(parts[name]) for name in ("active power", "reactive power"))
    words = tree_text.power_words(active, bits["active direction"], reactive, bits["quadrant"], flags.meaning)
    return words if bits["IV"] == "valid" else f"{words}  {bits['IV']}"


def _voltage(field: Field) -> str:
    """The words for a phase of object 194."""
    parts = {part.name: part for part in field.children}
    if "voltage (secondary)" not in parts:
        return ""
    return ", ".join(
        _leaf_words(parts[name]) for name in ("voltage (secondary)", "current (secondary)") if name in parts
    )
