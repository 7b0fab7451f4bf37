"""Sentences: a code and named fields, made into English by one table."""

from __future__ import annotations

import ast
import copy
import pickle
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import iec102
import pytest
from iec102 import errors
from iec102.errors import ConnectFailed, KeyAnswerLost, NoAnswer, ReadingUnfinished, refusal
from iec102.link import Garbage, GarbageKind
from iec102.link.diagnosis import diagnose, telnet_words
from iec102.sentence import Sentence, listed, parts_of, translated
from iec102.sentences import ENGLISH

LIBRARY = Path(iec102.__file__).parent
ERRORS = {name for name, made in vars(errors).items() if isinstance(made, type) and issubclass(made, Exception)}
LIKE_A_CODE = re.compile(r"[a-z_]+\.[a-z_0-9]+")


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(LIBRARY.rglob("*.py")):
        if not path.name.endswith("sentences.py"):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def codes_in(node: ast.AST) -> set[str]:
    return {
        found.value
        for found in ast.walk(node)
        if isinstance(found, ast.Constant) and isinstance(found.value, str) and found.value in ENGLISH
    }


def fields_of(template: str | tuple[str, str]) -> set[str]:
    forms = (template,) if isinstance(template, str) else template
    count = set() if isinstance(template, str) else {"count"}
    return count | {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name is not None}


def test_every_sentence_that_the_library_says_has_a_template_with_just_its_fields() -> None:
    """Codes that stand beside the call, or in a table of the same module for a call with a variable."""
    said: set[str] = set()
    for path, tree in trees():
        given_to_variables: list[set[str]] = []
        apart = codes_in(tree)
        for name, call in calls(tree):
            if name != "Sentence" or not call.args:
                continue
            given = {keyword.arg or "" for keyword in call.keywords}
            (first,) = call.args
            ends = (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)
            literal = all(isinstance(end, ast.Constant) for end in ends)
            codes: set[str] = set().union(*map(codes_in, ends)) if literal else set()
            assert codes or not literal, f"{path.name}:{call.lineno}: {ast.unparse(first)} has no template"
            if not literal:
                given_to_variables.append(given)
            for code in codes:
                assert fields_of(ENGLISH[code]) == given, f"{path.name}:{call.lineno}: {code}"
            said |= codes
            apart -= codes
        for code in apart:
            assert fields_of(ENGLISH[code]) in given_to_variables, f"{path.name}: {code}"
        said |= apart
    assert said == set(ENGLISH)


def test_no_code_is_misspelt() -> None:
    families = {code.partition(".")[0] for code in ENGLISH}
    for path, tree in trees():
        if path.name == "__init__.py":  # names of modules
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and LIKE_A_CODE.fullmatch(node.value):
                family = node.value.partition(".")[0]
                assert family not in families or node.value in ENGLISH, (path, node.value)


def test_no_error_of_the_library_is_made_of_words_in_the_code() -> None:
    """Each is made of a sentence, or of what carries one."""
    made = 0
    for path, tree in trees():
        for name, call in calls(tree):
            if name in ERRORS and call.args:
                made += 1
                words = isinstance(call.args[0], ast.JoinedStr | ast.BinOp) or (
                    isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
                )
                assert not words, f"{path.name}:{call.lineno}"
    assert made > 70


def test_templates_take_their_fields_by_name_and_end_without_a_full_stop() -> None:
    for code, template in ENGLISH.items():
        for form in (template,) if isinstance(template, str) else template:
            names = [name for _, name, _, _ in string.Formatter().parse(form) if name is not None]
            assert all(name.isidentifier() for name in names), code
            assert form
            assert form.endswith(".") == code.startswith("search.meter_id"), code


def test_a_sentence_is_text_with_its_code_and_its_fields() -> None:
    sentence = Sentence("link.no_answer", address=7, count=3, timeout=1.5)
    assert sentence.startswith("no answer from link address 7 to 3 attempts of 1.5 s: check")
    assert (sentence.code, sentence.fields) == ("link.no_answer", {"address": 7, "count": 3, "timeout": 1.5})


def test_one_and_many_have_a_template_each() -> None:
    assert " to 1 attempt of " in Sentence("link.no_answer", address=7, count=1, timeout=1)
    assert " to 0 attempts of " in Sentence("link.no_answer", address=7, count=0, timeout=1)


