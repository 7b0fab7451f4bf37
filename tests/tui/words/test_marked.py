"""Sentences are marked for translation, where a folder has been gone through; what is marked is a whole template."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import iec102_tui
import pytest

PROGRAM = Path(iec102_tui.__file__).parent
MODULES = {str(path.relative_to(PROGRAM)): ast.parse(path.read_text("utf-8")) for path in PROGRAM.rglob("*.py")}

COVERED = ("words/text.py",)
"""Folders and files whose sentences are all marked. It only grows."""

MARKS = {"_": 1, "N_": 1, "ngettext": 2}
"""How many templates each takes."""

_WORDS = re.compile(r"[A-Za-z]{2,}[,:;]? |[ (][A-Za-z]{2,}")
_SENTENCE = re.compile(r"[A-Za-z]{2,}[,:;]? \(?[A-Za-z]{2,}")
_SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|BEGIN|VACUUM|WHERE|ALTER|ATTACH|DROP|CHECK)\b")
_NO_SENTENCES = {"help", "metavar", "epilog", "short_help"}
"""Arguments of click: what ``--help`` says."""


def covered() -> list[str]:
    return [name for name in sorted(MODULES) if any(name == each or name.startswith(f"{each}/") for each in COVERED)]


def marked(tree: ast.AST) -> Iterator[tuple[ast.Call, list[ast.expr]]]:
    """Each call that marks, with its templates."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            yield node, node.args[: MARKS[node.func.id]]


def unmarked(tree: ast.Module) -> Iterator[str]:
    """What reads like English and goes by no mark."""
    passed = {id(node) for _, templates in marked(tree) for each in templates for node in ast.walk(each)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))  # a docstring
        elif isinstance(node, ast.keyword) and node.arg in _NO_SENTENCES:
            passed |= {id(each) for each in ast.walk(node)}
        elif isinstance(node, ast.JoinedStr) and id(node) not in passed:
            passed |= {id(each) for each in node.values}
            text = "\0".join(each.value for each in node.values if isinstance(each, ast.Constant))
            if _WORDS.search(text) and not _SQL.match(text):
                yield f"line {node.lineno}: {ast.unparse(node)}"
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in passed else None
        if isinstance(text, str) and _SENTENCE.search(text) and not _SQL.match(text):
            yield f"line {node.lineno}: {text!r}"


@pytest.mark.parametrize("name", covered())
def test_every_sentence_is_marked(name: str) -> None:
    assert not list(unmarked(MODULES[name]))


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('raise Error(f"{path} is gone")', 1),
        ('print(f"by {way}")', 1),
        ('print(f"{a} of {b}")', 1),
        ('print(f"{a}, " f"{count} rows")', 1),
        ('print("nothing is here")', 1),
        ('print("{count} rows".format(count=1))', 0),
        ('print("{count} rows were left".format(count=1))', 1),
        ('print(_("nothing is here"))', 0),
        ('print(_("{a} is here", a=f"{b} rows"))', 1),
        ('print(ngettext("one is here", "many are here", 3))', 0),
        ('WORDS = {1: N_("not there")}', 0),
        ('f"SELECT {a} FROM b"', 0),
        ('f"frames-{a}.jsonl"', 0),
        ('"""What it is for."""', 0),
        ('option("--a", help="Leave it out.")', 0),
        ('f"{a:%Y-%m-%d %H:%M}"', 0),
    ],
)
def test_what_is_not_marked_is_seen(code: str, found: int) -> None:
    assert len(list(unmarked(ast.parse(code)))) == found


@pytest.mark.parametrize("name", sorted(MODULES))
def test_what_is_marked_is_a_template_with_its_fields(name: str) -> None:
    for call, templates in marked(MODULES[name]):
        given = {each.arg for each in call.keywords}
        for template in templates:
            assert not isinstance(template, ast.JoinedStr | ast.BinOp), f"line {call.lineno}: no catalogue can hold it"
            if isinstance(template, ast.Constant) and given:
                assert isinstance(template.value, str)
                fields = {field for _text, field, _format, _conversion in string.Formatter().parse(template.value)}
                assert fields - {None, "count"} == given - {"count"}, f"line {call.lineno}: {template.value}"
                assert "" not in fields, f"line {call.lineno}: a field without a name"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_the_mark_is_not_also_what_is_thrown_away(name: str) -> None:
    tree = MODULES[name]
    if any(
        isinstance(node, ast.ImportFrom) and any(each.name == "_" for each in node.names) for node in ast.walk(tree)
    ):
        stored = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        arguments = [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)]
        assert not [node.lineno for node in stored if node.id == "_"], "write _name instead"
        assert "_" not in arguments
