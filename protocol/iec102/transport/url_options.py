"""Settings of a line in the query of its URL, such as ``rfc2217://HOST:PORT?baudrate=9600&format=8E1``.

A plus sign is a plus sign here, as in ``dial=+34600123456``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from iec102.errors import InvalidSetting, InvalidTarget
from iec102.sentence import Sentence
from iec102.settings import LineSettings

_NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)
_SHOWN_DIGITS = 3
_NUMBERS = frozenset(row.name for row in dataclasses.fields(LineSettings) if "int" in str(row.type))


def options_in(target: str, known: Collection[str], place: Collection[str] = ()) -> dict[str, Any]:
    """The settings that the URL gives, but for what says where the ``place`` is.

    Raises InvalidTarget for others than the ``known``, and for a wrong value.
    """
    values: dict[str, Any] = {}
    for part in _parts(target):
        key, value = _pair(part)
        if key in place:
            continue
        if key not in known:
            may_be = ", ".join((*place, *known))
            raise InvalidTarget(Sentence("target.option", target=target, option=key, known=may_be))
        if key in _NUMBERS and not _NUMBER.fullmatch(value):
            raise InvalidTarget(Sentence("target.option_number", target=target, option=key))
        values[key] = int(value) if key in _NUMBERS else value.upper() if key == "format" else value
    try:
        LineSettings(**values)
    except InvalidSetting as error:
        raise InvalidTarget(Sentence("target.option_value", target=target, error=error)) from None
    return values


def without_options(target: str, keys: Collection[str]) -> str:
    """The URL without these settings in its query."""
    place, _, _ = target.partition("?")
    left = [part for part in _parts(target) if _pair(part)[0] not in keys]
    return f"{place}?{'&'.join(left)}" if left else place


def with_options(target: str, values: Mapping[str, str]) -> str:
    """The URL with these settings behind those that it has."""
    parts = [*_parts(target), *(f"{key}={quote(value, safe='+*#, ')}" for key, value in values.items())]
    return f"{target.partition('?')[0]}?{'&'.join(parts)}"


def with_masked_number(target: str) -> str:
    """The URL for others to read: of a number that it dials the first digits only."""
    number = option(target, "dial")
    return (
        target if number is None else with_options(without_options(target, ("dial",)), {"dial": masked_number(number)})
    )


def masked_number(number: str) -> str:
    """``600***``: the first three digits of a number."""
    return number[: _SHOWN_DIGITS + number.startswith("+")] + "***"


def option(target: str, key: str) -> str | None:
    """The text of one option; None where the URL has none of this name."""
    return next((value for name, value in map(_pair, _parts(target)) if name == key), None)


def _parts(target: str) -> Iterator[str]:
    return (part for part in target.partition("?")[2].split("&") if part)


def _pair(part: str) -> tuple[str, str]:
    key, _, value = part.partition("=")
    return key.strip().lower().replace("-", "_"), unquote(value).strip()
