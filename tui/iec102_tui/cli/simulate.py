"""`iec102-tui simulate`: the simulated meter for other programs."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime
from typing import Any

import click
from iec102.asdu import Password
from iec102.errors import ConnectFailed, InvalidSetting
from iec102.settings import BAUDRATES, FORMATS
from iec102.simulator import (
    FAULTS,
    NUMBERS,
    QUIRKS,
    WIRINGS,
    CallingMeter,
    LineSpeed,
    PtyServer,
    SimulatedMeter,
    SimulatorConfig,
    SiteKind,
    TcpServer,
    Wiring,
    parse_fault,
    parse_site,
    serve_tcp,
)
from iec102.transport.listen_address import Address, why_not_listening

from iec102_tui.cli.completion.candidates import Listed
from iec102_tui.cli.options import Setting
from iec102_tui.cli.run import run_async
from iec102_tui.words.text import N_, _

_KEY = Setting("password", lambda text: Password(text).reveal())
_DEFAULT_PORT = "127.0.0.1:0"


def _listing(title: str, names: Any) -> str:
    return f"{title}:\n\n\b\n" + "\n".join(f"  {name}: {text}" for name, text in names.items())


def _speeds() -> list[str]:
    return [f"{rate}-{format_}" for rate in BAUDRATES for format_ in FORMATS]


_NUMBERS = {number: result or N_("nothing, for ever") for number, result in NUMBERS.items()}


@click.command(
    epilog="\n\n".join(
        (
            _listing("Quirks", QUIRKS),
            _listing("Wirings, with a phase or a ratio of your choice", WIRINGS),
            _listing("Faults, each with a rate of 0 to 1", FAULTS),
            _listing("What the modem says to a call of these numbers; the meter answers all others", _NUMBERS),
        )
    )
)
@click.option("--tcp", metavar="HOST:PORT", help=f"Listen here; port 0 picks a free one ({_DEFAULT_PORT}).")
@click.option("--pty", is_flag=True, help="Be a serial port instead.")
@click.option("--modem", is_flag=True, help="Be a modem on a serial port, which has to dial; see below.")
@click.option(
    "--telnet",
    metavar="[HOST:PORT]",
    is_flag=False,
    flag_value=_DEFAULT_PORT,
    help="Be a converter that speaks telnet and RFC 2217.",
)
@click.option("--call", metavar="HOST:PORT", help="Call a reader that listens there, again and again.")
@click.option("--identification", default="", metavar="TEXT", help="With --call: say this line first.")
@click.option("--link-address", type=Setting("link_address"), default=1, metavar="N", help="Link address (1).")
@click.option("--point-address", type=Setting("point_address"), default=1, metavar="N", help="Measuring point (1).")
@click.option("--password", type=_KEY, default=1, metavar="N", help="Access key (1).")
@click.option("--clock", metavar="ISO-TIME", help="Freeze the meter's clock.")
@click.option("--clock-start", metavar="ISO-TIME", help="Let the meter's clock run from this time.")
@click.option("--clock-drift", type=float, default=0.0, metavar="S", help="Seconds that the clock gains a day (0).")
@click.option("--seed", type=int, default=1, metavar="N", help="Another site, another day (1).")
@click.option(
    "--site",
    default="",
    metavar="KIND",
    shell_complete=Listed(lambda: [kind.value for kind in SiteKind if kind]),
    help="What stands behind it, by the seed: load, solar or light.",
)
@click.option(
    "--wiring",
    default="",
    metavar="FAULT",
    shell_complete=Listed(lambda: WIRINGS),
    help="Wire it wrong; see below.",
)
@click.option(
    "--line", metavar="SPEED", shell_complete=Listed(_speeds), help="Bytes take the time of a line such as 9600-8E1."
)
@click.option(
    "--quirk",
    "quirks",
    multiple=True,
    metavar="NAME",
    shell_complete=Listed(lambda: QUIRKS),
    help="Differ as real meters do; see below.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME=RATE",
    shell_complete=Listed(lambda: {f"{name}=": words for name, words in FAULTS.items()}),
    help="Faults of the line; see below.",
)
def simulate(
    tcp: str | None, pty: bool, modem: bool, telnet: str | None, call: str | None, identification: str, **options: Any
) -> None:
    """Run the simulated meter until it is ended. Prints one line when it is ready."""
    ways = {"--tcp": tcp, "--pty": pty, "--modem": modem, "--telnet": telnet, "--call": call}
    chosen = [name for name, value in ways.items() if value]
    if len(chosen) > 1:
        raise click.UsageError(_("{ways} are ways to the same meter: choose one.", ways=", ".join(chosen)))
    if identification and not call:
        raise click.UsageError(_("--identification is what a modem says that calls: give --call too."))
    config = _config(options)

    async def serve() -> None:
        meter = SimulatedMeter(config)
        if pty or modem:
            server: TcpServer | PtyServer | CallingMeter = PtyServer(meter, modem=modem)
        elif call:
            place = Address.parse(call)
            server = CallingMeter(meter, place.host, place.port, identification)
        else:
            server = await _listen(meter, telnet or tcp or _DEFAULT_PORT, telnet=bool(telnet))
        with contextlib.closing(server):
            click.echo("ready " + server.url)
            await asyncio.Event().wait()

    run_async(serve())


def _config(options: dict[str, Any]) -> SimulatorConfig:
    clock, start, line = (options.pop(name) for name in ("clock", "clock_start", "line"))
    return SimulatorConfig(
        clock=None if clock is None else _instant(clock),
        clock_start=None if start is None else _instant(start),
        site=parse_site(options.pop("site")),
        wiring=Wiring.parse(options.pop("wiring")),
        line=None if line is None else LineSpeed.parse(line),
        quirks=frozenset(options.pop("quirks")),
        faults=dict(parse_fault(text) for text in options.pop("faults")),
        **options,
    )


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise InvalidSetting(
            _("the clock {text!r} is no date and time such as 2026-11-22T10:00:00+01:00", text=text)
        ) from None


async def _listen(meter: SimulatedMeter, address: str, *, telnet: bool) -> TcpServer:
    listen = Address.parse(address)
    try:
        return await serve_tcp(meter, listen.host, listen.port, telnet=telnet)
    except (OSError, UnicodeError) as error:  # UnicodeError: a name that cannot be one of a host
        raise ConnectFailed(
            _("cannot listen on {address}: {why}", address=address, why=why_not_listening(error))
        ) from None
