"""The options of every command that talks to a meter."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Container, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem
from iec102.asdu.password import Password
from iec102.errors import InvalidSetting

from iec102_tui.cli.completion.candidates import TARGETS
from iec102_tui.profiles.connection import Connection, is_url, resolve
from iec102_tui.profiles.settings_table import OPTIONS, PASSWORD_VARIABLE, SETTINGS, check, wanted
from iec102_tui.profiles.store import ProfileStore
from iec102_tui.words.text import _, spoken

_ASK = "-"
_DEFAULT_PASSWORD = Password(1)

Function = TypeVar("Function", bound=Callable[..., Any])


class Setting(click.ParamType[Any]):
    """The value of a key of a profile, with the range that it has there."""

    def __init__(self, key: str, kind: Callable[[str], Any] = int) -> None:
        self.name = key
        self._kind = kind

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
        return [CompletionItem(value) for value in values_of(self.name) if value.startswith(incomplete)]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            setting = self._kind(value)
        except ValueError:
            self.fail(_("{value!r} is not {wanted}", value=value, wanted=wanted(self.name)), param, ctx)
        try:
            check(self.name, setting)
        except InvalidSetting as error:
            self.fail(spoken(error), param, ctx)
        return setting


def values_of(key: str) -> tuple[str, ...]:
    """What may be the value of a profile's key, where that can be listed."""
    if key == "timezone":
        from zoneinfo import available_timezones

        return tuple(sorted(available_timezones()))
    return SETTINGS[key].choices if key in SETTINGS else ()


ZONE = Setting("timezone", str)
SECONDS = Setting("poll_period", float)

# How the text of an option becomes the value of its key, where it is more than its type.
_TYPES: dict[str, click.ParamType[Any]] = {
    "password": click.STRING,
    "format": Setting("format", str.upper),
    "summer_time": Setting("summer_time", str.lower),
}
TARGET_OPTIONS: dict[str, tuple[click.ParamType[Any], str, str]] = {
    key: (_TYPES.get(key) or Setting(key, row.kind), row.metavar, row.option) for key, row in OPTIONS.items()
}
"""By key of a profile: kind of value, how it stands in the help, and the help."""

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document.")
force_option = click.option("--force", is_flag=True, help="Replace the file if there is one.")


def together(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """One decorator of several, which stand in this order in the help."""

    def decorated(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorated


def target_options(
    function: Function, *, required: bool = True, without: Container[str] = (), unused: Container[str] = ()
) -> Function:
    """The argument TARGET and the options of a meter, for a command whose function takes them by name.

    ``without``: the command has such options of its own. ``unused``: taken, so that a script may give all commands the
    same ones, but not shown.
    """
    for key, (kind, metavar, words) in reversed(TARGET_OPTIONS.items()):
        if key not in without:
            function = click.option(
                f"--{key.replace('_', '-')}", key, type=kind, metavar=metavar, help=words, hidden=key in unused
            )(function)
    return click.argument("target", required=required, shell_complete=TARGETS)(function)


def connection(context: click.Context, target: str, options: Mapping[str, Any]) -> Connection:
    """What TARGET and the options mean, with the password. Raises InvalidSetting or click.UsageError."""
    return with_password(resolved(context, target, options))


def resolved(context: click.Context, target: str, options: Mapping[str, Any]) -> Connection:
    """What TARGET and the options mean, the command line before the environment before the profile.

    Has no password where a profile has none and none was given.
    """
    given = {key: options.get(key) for key in TARGET_OPTIONS}
    password = given["password"] if given["password"] is not None else os.environ.get(PASSWORD_VARIABLE) or None
    if password is not None:
        given["password"] = password_of(password)
    found = resolve(target, given, store(context))
    if found.station.password is None and is_url(target):
        return found.with_password(_DEFAULT_PASSWORD)
    return found


def password_of(text: str) -> Password:
    """The value of `--password`: a minus sign asks for it. Raises InvalidSetting."""
    return _ask() if text == _ASK else Password(text)


def with_password(connection: Connection) -> Connection:
    """The connection as it is, or with the password that is asked for now."""
    if connection.station.password is not None:
        return connection
    if not _on_terminal():
        raise click.UsageError(
            _(
                "The profile has no password: give --password, or set {variable}, or save it in the profile.",
                variable=PASSWORD_VARIABLE,
            )
        )
    return connection.with_password(_ask())


def store(context: click.Context) -> ProfileStore:
    """The file of `--profiles`, which stands before the command, or the user's."""
    path = context.find_root().params.get("profiles")
    return ProfileStore(Path(path) if path else None)


def _ask() -> Password:
    """From the terminal, where it is not shown, or one line of standard input."""
    import getpass  # loaded when it is used

    try:
        text = getpass.getpass(_("Password: ")) if _on_terminal() else sys.stdin.readline()
    except EOFError:
        text = ""
    return Password(text.strip())


def _on_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()
