"""`--publish`: what a command reads goes to the broker of `config.toml` too."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import click
from iec102.errors import Iec102Error, InvalidSetting

from iec102_tui.cli.run import sentence
from iec102_tui.config import load
from iec102_tui.meter_side.broker_sink import BrokerSink
from iec102_tui.profiles.connection import Connection
from iec102_tui.publish.publisher import Publisher, PublishStatus
from iec102_tui.publish.settings import broker_settings
from iec102_tui.words.text import _, ngettext, spoken

PATIENCE = 10.0
"""Seconds that the broker has for what was read."""
_FAREWELL = 2.0


class NotPublished(Iec102Error):
    """The broker does not have what was read."""


def publisher(changed: Callable[[PublishStatus], None]) -> tuple[Publisher, Callable[[Connection], BrokerSink]]:
    """What publishes by the settings, and what makes a sink of a meter. Raises InvalidSetting."""
    config, problems = load()
    if not config.broker and problems:
        raise InvalidSetting(problems[0].rstrip("."))
    settings = broker_settings(config.broker, config.file)
    queue = config.folders.archive / f"publish-{settings.site.name}.sqlite"
    found = Publisher(settings, queue, changed=changed)
    return found, lambda connection: BrokerSink(connection, settings, found.publish)


@contextlib.contextmanager
def published(connection: Connection, *, aloud: bool) -> Iterator[BrokerSink]:
    """A sink that publishes as long as the block lasts. ``aloud``: tells on standard error when the broker is away.

    Raises InvalidSetting and QueueError before it begins; NotPublished where the broker does not have everything then.
    """
    publishing, sink_of = publisher(_Notices().tell if aloud else lambda _status: None)
    publishing.start()
    try:
        sink = sink_of(connection)
        yield sink
    except BaseException:
        publishing.close(_FAREWELL)
        raise
    status = publishing.close(PATIENCE)
    if status.waiting:
        raise NotPublished(
            ngettext(
                "{count} reading was not published, it waits and goes out with the next --publish: {why}",
                "{count} readings were not published, they wait and go out with the next --publish: {why}",
                status.waiting,
                why=spoken(status.problem or _("the broker takes its time")),
            )
        )


class _Notices:
    """Says on standard error when the broker is away, and when it is back."""

    def __init__(self) -> None:
        self._said: str | None = None

    def tell(self, status: PublishStatus) -> None:
        """Each once."""
        why, self._said, before = status.problem, status.problem, self._said
        if why != before:
            words = _("readings wait for the broker: {why}", why=why) if why else _("the broker takes them again")
            click.echo(sentence(words), err=True)
