"""The language of a command line: who chooses it, the help of the commands, and what click itself says."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from iec102_tui.cli import cli
from iec102_tui.cli.completion import index
from iec102_tui.cli.language import CLICK, choose, help_words, in_language, templates_of
from iec102_tui.words import catalogue, languages

Program = Callable[..., tuple[int, str, str]]

PO = """
msgid "Run the simulated meter for other programs."
msgstr "Pone en marcha el contador simulado para otros programas."

msgid "Be a serial port instead."
msgstr "Es un puerto serie."

msgid "nothing, for ever"
msgstr "nada, para siempre"

msgid "Usage:"
msgstr "Uso:"

msgid "Show this message and exit."
msgstr "Muestra este mensaje y termina."

msgid "No such option {name!r}."
msgstr "No existe la opción {name!r}."

msgid "Missing parameter: {param_name}"
msgstr "Falta {param_name}"

msgid "{value!r} is not a valid {number_type}."
msgstr "{value!r} no es un {number_type} válido."

msgid "integer range"
msgstr "número entero"

msgid "required"
msgstr "obligatoria"

msgid "No such file or directory"
msgstr "no existe"

msgid "refuses several instantaneous objects in one request (162) with cause 17"
msgstr "rechaza varios objetos"

msgctxt "target.unknown"
msgid "{target!r} is no target of a known kind: write {known}"
msgstr "{target!r} no es un destino conocido: escriba {known}"
"""
RUN = "Pone en marcha el contador simulado para otros programas."


@pytest.fixture(autouse=True)
def of_po(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "es.po").write_text(PO, encoding="utf-8")
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path)


def test_the_command_line_says_it_before_the_settings_and_these_before_the_environment(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "config.toml"
    monkeypatch.setenv("IEC102_TUI_CONFIG", str(settings))

    def spoken(*arguments: str) -> str:
        status, out, _said = program(*arguments, "--help")
        assert status == 0
        return "es" if RUN in out else "en"

    assert spoken() == "en"
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    assert spoken() == "es"
    assert spoken("--language", "en") == spoken("--language=en") == "en"
    settings.write_text('language = "en"')
    assert spoken() == "en"
    assert spoken("--language", "es") == "es"
    monkeypatch.setenv("IEC102_TUI_LANGUAGE", "es")
    assert spoken() == "es"
    monkeypatch.setenv("IEC102_TUI_LANGUAGE", "auto")
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert spoken() == "en"


def test_a_language_that_there_is_not_is_said(program: Program) -> None:
    status, _out, said = program("--language", "fr", "profiles")
    assert (status, "'fr'" in said) == (2, True)


def test_a_setting_that_is_no_language_leaves_it_to_the_environment(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IEC102_TUI_LANGUAGE", "klingon")
    monkeypatch.setenv("LC_ALL", "es")
    assert RUN in program("--help")[1]


def test_the_help_of_a_command_is_said_without_an_edit_of_the_command(program: Program) -> None:
    out = program("--language", "es", "simulate", "--help")[1]
    assert out.startswith("Uso: iec102-tui simulate")
    assert "Es un puerto serie." in out
    assert "Muestra este mensaje y termina." in out
    assert ": nada, para siempre" in out
    again = program("simulate", "--help")[1]
    assert "Be a serial port instead." in again
    assert "Show this message and exit." in again


def test_what_click_says_is_said_too(program: Program) -> None:
    assert "No existe la opción" in program("--language", "es", "read", "--wrong")[2]
    assert "No such option" in program("--language", "en", "read", "--wrong")[2]


def test_what_click_does_not_mark_is_said_too(program: Program) -> None:
    said = program("--language", "es", "closings", "simulated:", "--last", "x")[2]
    assert "no es un número entero válido" in said
    assert "[obligatoria]" in program("--language", "es", "reconcile", "--help")[1]
    assert "integer range" in program("closings", "simulated:", "--last", "x")[2]


def test_what_the_system_says_is_said_too(program: Program) -> None:
    assert program("--language", "es", "archive", "import", "/nosuch")[2] == "/nosuch: no existe.\n"
    assert program("archive", "import", "/nosuch")[2] == "/nosuch: No such file or directory.\n"


@pytest.mark.parametrize("group", ["archive", "profiles"])
def test_the_line_of_a_command_is_whole(group: str, program: Program) -> None:
    assert "..." not in program("--language", "es", group, "--help")[1].partition("Commands:")[2]


def test_the_words_of_values_at_tab_are_said_too() -> None:
    choose(["--language", "es"])
    try:
        simulate = index.make(in_language(cli)).commands["simulate"]
    finally:
        languages.use("en")
    quirks = next(row for row in (index.ParameterRow(*row) for row in simulate[1]) if "--quirk" in row.names)
    assert dict(quirks.values)["one-object"] == "rechaza varios objetos"


def test_the_sentences_of_the_library_are_said_too(program: Program) -> None:
    assert "no es un destino conocido" in program("--language", "es", "read", "ftp://x")[2]


def test_english_is_the_command_and_click_as_they_are() -> None:
    choose([], {})
    assert in_language(cli) is cli
    assert all(vars(module)["_"] is gettext.gettext for module in CLICK if "_" in vars(module))


def test_a_paragraph_is_a_template_and_a_listing_one_a_line() -> None:
    text = "First\nparagraph.\n\nQuirks:\n\n\b\n  one: first words: of two\n  plain"
    assert templates_of(text) == ["First paragraph.", "Quirks:", "first words: of two"]
    assert help_words(text) == text.replace("First\n", "First ")


def test_the_completion_is_in_the_language_and_made_anew_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "completion.json"
    shipped.write_text('["shipped", [], [], {}]')
    monkeypatch.setattr(index, "SHIPPED", shipped)
    assert index.index(cli).help == "shipped"
    try:
        choose(["--language", "es"])
        spanish = index.index(in_language(cli))
        assert spanish.commands["simulate"][0] == RUN
        shipped.unlink()
        choose(["--language", "en"])
        assert index.index(in_language(cli)).commands["simulate"][0] != RUN
    finally:
        languages.use("en")


def test_every_module_of_click_that_has_sentences_is_known() -> None:
    """Of those that a command line comes through; the others ask and page, which this program does not."""
    silent = {"_termui_impl", "_winconsole", "shell_completion", "termui", "utils"}
    folder = Path(str(click.__file__)).parent
    speaking = {path.stem for path in folder.glob("*.py") if "from gettext import" in path.read_text("utf-8")}
    assert speaking - silent == {module.__name__.rpartition(".")[2] for module in CLICK}
