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

COVERED = (
    "archive",
    "capture_screen.py",
    "captures",
    "cli",
    "garbage.py",
    "config.py",
    "diagnostics.py",
    "files",
    "fleet",
    "help_screen.py",
    "keys.py",
    "load_profile",
    "market_files",
    "meter_data",
    "meter_side",
    "palette.py",
    "panes/connection",
    "panes/frame_log",
    "panes/live",
    "panes/load_profile",
    "plain_filter.py",
    "profiles",
    "publish",
    "shutdown.py",
    "themes.py",
    "words",
)
"""Folders and files whose sentences are all marked. It only grows."""

UNMARKED = {
    "archive/contents.py": "names by which the archive knows a meter",
    "archive/migration.py": "SQL",
    "archive/rows.py": "SQL",
    "captures/document.py": "JSON",
    "captures/marks.py": "what capture files say",
    "cli/completion/candidates.py": "names by which the archive knows a meter",
    "cli/completion/shells.py": "scripts",
    "publish/discovery.py": "templates of Home Assistant",
    "publish/store.py": "SQL",
    "market_files/formats.py": "what stands in files",
    "market_files/reading.py": "names by which the archive knows a file",
    "meter_data/documents.py": "JSON",
    "panes/frame_log/tree_rows.py": "names by which the tree knows fields",
}
"""What looks like sentences and is the same in every language, by why."""

MARKS = {"_": 1, "N_": 1, "ngettext": 2}
"""How many templates each takes."""

_WORDS = re.compile(r"[A-Za-z]{2,}[,:;]? |[ (][A-Za-z]{2,}")
_SENTENCE = re.compile(r"[A-Za-z]{2,}[,:;]? \(?[A-Za-z]{2,}")
_CODE = re.compile(
    r"\0?\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|BEGIN|VACUUM|WHERE|ALTER|ATTACH|DROP|CHECK|INTEGER)\b"
    r"|(# \()?iec102-tui (\\S|frames$|$)|meter ID$"
)
"""SQL, the name of this program, a value of the presets."""
_FOR_US = {"ValueError", "RuntimeError", "AssertionError"}
"""Errors that the program raises for itself alone."""
_NO_SENTENCES = {"classes", "help", "metavar", "epilog", "short_help"}
"""Arguments that are names of styles, or of click: what ``--help`` says."""


def covered() -> list[str]:
    names = [name for name in sorted(MODULES) if any(name == each or name.startswith(f"{each}/") for each in COVERED)]
    return [name for name in names if name not in UNMARKED]


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
        elif _is_no_sentence(node):
            passed |= {id(each) for each in ast.walk(node)}
        elif isinstance(node, ast.JoinedStr) and id(node) not in passed:
            passed |= {id(each) for each in node.values}
            text = "\0".join(each.value for each in node.values if isinstance(each, ast.Constant))
            if _WORDS.search(text) and not _CODE.match(text):
                yield f"line {node.lineno}: {ast.unparse(node)}"
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in passed else None
        if isinstance(text, str) and _SENTENCE.search(text) and not _CODE.match(text):
            yield f"line {node.lineno}: {text!r}"


def _is_no_sentence(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg in _NO_SENTENCES
    return isinstance(node, ast.Call) and _is_for_us(node.func)


def _is_for_us(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute):  # a log is read by whoever mends the program
        return isinstance(called.value, ast.Name) and called.value.id == "_log"
    return isinstance(called, ast.Name) and called.id in _FOR_US


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
        ('_log.info("reading ended: %s", error)', 0),
        ('raise ValueError("no such thing")', 0),
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
        given, named = {each.arg for each in call.keywords}, set()
        for template in templates:
            assert not isinstance(template, ast.JoinedStr | ast.BinOp), f"line {call.lineno}: no catalogue can hold it"
            if isinstance(template, ast.Constant) and given:
                assert isinstance(template.value, str)
                fields = {field for _text, field, _format, _conversion in string.Formatter().parse(template.value)}
                assert "" not in fields, f"line {call.lineno}: a field without a name"
                assert fields - {None, "count"} <= given, f"line {call.lineno}: {template.value}"
                named |= fields
        if named:  # of one and many one may name less
            assert given <= named, f"line {call.lineno}: {given - named} is never said"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_the_mark_is_not_also_what_is_thrown_away(name: str) -> None:
    tree = MODULES[name]
    if any(isinstance(call.func, ast.Name) and call.func.id == "_" for call, _templates in marked(tree)):
        stored = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        arguments = [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)]
        assert not [node.lineno for node in stored if node.id == "_"], "write _name instead"
        assert "_" not in arguments
