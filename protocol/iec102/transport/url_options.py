"""Settings of a line in the query of its URL, such as ``rfc2217://HOST:PORT?baudrate=9600&format=8E1``.

A plus sign is a plus sign here, as in ``dial=+34600123456``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import unquote

from iec102.errors import InvalidSetting, InvalidTarget
from iec102.sentence import Sentence
from iec102.settings import LineSettings

_NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)
_NUMBERS = frozenset(row.name for row in dataclasses.fields(LineSettings) if "int" in str(row.type))


def options_in(target: str, known: Collection[str]) -> dict[str, Any]:
    """The settings that the URL gives. Raises InvalidTarget for others than the ``known``, and for a wrong value."""
    values: dict[str, Any] = {}
    for part in _parts(target):
        key, value = _pair(part)
        if key not in known:
            raise InvalidTarget(Sentence("target.option", target=target, option=key, known=", ".join(known)))
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


def option(target: str, key: str) -> str | None:
    """The text of one option; None where the URL has none of this name."""
    return next((value for name, value in map(_pair, _parts(target)) if name == key), None)


def _parts(target: str) -> Iterator[str]:
    return (part for part in target.partition("?")[2].split("&") if part)


def _pair(part: str) -> tuple[str, str]:
    key, _, value = part.partition("=")
    return key.strip().lower().replace("-", "_"), unquote(value).strip()
