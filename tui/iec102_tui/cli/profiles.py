"""`iec102-tui profiles`: the saved meters, where they are, and whether their file is right."""

from __future__ import annotations

import stat

import click
import tomli_w
from iec102.transport.url_options import masked_number, with_masked_number

from iec102_tui.cli.completion.candidates import PROFILES
from iec102_tui.cli.group import Group
from iec102_tui.cli.options import store
from iec102_tui.cli.output import echo_path
from iec102_tui.cli.run import WRONG_USE
from iec102_tui.profiles.profile import encode
from iec102_tui.profiles.settings_table import Profile
from iec102_tui.profiles.store import Loaded, UnknownProfile
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import _, ngettext


@click.group(cls=Group)
def profiles() -> None:
    """List the saved meters, check their file, show one."""


def _load(context: click.Context) -> Loaded:
    """What the file holds. Raises UnknownProfile where one was named that does not exist."""
    loaded = store(context).load()
    if context.find_root().params.get("profiles") and not loaded.exists and not loaded.unusable:
        raise UnknownProfile(_("The file of profiles {path} does not exist.", path=printable(str(loaded.path))))
    return loaded


@profiles.command("list")
@click.pass_context
def list_profiles(context: click.Context) -> None:
    """One profile a line: its name and its target."""
    loaded = _load(context)
    width = max((len(printable(name)) for name in loaded.names), default=0)
    for name in loaded.names:
        profile = loaded.profiles.get(name)
        target = printable(profile.target) if profile else _("(has an error)")
        click.echo(f"{printable(name):{width}}  {target}".rstrip())
    for problem in loaded.problems:
        click.echo(problem.sentence, err=True)
    if loaded.unusable:
        context.exit(WRONG_USE)
    if not loaded.names:
        click.echo(_("No profiles in {path} yet.", path=printable(str(loaded.path))), err=True)


@profiles.command()
@click.pass_context
def path(context: click.Context) -> None:
    """Where the profiles are, or will be with the first one saved."""
    echo_path(store(context).path)


@profiles.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Say what is wrong in the file of profiles, if anything is."""
    loaded = _load(context)
    where = printable(str(loaded.path))
    for problem in (*loaded.problems, *loaded.warnings):
        click.echo(problem.sentence, err=True)
    if readers := _other_readers(loaded):
        click.echo(readers, err=True)
    if loaded.problems:
        context.exit(WRONG_USE)
    if not loaded.exists:
        click.echo(_("{where} does not exist yet: it is made when the first profile is saved.", where=where))
        return
    count = len(loaded.profiles)
    click.echo(
        ngettext("{where}: {count} profile, no errors.", "{where}: {count} profiles, no errors.", count, where=where)
    )


def _other_readers(loaded: Loaded) -> str | None:
    if not any(profile.password for profile in loaded.profiles.values()):
        return None
    mode = stat.S_IMODE(loaded.path.stat().st_mode)
    if not mode & 0o077:
        return None
    return _(
        "{path} holds passwords and other users can read it (mode {mode:03o}): chmod 600 it.",
        path=printable(str(loaded.path)),
        mode=mode,
    )


@profiles.command()
@click.argument("name", shell_complete=PROFILES)
@click.option("--mask-numbers", is_flag=True, help="Of a number to dial show the first three digits only.")
@click.pass_context
def show(context: click.Context, name: str, mask_numbers: bool) -> None:
    """One profile with all its settings; the password is not shown."""
    click.echo(_shown(name, store(context).find(name), mask_numbers=mask_numbers), nl=False)


def _shown(name: str, profile: Profile, *, mask_numbers: bool) -> str:
    table = {key: value for key, value in encode(profile).items() if key != "password"}
    if mask_numbers:
        table |= {"target": with_masked_number(profile.target)}
        if profile.dial is not None:
            table["dial"] = masked_number(profile.dial)
    lines = tomli_w.dumps({"profiles": {name: table}}).removesuffix("\n").split("\n")
    text = "".join(f"{printable(line)}\n" for line in lines)
    return text + (
        "# password: ***\n" if profile.password else "# {}\n".format(_("password: asked for when connecting"))
    )
