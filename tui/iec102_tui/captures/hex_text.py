"""Bytes that people and programs have written in hex."""

from __future__ import annotations

import contextlib
import re

from iec102.errors import InvalidSetting

from iec102_tui.words.plain_text import quoted

# What people and programs put between the bytes, and in front of the first one.
_NO_DIGITS = re.compile(r"\b0x|[\s:,;\-\ufeff]+", re.IGNORECASE)
_NO_HEX = re.compile("[^0-9a-f]", re.IGNORECASE)
_MASK = "??"
_NOTHING: frozenset[int] = frozenset()


def bytes_of(text: str, place: str) -> tuple[bytes, frozenset[int]]:
    """The bytes, and the offsets of those that are masked as ``??``, for which zeros stand.

    Raises InvalidSetting, which begins with ``place``.
    """
    with contextlib.suppress(ValueError):
        return bytes.fromhex(text), _NOTHING  # the common way, and the fastest
    digits = _NO_DIGITS.sub("", text)
    hidden = _NOTHING
    if _MASK in digits:
        pairs = range(0, len(digits), 2)
        hidden = frozenset(at // 2 for at in pairs if digits[at : at + 2] == _MASK)
        digits = "".join("00" if at // 2 in hidden else digits[at : at + 2] for at in pairs)
    if wrong := _NO_HEX.search(digits):
        raise InvalidSetting(f"{place} has {quoted(wrong[0])}, which is no hex digit: write it like 10 49 01 00 4A 16")
    if len(digits) % 2:
        raise InvalidSetting(f"{place} has {len(digits)} hex digits, but each byte is two: one is missing or too many")
    return bytes.fromhex(digits), hidden
