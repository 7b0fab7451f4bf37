"""The options of every command that talks to a meter."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click
from iec102.application.password import Password
from iec102.errors import InvalidSetting
from iec102.settings import BAUDRATES, FORMATS, RANGES

from iec102_tui.connection import Connection, resolve
from iec102_tui.profiles import ProfileStore

PASSWORD_VARIABLE = "IEC102_PASSWORD"  # noqa: S105 - the variable's name
_ASK = "-"

Function = TypeVar("Function", bound=Callable[..., Any])


class ZoneType(click.ParamType[str]):
    """A time zone by its name."""

    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            self.fail(f"the time zone {value!r} is not known: write one like Europe/Madrid", param, ctx)
        return str(value)


def _ranged(name: str) -> click.IntRange:
    low, high, _unit = RANGES[name]
    return click.IntRange(low, high)


_OPTIONS = (
    click.option("--link-address", type=_ranged("link_address"), metavar="N", help="Link address, 0 to 65535 (1)."),
    click.option(
        "--point-address", type=_ranged("point_address"), metavar="N", help="Measuring point, 0 to 65535 (1)."
    ),
    click.option("--password", metavar="N", help=f"Access key; '-' asks for it. Also in {PASSWORD_VARIABLE}."),
    click.option("--baudrate", type=int, metavar="N", help="Serial speed, 300 to 115200 (9600)."),
    click.option("--format", metavar="FORMAT", help="Serial format (8N1)."),
    click.option("--timeout", type=_ranged("timeout"), metavar="MS", help="Request timeout, 100 to 600000 ms (3000)."),
    click.option("--retries", type=_ranged("retries"), metavar="N", help="Repeats without an answer, 0 to 100 (3)."),
    click.option("--delay", type=_ranged("delay"), metavar="MS", help="Pause between requests, 0 to 600000 ms (0)."),
    click.option("--timezone", type=ZoneType(), metavar="ZONE", help="The meter's time zone (Europe/Madrid)."),
)
_KEYS = ("link_address", "point_address", "password", "baudrate", "format", "timeout", "retries", "delay", "timezone")


def target_options(function: Function) -> Function:
    """The argument TARGET and the options of a meter, for a command whose function takes them by name."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return click.argument("target")(function)


def connection(context: click.Context, target: str, options: dict[str, Any]) -> Connection:
    """What TARGET and the options mean; takes its own options out of ``options``.

    Raises InvalidSetting, and click.UsageError where a password is needed and cannot be asked for.
    """
    given = {key: options.pop(key) for key in _KEYS}
    _check_choices(given)
    text, given["password"] = given["password"], None
    if text is None:
        text = os.environ.get(PASSWORD_VARIABLE)
    if text is not None:
        given["password"] = ask_password() if text == _ASK else Password(text)
    resolved = resolve(target, given, store(context))
    if resolved.station.password is None:
        return resolved.with_password(Password(1) if "://" in target else ask_password())
    return resolved


def store(context: click.Context) -> ProfileStore:
    """The file of `--profiles`, which stands before the command. Raises InvalidSetting where it does not exist."""
    named = context.find_root().params.get("profiles")
    if named is None:
        return ProfileStore()
    path = Path(named)
    if not path.is_file():
        raise InvalidSetting(f"the file of profiles {path} does not exist or is no file: check --profiles")
    return ProfileStore(path)


def ask_password() -> Password:
    """Asks on the terminal, without showing what is typed."""
    if not os.isatty(0):
        raise click.UsageError(f"The password is missing: give --password, or set {PASSWORD_VARIABLE}.")
    return Password(click.prompt("Password", hide_input=True, err=True))


def _check_choices(given: dict[str, Any]) -> None:
    if given["baudrate"] is not None and given["baudrate"] not in BAUDRATES:
        raise InvalidSetting(f"baudrate {given['baudrate']} is not one of {', '.join(map(str, BAUDRATES))}")
    if given["format"] is not None:
        given["format"] = given["format"].upper()
        if given["format"] not in FORMATS:
            raise InvalidSetting(f"format {given['format']!r} is not one of {', '.join(FORMATS)}")