def test_an_unknown_code_and_a_missing_field_are_mistakes_that_show() -> None:
    with pytest.raises(KeyError):
        Sentence("link.unheard_of")
    with pytest.raises(KeyError):
        Sentence("link.busy", address=7)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda sentence: pickle.loads(pickle.dumps(sentence))])
def test_a_copy_keeps_code_and_fields(again: object) -> None:
    sentence = Sentence("link.busy", address=7, attempts=4)
    copied = again(sentence)  # type: ignore[operator]
    assert (copied, copied.code, copied.fields) == (sentence, sentence.code, sentence.fields)


def test_an_error_has_the_code_and_the_fields_of_its_sentence() -> None:
    error = ConnectFailed(Sentence("tcp.refused", line="tcp://h:1"))
    assert (error.code, error.fields) == ("tcp.refused", {"line": "tcp://h:1"})
    assert str(error) == error.sentence == "tcp://h:1: " + str(error).partition(": ")[2]
    plain = NoAnswer("words of a program")
    assert (str(plain), plain.sentence, plain.code, plain.fields) == (*["words of a program"] * 2, "", {})
    assert (NoAnswer().sentence, NoAnswer().code) == ("", "")


def test_an_error_keeps_the_one_inside_as_a_field() -> None:
    inner = NoAnswer(Sentence("link.no_answer", address=7, count=3, timeout=1))
    lost = KeyAnswerLost(Sentence("access.answer_lost", error=inner))
    assert lost.fields["error"] is inner
    assert str(lost).startswith(f"{inner}; the password had been sent")
    unfinished = ReadingUnfinished((1, 2), lost)
    assert (unfinished.code, unfinished.fields) == ("answer.unfinished", {"count": 2, "error": lost})
    assert ", of which 1 part has come: " in str(ReadingUnfinished((1,), lost))
    assert refusal(13, 122, 11).fields["meaning"].code == "refused.record"


def test_the_parts_of_a_sentence_are_those_of_the_errors_inside_too() -> None:
    inner = NoAnswer(Sentence("link.no_answer", address=7, count=3, timeout=1))
    parts = list(parts_of(KeyAnswerLost(Sentence("access.answer_lost", error=inner))))
    assert {7, 3, 1, inner.sentence} <= set(parts)
    assert list(parts_of("no sentence")) == ["no sentence"]


def test_another_language_needs_only_its_templates() -> None:
    spanish = {
        "link.no_answer": (
            "sin respuesta de {address} a {count} intento",
            "sin respuesta de {address} a {count} intentos",
        ),
        "access.answer_lost": "{error}; la clave se ha enviado",
        "garbage.with_detail": "{reason}: {detail}",
        "garbage.bad_checksum": "suma incorrecta",
    }
    inner = NoAnswer(Sentence("link.no_answer", address=7, count=3, timeout=1))
    lost = KeyAnswerLost(Sentence("access.answer_lost", error=inner))
    assert translated(lost, spanish) == "sin respuesta de 7 a 3 intentos; la clave se ha enviado"
    assert translated(Garbage(b"", GarbageKind.BAD_CHECKSUM, "x").reason, spanish) == "suma incorrecta: x"
    assert translated(lost, {}) == str(lost)
    assert translated("no sentence", spanish) == "no sentence"


def test_a_program_has_templates_of_its_own() -> None:
    class Words(Sentence):
        templates: ClassVar = {"file.lost": "{file} is lost"}

    words = Words("file.lost", file="a.csv")
    assert words == "a.csv is lost"
    assert translated(words, {"file.lost": "se ha perdido {file}"}) == "se ha perdido a.csv"


def test_lists_are_sentences_too() -> None:
    assert listed(("1",)) == "1"
    assert listed(("1", "2", "3")) == "1 and 2 and 3"


def test_a_diagnosis_has_a_code_and_what_a_converter_did_inside_it() -> None:
    request = bytes.fromhex("10 49 01 00 4A 16")
    found = diagnose([bytes.fromhex("FF FB 01") + request], request)
    assert found.words.code == "heard.telnet_and"  # type: ignore[attr-defined]
    assert telnet_words(bytes.fromhex("FF FB 01")) in list(parts_of(found.words))
