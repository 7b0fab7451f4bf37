"""What a broker sends, told apart and read: topics and flat JSON of docs/publishing.md, from whoever wrote them.

Anybody who may publish can write anything. Nothing here raises but ``Refused``, nothing nested is looked at, and text
is made printable and short before it goes on.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import N_

LONGEST_TOPIC = 300
"""Characters."""
LARGEST_PAYLOAD = 16_384
"""Bytes: a reading has 700."""
LARGEST_RECORD = 4_096
"""Bytes of an event, a closing or a record of a load profile: they have 300."""
LONGEST_TEXT = 200
_LARGEST_NUMBER = 1e15
_NO_NAME = "?"
_FIRST_YEAR, _LAST_YEAR = 1970, 2100
"""A box without a clock of its own begins in 1970: that is a wrong time, and none is another matter."""

Document = Mapping[str, Any]


class Kind(Enum):
    """What a topic is about; the value is how it ends."""

    SITE = "site"
    STATE = "state"
    INFO = "info"
    LIVE = "live"
    PROFILE = "profile"
    CLOSING = "closing"
    EVENT = "event"


class Address(NamedTuple):
    """What a topic names: ``meter`` is empty where it is about the box, ``register`` is that of a load profile."""

    kind: Kind
    site: str
    meter: str = ""
    register: str = ""


class Refused(Exception):
    """A message is not taken. The text is a template that says why."""


NO_TOPIC = N_("topics that mean nothing here")
TOO_LARGE = N_("messages that are too large")
NO_JSON = N_("messages that are no JSON object")
TOO_MANY = N_("messages of more meters than there is room for")

_OF_METER = {kind.value: kind for kind in (Kind.STATE, Kind.INFO, Kind.LIVE, Kind.CLOSING, Kind.EVENT)}


def filters(topic: str) -> list[str]:
    """What to subscribe to; ``topic`` is what all topics begin with."""
    meter = [f"{topic}/+/+/{kind.value}" for kind in _OF_METER.values()]
    return [f"{topic}/+/state", *meter, f"{topic}/+/+/profile/+"]


def address_of(topic: str, beginning: str) -> Address:
    """Whose message it is. Raises Refused."""
    if len(topic) > LONGEST_TOPIC or not topic.startswith(f"{beginning}/"):
        raise Refused(NO_TOPIC)
    match topic[len(beginning) + 1 :].split("/"):
        case [site, "state"] if site:
            return Address(Kind.SITE, site)
        case [site, meter, part] if site and meter and part in _OF_METER:
            return Address(_OF_METER[part], site, meter)
        case [site, meter, "profile", register] if site and meter and register:
            return Address(Kind.PROFILE, site, meter, register)
    raise Refused(NO_TOPIC)


def document_of(payload: bytes) -> Document:
    """The names and values of a message. Raises Refused."""
    try:
        found = json.loads(payload.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused(NO_JSON) from None
    if not isinstance(found, dict):
        raise Refused(NO_JSON)
    return found


def _no_number(_name: str) -> None:
    """NaN and infinity, which JSON does not have, are as if they were not there."""


def number(document: Document, name: str) -> float | None:
    """A value as a number; None for anything that is none that can have been measured."""
    value = document.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int) and abs(value) > _LARGEST_NUMBER:
        return None
    return float(value) if math.isfinite(value) and abs(value) <= _LARGEST_NUMBER else None


def text(document: Document, name: str) -> str:
    """A value as text that may be shown; empty for anything else."""
    value = document.get(name)
    return shown(value) if isinstance(value, str) else ""


def shown(value: str) -> str:
    """Text from outside, printable and not too long."""
    clean = printable(value[: LONGEST_TEXT + 1])
    return clean if len(clean) <= LONGEST_TEXT else clean[: LONGEST_TEXT - 1] + "…"


def named(value: str) -> str:
    """What came from ``shown`` as a name: one of blanks alone could not be seen."""
    return value if value.strip() else _NO_NAME


def moment(document: Document, name: str) -> datetime | None:
    """A time with its offset; None for anything else."""
    value = document.get(name)
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return None
    try:
        found = datetime.fromisoformat(value)
        known = found.utcoffset() is not None and _FIRST_YEAR <= found.year < _LAST_YEAR
    except (ValueError, OverflowError):
        return None
    return found if known else None
