"""The decode tree as the log shows it: what matters in its own line, every byte covered, nothing of a password."""

from __future__ import annotations

import pytest
from iec102.link import Answer, Frame, Garbage, GarbageKind, answer
from iec102.transport.tap import Direction, TapRecord
from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.panes.frame_log.row import said
from iec102_tui.panes.frame_log.tree_rows import Node, nodes, tree_rows
from support.log_pane import instantaneous
from support.still_meter import WALL, StillSession, add_frames


def record_of(item: Frame | Garbage, **more: bool) -> TapRecord:
    return TapRecord(0.0, WALL, Direction.RECEIVED, item, **more)


def lines(record: TapRecord) -> list[str]:
    return [row.text for row in tree_rows(record)]


def test_values_stand_in_one_line_each_with_whether_they_are_valid() -> None:
    shown = lines(record_of(instantaneous()))
    assert shown[0].split("  ")[-1].strip() == "answer, user data (function 8), address 1"
    assert "163 instantaneous values, 3 objects, cause 5 (request or requested)" in shown[1]
    assert "192        energies at 2026-11-22 12:30 standard time" in shown[2]
    (imported,) = (line for line in shown if " A+ " in line)
    assert imported.endswith("kWh  valid")
    assert any("phase 1" in line and "kW export" in line and "PF 0." in line for line in shown)
    assert any("phase 1" in line and " V  valid, " in line and line.endswith(" A") for line in shown)
    assert shown[-1].endswith("= sum of 104 bytes")


def test_an_invalid_value_says_so() -> None:
    data = bytearray(instantaneous().asdu or b"")
    data[6 + 4] |= 0x80  # IV of A+
    data[6 + 36] = 0xC1
    data[6 + 30 + 8] |= 0x80  # IV of the total power
    shown = lines(record_of(answer(Answer.USER_DATA, 1, bytes(data))))
    (imported,) = (line for line in shown if " A+ " in line)
    assert imported.endswith("kWh  invalid")
    (total,) = (line for line in shown if " total " in line)
    assert total.endswith("  invalid")


def covered(found: list[Node]) -> set[int]:
    return {byte for node in found for byte in range(node.start, node.stop)}


@pytest.mark.parametrize("number", range(8))
def test_the_parts_of_a_frame_cover_its_bytes(number: int) -> None:
    session = StillSession()
    add_frames(session)
    record = session.frames[number]
    size = len(record.item.data if isinstance(record.item, Garbage) else record.item.encode())
    assert covered(nodes(record)) == set(range(size))


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((192, 193, 194), "kW export, "),
        ((193,), "kVAr Q"),
        ((194,), " V"),
        ((192,), "A+ "),
    ],
)
def test_the_row_of_values_says_what_came(numbers: tuple[int, ...], words: str) -> None:
    frames = FrameRing()
    frames.append(record_of(instantaneous(WALL, *numbers)))
    assert words in said(frames, 0, frames[0]).words


def test_invalid_powers_are_not_said_as_values() -> None:
    data = bytearray(instantaneous(WALL, 193).asdu or b"")
    data[6 + 8] |= 0x80
    frames = FrameRing()
    frames.append(record_of(answer(Answer.USER_DATA, 1, bytes(data))))
    assert said(frames, 0, frames[0]).words == "powers invalid"


def test_secret_garbage_shows_no_byte() -> None:
    frames = FrameRing()
    frames.append(record_of(Garbage(b"\x39\x30", GarbageKind.NOISE), secret=True))
    assert said(frames, 0, frames[0]).words == "2 bytes that are no frame: ?? ??"
