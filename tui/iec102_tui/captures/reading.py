"""Captures in any format that this program writes, read again: JSON Lines, pcapng, text; and plain hex."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from iec102.errors import InvalidSetting
from iec102.transport.tap import TapRecord

from iec102_tui.captures.json_lines import LineReader
from iec102_tui.captures.pcapng import MAGIC, read_pcapng
from iec102_tui.captures.record import Capture, CaptureHeader
from iec102_tui.captures.text import records_of_line, title

_BOM = b"\xef\xbb\xbf"


class CaptureReader:
    """Reads a stream once, as it comes. ``header`` and ``remarks`` are complete when the records are at their end.

    Raises InvalidSetting for what is no capture, with the name of the stream and the line. A capture that is cut at any
    byte gives what is whole.
    """

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self.header: CaptureHeader | None = None
        self.remarks: list[str] = []
        self._stream = stream
        self._name = name

    def __iter__(self) -> Iterator[TapRecord]:
        begin = self._stream.read(len(MAGIC))
        if begin == MAGIC:
            return self._packets(begin + self._stream.read())
        begin = begin.removeprefix(_BOM)
        lines = chain((begin + self._stream.readline()).splitlines(keepends=True), self._stream)
        return self._json(lines) if begin.lstrip().startswith(b"{") else self._text(lines)

    def _packets(self, data: bytes) -> Iterator[TapRecord]:
        try:
            capture = read_pcapng(data)
        except InvalidSetting as error:
            raise InvalidSetting(f"{self._name}: {error}") from None
        self.header = capture.header
        yield from capture.records
        self.remarks += capture.remarks

    def _json(self, lines: Iterable[bytes]) -> Iterator[TapRecord]:
        reader = LineReader()
        for line in lines:
            yield from reader.records(line)
            self.header = reader.header
        self.remarks += reader.remarks()

    def _text(self, lines: Iterable[bytes]) -> Iterator[TapRecord]:
        for number, data in enumerate(lines, start=1):
            line = data.decode("utf-8", errors="replace")
            if number == 1:
                self.header = title(line)
            if self.header is not None and not data.endswith(b"\n"):
                self.remarks.append("the last line is cut")
                return
            yield from records_of_line(line, f"line {number} of {self._name}")


def open_capture(path: Path) -> Capture:
    """All of a capture. Raises InvalidSetting for a file that cannot be read or is no capture."""
    try:
        with path.open("rb") as stream:
            reader = CaptureReader(stream, str(path))
            records = list(reader)
    except OSError as error:
        raise InvalidSetting(f"{path} cannot be read: {error.strerror or error}") from None
    return Capture(reader.header, records, tuple(reader.remarks))
