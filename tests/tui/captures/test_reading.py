"""Captures of each format: the same frames again, what is masked stays masked, and files that are cut or damaged."""

from __future__ import annotations

import contextlib
import io
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iec102.errors import InvalidSetting
from iec102.link import Frame, Garbage
from iec102.transport.tap import TapRecord
from iec102_tui.captures.export import FrameFormat, _parts, export_frames
from iec102_tui.captures.frame_text import hex_bytes, masked
from iec102_tui.captures.pcapng import pcapng
from iec102_tui.captures.reading import CaptureReader, open_capture
from iec102_tui.captures.record import Capture
from support.captures import DIGITS, HEADER, PASSWORD, a_line

FORMATS = list(FrameFormat)
Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(kind: FrameFormat, records: list[TapRecord], *, include_secrets: bool = False) -> Path:
        path = tmp_path / f"frames.{kind}"
        export_frames(path, records, kind, HEADER, include_secrets=include_secrets, overwrite=True)
        return path

    return write


def read(data: bytes) -> Capture:
    reader = CaptureReader(io.BytesIO(data), "capture")
    records = list(reader)
    return Capture(reader.header, records, tuple(reader.remarks))


@pytest.mark.parametrize("kind", FORMATS)
def test_with_its_secrets_everything_is_read_again(written: Written, kind: FrameFormat) -> None:
    capture = open_capture(written(kind, a_line(), include_secrets=True))
    if kind is FrameFormat.JSON_LINES:
        assert capture.records == a_line()
    else:  # only JSON Lines keep the clock of ages
        assert [found._replace(time=0) for found in capture.records] == [sent._replace(time=0) for sent in a_line()]
    assert capture.header == HEADER
    assert capture.remarks == ()


@pytest.mark.parametrize("kind", FORMATS)
def test_masked_bytes_are_read_as_masked_and_not_as_garbage(written: Written, kind: FrameFormat) -> None:
    found = open_capture(written(kind, a_line())).records
    assert len(found) == len(a_line())
    for before, after in zip(a_line(), found, strict=True):
        assert hex_bytes(after) == hex_bytes(before)
        assert masked(after) == masked(before)
        assert after.hidden == masked(before)
        assert type(after.item) is type(before.item)
        assert after.secret == before.secret
        assert (after.repeat, after.note, after.direction, after.wall) == (
            before.repeat,
            before.note,
            before.direction,
            before.wall,
        )
        if isinstance(after.item, Garbage) and isinstance(before.item, Garbage):
            assert after.item.kind is before.item.kind
            assert after.item.detail == ("" if before.secret else before.item.detail)


@pytest.mark.parametrize("kind", FORMATS)
def test_no_byte_of_the_password_is_in_a_file(written: Written, kind: FrameFormat) -> None:
    data = written(kind, a_line()).read_bytes()
    assert PASSWORD not in data
    assert DIGITS.encode() not in data
    assert b"1234567890" not in data
    assert b"a detail" not in data


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("again", FORMATS)
def test_what_a_capture_has_masked_nobody_can_include_again(
    written: Written, kind: FrameFormat, again: FrameFormat
) -> None:
    once = open_capture(written(kind, a_line())).records
    twice = open_capture(written(again, once, include_secrets=True)).records
    assert [hex_bytes(record) for record in twice] == [hex_bytes(record) for record in a_line()]
    assert [record.hidden for record in twice] == [record.hidden for record in once]


