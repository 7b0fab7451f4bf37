"""Sentences in the language of the program, by a language that is none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from iec102.errors import NoAnswer
from iec102.sentence import Sentence
from iec102_tui.words import text
from iec102_tui.words.text import N_, English, _, ngettext, speak, spoken

STATES = {1: N_("not connected")}


class Backwards(English):
    """Each template has its words in the other order; one template is broken, and one language has three plurals."""

    def gettext(self, message: str, /) -> str:
        return "{nothing}" if message == "{a} is broken" else " ".join(reversed(message.split(" ")))

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        return {0: "none at {place}", 1: "{count} alone"}.get(n, "{count} or more at {place}")

    def spoken(self, said: object, /) -> str:
        sentence = getattr(said, "sentence", said)
        return sentence.code if isinstance(sentence, Sentence) else str(said)


@pytest.fixture
def backwards() -> Iterator[None]:
    speak(Backwards())
    yield
    speak(English())


def test_english_is_the_template_itself() -> None:
    assert _("{path} is gone", path="a.csv") == "a.csv is gone"
    assert _("write {a} or {}") == "write {a} or {}"
    assert _(STATES[1]) == "not connected"
    assert [ngettext("{count} record", "{count} records", count) for count in (0, 1, 2)] == [
        "0 records",
        "1 record",
        "2 records",
    ]
    assert ngettext("{count} row in {path}", "{count} rows in {path}", 3, path="a") == "3 rows in a"
    assert _("{seconds:.1f} s", seconds=0.25) == "0.2 s"


def test_what_is_marked_may_have_its_fields_already() -> None:
    marked = N_("{low} to {high}", low=1, high=9)
    assert (marked, str(marked), _(marked), spoken(marked)) == ("1 to 9",) * 4
    assert _("a number of {range}", range=marked) == "a number of 1 to 9"


def test_an_error_is_a_field_as_it_says_itself() -> None:
    error = NoAnswer(Sentence("list.and", before="1", last="2"))
    assert _("Failed: {error}.", error=error) == "Failed: 1 and 2."
    assert spoken(error) == "1 and 2"
    assert _("Failed: {error}.", error=OSError(5, "disk")) == "Failed: [Errno 5] disk."


@pytest.mark.usefixtures("backwards")
def test_another_language_has_its_own_order_and_plurals() -> None:
    assert _("{path} is gone", path="a.csv") == "gone is a.csv"
    assert _(STATES[1]) == "connected not"
    assert [ngettext("{count} row", "{count} rows", count, place="b") for count in (0, 1, 2)] == [
        "none at b",
        "1 alone",
        "2 or more at b",
    ]


@pytest.mark.usefixtures("backwards")
def test_another_language_speaks_the_library_s_sentences_too() -> None:
    error = NoAnswer(Sentence("list.and", before="1", last="2"))
    assert _("Failed: {error}", error=error) == "list.and Failed:"
    assert spoken(error) == "list.and"


@pytest.mark.usefixtures("backwards")
def test_another_language_has_its_own_order_of_what_was_marked_before() -> None:
    marked = N_("{low} to {high}", low=1, high=9)
    assert marked == "1 to 9"
    assert _(marked) == "9 to 1"
    assert _("at {range}", range=marked) == "9 to 1 at"


@pytest.mark.usefixtures("backwards")
def test_a_slip_in_a_catalogue_shows_the_english() -> None:
    assert _("{a} is broken", a="this") == "this is broken"


def test_a_slip_in_the_english_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        _("{a} and {b}", a=1)


def test_the_program_speaks_english_unless_told() -> None:
    assert isinstance(text._language, English)
