"""Opening the monitor: on a saved meter, on a target, on the demo, or with nothing chosen yet."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

import click

from iec102_tui.cli.options import resolved, store, with_password
from iec102_tui.config import load
from iec102_tui.profiles import last_meter
from iec102_tui.profiles.connection import DEMO, Connection
from iec102_tui.profiles.connection import demo as demo_connection
from iec102_tui.words.text import _


def monitor(
    context: click.Context, profile: str | None, *, demo: bool, last: bool = False, settings: Mapping[str, object]
) -> int:
    """Opens the monitor and gives its exit status; ``settings`` are those of the command line, by their name."""
    if sum((bool(profile), demo, last)) > 1:
        raise click.UsageError(_("--profile, --demo and --last each name a meter: choose one."))
    if last:
        demo, profile = _last()
    chosen: Connection | None = demo_connection() if demo else None
    if profile:
        chosen = resolved(context, profile, {})
    must_be_on_terminal()
    if chosen is not None:
        chosen = with_password(chosen)
    config, notices = load(settings)
    from iec102_tui.app import open_monitor

    said = [*notices]
    publishing = None
    if config.broker:
        from iec102_tui.cli.publishing import for_monitor  # loaded when it is used

        publishing = for_monitor(config, said)
    return open_monitor(chosen, store=store(context), config=config, notices=said, publishing=publishing)


def _last() -> tuple[bool, str | None]:
    """Whether the meter of last time was the demo, else its name. Raises click.UsageError where there was none."""
    name = last_meter.last()
    if name is None:
        raise click.UsageError(_("No meter was opened here yet: choose one by --profile NAME, or in the monitor."))
    return (True, None) if name == DEMO else (False, name)


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
