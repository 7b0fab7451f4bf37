"""What modems say (ITU-T V.250 and usual additions), sans-IO: result codes and their sentences.

Numbers are results too, where a modem was told to be short (``ATV0``).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from iec102.sentence import Sentence

OK, ERROR, CONNECT = "OK", "ERROR", "CONNECT"
_NUMBERS = {"0": OK, "1": CONNECT, "3": "NO CARRIER", "4": ERROR, "6": "NO DIALTONE", "7": "BUSY", "8": "NO ANSWER"}
# GSM modems that report error correction say this and nothing else.
_CONNECTED = re.compile(r"CONNECT\b|.*\bREL ASYNC\b")
_FAILURES = {
    "NO CARRIER": "modem.no_carrier_dialled",
    "BUSY": "modem.busy_dialled",
    "NO DIALTONE": "modem.no_dialtone",
    "NO DIAL TONE": "modem.no_dialtone",
    "NO ANSWER": "modem.no_answer_dialled",
    "ERROR": "modem.error_dialled",
    "+CME ERROR": "modem.error_dialled",
    "+CMS ERROR": "modem.error_dialled",
    "COMMAND NOT SUPPORT": "modem.error_dialled",
    "VOICE": "modem.voice",
    "FAX": "modem.voice",
    "OK": "modem.voice",
    "BLACKLISTED": "modem.barred",
    "BLACKLIST": "modem.barred",
    "DELAYED": "modem.barred",
    "CALL BARRED": "modem.barred",
    "NO PREFIXTONE": "modem.no_dialtone",
    "LINE IN USE": "modem.no_dialtone",
}
_LOST = re.compile(rb"(?:^|[\r\n])(NO CARRIER|BUSY|NO DIAL ?TONE|NO ANSWER|DISCONNECT(?:ED)?)[\r\n]*\Z")


class Result(NamedTuple):
    """A result code as the modem said it, and the code of the sentence for a call that it ends; empty for another."""

    text: str
    failure: str = ""

    @property
    def is_connected(self) -> bool:
        """The other modem has answered."""
        return self.text == CONNECT or bool(_CONNECTED.match(self.text))

    def sentence(self, line: str) -> Sentence:
        """Why a call of this line has failed with it, and what to check."""
        return Sentence(self.failure, line=line, result=self.text)

    @property
    def is_ok(self) -> bool:
        """A command was carried out."""
        return self.text == OK


def results_in(heard: bytes) -> list[Result]:
    """The result codes among the lines that a modem has finished; echoes and remarks such as RING are none."""
    *lines, _unfinished = re.split(rb"[\r\n]", heard.replace(b"\0", b""))
    texts = (line.decode("ascii", "replace").strip() for line in lines)
    return [found for text in texts if (found := _result(text)) is not None]


def lost_carrier(tail: bytes) -> str:
    """The result code with which all that has come on a call ends; empty where there is none."""
    found = _LOST.search(tail)
    return found[1].decode("ascii") if found else ""


def _result(text: str) -> Result | None:
    text = _NUMBERS.get(text, text)
    word = next((word for word in _FAILURES if text == word or text.startswith(f"{word}:")), "")
    found = Result(text, _FAILURES.get(word, ""))
    return found if word or found.is_connected else None
