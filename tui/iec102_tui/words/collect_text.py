"""What the collector says: in its log, and of its status."""

from __future__ import annotations

from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import N_, _, ngettext

READING_OF = {
    "events": N_("The reading of the events"),
    "closings": N_("The reading of the closings"),
    "profile": N_("The reading of the load profile"),
}
_NOT_READ = {
    "events": N_("{name}: events not read: {why}"),
    "closings": N_("{name}: closings not read: {why}"),
    "profile": N_("{name}: load profile not read: {why}"),
}
_READ_AGAIN = {
    "events": N_("{name}: events are read again"),
    "closings": N_("{name}: closings are read again"),
    "profile": N_("{name}: the load profile is read again"),
}

NOT_RELOADED = N_("the files were read again and everything stays as it was: {why}")
BROKER_FAILED = N_("nothing is published: {why}")
BROKER_AWAY = N_("what is read waits for the broker: {why}")
BROKER_BACK = N_("the broker takes what is published")
ARCHIVE_FAILED = N_("nothing is archived, and load profiles, events and closings wait: {why}")
WORK_STATUS = {
    "events": N_("Events: read {done}, next {due}."),
    "closings": N_("Closings: read {done}, next {due}."),
    "profile": N_("Load profile: read {done}, next {due}."),
}


def reading_words(count: int, connected: int) -> str:
    """How many meters are read."""
    return ngettext(
        "reading {count} meter, {connected} connected",
        "reading {count} meters, {connected} connected",
        count,
        connected=connected,
    )


def reloaded_words(count: int) -> str:
    """How many meters are read from now on."""
    return ngettext(
        "the files were read again: {count} meter is read",
        "the files were read again: {count} meters are read",
        count,
    )


def meter_line(name: str, words: str) -> str:
    """What is said of a meter, with its name."""
    return f"{printable(name)}: {printable(words)}"


def work_line(name: str, work: str, problem: str | None) -> str:
    """How one kind of reading of a meter is doing now; ``problem``: None where it works again."""
    if problem is None:
        return _(_READ_AGAIN[work], name=printable(name))
    return _(_NOT_READ[work], name=printable(name), why=printable(problem))
