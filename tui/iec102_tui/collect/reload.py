"""What a collector reads, as its files say, and what has changed when they are read again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from iec102.asdu.password import Password
from iec102.errors import InvalidSetting

from iec102_tui.config import Config, load
from iec102_tui.profiles.collect_options import CollectOptions
from iec102_tui.profiles.connection import Connection, connection_of
from iec102_tui.profiles.listing import InvalidProfile, Loaded
from iec102_tui.profiles.settings_table import PASSWORD_VARIABLE
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.publish.message import check_distinct
from iec102_tui.publish.settings import BrokerSettings, broker_settings
from iec102_tui.words.plain_text import printable, quoted
from iec102_tui.words.text import _, spoken


class Selection(NamedTuple):
    """Which profiles: the named ones; without any all, or those with a table ``collect``."""

    names: tuple[str, ...] = ()
    everything: bool = False


class CollectorSettings(NamedTuple):
    """What the files say: the meters by name, the broker where there is one, and what is wrong, a sentence each."""

    meters: Mapping[str, Connection]
    broker: BrokerSettings | None
    config: Config
    problems: tuple[str, ...] = ()


class Changes(NamedTuple):
    """From one reading of the files to the next, by name; a meter in none of them goes on undisturbed.

    ``replanned``: read over the same session as before, but other things beside the values, or at other times.
    """

    removed: tuple[str, ...]
    added: tuple[str, ...]
    replanned: tuple[str, ...]


def read_settings(
    store: ProfileStore,
    selection: Selection,
    before: Mapping[str, Connection] | None = None,
    environment: Mapping[str, str] = os.environ,
) -> CollectorSettings:
    """Reads the files now.

    At first (``before`` is None) a named profile that is unknown or wrong is an error; others that are wrong are left
    out and told. Later a profile that is wrong now stays as it was ``before``. Raises InvalidSetting, also where there
    is nothing to read.
    """
    config, said = load(environment=environment)
    loaded = store.load()
    if loaded.unusable:
        raise InvalidSetting(loaded.unusable.rstrip("."))
    broker = broker_settings(config.broker, config.file) if config.broker else None
    problems = [*said, *map(str, loaded.problems)]
    meters: dict[str, Connection] = {}
    read = before or {}
    for name in _chosen(loaded, selection, read):
        try:
            meters[name] = connection(name, loaded, environment)
        except InvalidSetting as error:
            if before is None and name in selection.names:
                raise
            if name in read and name in loaded.names:
                meters[name] = read[name]
            if not isinstance(error, InvalidProfile):  # else it is among the problems of the file
                problems.append(spoken(error))
    if not meters:
        raise InvalidSetting((problems[-1] if problems else _nothing(loaded, selection)).rstrip("."))
    if broker is not None:
        check_distinct(meters)
    return CollectorSettings(meters, broker, config, tuple(problems))


def changes(before: Mapping[str, Connection], after: Mapping[str, Connection]) -> Changes:
    """What to do to get from one to the other; a meter that is reached otherwise is removed and added."""
    both = [name for name in after if name in before]
    again = {name for name in both if _session(before[name]) != _session(after[name])}
    replanned = (name for name in both if name not in again and options(before[name]) != options(after[name]))
    return Changes(
        tuple(name for name in before if name not in after or name in again),
        tuple(name for name in after if name not in before or name in again),
        tuple(replanned),
    )


def options(connection: Connection) -> CollectOptions:
    """What is read of a meter, and when."""
    return connection.profile.collect or CollectOptions()


def connection(name: str, loaded: Loaded, environment: Mapping[str, str] = os.environ) -> Connection:
    """A meter as the collector reads it: its live period is that of ``collect``. Raises InvalidSetting.

    A password of the environment is for profiles without one: of several meters each has its own.
    """
    found = connection_of(name, loaded.find(name))
    if found.station.password is None:
        if not (password := environment.get(PASSWORD_VARIABLE)):
            raise InvalidSetting(
                _(
                    "{path}: the profile {name} has no password: save it there, or set {variable}",
                    path=printable(str(loaded.path)),
                    name=quoted(name),
                    variable=PASSWORD_VARIABLE,
                )
            )
        found = found.with_password(Password(password))
    live = options(found).live
    return found if live is None else found.with_settings(poll_period=live)


def _chosen(loaded: Loaded, selection: Selection, read: Mapping[str, Connection]) -> tuple[str, ...]:
    """``read``: the meters that are read now; one of them that is wrong by now is still meant."""
    if selection.names:
        return tuple(dict.fromkeys(selection.names))
    if selection.everything:
        return loaded.names
    wanted = {name for name, profile in loaded.profiles.items() if profile.collect is not None}
    wanted |= read.keys() - loaded.profiles.keys()
    return tuple(name for name in loaded.names if name in wanted)


def _nothing(loaded: Loaded, selection: Selection) -> str:
    path = printable(str(loaded.path))
    if selection.everything:
        return _("there is no profile in {path}: save a meter first", path=path)
    return _("no profile in {path} has a table collect: add one, name profiles, or give --all", path=path)


def _session(connection: Connection) -> tuple[object, ...]:
    """All that the session with a meter depends on, and its gateway; what else a profile says is for the monitor."""
    return (
        connection.target,
        connection.settings,
        connection.station,
        connection.zone,
        connection.summer_time,
        connection.poll_period,
        connection.voltage_ratio,
        connection.current_ratio,
        connection.profile.gateway,
        connection.gateway,
    )
