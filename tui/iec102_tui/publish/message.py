"""What is given to a broker: kinds of messages, topics by site and meter. The schema: docs/publishing.md."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from iec102.errors import InvalidSetting

from iec102_tui.words.plain_text import printable, quoted
from iec102_tui.words.text import _

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")
LATE = "/late"
"""Stands behind the topic of a live reading that is not the newest of its meter."""


class Kind(IntEnum):
    """How a message is kept; the numbers stand in the file of the queue."""

    STATUS = 0
    """Of a topic only the newest counts: states, what a meter says of itself, discovery. Retained, never stored."""
    LIVE = 1
    """The newest of a topic is retained, older ones go to the topic of late ones."""
    RECORD = 2
    """Each counts: load profile, closings, events."""


class Message(NamedTuple):
    """``payload`` is JSON, or empty text where a topic is to hold nothing any more."""

    kind: Kind
    topic: str
    payload: str


class Site(NamedTuple):
    """The topics of a machine, by the beginning of all topics and its cleaned name."""

    topic: str
    name: str

    @property
    def state(self) -> str:
        """Whether this machine publishes."""
        return f"{self.topic}/{self.name}/state"

    def meter(self, name: str) -> MeterTopics:
        """The topics of a meter by the name of its profile, or by its target. Raises InvalidSetting."""
        return MeterTopics(self, cleaned(without_query(name)))


class MeterTopics(NamedTuple):
    """The topics of a meter, by its cleaned name."""

    site: Site
    name: str

    def of(self, part: str) -> str:
        """Such as ``live`` or ``profile/hourly``."""
        return f"{self.site.topic}/{self.site.name}/{self.name}/{part}"


def without_query(name: str) -> str:
    """A target without what stands behind it: it may hold a password or a telephone number."""
    return name.partition("?")[0].rstrip(":")


def cleaned(name: str) -> str:
    """A name as one level of a topic: what is no letter, digit, ``-`` or ``_`` becomes ``_``.

    Raises InvalidSetting for one that has none of them.
    """
    clean = _NOT_IN_NAMES.sub("_", name)
    if not clean.strip("_"):
        raise InvalidSetting(_("{name} cannot be part of a topic: it has no letter and no digit", name=quoted(name)))
    return clean


def check_distinct(names: Iterable[str]) -> None:
    """Raises InvalidSetting where two names of meters become one in topics."""
    known: dict[str, str] = {}
    for name in names:
        clean = cleaned(without_query(name))
        if known.setdefault(clean, name) != name:
            raise InvalidSetting(
                _(
                    "{first} and {second} would have the same topic, {topic}: rename one of them",
                    first=printable(known[clean]),
                    second=printable(name),
                    topic=clean,
                )
            )
