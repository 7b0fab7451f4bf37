"""Captures read again: JSON Lines, pcapng and text as this program writes them; network captures; plain hex."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from iec102.errors import InvalidSetting
from iec102.transport.tap import TapRecord

from iec102_tui.captures.json_lines import LineReader
from iec102_tui.captures.marks import CaptureHeader
from iec102_tui.captures.pcap import MAGICS, read_pcap
from iec102_tui.captures.pcapng import MAGIC, read_pcapng
from iec102_tui.captures.record import Capture
from iec102_tui.captures.text import records_of_line, title
from iec102_tui.files.input_file import open_file
from iec102_tui.words.system_text import why
from iec102_tui.words.text import _

LONGEST_LINE = 1024 * 1024
"""Bytes; a line of hex may be a long stream."""
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
        if begin == MAGIC or begin in MAGICS:
            return self._packets(begin)
        begin = begin.removeprefix(_BOM)
        lines = chain((begin + self._line()).splitlines(keepends=True), iter(self._line, b""))
        return self._json(lines) if begin.lstrip().startswith(b"{") else self._text(lines)

    def _packets(self, begin: bytes) -> Iterator[TapRecord]:
        read = read_pcapng if begin == MAGIC else read_pcap
        try:
            capture = read(begin, self._stream)
        except InvalidSetting as error:
            raise InvalidSetting(_("{where}: {what}", where=self._name, what=error)) from None
        self.header = capture.header
        yield from capture.records
        self.remarks += capture.remarks

    def _line(self) -> bytes:
        """The next line, which has an end: a device such as /dev/zero has none."""
        line = self._stream.readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE:
            raise InvalidSetting(
                _(
                    "{name} has a line of more than {count} bytes: it is no capture",
                    name=self._name,
                    count=LONGEST_LINE,
                )
            )
        return line

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
                self.remarks.append(_("the last line is cut"))
                return
            yield from records_of_line(line, _("line {number} of {name}", number=number, name=self._name))


def open_capture(path: Path) -> Capture:
    """All of a capture. Raises InvalidSetting for a file that cannot be read or is no capture."""
    try:
        with open_file(path) as stream:
            reader = CaptureReader(stream, str(path))
            records = list(reader)
    except OSError as error:
        raise InvalidSetting(_("{path} cannot be read: {why}", path=path, why=why(error))) from None
    return Capture(reader.header, records, tuple(reader.remarks))
