"""The counters of a line in words."""

from __future__ import annotations

from collections.abc import Iterator

from iec102.line.counters import LineCounters
from iec102.link import GarbageKind

from iec102_tui.words.text import N_, _

_KINDS = {
    GarbageKind.NOISE: N_("noise"),
    GarbageKind.BAD_LENGTHS: N_("bad lengths"),
    GarbageKind.BAD_CHECKSUM: N_("bad checksum"),
    GarbageKind.BAD_END: N_("bad end"),
    GarbageKind.INCOMPLETE: N_("incomplete"),
}


def counter_words(counters: LineCounters) -> str:
    """One line: what was asked and answered, what went wrong, how long answers took."""
    return "  ".join(_parts(counters, zeros=True))


def counter_pairs(counters: LineCounters) -> list[str]:
    """The same as parts that stay whole, without those of which there was nothing."""
    return [*_parts(counters, zeros=False)]


def _parts(counters: LineCounters, *, zeros: bool) -> Iterator[str]:
    yield _("{answers} answers to {requests} requests", answers=counters.answers, requests=counters.requests)
    if counters.timeouts or zeros:
        yield _("timeouts {count}", count=counters.timeouts)
    if counters.repeats or zeros:
        yield _("repeats {count}", count=counters.repeats)
    if counters.echoes:
        yield _("echoes {count}", count=counters.echoes)
    if counters.bad_frames or zeros:
        yield _("bad frames {count}", count=counters.bad_frames)
    if counters.reconnections or zeros:
        yield _("reconnections {count}", count=counters.reconnections)
    yield _("bytes {sent} out, {received} in", sent=counters.bytes_sent, received=counters.bytes_received)
    yield _("line use {percent:.0f} %", percent=counters.line_use)
    yield from filter(None, (_round_trips(counters), _reasons(counters)))


def _reasons(counters: LineCounters) -> str:
    kinds = ", ".join(f"{_(_KINDS[kind])} {count}" for kind, count in counters.bad_frames_by_kind.items())
    return _("garbage {count} bytes ({kinds})", count=counters.garbage_bytes, kinds=kinds) if kinds else ""


def _round_trips(counters: LineCounters) -> str:
    low, middle, high = counters.round_trip_min, counters.round_trip_median, counters.round_trip_max
    if low is None or middle is None or high is None:
        return ""
    return _("answer time {low} to {high}, median {middle} ms", low=_ms(low), high=_ms(high), middle=_ms(middle))


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f}"