@pytest.mark.parametrize("kind", FORMATS)
def test_only_the_user_may_read_a_file(written: Written, kind: FrameFormat) -> None:
    assert stat.S_IMODE(written(kind, a_line()).stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", FORMATS)
def test_a_capture_cut_at_any_byte_opens_up_to_there(written: Written, kind: FrameFormat) -> None:
    data = written(kind, a_line()).read_bytes()
    whole = read(data).records
    counts = []
    for length in range(len(data)):
        found = read(data[:length])
        assert found.records == whole[: len(found.records)]
        counts.append(len(found.records))
    assert counts == sorted(counts)
    assert counts[-1] >= len(whole) - 1
    assert read(data[:-5]).remarks


def test_damaged_lines_are_left_out_and_counted() -> None:
    lines = b"".join(
        (
            b'{"format":"iec102-tui frames","version":1,"time":"2026-11-22T11:30:05Z"}\n',
            b'{"time":"2026-11-22T11:30:05Z","clock":1.5,"dir":"tx","hex":"10 49 01 00 4A 16"}\n',
            b"\0\0\0\0\n",
            b'{"time":"2026-11-22T11:30:05Z","clock":1.5,"dir":"tx","hex":"10 4"}\n',
            b'{"time":"2026-11-22T11:30:06Z","clock":2.5,"dir":"rx","hex":"10 0B 01 00 0C 16"}\n',
            b'{"time":"2026-11-22T11:30:06Z","clock":2.',
        )
    )
    found = read(lines)
    assert [hex_bytes(record)[1] for record in found.records] == ["49", "0B"]
    assert found.remarks == ("2 lines are damaged, line 3 is the first", "the last line is cut")


def test_lines_of_another_program_may_hold_any_bytes() -> None:
    line = b'{"time":"2026-11-22T11:30:05Z","clock":1,"dir":"rx","hex":"01 02 10 49 01 00 4A 16 10 0B 01 00 0C 16"}\n'
    assert [type(record.item) for record in read(line).records] == [Garbage, Frame, Frame]


def test_bytes_that_somebody_has_masked_by_hand_stay_masked() -> None:
    line = b'{"time":"2026-11-22T11:30:05Z","clock":1,"dir":"rx","hex":"68 04 04 68 08 ?? 00 48 ?? 16"}\n'
    (record,) = read(line).records
    assert isinstance(record.item, Frame)
    assert hex_bytes(record) == ["68", "04", "04", "68", "08", "??", "00", "48", "??", "16"]


@settings(max_examples=150)
@given(st.binary(max_size=300), st.sampled_from([b"", b"{", b"\x0a\x0d\x0d\x0a", b'{"format":"x"}\n{']))
def test_any_file_is_a_capture_or_says_why_not(data: bytes, begin: bytes) -> None:
    with contextlib.suppress(InvalidSetting):
        assert all(isinstance(record, TapRecord) for record in read(begin + data).records)


@settings(max_examples=150)
@given(st.integers(0, 2000), st.integers(0, 255))
def test_any_changed_byte_of_a_pcapng_is_survived(position: int, value: int) -> None:
    data = bytearray(b"".join(pcapng(a_line(), HEADER)))
    data[position % len(data)] = value
    with contextlib.suppress(InvalidSetting):
        read(bytes(data))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="cannot be read: No such file"):
        open_capture(tmp_path / "none")


OSC = "\x1b]52;c;cHduZWQ=\x07"


def test_text_of_a_capture_never_reaches_a_terminal_as_it_is(tmp_path: Path) -> None:
    escaped = json.dumps(OSC)
    line = (
        '{"time":"2026-11-20T10:00:00.000000Z","clock":1.0,"dir":"rx","hex":"10 0B 01 00 0C 16",'
        f'"note":{escaped},"client":{escaped},"on_behalf":{escaped}}}\n'
        f'{{"time":"2026-11-20T10:00:00.000000Z","clock":1.0,"dir":"rx","hex":"FF","garbage":{escaped}}}\n'
    )
    header = (
        f'{{"format":"iec102-tui frames","program":{escaped},"profile":{escaped},"timezone":"x",'
        '"time":"2026-11-20T10:00:00Z"}\n'
    )
    path = tmp_path / "hostile.jsonl"
    path.write_text(header + line)
    capture = open_capture(path)
    assert capture.header is not None
    for record in capture.records:
        texts = [record.note, record.client, record.on_behalf]
        texts += [record.item.detail, record.item.reason] if isinstance(record.item, Garbage) else []
        assert all(text.isprintable() for text in texts)
    assert capture.header.profile.isprintable()
    for kind in FORMATS:
        again = tmp_path / f"again.{kind}"
        export_frames(again, capture.records, kind, capture.header)
        assert OSC[:4].encode() not in again.read_bytes()


def test_what_leaves_is_clean_whatever_entered() -> None:
    record = a_line()[0]._replace(note=OSC, client=OSC)
    for kind in FORMATS:
        parts = b"".join(_parts([record], kind, HEADER, include_secrets=False))
        assert OSC.encode() not in parts


def test_a_stream_without_end_is_refused_after_a_piece() -> None:
    with open("/dev/zero", "rb") as stream, pytest.raises(InvalidSetting, match="more than"):
        list(CaptureReader(stream, "standard input"))
    with pytest.raises(InvalidSetting, match="no ordinary file"):
        open_capture(Path("/dev/zero"))


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InvalidSetting, match="no ordinary file"):
        open_capture(pipe)
