"""What modems, converters and consoles say on a line, which is text and no frame."""

from __future__ import annotations

import re

_TEXT = re.compile(rb"[\x20-\x7e\r\n\t]{4,}")
_SHOWN = 40


def text_in(data: bytes) -> str:
    """The beginning of a text on one line; empty where the bytes are none."""
    stripped = data.strip(b"\xff\x00")
    return " ".join(stripped.decode("ascii").split())[:_SHOWN] if _TEXT.fullmatch(stripped) else ""
