"""What is wrong fits into the row under the tabs at 80 columns, in each language; the whole sentence is a key away."""

from __future__ import annotations

import string

import pytest
from iec102.sentence import Sentence
from iec102.sentences import ENGLISH, Template
from iec102_tui.words.plain_text import printable
from iec102_tui.words.short_errors import SHORT, short_error
from rich.cells import cell_len
from support.spoken import spoken_in

ROOM = 80 - len(" ✖ ") - 1
LINE = "127.0.0.1:40001"
FIELDS = {
    "line": LINE,
    "baudrate": 9600,
    "format": "8E1",
    "holder": "minicom (process 1234)",
    "group": "dialout",
    "host": "converter.example",
    "error": "network down",
    "text": "login:",
    "seconds": 60.0,
    "timeout": 3.0,
    "command": "ATZ",
    "result": "NO CARRIER",
    "address": 12873,
    "addresses": "12873",
    "others": "1 and 2",
    "count": 3,
    "type": 11,
    "first": 1,
    "second": 2,
    "length": 9,
    "there": 3,
    "found": 1,
    "expected": 2,
    "function": 8,
    "heard": Sentence("heard.fill"),
    "telnet": Sentence("heard.echo"),
    "fault": Sentence("lost.silent", line=LINE),
    "meaning": Sentence("refused.period"),
}
FAMILIES = ("serial", "tcp", "rfc2217", "name", "lost", "modem", "link", "heard", "access", "refused")
PARTS = {
    *("serial.ports", "serial.more_ports", "serial.no_ports", "name.no_address"),
    *("heard.silence", "heard.fill", "heard.secret_bytes"),
}
"""What stands only within a sentence."""


def names_in(template: Template) -> set[str]:
    texts = [template] if isinstance(template, str) else template
    return {name for text in texts for _text, name, _form, _kind in string.Formatter().parse(text) if name}


def sentence_of(code: str) -> Sentence:
    return Sentence(code, **{name: FIELDS.get(name, "x") for name in {*names_in(ENGLISH[code]), "count"}})


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_error_of_a_line_fits_into_one_row(language: str) -> None:
    errors = [code for code in ENGLISH if code.split(".")[0] in FAMILIES and code not in PARTS]
    with spoken_in(language):
        said = {code: short_error(sentence_of(code)) or printable(sentence_of(code)) for code in {*errors, *SHORT}}
    assert not {code: text for code, text in said.items() if cell_len(text) > ROOM}


def test_a_short_sentence_has_the_fields_of_the_whole_one() -> None:
    unknown = {code: names_in(short) - names_in(ENGLISH[code]) for code, short in SHORT.items()}
    assert not {code: names for code, names in unknown.items() if names}


def test_a_sentence_within_a_sentence_is_short_too() -> None:
    fault = Sentence("line.fault", line=LINE, fault=Sentence("tcp.refused", line=LINE))
    assert short_error(fault) == short_error(Sentence("tcp.refused", line=LINE))
    assert short_error("the disk is full") == ""
