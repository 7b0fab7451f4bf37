"""A golden tree for each type of the reference, for the frames of the link, and for garbage of each kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from iec102.application.asdu import _TYPE_NAMES
from iec102.explain import NOT_IN_REFERENCE, explain
from iec102.link import Frame, Garbage, GarbageKind
from support.golden import golden_files, item_of, tree_text

FILES = golden_files()
# Types whose layout no source tells, or whose objects are not all known.
UNKNOWN = {"128", "130", "132", "138", "143", "186", "199"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_tree_is_the_golden_one(path: Path) -> None:
    _, _, expected = path.read_text().partition("\n\n")
    assert tree_text(item_of(path)) == expected


def test_every_type_and_every_kind_of_garbage_has_a_tree() -> None:
    items = [item_of(path) for path in FILES]
    types = {item.asdu[0] for item in items if isinstance(item, Frame) and item.asdu}
    assert types >= set(_TYPE_NAMES)
    assert {item.kind for item in items if isinstance(item, Garbage)} == set(GarbageKind)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_bytes_that_are_not_in_the_reference_are_those_of_unknown_layouts_only(path: Path) -> None:
    item = item_of(path)
    if isinstance(item, Garbage) or item.asdu is None:
        return
    unknown = [leaf for leaf in explain(item).leaves() if leaf.name == "bytes" and leaf.meaning == NOT_IN_REFERENCE]
    assert bool(unknown) == (path.stem[:3] in UNKNOWN or path.stem == "151-answer-special-days")


@pytest.mark.parametrize(
    ("name", "offset", "words"),
    [
        ("123-answer-refused", 9, "18: integration period not available"),
        ("151-answer", 24, "periods of the hours 666666662211122222111222"),
        ("142-answer", 55, "17500.0"),
        ("157-answer", 19, "195: alarms"),
        ("136-answer-cause-5", 51, "84"),
        ("163-answer-cut", 14, "255842"),
        ("garbage-checksum", 0, "bad checksum: expected BC, found BD"),
        ("garbage-lengths", 0, "the start of a frame whose lengths differ: 13 and 14"),
        ("link-unknown", 1, "4: not in the reference"),
        ("199-answer", 7, "199: type 199"),
    ],
)
def test_what_stands_at_an_offset(name: str, offset: int, words: str) -> None:
    (path,) = (path for path in FILES if path.stem == name)
    assert explain(item_of(path)).at(offset).meaning == words


@pytest.mark.parametrize("name", ["129-answer", "131-answer", "145-answer", "148-answer", "149-request", "157-answer"])
def test_layouts_from_one_source_say_that_they_are_unverified(name: str) -> None:
    (path,) = (path for path in FILES if path.stem == name)
    item = item_of(path)
    assert isinstance(item, Frame)
    assert item.asdu is not None
    body = [leaf for leaf in explain(item).leaves() if 13 <= leaf.start < 7 + len(item.asdu) and leaf.name != "reserve"]
    assert body
    assert not any(leaf.verified for leaf in body)
