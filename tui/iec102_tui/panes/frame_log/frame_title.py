"""What ties a frame to others, as the title of its explanation."""

from __future__ import annotations

from iec102.link import Garbage

from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.captures.pairs import is_echo, is_request, partner, unanswered
from iec102_tui.words.frame_text import kind_of, note_words
from iec102_tui.words.text import N_, _
from iec102_tui.words.tree_text import bytes_that_are_no_frame

_ANSWERED = N_("Request {kind}, answered after {milliseconds} ms")
_ANSWERED_REPEAT = N_("Repeated request {kind}, answered after {milliseconds} ms")
_UNANSWERED = N_("Request {kind}, no reply")
_UNANSWERED_REPEAT = N_("Repeated request {kind}, no reply")
_WAITING = N_("Request {kind}, no reply yet")
_WAITING_REPEAT = N_("Repeated request {kind}, no reply yet")


def frame_title(frames: FrameRing, number: int) -> str:
    """``Answer 163, 137 ms after its request``. Raises LookupError for a frame that is not there."""
    record, other = frames[number], partner(frames, number)
    item = record.item
    if isinstance(item, Garbage):
        return bytes_that_are_no_frame(len(item.data))
    kind = kind_of(item)
    if is_request(record):
        if other is not None:
            template = _ANSWERED_REPEAT if record.repeat else _ANSWERED
            return _(template, kind=kind, milliseconds=_milliseconds(frames, number, other))
        if unanswered(frames, number):
            return _(_UNANSWERED_REPEAT if record.repeat else _UNANSWERED, kind=kind)
        return _(_WAITING_REPEAT if record.repeat else _WAITING, kind=kind)
    if is_echo(record):
        return _("Echo of what was sent, {kind}", kind=kind)
    if other is not None:
        after = _milliseconds(frames, other, number)
        return _("Answer {kind}, {milliseconds} ms after its request", kind=kind, milliseconds=after)
    if record.note:
        return _("Answer {kind} to no request, {note}", kind=kind, note=note_words(record.note))
    return _("Answer {kind} to no request", kind=kind)


def _milliseconds(frames: FrameRing, request: int, answer: int) -> str:
    return f"{(frames[answer].time - frames[request].time) * 1000:.0f}"
