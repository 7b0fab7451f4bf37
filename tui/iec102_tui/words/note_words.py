"""Why a received frame was not taken, in words."""

from __future__ import annotations

from iec102.transport.tap import Note

from iec102_tui.words.text import N_, _

_WORDS: dict[str, str] = {
    Note.LATE: N_("late"),
    Note.OTHER_STATION: N_("another station's"),
    Note.OTHER_ANSWER: N_("not the answer to the request"),
    Note.UNASKED: N_("not asked for"),
    Note.ECHO: N_("echo"),
    Note.DAMAGED_ECHO: N_("damaged echo"),
    Note.SINGLE_ACK: N_("acknowledgement of one byte"),
}


def note_words(note: str) -> str:
    """The words for a note; what a capture of another program says stays as it is."""
    return _(_WORDS[note]) if note in _WORDS else note
