"""Opening the monitor: on a saved meter, on a target, on the demo, or with nothing chosen yet."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from iec102_tui.connection import Connection, demo, resolve
from iec102_tui.profiles import ProfileStore


def monitor(profiles: str | None, profile: str | None, demo: bool, no_mouse: bool) -> None:
    """Opens the monitor and ends with its exit status."""
    if profile and demo:
        raise click.UsageError("Choose --profile NAME or --demo.")
    store = ProfileStore(Path(profiles) if profiles else None)
    chosen = _chosen(profile, demo, store)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        # Textual draws on standard error, and a standard input at its end would keep a core busy.
        raise click.UsageError("The monitor needs a terminal: use 'iec102-tui read' in scripts.")
    if os.environ.get("TERM", "dumb") == "dumb":
        raise click.UsageError("This terminal cannot move its cursor (TERM=dumb): set TERM, or use 'iec102-tui read'.")
    from iec102_tui.app import open_monitor

    sys.exit(open_monitor(chosen, store=store, mouse=not no_mouse))


def _chosen(profile: str | None, wants_demo: bool, store: ProfileStore) -> Connection | None:
    if wants_demo:
        return demo()
    return resolve(profile, {}, store) if profile else None
