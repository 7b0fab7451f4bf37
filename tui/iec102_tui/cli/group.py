"""A command with commands of its own."""

from __future__ import annotations

import click

from iec102_tui.words.text import _


class Group(click.Group):
    """Its help has the whole line of each command, where click would cut what is longer than the screen."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, summary(self, below, name)) for name, below in found if below is not None and not below.hidden]
        with formatter.section(_("Commands")):
            formatter.write_dl(rows)


def summary(group: click.Group, command: click.Command, name: str) -> str:
    """The line of a command in the list of its group."""
    lines: dict[str, str] = getattr(group, "lines", {})
    return _(lines.get(name, "")) or (command.help or "").strip().partition("\n\n")[0].replace("\n", " ")
