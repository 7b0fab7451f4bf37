"""The catalogues are complete, and say with the fields of each message what it says."""

from __future__ import annotations

import functools
import re
import shutil
import string
import subprocess
from collections.abc import Mapping
from pathlib import Path

import catalogue
import pytest
from catalogue import Message, Place

FOLDERS = list(catalogue.CATALOGUES)
FILES = [path for folder in FOLDERS for path in sorted(folder.glob("*.po"))]
of_each = pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
OTHERS = ("click", "textual")
BY_HAND = "bring it up to date with packaging/catalogue.py, and translate what that names:\n"


@functools.cache
def messages_in(folder: Path) -> Mapping[Message, Place]:
    """Taken from the whole program, by the worker that asks."""
    return catalogue.CATALOGUES[folder]()


def fields_of(text: str) -> set[tuple[str, str, str]]:
    """Names, formats and conversions; a date may be written in another order."""
    rows = {(name, form, how) for _text, name, form, how in string.Formatter().parse(text) if name is not None}
    return {(name, "" if "%" in form and form != ".0%" else form, how or "") for name, form, how in rows}


def differing(message: Message, said: tuple[str, str]) -> set[tuple[str, str, str]]:
    """Fields that one has and the other has not; of one and many each may leave the count to its words."""
    if "%(" in message.one:
        return set()
    there = fields_of(message.one) | fields_of(message.many)
    spoken = fields_of(said[0]) | fields_of(said[1])
    return (there ^ spoken) - ({("count", "", "")} if message.many else set())


def test_there_is_a_catalogue_of_each_language() -> None:
    from iec102_tui.words.languages import ENGLISH, LANGUAGES

    for folder in FOLDERS:
        assert [path.stem for path in FILES if path.parent == folder] == sorted(set(LANGUAGES) - {ENGLISH})


@of_each
def test_nothing_is_missing(path: Path) -> None:
    """What click and Textual say is of their version: a newer one may say more, and that in English."""
    said = catalogue.translations(path.read_text(encoding="utf-8"))
    ours = {message: place for message, place in messages_in(path.parent).items() if place.file not in OTHERS}
    missing = [
        f"{message.code or place.file}: {message.one!r}" for message, place in ours.items() if message not in said
    ]
    assert not missing, BY_HAND + "\n".join(missing)
    halves = [message.one for message, (_one, many) in said.items() if message.many and not many]
    assert not halves


@of_each
def test_nothing_is_said_that_is_no_message_any_more(path: Path) -> None:
    found = {message: Place("") for message in catalogue.translations(path.read_text(encoding="utf-8"))}
    ours = messages_in(path.parent)
    old = [message.one for message in found if message not in ours and not of_another(path, message)]
    assert not old, BY_HAND + "\n".join(old)


@of_each
def test_nothing_is_guessed(path: Path) -> None:
    assert not re.findall(r"^#,.*fuzzy.*$", path.read_text(encoding="utf-8"), re.MULTILINE)


@of_each
def test_each_field_is_said_and_no_other(path: Path) -> None:
    said = catalogue.translations(path.read_text(encoding="utf-8"))
    wrong = [f"{message.one!r}: {texts}" for message, texts in said.items() if differing(message, texts)]
    assert not wrong, "\n".join(wrong)


@of_each
def test_blanks_at_the_ends_stay(path: Path) -> None:
    said = catalogue.translations(path.read_text(encoding="utf-8"))
    wrong = [message.one for message, (one, _many) in said.items() if ends(message.one) != ends(one)]
    assert not wrong


def ends(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


@of_each
def test_gettext_s_own_tool_finds_nothing_wrong(path: Path) -> None:
    tool = shutil.which("msgfmt")
    if tool is None:
        pytest.skip("gettext is not installed")
    done = subprocess.run([tool, "--check", "-o", "/dev/null", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def of_another(path: Path, message: Message) -> bool:
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    return any(f"#: {name}\n" in block and f'msgid "{message.one}"' in block for block in blocks for name in OTHERS)


@pytest.mark.parametrize(
    ("one", "many", "said", "differs"),
    [
        ("{a} of {b}", "", ("{b}: {a}", ""), False),
        ("{a} of {b}", "", ("{b}", ""), True),
        ("{a}", "", ("{a} {c}", ""), True),
        ("{a:.1f}", "", ("{a:.2f}", ""), True),
        ("{a!r}", "", ("{a}", ""), True),
        ("{a:%Y-%m-%d}", "", ("{a:%d/%m/%Y}", ""), False),
        ("{count} row", "{count} rows", ("una fila", "{count} filas"), False),
        ("{count} of {n}", "{count} of {n}", ("{count} de {n}", "{count}"), False),
        ("{count} of {n}", "{count} of {n}", ("{count}", "{count}"), True),
    ],
)
def test_a_field_that_differs_is_seen(one: str, many: str, said: tuple[str, str], differs: bool) -> None:
    assert bool(differing(Message("", one, many), said)) is differs


def test_the_text_of_a_catalogue_is_read_back_as_it_was_written() -> None:
    odd = Message("", 'a "quoted"\tline\nand \\s another', "")
    many = Message("a.code", "{count} row", "{count} rows")
    said = {odd: ('"x"\n\\s', ""), many: ("{count} fila", "{count} filas")}
    text = catalogue.catalogue_text("es", {odd: Place("a b.py", "Translators: a note"), many: Place("c")}, said)
    assert catalogue.translations(text) == said
    assert "#. Translators: a note\n#: a_b.py\n" in text
