"""The option for a file with a report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from iec102_tui.words.text import _

_ENDINGS = (".md", ".json")


class _ReportPath(click.Path):
    """The ending says what is written: another one would name what the file is not."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if path.suffix.lower() not in _ENDINGS:
            self.fail(_("a report ends in .md or .json, not as {path} does", path=path), param, ctx)
        return path


report_option = click.option("-o", "--output", metavar="FILE", type=_ReportPath(), help="A report: .md, or .json.")
