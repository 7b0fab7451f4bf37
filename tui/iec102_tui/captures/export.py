"""Frames written to a file: JSON Lines, text or pcapng, with passwords masked unless they are wanted this once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from iec102.asdu import MADRID
from iec102.errors import InvalidSetting
from iec102.transport.tap import TapRecord

from iec102_tui.captures.json_lines import frame_line, header_line
from iec102_tui.captures.marks import CaptureHeader
from iec102_tui.captures.pcapng import pcapng
from iec102_tui.captures.text import text_lines
from iec102_tui.files.output_file import write_whole
from iec102_tui.profiles.connection import Connection
from iec102_tui.profiles.settings_table import zone
from iec102_tui.words.plain_text import printable

_MODE = 0o600


class FrameFormat(StrEnum):
    """The format of a file of frames, by the ending of its name."""

    JSON_LINES = "jsonl"
    TEXT = "txt"
    PCAPNG = "pcapng"


def header_of(connection: Connection | None, time: datetime) -> CaptureHeader:
    """What a capture says of where its frames come from; the name of a URL without what it sets, such as a password."""
    program = f"iec102-tui {version('iec102-tui')}"
    if connection is None:
        return CaptureHeader(program, "", MADRID.key, time)
    return CaptureHeader(program, printable(connection.name.partition("?")[0]), connection.zone.key, time)


def zone_of(header: CaptureHeader | None) -> tzinfo:
    """The meter's zone; UTC where a capture names none."""
    try:
        return UTC if header is None else zone(header.timezone)
    except InvalidSetting:
        return UTC


def export_frames(
    path: Path,
    records: Iterable[TapRecord],
    kind: FrameFormat,
    header: CaptureHeader,
    *,
    include_secrets: bool = False,
    overwrite: bool = False,
) -> None:
    """Writes a file, mode 0600, whole or not at all. Raises OSError; FileExistsError unless ``overwrite``.

    Many frames take a second: not in the interface's loop.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, _parts(records, kind, header, include_secrets=include_secrets), overwrite=overwrite, mode=_MODE)


def _parts(
    records: Iterable[TapRecord], kind: FrameFormat, header: CaptureHeader, *, include_secrets: bool
) -> Iterator[bytes]:
    if kind is FrameFormat.PCAPNG:
        yield from pcapng(records, header, include_secrets=include_secrets)
    elif kind is FrameFormat.TEXT:
        for line in text_lines(records, header, zone_of(header), include_secrets=include_secrets):
            yield line.encode()
    else:
        yield header_line(header)
        for record in records:
            yield frame_line(record, include_secrets=include_secrets)
