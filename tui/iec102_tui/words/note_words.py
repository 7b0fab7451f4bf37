"""Why a received frame was not taken, in words."""

from __future__ import annotations

from iec102.transport.tap import Note

_WORDS: dict[str, str] = {
    Note.LATE: "late",
    Note.OTHER_STATION: "another station's",
    Note.OTHER_ANSWER: "not the answer to the request",
    Note.UNASKED: "not asked for",
    Note.ECHO: "echo",
    Note.DAMAGED_ECHO: "damaged echo",
    Note.SINGLE_ACK: "acknowledgement of one byte",
}


def note_words(note: str) -> str:
    """The words for a note; what a capture of another program says stays as it is."""
    return _WORDS.get(note, note)
