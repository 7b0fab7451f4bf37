"""`--publish`: what a command reads goes to the broker of `config.toml` too."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import click
from iec102.errors import Iec102Error, InvalidSetting

from iec102_tui.cli.run import sentence
from iec102_tui.config import Config, load
from iec102_tui.meter_side.broker_sink import BrokerSink, Publishing
from iec102_tui.profiles.connection import Connection
from iec102_tui.publish.publisher import PublishStatus
from iec102_tui.publish.settings import BrokerSettings, broker_settings
from iec102_tui.words.text import _

PATIENCE = 10.0
"""Seconds that the broker has for what was read."""
_FAREWELL = 2.0


class NotPublished(Iec102Error):
    """The broker does not have what was read."""


def publishing_of(settings: BrokerSettings, config: Config, changed: Callable[[PublishStatus], None]) -> Publishing:
    """What publishes by these settings, and keeps what waits beside the archive."""
    return Publishing(settings, config.folders.archive / f"publish-{settings.site.name}.sqlite", changed)


def for_monitor(config: Config, notices: list[str]) -> Publishing | None:
    """What publishes for the monitor, where its settings say so; why it cannot is added to the notices."""
    if not config.broker.get("monitor"):
        return None
    try:
        publishing = publishing_of(broker_settings(config.broker, config.file), config, lambda _status: None)
        publishing.start()
    except Iec102Error as error:
        notices.append(sentence(_("nothing is published: {why}", why=error)))
        return None
    return publishing


@contextlib.contextmanager
def published(connection: Connection, *, aloud: bool) -> Iterator[BrokerSink]:
    """A sink that publishes as long as the block lasts. ``aloud``: tells on standard error when the broker is away.

    Raises InvalidSetting and QueueError before it begins; NotPublished where the broker does not have everything then.
    """
    config, problems = load()
    if not config.broker and problems:
        raise InvalidSetting(problems[0].rstrip("."))
    settings = broker_settings(config.broker, config.file)
    publishing = publishing_of(settings, config, _Notices().tell if aloud else lambda _status: None)
    publishing.start()
    try:
        yield publishing.sink(connection)
    except BaseException:
        publishing.close(_FAREWELL)
        raise
    if problem := publishing.close(PATIENCE):
        raise NotPublished(problem)


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
