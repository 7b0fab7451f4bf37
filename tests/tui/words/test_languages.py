"""Which language is spoken, and what a catalogue says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from iec102.errors import NoAnswer
from iec102.sentence import Sentence
from iec102_tui.words import catalogue, languages, text
from iec102_tui.words.catalogue import read_messages
from iec102_tui.words.numbers import NumberStyle, set_number_style
from iec102_tui.words.text import N_, _, ngettext, spoken

PO = r"""
msgid ""
msgstr ""
"Language: es\n"

msgid "{path} is gone"
msgstr "{path} ya no está"

#. a comment
msgid "two\n"
"lines of \"text\""
msgstr ""
"dos\n"
"líneas de \"texto\""

msgid "{count} row"
msgid_plural "{count} rows"
msgstr[0] "{count} fila"
msgstr[1] "{count} filas"

msgid "not yet"
msgstr ""

msgctxt "list.and"
msgid "{before} and {last}"
msgstr "{before} y {last}"

msgctxt "span.seconds"
msgid "{seconds:.0f} s"
msgstr "{seconds:.1f} s"

#~ msgid "obsolete"
#~ msgstr "viejo"
"""


@pytest.fixture
def of_po(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(catalogue, "LOCALE", _Folder())
    languages.use("es")
    yield
    languages.use("en")
    set_number_style(NumberStyle())


class _Folder:
    def __truediv__(self, name: str) -> _Folder:
        assert name == "es.po"
        return self

    def read_text(self, encoding: str) -> str:
        return PO


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({}, "en"),
        ({"LANG": "es_ES.UTF-8"}, "es"),
        ({"LANG": "ES"}, "es"),
        ({"LANG": "es@euro"}, "es"),
        ({"LANG": "ca_ES.UTF-8"}, "en"),
        ({"LANG": "es_ES.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "es_ES.UTF-8", "LC_MESSAGES": "", "LC_ALL": ""}, "es"),
        ({"LANG": "C", "LC_MESSAGES": "en_GB", "LC_ALL": "es_MX"}, "es"),
        ({"LANG": "es_ES", "LC_ALL": "C"}, "en"),
        ({"LANG": "../../etc"}, "en"),
    ],
)
def test_the_environment_asks_for_a_language(environment: dict[str, str], name: str) -> None:
    assert languages.wished(environment) == name


def test_a_catalogue_is_read_as_it_stands() -> None:
    assert read_messages(PO) == (
        {
            "{path} is gone": "{path} ya no está",
            'two\nlines of "text"': 'dos\nlíneas de "texto"',
            "{count} row": ("{count} fila", "{count} filas"),
        },
        {"list.and": "{before} y {last}", "span.seconds": "{seconds:.1f} s"},
    )


@pytest.mark.usefixtures("of_po")
def test_what_a_catalogue_has_is_said_in_its_language() -> None:
    assert _("{path} is gone", path="a.csv") == "a.csv ya no está"
    assert [ngettext("{count} row", "{count} rows", count) for count in (0, 1, 2)] == ["0 filas", "1 fila", "2 filas"]
    error = NoAnswer(Sentence("list.and", before="1", last=Sentence("list.and", before="2", last="3")))
    assert spoken(error) == "1 y 2 y 3"
    assert _("{path} is gone", path=error) == "1 y 2 y 3 ya no está"
    assert _(N_("{path} is gone", path="b")) == "b ya no está"


@pytest.mark.usefixtures("of_po")
def test_what_a_catalogue_does_not_have_stays_english() -> None:
    assert (_("not yet"), _(""), _("unknown")) == ("not yet", "", "unknown")
    assert ngettext("{count} record", "{count} records", 2) == "2 records"
    assert spoken(Sentence("request.reset")) == "the reset of the link"


@pytest.mark.usefixtures("of_po")
def test_decimals_have_a_comma_on_the_screen_alone() -> None:
    seconds = Sentence("span.seconds", seconds=0.25)
    assert _("{path} is gone", path=0.5) == "0.5 ya no está"
    assert spoken(seconds) == "0.2 s"
    languages.typeset_numbers()
    assert _("{path} is gone", path=0.5) == "0,5 ya no está"
    assert spoken(seconds) == "0,2 s"


def test_a_catalogue_is_not_read_before_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "LOCALE", None)
    languages.use("es")
    assert languages.used() == "es"
    languages.use("en")
    assert _("nothing here") == "nothing here"
    assert isinstance(text._language, text.English)
