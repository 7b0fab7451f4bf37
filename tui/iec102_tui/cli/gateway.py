"""`iec102-tui gateway`: one line, many applications, without the interface."""

from __future__ import annotations

import asyncio
import functools
import sys
from typing import Any

import click
from iec102.asdu.catalogue import CATALOGUE
from iec102.clock import SYSTEM_CLOCK
from iec102.gateway import MOST_OF_A_METER, Gateway, GatewaySettings
from iec102.open import open_line, parse_target

from iec102_tui.cli.completion.candidates import Listed
from iec102_tui.cli.notices import StateNotices
from iec102_tui.cli.options import Setting, resolved, target_options
from iec102_tui.cli.run import run_async, sentence
from iec102_tui.cli.units import unit_option
from iec102_tui.diagnostics import frame_tap, log_gateway
from iec102_tui.meter_side.gateway_file import announced
from iec102_tui.meter_side.key_file import KeyFile
from iec102_tui.meter_side.shared_line import place_of
from iec102_tui.profiles.connection import Connection
from iec102_tui.profiles.gateway_options import ALL_TYPES, DEFAULT_LISTEN, GatewayOptions
from iec102_tui.words.text import ngettext

_HIGHEST_TYPE = 255
# Each application logs in with its own key, to its own measuring point.
_OF_A_SESSION = ("password", "point_address")


def _writes() -> dict[str, str]:
    """The types of requests that do not pass by themselves, with their names."""
    return {str(row.type): row.name for row in CATALOGUE.values() if row.course is not None and not row.reads}


@click.command()
@functools.partial(target_options, required=False, unused=_OF_A_SESSION)
@click.option(
    "--listen", metavar="HOST:PORT", help=f"Where applications connect; port 0: a free one ({DEFAULT_LISTEN})."
)
@click.option("--allow", multiple=True, metavar="NET", help="Who may connect besides this machine.")
@click.option("--read-write", is_flag=True, help="Let every request pass, also those that change the meter.")
@click.option(
    "--pass-type",
    "pass_types",
    multiple=True,
    type=click.IntRange(0, _HIGHEST_TYPE),
    metavar="N",
    shell_complete=Listed(_writes),
    help="Let requests of this type pass too, such as 181.",
)
@click.option(
    "--also-address",
    "also",
    multiple=True,
    type=Setting("link_address"),
    metavar="N",
    help="Link address of another meter behind this line.",
)
@click.option(
    "--lend",
    type=Setting("gateway_lend"),
    metavar="SECONDS",
    help="Lend the line to a program with a protocol of its own, until so long quiet.",
)
@click.option("--lend-to", multiple=True, metavar="NET", help="Lend it to who connects from there, whatever it speaks.")
@click.option("--max-clients", type=int, default=64, metavar="N", help="Applications at once, 1 to 1000 (64).")
@click.option("--idle", type=float, default=300.0, metavar="SECONDS", help="Disconnect who is silent so long (300).")
@click.option(
    "--wrong-keys",
    type=int,
    default=MOST_OF_A_METER,
    metavar="N",
    help="Different wrong passwords that a meter is asked in 24 hours, 1 to 1000 (10).",
)
@click.option(
    "--reset-keys",
    is_flag=True,
    help="Forget the wrong passwords behind TARGET, or all; a gateway that runs forgets them too.",
)
@unit_option("iec102-gateway@.service")
@click.pass_context
def gateway(
    context: click.Context,
    /,
    target: str | None,
    listen: str | None,
    allow: tuple[str, ...],
    read_write: bool,
    pass_types: tuple[int, ...],
    also: tuple[int, ...],
    lend: int | None,
    lend_to: tuple[str, ...],
    max_clients: int,
    idle: float,
    wrong_keys: int,
    reset_keys: bool,
    **options: Any,
) -> None:
    """Share the line to TARGET: applications connect to it as to the meter's Ethernet converter.

    TARGET is a profile's name or a URL: tcp://HOST:PORT, serial:/dev/ttyUSB0, modem:/dev/ttyUSB0?dial=NUMBER,
    telnet://HOST:PORT, rfc2217://HOST:PORT, listen://HOST:PORT, simulated:

    What is not given is taken from the profile. Each application logs in with its own password. Requests that change
    the meter are refused unless they are let pass. Prints one line when it is ready; who connects and what is refused
    is on standard error and in the log. A meter is asked ten different wrong passwords in 24 hours at most.
    """
    given = {key: value for key, value in options.items() if key not in _OF_A_SESSION}
    if reset_keys:
        _reset_keys(None if target is None else resolved(context, target, given))
        return
    if target is None:
        raise click.MissingParameter(ctx=context, param_hint="'TARGET'", param_type="argument")
    chosen = resolved(context, target, given)
    saved = chosen.gateway
    asked = GatewayOptions(
        listen or saved.listen,
        ",".join(allow) or saved.allow,
        ALL_TYPES if read_write else ",".join(map(str, pass_types)) or saved.types,
        ",".join(map(str, also)) or saved.addresses,
        lend or saved.lend,
        ",".join(lend_to) or saved.lend_to,
        max_clients,
        idle,
        wrong_keys,
    )
    settings = asked.settings(chosen.station.link_address, chosen.zone)
    run_async(_serve(chosen, settings), chosen.name)


def _reset_keys(connection: Connection | None) -> None:
    """Behind one line, or behind all."""
    line = None if connection is None else parse_target(connection.target).opener(connection.settings).name
    count = KeyFile().reset(line, SYSTEM_CLOCK.wall().timestamp())
    click.echo(ngettext("{count} wrong password forgotten.", "{count} wrong passwords forgotten.", count), err=True)


async def _serve(connection: Connection, settings: GatewaySettings) -> None:
    tap = frame_tap()
    line = open_line(
        connection.target, connection.settings, reconnect=True, tap=tap, on_state=StateNotices(connection.name).state
    )
    server, file = Gateway(line, settings, tell=_tell, tap=tap, store=KeyFile()), None
    try:
        await server.start()
        if place_of(connection.target):
            file = announced(connection, settings, server.status.url)
        click.echo("ready " + server.status.url)
        sys.stdout.flush()
        await asyncio.Event().wait()
    finally:
        if file is not None:
            file.close()
        await server.close()
        await line.close()


def _tell(text: str) -> None:
    log_gateway(text)
    click.echo(sentence(text), err=True)
