"""Bytes that people and programs have written in hex."""

from __future__ import annotations

import contextlib
import re

from iec102.errors import InvalidSetting

from iec102_tui.words.plain_text import quoted
from iec102_tui.words.text import N_, _

# What people and programs put between the bytes, and in front of each.
_BETWEEN = re.compile(r"[\s:,;\-\ufeff]+")
_IN_FRONT = re.compile(r"^0x", re.IGNORECASE)
_NO_HEX = re.compile(r"[^0-9a-f]", re.IGNORECASE)
MASK = "??"
_EXAMPLE = N_("write it like 10 49 01 00 4A 16")
_NOTHING: frozenset[int] = frozenset()


def bytes_of(text: str, place: str) -> tuple[bytes, frozenset[int]]:
    """Read bytes, and the offsets of those that are masked as ``??``, for which zeros stand.

    Separated tokens are bytes, and one digit is one byte; digits that are not separated are two a byte. Tokens of
    three digits are decimal numbers when all tokens can be. Raises InvalidSetting, which begins with ``place``.
    """
    with contextlib.suppress(ValueError):
        return bytes.fromhex(text), _NOTHING  # the common way, and the fastest
    tokens = [_IN_FRONT.sub("", token) for token in _BETWEEN.split(text) if token]
    if wrong := _NO_HEX.search("".join(tokens).replace(MASK, "")):
        raise InvalidSetting(
            _(
                "{place} has {wrong}, which is no hex digit: {example}",
                place=place,
                wrong=quoted(wrong[0]),
                example=_(_EXAMPLE),
            )
        )
    if any(len(token) == 3 for token in tokens) and len(tokens) > 1:
        return _decimal(tokens, place), _NOTHING
    digits = "".join(f"0{token}" if len(token) == 1 and len(tokens) > 1 else _even(token, place) for token in tokens)
    hidden = frozenset(at // 2 for at in range(0, len(digits), 2) if digits[at : at + 2] == MASK)
    known = "".join("00" if at // 2 in hidden else digits[at : at + 2] for at in range(0, len(digits), 2))
    try:
        return bytes.fromhex(known), hidden
    except ValueError:
        raise InvalidSetting(
            _(
                "{place} has ? where a byte is half masked: write ?? for a byte, {example}",
                place=place,
                example=_(_EXAMPLE),
            )
        ) from None


def _even(token: str, place: str) -> str:
    if len(token) % 2:
        raise InvalidSetting(
            _(
                "{place} has {count} hex digits, but each byte is two: one is missing or too many",
                place=place,
                count=len(token),
            )
        )
    return token


def _decimal(tokens: list[str], place: str) -> bytes:
    """Numbers of 0 to 255, as some transcripts have them."""
    long = next(token for token in tokens if len(token) == 3)
    if all(token.isascii() and token.isdecimal() and len(token) <= 3 for token in tokens):
        numbers = [int(token) for token in tokens]
        if max(numbers) <= 255:
            return bytes(numbers)
    raise InvalidSetting(
        _(
            "{place} has {long}, which is three digits and no byte: {example}",
            place=place,
            long=quoted(long),
            example=_(_EXAMPLE),
        )
    )
