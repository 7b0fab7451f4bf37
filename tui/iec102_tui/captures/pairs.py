"""Which request and which answer belong together."""

from __future__ import annotations

from iec102.link import Frame, Garbage
from iec102.transport.tap import Direction, TapRecord

from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.captures.frame_text import meaning
from iec102_tui.words.frame_text import note_words
from iec102_tui.words.text import _

NEAR = 100
"""Frames at most between a request and its answer: noise, late answers, those of other meters."""


def partner(frames: FrameRing, number: int) -> int | None:
    """The number of a request's answer or of an answer's request; None where there is none (yet)."""
    client = frames[number].client
    step = 1 if is_request(frames[number]) else -1
    if step < 0 and not _is_answer(frames[number]):
        return None
    for other in range(number + step, number + step * NEAR, step):
        if not frames.start <= other < frames.end:
            return None
        record = frames[other]
        if record.client != client:
            continue
        if is_request(record):
            return other if step < 0 else None
        if _is_answer(record):
            return other if step > 0 else None
    return None


def unanswered(frames: FrameRing, number: int) -> bool:
    """The next request went out without an answer to this one."""
    if not is_request(frames[number]):
        return False
    for other in range(number + 1, min(number + NEAR, frames.end)):
        record = frames[other]
        if record.client != frames[number].client:
            continue
        if _is_answer(record):
            return False
        if is_request(record):
            return True
    return False


def round_trip(frames: FrameRing, number: int) -> float | None:
    """Seconds from the latest sending of the request to its answer, for an answer."""
    if is_request(frames[number]):
        return None
    request = partner(frames, number)
    return None if request is None else frames[number].time - frames[request].time


def about(frames: FrameRing, number: int) -> str:
    """What ties a frame to others, as one sentence. Raises LookupError for a frame that is not there."""
    record, other = frames[number], partner(frames, number)
    if is_request(record):
        kind = _("repeated request") if record.repeat else _("request")
        if other is not None:
            return _(
                "Frame {number}: {kind}, answered by frame {other} after {time}.",
                number=number,
                kind=kind,
                other=other,
                time=_milliseconds(frames, number, other),
            )
        if unanswered(frames, number):
            return _("Frame {number}: {kind}, no answer.", number=number, kind=kind)
        return _("Frame {number}: {kind}, no answer yet.", number=number, kind=kind)
    if isinstance(record.item, Garbage):
        return _("Frame {number}: {meaning}.", number=number, meaning=meaning(record.item, secret=record.secret))
    if is_echo(record):
        return _("Frame {number}: an echo of what was sent.", number=number)
    if other is None:
        if not record.note:
            return _("Frame {number}: answer to no request.", number=number)
        return _("Frame {number}: answer to no request, {why}.", number=number, why=note_words(record.note))
    return _(
        "Frame {number}: answer to frame {other}, {time} after it.",
        number=number,
        other=other,
        time=_milliseconds(frames, other, number),
    )


def _milliseconds(frames: FrameRing, request: int, answer: int) -> str:
    return _("{time:.1f} ms", time=(frames[answer].time - frames[request].time) * 1000)


def is_request(record: TapRecord) -> bool:
    """It asks something: what this program sent, or what an application of the gateway sent to it."""
    if record.client:
        return isinstance(record.item, Frame) and record.item.request
    return record.direction is Direction.SENT


def is_echo(record: TapRecord) -> bool:
    """A request that comes back on the meter's line."""
    received = not record.client and record.direction is Direction.RECEIVED
    return received and isinstance(record.item, Frame) and record.item.request


def _is_answer(record: TapRecord) -> bool:
    """It answers a request, and was taken."""
    return not is_request(record) and isinstance(record.item, Frame) and not record.note
