"""The command line: one file a command, loaded when it is invoked."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from iec102_tui import garbage
from iec102_tui.cli.completion.candidates import TARGETS, Listed
from iec102_tui.cli.language import OPTION, in_language
from iec102_tui.cli.run import carry_out
from iec102_tui.words.languages import LANGUAGES
from iec102_tui.words.text import N_, _

# Commands in the order of `--help`, which shows their line without loading them. A command is the object of its own
# name in the file of its name.
COMMANDS = {
    "simulate": N_("Run the simulated meter for other programs."),
    "read": N_("Print the 24 signals once, or every --watch SECONDS."),
    "load-profile": N_("Download a load profile to CSV."),
    "info": N_("Print what a meter says of itself."),
    "closings": N_("Print what was billed, by contract and tariff period."),
    "tariff": N_("Print contracted powers, seasons, day types, holidays, the period now."),
    "events": N_("Print what has happened to a meter."),
    "archive": N_("List, export and verify what has been downloaded."),
    "find": N_("Find a meter's speed, format and link address."),
    "check": N_("Walk the steps to a meter one by one."),
    "verify": N_("Judge whether a meter is the right one, and wired and set right."),
    "reconcile": N_("Prove a month: hours, quarter-hours, closing, maxima and contract against each other."),
    "fleet": N_("Show the meters of many boxes on one screen, as a broker tells of them."),
    "gateway": N_("Share a meter's line among applications, without the interface."),
    "collect": N_("Read many meters without a screen, into archive and broker."),
    "decode": N_("Explain frames given as hex, on standard input, or in a capture."),
    "replay": N_("Open a capture in the frame log, without a meter."),
    "profiles": N_("List the saved meters, check their file, show one."),
}


class LazyGroup(click.Group):
    """Finds a command in the file of its name."""

    lines = COMMANDS

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"iec102_tui.cli.{name}"), name)
        return in_language(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(words)) for name, words in COMMANDS.items()])


def _themes() -> tuple[str, ...]:
    from iec102_tui.config import THEMES

    return THEMES


def _version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"iec102-tui {version('iec102-tui')}")
        context.exit()


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    subcommand_metavar="[COMMAND [ARGS]...]",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--profiles", metavar="FILE", type=click.Path(), help="File of saved meters, for every command.")
@click.option(
    "--profile",
    metavar="NAME",
    shell_complete=TARGETS,
    help="Open the monitor on a saved meter, or on a target such as tcp://HOST:PORT.",
)
@click.option("--demo", is_flag=True, help="Open the monitor on the built-in simulated meter.")
@click.option("--last", is_flag=True, help="Open the monitor on the meter of last time.")
@click.option(
    "--theme",
    metavar="NAME",
    shell_complete=Listed(_themes),
    help="dark, light, high-contrast, ansi (16 colours), plain (no box characters), one of Textual or your own.",
)
@click.option(OPTION, type=click.Choice(LANGUAGES), help="Speak English or Spanish, whatever the environment says.")
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@click.option("--low-bandwidth", is_flag=True, help="Refresh at most once a second, with fewer bytes.")
@click.option("--log-file", metavar="FILE", type=click.Path(dir_okay=False), help="Where diagnostics go.")
@click.option("-v", "--verbose", count=True, help="Log what happens on the line too; twice: every frame.")
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version."
)
@click.pass_context
def cli(context: click.Context, /, **options: Any) -> int | None:
    """Terminal monitor for electricity meters that speak IEC 60870-5-102 in the Spanish REE profile.

    Without a command it opens the monitor.
    """
    from iec102_tui.diagnostics import start_log

    if context.invoked_subcommand is not None:
        garbage.resume()
    start_log(options["log_file"], options["verbose"])
    if context.invoked_subcommand is None:
        from iec102_tui.cli.monitor import monitor, settings_of

        profile, demo, last = (options[name] for name in ("profile", "demo", "last"))
        return monitor(context, profile, demo=demo, last=last, settings=settings_of(options))
    if options["profile"] or options["demo"] or options["last"]:
        raise click.UsageError(_("--profile, --demo and --last open the monitor: they do not go with a command."))
    return None


def main() -> None:
    """The program `iec102-tui`."""
    garbage.rest()
    raise SystemExit(carry_out(cli))
