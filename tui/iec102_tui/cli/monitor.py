"""Opening the monitor: on a saved meter, on a target, on the demo, or with nothing chosen yet."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

import click

from iec102_tui.cli.options import resolved, store, with_password
from iec102_tui.config import load
from iec102_tui.profiles.connection import Connection
from iec102_tui.profiles.connection import demo as demo_connection
from iec102_tui.words.text import _


def monitor(context: click.Context, profile: str | None, *, demo: bool, settings: Mapping[str, object]) -> int:
    """Opens the monitor and gives its exit status; ``settings`` are those of the command line, by their name."""
    if profile and demo:
        raise click.UsageError(_("--profile and --demo name two meters: choose one."))
    chosen: Connection | None = demo_connection() if demo else None
    if profile:
        chosen = resolved(context, profile, {})
    must_be_on_terminal()
    if chosen is not None:
        chosen = with_password(chosen)
    config, notices = load(settings)
    from iec102_tui.app import open_monitor

    return open_monitor(chosen, store=store(context), config=config, notices=notices)


def settings_of(options: Mapping[str, Any]) -> dict[str, object]:
    """What the command line sets, by the names that the settings have."""
    return {
        "theme": options["theme"],
        "mouse": False if options["no_mouse"] else None,
        "low_bandwidth": options["low_bandwidth"] or None,
    }


def must_be_on_terminal() -> None:
    """Raises click.UsageError where there is no terminal to draw on."""
    # Textual draws on standard error, and a standard input at its end would keep a core busy.
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr)):
        raise click.UsageError(_("The monitor needs a terminal: in scripts use `iec102-tui read`."))
    if (term := os.environ.get("TERM", "")) in ("", "dumb"):
        raise click.UsageError(
            _("This terminal cannot move its cursor (TERM={term}): set TERM, or use `iec102-tui read`.", term=term)
        )
