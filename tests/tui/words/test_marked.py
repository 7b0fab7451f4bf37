"""Every sentence of the program is marked for translation; what is marked is a whole template."""

from __future__ import annotations

import ast
import functools
import re
import string
from collections.abc import Iterator
from pathlib import Path

import iec102_tui
import pytest
from iec102.errors import Iec102Error

PROGRAM = Path(iec102_tui.__file__).parent
MODULES = sorted(str(path.relative_to(PROGRAM)) for path in PROGRAM.rglob("*.py"))

UNMARKED = {
    "archive/contents.py": "names by which the archive knows a meter",
    "archive/migration.py": "SQL",
    "archive/news.py": "SQL",
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
_SENTENCE = re.compile(r"[A-Za-z]+[,:;]? \(?[A-Za-z]{2,}")
_WORD = re.compile(r"[A-Za-z]{3,}")
_CODE = re.compile(
    r"[\0;,)\s]*(SELECT|NOT IN|AND|INSERT|UPDATE|DELETE|CREATE|PRAGMA|BEGIN|VACUUM|WHERE|ALTER|ATTACH|DROP|CHECK)\b"
    r"|[\0;,)\s]*(INTEGER|PRIMARY KEY|FOREIGN KEY)\b|collect \0?$"
    r"|(# \()?iec102-tui (\S|frames$|$)|meter ID$|ready $| iec102$"
)
"""SQL, the name of this program, a value of the presets, what scripts wait for."""
_FOR_US = {"ValueError", "RuntimeError", "AssertionError", "KeyError", "NotImplementedError"}
"""Errors that the program raises for itself alone."""
_NO_SENTENCES = {"classes", "help", "metavar", "epilog", "short_help", "id", "severity", "style", "group", "name"}
"""Arguments that are names of styles, or of click: what ``--help`` says."""
_CSS = re.compile(r"(.*_)?CSS|COMPONENT_CLASSES")
_SINKS = {
    *(
        "notify",
        "update",
        "say",
        "set_message",
        "Static",
        "Label",
        "Option",
        "Button",
        "Span",
        "Piece",
        "Figure",
    ),
    *("echo", "secho", "fail", "InvalidSetting", "ArchiveError", "UsageError", "BadParameter", "ClickException"),
}
"""What shows its first argument to a person: there one word is a sentence too."""
_SCREENS = {"TextScreen", "QuestionScreen", "PasswordScreen", "PickScreen"}
"""What shows all of them."""
_SHOWN_KEYWORDS = {"placeholder", "tooltip", "title", "label", "prompt"}
_SHOWN_ATTRIBUTES = {"border_title", "border_subtitle", "placeholder", "tooltip", "title", "sub_title"}


def covered() -> list[str]:
    return [name for name in MODULES if name not in UNMARKED]


@functools.cache
def tree_of(name: str) -> ast.Module:
    """What a module says: read by the worker that runs its tests, not by each that collects them."""
    return ast.parse((PROGRAM / name).read_text("utf-8"))


@pytest.fixture(scope="module", autouse=True)
def _trees() -> Iterator[None]:
    """They are large, and the collector would look through them until the last test."""
    yield
    tree_of.cache_clear()


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
    for node in ast.walk(tree):
        for said, pattern in _said(node):
            if id(said) not in passed and (text := _text_of(said)) and pattern.search(text) and not _CODE.match(text):
                passed |= {id(each) for each in ast.walk(said)}
                yield f"line {said.lineno}: {ast.unparse(said)}"


def _said(node: ast.AST) -> Iterator[tuple[ast.expr, re.Pattern[str]]]:
    """Texts in a node, with what makes a sentence of them."""
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        shown = [*node.args] if called in _SCREENS else [*node.args[:1]] if called in _SINKS else []
        shown += [each.value for each in node.keywords if each.arg in _SHOWN_KEYWORDS]
        yield from ((text, _WORD) for each in shown for text in _alternatives(each))
        if called == "format" and isinstance(node.func, ast.Attribute):
            yield node.func.value, _WORDS
    elif isinstance(node, ast.Assign) and any(getattr(each, "attr", "") in _SHOWN_ATTRIBUTES for each in node.targets):
        yield from ((text, _WORD) for text in _alternatives(node.value))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        yield from ((each, _WORDS) for each in (node.left, node.right) if isinstance(each, ast.Constant))
    elif isinstance(node, ast.JoinedStr):
        yield node, _WORDS
    elif isinstance(node, ast.Constant):
        yield node, _SENTENCE


def _alternatives(node: ast.expr) -> Iterator[ast.expr]:
    """The texts that an expression may be."""
    if isinstance(node, ast.IfExp):
        yield from (*_alternatives(node.body), *_alternatives(node.orelse))
    elif isinstance(node, ast.List | ast.Tuple):
        yield from (text for each in node.elts for text in _alternatives(each))
    elif isinstance(node, ast.BoolOp):
        yield from (text for each in node.values for text in _alternatives(each))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from (*_alternatives(node.left), *_alternatives(node.right))
    elif isinstance(node, ast.Constant | ast.JoinedStr):
        yield node


def _text_of(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "\0".join(str(each.value) for each in node.values if isinstance(each, ast.Constant))
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_no_sentence(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg in _NO_SENTENCES
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(each, ast.Name) and bool(_CSS.fullmatch(each.id)) for each in targets)
    return isinstance(node, ast.Call) and _is_for_us(node.func)


def _is_for_us(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute):  # a log is read by whoever mends the program
        return isinstance(called.value, ast.Name) and called.value.id == "_log"
    return isinstance(called, ast.Name) and called.id in _FOR_US


@pytest.mark.parametrize("name", covered())
def test_every_sentence_is_marked(name: str) -> None:
    assert not list(unmarked(tree_of(name)))


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('raise Error(f"{path} is gone")', 1),
        ('print(f"by {way}")', 1),
        ('print(f"{a} of {b}")', 1),
        ('print(f"{a}, " f"{count} rows")', 1),
        ('print("nothing is here")', 1),
        ('print("{count} rows".format(count=1))', 1),
        ('print("{count} rows were left".format(count=1))', 1),
        ('print("{}-{}".format(1, 2))', 0),
        ('line = name + " rows"', 1),
        ('line = "%d rows" % count', 1),
        ('line = name + "-wal"', 0),
        ('return "a table"', 1),
        ('self.notify("Saved")', 1),
        ('self.notify("Saved" if done else f"{why}")', 1),
        ('self.notify(_("Saved"), severity="error")', 0),
        ('yield Static("from", classes="label")', 1),
        ('field.update("$accent")', 1),
        ('Input(placeholder="search")', 1),
        ('self.border_title = "Live"', 1),
        ('PickScreen(_("Quit?"), ["Quit", "Stay"])', 2),
        ('DEFAULT_CSS = "Screen Static { color: red; }"', 0),
        ('Binding("q", "quit", "Quit", tooltip="Leave the program")', 1),
        ('Binding("q", "quit", N_("Quit"), tooltip=N_("Leave the program"))', 0),
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


def _of_ours(owner: type[Exception]) -> set[str]:
    return {owner.__name__, *(name for each in owner.__subclasses__() for name in _of_ours(each))}


def unspoken(tree: ast.Module) -> Iterator[str]:
    """Errors with a sentence that become text as they are, which is English, outside the log."""
    ours = _of_ours(Iec102Error)
    for handler in ast.walk(tree):
        if not isinstance(handler, ast.ExceptHandler) or handler.name is None or handler.type is None:
            continue
        if not ours & {each.id for each in ast.walk(handler.type) if isinstance(each, ast.Name)}:
            continue
        for node in ast.walk(handler):
            is_text = isinstance(node, ast.FormattedValue) or (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str"
            )
            inner = node.value if isinstance(node, ast.FormattedValue) else getattr(node, "args", [None])[:1]
            inner = inner[0] if isinstance(inner, list) and inner else inner
            if is_text and isinstance(inner, ast.Name) and inner.id == handler.name:
                yield f"line {node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("name", MODULES)
def test_an_error_is_spoken(name: str) -> None:
    assert not list(unspoken(tree_of(name))), "write spoken(error), or give the error as a field"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("try: f()\nexcept InvalidSetting as error: self.say(str(error))", 1),
        ('try: f()\nexcept (OSError, InvalidSetting) as error: self.say(f"! {error}")', 1),
        ('try: f()\nexcept InvalidSetting as error: self.say(f"! {spoken(error)}")', 0),
        ('try: f()\nexcept InvalidSetting as error: self.say(_("{error}.", error=error))', 0),
        ("try: f()\nexcept ValueError as error: self.say(str(error))", 0),
    ],
)
def test_an_error_that_is_not_spoken_is_seen(code: str, found: int) -> None:
    assert len(list(unspoken(ast.parse(code)))) == found


@pytest.mark.parametrize("name", MODULES)
def test_what_is_marked_is_a_template_with_its_fields(name: str) -> None:
    for call, templates in marked(tree_of(name)):
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


@pytest.mark.parametrize("name", MODULES)
def test_the_mark_is_not_also_what_is_thrown_away(name: str) -> None:
    tree = tree_of(name)
    if any(isinstance(call.func, ast.Name) and call.func.id == "_" for call, _templates in marked(tree)):
        stored = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        arguments = [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)]
        assert not [node.lineno for node in stored if node.id == "_"], "write _name instead"
        assert "_" not in arguments
