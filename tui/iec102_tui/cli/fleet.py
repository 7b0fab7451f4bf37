"""`iec102-tui fleet`: the meters of many boxes on one screen, by a broker."""

from __future__ import annotations

import click

from iec102_tui.cli.monitor import must_be_on_terminal, settings_of
from iec102_tui.cli.options import store
from iec102_tui.config import load
from iec102_tui.publish.client import check_installed


@click.command()
@click.argument("url", metavar="[URL]", required=False)
@click.pass_context
def fleet(context: click.Context, url: str | None) -> int:
    """Show the meters of many boxes on one screen, as a broker tells of them.

    URL is mqtt://HOST:PORT or mqtts://HOST:PORT, or those of a cluster with commas between them; that of [broker] in
    config.toml unless given. Login, certificates and topic are those of [broker].
    """
    config, notices = load(settings_of(context.find_root().params))
    from iec102_tui.fleet.opening import feed_of

    check_installed()
    feed = feed_of(config, url)
    feed.settings.password()
    feed.settings.tls()
    must_be_on_terminal()
    from iec102_tui.app import open_fleet

    return open_fleet(feed, store=store(context), config=config, notices=notices)
