"""`--unit`: the unit file of a command that runs as a service."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import click

_PROGRAM = "/usr/local/bin/iec102-tui"

Function = TypeVar("Function", bound=Callable[..., Any])


def unit_option(name: str) -> Callable[[Function], Function]:
    """The option that prints this file of the folder ``data``, with the path of this program."""

    def show(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
        if wanted and not context.resilient_parsing:
            unit = files("iec102_tui").joinpath("data", name).read_text(encoding="utf-8")
            click.echo(unit.replace(_PROGRAM, str(Path(sys.argv[0]).resolve())), nl=False)
            context.exit()

    return click.option(
        "--unit", is_flag=True, is_eager=True, expose_value=False, callback=show, help="Print a unit file for systemd."
    )
