"""The marks of our captures: what files say of a frame beside its bytes, and of where the frames come from.

They are the format, in English for whoever opens a file, and as stable as its bytes: other words on the screen, or of
another language, change nothing here. Text files hold them behind ``#``, pcapng as comments, JSON Lines under keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from iec102.link import Garbage, GarbageKind
from iec102.transport.tap import TapRecord

from iec102_tui.words.plain_text import printable

REPEAT = "repeat"
SECRET = "may hold the password"  # noqa: S105 - what captures say of garbage
NOTE = "note: "
GARBAGE = "garbage: "
CLIENT = "client: "
ON_BEHALF = "on behalf of: "
_MASKED = "masked: "
_MASKED_BYTES = _MASKED + "bytes {ranges} are not in this capture, zeros stand for them"
_ABOUT = "profile {profile}, time zone {timezone}, written {time}"
ABOUT = re.compile(r"profile (.*), time zone (.*), written (\S*)")
"""Groups: profile, time zone, time."""
_PHRASES = {
    GarbageKind.NOISE: "no start character",
    GarbageKind.BAD_LENGTHS: "the start of a frame whose lengths differ",
    GarbageKind.BAD_CHECKSUM: "bad checksum",
    GarbageKind.BAD_END: "no end character",
    GarbageKind.INCOMPLETE: "the frame was not completed in time",
}
_KINDS = {phrase: kind for kind, phrase in _PHRASES.items()}
_DETAIL = ": "
_RANGE = re.compile(r"(\d+)(?:-(\d+))?")
_LONGEST = 200
"""Characters of a text of a capture."""


def instant(text: object) -> datetime:
    """Read a time with its offset; one without would be this machine's. Raises ValueError."""
    when = datetime.fromisoformat(text) if isinstance(text, str) else None
    if when is None or when.tzinfo is None:
        raise ValueError("no time")
    return when


@dataclass(frozen=True, slots=True)
class CaptureHeader:
    """Where frames come from: program and version, the profile's name (no password), the meter's zone, the time.

    No text of it moves the cursor of a terminal, whoever wrote the file.
    """

    program: str
    profile: str
    timezone: str
    time: datetime

    def __post_init__(self) -> None:
        for name in ("program", "profile", "timezone"):
            object.__setattr__(self, name, shown(getattr(self, name)))

    def about(self, time: datetime) -> str:
        """All but the program, with the time as the format writes it; ``ABOUT`` reads it."""
        return _ABOUT.format(profile=self.profile, timezone=self.timezone, time=time.isoformat())


@dataclass(frozen=True, slots=True)
class Marks:
    """What a capture says of a frame beside its bytes; ``garbage`` is why it is none, empty for a frame."""

    repeat: bool = False
    secret: bool = False
    note: str = ""
    garbage: str = ""
    hidden: frozenset[int] = frozenset()
    client: str = ""
    on_behalf: str = ""

    def clean(self) -> Marks:
        """The same, with no text that could move the cursor of a terminal or write to its clipboard."""
        texts = {name: shown(getattr(self, name)) for name in ("note", "garbage", "client", "on_behalf")}
        return Marks(self.repeat, self.secret, hidden=self.hidden, **texts)


NO_MARKS = Marks()


def shown(text: str) -> str:
    """Text of a capture as a terminal, a file and a screen may have it: visible characters, and not too many."""
    return printable(text[:_LONGEST])


def reason(record: TapRecord, hidden: frozenset[int]) -> str:
    """Why it is garbage, empty for a frame; less where bytes are masked: the checksum would tell of them."""
    item = record.item
    if not isinstance(item, Garbage):
        return ""
    phrase = _PHRASES[item.kind]
    return phrase if hidden or not item.detail else phrase + _DETAIL + item.detail


def garbage_of(data: bytes, reason: str) -> Garbage:
    """Garbage for the reason that a capture gives; noise where it is none of ours."""
    phrase, _, detail = reason.partition(_DETAIL)
    return Garbage(data, _KINDS.get(phrase, GarbageKind.NOISE), detail)


def masked_mark(hidden: frozenset[int]) -> str:
    """``masked: bytes 13-17, 20 are not in this capture, zeros stand for them``."""
    return _MASKED_BYTES.format(ranges=", ".join(_ranges(hidden)))


def masked_by(mark: str, length: int) -> frozenset[int] | None:
    """The offsets below ``length`` that a mark names; None where it is another one."""
    if not mark.startswith(_MASKED):
        return None
    return frozenset(
        offset
        for found in _RANGE.finditer(mark)
        for offset in range(int(found[1]), min(int(found[2] or found[1]) + 1, length))
    )


def _ranges(offsets: frozenset[int]) -> Iterator[str]:
    runs: list[list[int]] = []
    for offset in sorted(offsets):
        if runs and runs[-1][1] == offset - 1:
            runs[-1][1] = offset
        else:
            runs.append([offset, offset])
    for first, last in runs:
        yield f"{first}" if first == last else f"{first}-{last}"
