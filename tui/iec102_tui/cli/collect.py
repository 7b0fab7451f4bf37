"""`iec102-tui collect`: many meters without a screen, into archive and broker."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import click

from iec102_tui.cli.collect_status import lines
from iec102_tui.cli.completion.candidates import PROFILES
from iec102_tui.cli.journal import start_journal
from iec102_tui.cli.options import store
from iec102_tui.cli.publishing import publishing_of
from iec102_tui.cli.run import run_async
from iec102_tui.cli.units import unit_option
from iec102_tui.collect.collector import Collector
from iec102_tui.collect.notify import Notifier
from iec102_tui.collect.refused import RefusedFile
from iec102_tui.collect.reload import Selection, read_settings
from iec102_tui.collect.status import StatusFile, plain, status
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.words.text import _

_MOST_THREADS = 1_000
"""Each is made only when all others are busy."""


@click.command()
@click.argument("profiles", nargs=-1, metavar="[PROFILE]...", shell_complete=PROFILES)
@click.option("--all", "everything", is_flag=True, help="Read every saved meter.")
@click.option("--status", "as_status", is_flag=True, help="Print how the collector of this machine is doing.")
@click.option("--json", "as_json", is_flag=True, help="With --status: one JSON document.")
@unit_option("iec102-collect.service")
@click.pass_context
def collect(
    context: click.Context, /, profiles: tuple[str, ...], everything: bool, as_status: bool, as_json: bool
) -> None:
    """Read saved meters without a screen, for a service: into the archive, and to the broker of config.toml.

    Without PROFILE and --all it reads those with a table collect, [profiles.NAME.collect], which says how often.

    Reads live values, load profiles, closings, events and clock, and opens the meters' gateways, through which the
    monitor of this machine gets to them meanwhile. SIGHUP reads the files again; what has not changed goes on
    undisturbed. More in docs/collector.md.
    """
    if as_status:
        found = status()
        click.echo(json.dumps(plain(found)) if as_json else "\n".join(lines(found)))
        return
    if as_json:
        raise click.UsageError(_("--json goes with --status."))
    if profiles and everything:
        raise click.UsageError(_("PROFILE and --all are two ways to choose: give one of them."))
    with _hang_up_waits() as is_reload:
        _collect(Selection(profiles, everything), store(context), is_reload=is_reload)


def _collect(selection: Selection, profile_store: ProfileStore, *, is_reload: bool) -> None:
    first = read_settings(profile_store, selection)
    file = StatusFile()
    try:
        collector = Collector(
            first,
            lambda meters: read_settings(profile_store, selection, meters),
            publishing_of,
            status=file,
            notifier=Notifier(),
            refused=RefusedFile(),
        )
        start_journal("iec102_tui.collect", "iec102_tui.gateway")
        run_async(_run(collector, is_reload=is_reload))
    finally:
        file.close()


@contextlib.contextmanager
def _hang_up_waits() -> Iterator[bool]:
    """A terminal that hangs up ends it; else SIGHUP means that the files have changed, also before it can read them."""
    if (sys.stderr is not None and sys.stderr.isatty()) or signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        yield False
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGHUP,))
    try:
        yield True
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


async def _run(collector: Collector, *, is_reload: bool) -> None:
    # Each meter may wait for an archive that is locked; names of hosts are looked up, and ports opened, meanwhile.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_MOST_THREADS))
    if is_reload:
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, collector.reload)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGHUP,))
    await collector.run()
