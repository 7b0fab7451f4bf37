"""The marks of our captures are the format: they stay, whatever the sentences on the screen say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from iec102 import sentences
from iec102.link import Garbage, GarbageKind
from iec102.transport.tap import Direction, Note, TapRecord
from iec102_tui.captures.json_lines import LineReader, frame_line, header_line
from iec102_tui.captures.marks import CaptureHeader, garbage_of, masked_by, masked_mark, reason
from iec102_tui.captures.text import records_of_line, text_lines
from iec102_tui.words.frame_text import note_words

WHEN = datetime(2026, 11, 22, 11, 30, 5, 301417, UTC)
HEADER = CaptureHeader("iec102-tui 1.0", "north", "Europe/Madrid", WHEN)
REASONS: Mapping[GarbageKind, str] = {
    GarbageKind.NOISE: "no start character",
    GarbageKind.BAD_LENGTHS: "the start of a frame whose lengths differ",
    GarbageKind.BAD_CHECKSUM: "bad checksum",
    GarbageKind.BAD_END: "no end character",
    GarbageKind.INCOMPLETE: "the frame was not completed in time",
}
NOTES = (
    "late",
    "another station's",
    "not the answer to the request",
    "not asked for",
    "echo",
    "damaged echo",
    "acknowledgement of one byte",
)


def record(kind: GarbageKind, detail: str = "", note: str = "") -> TapRecord:
    return TapRecord(1.0, WHEN, Direction.RECEIVED, Garbage(b"\x31\x07", kind, detail), note=note)


@pytest.mark.parametrize("kind", GarbageKind)
def test_each_kind_of_garbage_has_its_phrase_in_files(kind: GarbageKind) -> None:
    assert reason(record(kind), frozenset()) == REASONS[kind]
    assert reason(record(kind, "7 and 8"), frozenset()) == f"{REASONS[kind]}: 7 and 8"
    assert reason(record(kind, "7 and 8"), frozenset((1,))) == REASONS[kind]
    assert garbage_of(b"\x31", f"{REASONS[kind]}: 7: 8") == Garbage(b"\x31", kind, "7: 8")


def test_a_reason_of_another_program_is_noise() -> None:
    assert garbage_of(b"\x31", "whatever").kind is GarbageKind.NOISE


@pytest.mark.parametrize("kind", GarbageKind)
def test_other_words_for_people_change_no_file_and_no_reading(
    kind: GarbageKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [*written(record(kind, "x"))]
    for code in sentences.ENGLISH:
        if code.startswith("garbage."):
            monkeypatch.setitem(sentences.ENGLISH, code, "otras palabras")
    assert [*written(record(kind, "x"))] == before
    reader = LineReader()
    reader.records(header_line(HEADER))
    (read,) = reader.records(frame_line(record(kind, "x")))
    (line,) = list(text_lines([record(kind, "x")], HEADER, UTC))[1:]
    (again,) = records_of_line(line, "line 1")
    assert read.item == again.item == Garbage(b"\x31\x07", kind, "x")


def written(item: TapRecord) -> list[str]:
    return [frame_line(item).decode(), *text_lines([item], HEADER, UTC)]


def test_masked_bytes_are_named_and_found() -> None:
    hidden = frozenset((13, 14, 15, 20))
    mark = masked_mark(hidden)
    assert mark == "masked: bytes 13-15, 20 are not in this capture, zeros stand for them"
    assert masked_by(mark, 100) == hidden
    assert masked_by(mark, 15) == {13, 14}
    assert masked_by("repeat", 100) is None


def test_notes_are_words_of_the_format() -> None:
    assert tuple(Note) == NOTES
    assert [note_words(note) for note in Note] == list(NOTES)
    assert note_words("of another program") == "of another program"
