"""The counters of a line in words."""

from __future__ import annotations

from iec102.line.state import LineCounters
from iec102.link import GarbageKind

_KINDS = {
    GarbageKind.NOISE: "noise",
    GarbageKind.BAD_LENGTHS: "bad lengths",
    GarbageKind.BAD_CHECKSUM: "bad checksum",
    GarbageKind.BAD_END: "bad end",
    GarbageKind.INCOMPLETE: "incomplete",
}


def counter_words(counters: LineCounters) -> str:
    """One line: what was asked and answered, what went wrong, how long answers took."""
    parts = [
        f"{counters.answers} answers to {counters.requests} requests",
        f"timeouts {counters.timeouts}",
        f"repeats {counters.repeats}",
        f"echoes {counters.echoes}" if counters.echoes else "",
        f"bad frames {counters.bad_frames}",
        f"reconnections {counters.reconnections}",
        f"bytes {counters.bytes_sent} out, {counters.bytes_received} in",
        f"line use {counters.line_use:.0f} %",
        _round_trips(counters),
        _reasons(counters),
    ]
    return "  ".join(part for part in parts if part)


def _reasons(counters: LineCounters) -> str:
    kinds = ", ".join(f"{_KINDS[kind]} {count}" for kind, count in counters.bad_frames_by_kind.items())
    return f"garbage {counters.garbage_bytes} bytes ({kinds})" if kinds else ""


def _round_trips(counters: LineCounters) -> str:
    low, middle, high = counters.round_trip_min, counters.round_trip_median, counters.round_trip_max
    if low is None or middle is None or high is None:
        return ""
    return f"answer time {_ms(low)} to {_ms(high)}, median {_ms(middle)} ms"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f}"
