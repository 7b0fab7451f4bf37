"""`iec102-tui archive`: what has been downloaded, as a list and as files; whether it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from iec102.asdu.summer_time import SummerTime
from iec102.clock import SYSTEM_CLOCK
from iec102.errors import InvalidSetting
from iec102.load_profile.intervals import before, expected_ends
from iec102.load_profile.records import REGISTER_WORDS

from iec102_tui.archive.archive import Archive
from iec102_tui.archive.contents import (
    ArchivedLoadProfile,
    Contents,
    MeterKey,
    contents,
    default_path,
    kind_of,
    places,
)
from iec102_tui.archive.file import faults, vacuum
from iec102_tui.archive.findings import findings
from iec102_tui.cli.archive_choice import answered_at, chosen_of, names_of, of_one_mode, supply_point_of
from iec102_tui.cli.archive_data import KINDS, data_findings, data_lines, data_text, known_meters
from iec102_tui.cli.completion.candidates import METERS
from iec102_tui.cli.group import Group
from iec102_tui.cli.information import check_file, output_option
from iec102_tui.cli.load_profile_options import ALL, archive_option, chosen_range, load_profile_options
from iec102_tui.cli.options import ZONE, force_option
from iec102_tui.cli.output import check_values, echo_path, output_of, output_options, register_of
from iec102_tui.cli.run import DONE, FAILED, FOUND
from iec102_tui.files.input_file import content_of
from iec102_tui.files.output_file import write_whole
from iec102_tui.load_profile.csv_file import in_zone
from iec102_tui.market_files.reading import LARGEST, Source, read
from iec102_tui.profiles.collect_options import REGISTERS
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import _, ngettext

NO_POINT = 0
"""The point address of what came from a file."""

_ZONE = click.option("--timezone", "zone", type=ZONE, default="Europe/Madrid", metavar="ZONE", help="Of the times.")


@click.group(cls=Group, invoke_without_command=True)
@archive_option
@click.pass_context
def archive(context: click.Context, archive_path: Path | None) -> int | None:
    """What has been downloaded: list it, export it, verify it.

    Without a command it lists.
    """
    if context.invoked_subcommand is None:
        return int(context.invoke(list_archive, archive_path=archive_path, zone="Europe/Madrid"))
    return None


def _path(context: click.Context, named: Path | None) -> Path:
    """The archive of `--archive`, behind the command or before it, or the user's."""
    parent = context.parent.params.get("archive_path") if context.parent else None
    return named or parent or default_path()


def _existing(context: click.Context, named: Path | None) -> Path | None:
    """The same, or None and a sentence where nothing has been archived yet. Raises InvalidSetting for a named one."""
    path = _path(context, named)
    if path.exists():
        return path
    if path != default_path():
        raise InvalidSetting(_("there is no archive {path}", path=printable(str(path))))
    where = printable(str(path))
    click.echo(_("Nothing has been archived yet: {where} is made by the first download.", where=where), err=True)
    return None


@archive.command("list")
@archive_option
@_ZONE
@click.pass_context
def list_archive(context: click.Context, archive_path: Path | None, zone: str) -> int:
    """List what is there by meter and range, with what is missing in between.

    Ranges are written as --from and --to take them: the start is excluded, the end included.
    """
    path = _existing(context, archive_path)
    if path is None:
        return DONE
    click.echo(printable(str(path)))
    seen, known = places(path), known_meters(path)
    for meter, load_profiles in groupby(contents(path), key=lambda found: found.meter):
        click.echo(printable(", ".join((str(meter), *seen.get(meter, ())))))
        for found in load_profiles:
            for line in _listed(found, ZoneInfo(zone)):
                click.echo(line)
        _list_data(path, known.pop(meter, None), zone)
    for meter, number in known.items():
        click.echo(printable(", ".join((str(meter), *seen.get(meter, ())))))
        _list_data(path, number, zone)
    return DONE


def _list_data(path: Path, number: int | None, zone: str) -> None:
    for line in () if number is None else data_lines(path, number, ZoneInfo(zone)):
        click.echo(printable(line))


@archive.command()
@archive_option
@click.pass_context
def path(context: click.Context, archive_path: Path | None) -> None:
    """Where the archive is, or will be with the first download."""
    echo_path(_path(context, archive_path))


@archive.command()
@click.argument("meter", required=False, shell_complete=METERS)
@load_profile_options
@archive_option
@_ZONE
@click.option(
    "--summer-time",
    type=click.Choice([SummerTime.BIT.value, SummerTime.ZONE.value]),
    help="The values whose times were converted so, where there are both.",
)
@output_options
@click.pass_context
def export(
    context: click.Context,
    /,
    meter: str | None,
    start: str | None,
    end: str | None,
    period_name: str | None,
    register: str,
    values: str,
    archive_path: Path | None,
    zone: str,
    summer_time: str | None,
    strict: bool,
    **options: Any,
) -> int:
    """Write a load profile from the archive, without asking the meter.

    METER is its number as `list` shows it, a profile's name or a URL; it may be left out where there is only one.
    Without a range it is all that is there. Missing intervals are named on standard error.
    """
    output = output_of(options)
    interval, incremental = register_of(context, output, REGISTERS[register]), values == kind_of(True)
    check_values(output, incremental=incremental)
    path = _existing(context, archive_path)
    if path is None:
        return FAILED
    there = [found for found in contents(path) if (found.register, found.incremental) == (interval, incremental)]
    there = of_one_mode(path, there, summer_time)
    found = chosen_of(
        there,
        meter,
        lambda: answered_at(context, path, meter or ""),
        _("{kind} {register}", kind=values, register=REGISTER_WORDS[interval]),
    )
    output.settle(supply_point_of(context, meter))
    load_profile = ArchivedLoadProfile(path, found.meter, found.register, found.incremental, found.summer_time)
    where = ZoneInfo(zone)
    bounds = chosen_range(start, end, period_name, where, default=ALL)
    bounds = bounds or (before(found.register, found.extent.first, where), found.extent.last)
    records = load_profile.records(*bounds)
    expected = expected_ends(found.register, *bounds, where)
    written = output.write(records, expected, where)
    missing = sorted(set(expected) - {record.end for record in records})
    for end_ in missing:
        click.echo(_("missing {time}: it is not in the archive", time=in_zone(end_, where)), err=True)
    return FAILED if not written or (strict and missing) else DONE


@archive.command("export-data")
@click.argument("meter", required=False, shell_complete=METERS)
@click.option("--kind", type=click.Choice(KINDS), default="all", help="Closings or events as CSV, or all as JSON.")
@archive_option
@_ZONE
@output_option
@force_option
@click.pass_context
def export_data(
    context: click.Context,
    /,
    meter: str | None,
    kind: str,
    archive_path: Path | None,
    zone: str,
    output: Path | None,
    force: bool,
) -> int:
    """Write what a meter told besides its load profile: closings, events, configuration, clock.

    METER is its number as `list` shows it, a profile's name or a URL; it may be left out where there is only one.
    """
    check_file(output, force=force)
    path = _existing(context, archive_path)
    if path is None:
        return FAILED
    known = known_meters(path)
    chosen = [key for key in known if meter is None or meter in names_of(key)]
    if not chosen and meter is not None and (answered := answered_at(context, path, meter)) in known:
        chosen = [key for key in known if key == answered]
    if len(chosen) != 1:
        names = "; ".join(map(str, chosen or known)) or _("none")
        raise InvalidSetting(_("say which meter, by its number: {known}", known=names))
    text = data_text(path, chosen[0], kind, ZoneInfo(zone), SYSTEM_CLOCK.wall())
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, [text], overwrite=force)
    return DONE


@archive.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@archive_option
@_ZONE
@click.pass_context
def import_file(context: click.Context, file: Path, archive_path: Path | None, zone: str) -> int:
    """Add the load profile of a file, as a source of its own beside the meters.

    FILE is P1D, P2D or F5D, packed with bzip2 or not, or a CSV of this program. What differs from what was imported
    before is kept beside it.
    """
    sources = read(content_of(file, LARGEST), ZoneInfo(zone), file.stem)
    archive = Archive(_path(context, archive_path))
    try:
        for source in sources:
            key = MeterKey(printable(source.name), NO_POINT)
            archive.curve(key, source.register).put(source.records)
        archive.flush()
    finally:
        archive.close()
    for source in sources:
        click.echo(_imported(source, ZoneInfo(zone)))
    return DONE


@archive.command()
@archive_option
@_ZONE
@click.pass_context
def verify(context: click.Context, archive_path: Path | None, zone: str) -> int:
    """Look for damage, values that the meter gave twice, and sums that do not add up.

    Exit status 3 when there is any.
    """
    path = _existing(context, archive_path)
    if path is None:
        return DONE
    found = faults(path)
    if not found:  # what is damaged or of a wrong type cannot be added up
        found += _findings(path, ZoneInfo(zone))
        found += data_findings(path, ZoneInfo(zone))
    for words in found:
        click.echo(printable(words), err=True)
    load_profiles = contents(path)
    count = sum(load_profile.extent.records for load_profile in load_profiles)
    meters = len({load_profile.meter for load_profile in load_profiles})
    result = ngettext("{count} finding", "{count} findings", len(found)) if found else _("nothing wrong")
    click.echo(
        _(
            "{path}: {records} of {meters}, {result}.",
            path=printable(str(path)),
            records=_records(count),
            meters=ngettext("{count} meter", "{count} meters", meters),
            result=result,
        )
    )
    return FOUND if found else DONE


@archive.command("vacuum")
@archive_option
@click.pass_context
def vacuum_archive(context: click.Context, archive_path: Path | None) -> None:
    """Give back the room that the file no longer needs."""
    path = _existing(context, archive_path)
    if path is not None:
        size = path.stat().st_size
        vacuum(path)
        click.echo(
            _(
                "{path}: {size} bytes, before {before}.",
                path=printable(str(path)),
                size=path.stat().st_size,
                before=size,
            )
        )


def _imported(source: Source, zone: tzinfo) -> str:
    """What has come, and what of it is no longer as it was."""
    ends = [record.end for record in source.records]
    said = ngettext(
        "{name}: {count} record of the {kind}, that which ends at {last}.",
        "{name}: {count} records of the {kind}, those that end from {first} to {last}.",
        len(ends),
        name=printable(source.name),
        kind=REGISTER_WORDS[source.register],
        first=in_zone(min(ends), zone),
        last=in_zone(max(ends), zone),
    )
    if not source.rounded:
        return said
    rounded = ngettext(
        "{count} value was no whole kWh and was rounded.",
        "{count} values were no whole kWh and were rounded.",
        source.rounded,
    )
    return f"{said} {rounded}"


def _listed(found: Contents, zone: tzinfo) -> Iterator[str]:
    extent = found.extent
    start = before(found.register, extent.first, zone)
    range_ = _("{start} to {end}", start=in_zone(start, zone), end=in_zone(extent.last, zone))
    differing = _(", {count} differing", count=extent.differing) if extent.differing else ""
    kind = f"{kind_of(found.incremental)} {REGISTER_WORDS[found.register]}"
    kind += _(", summer time by the zone") if found.summer_time is SummerTime.ZONE else ""
    yield f"  {kind}: {range_}, {_records(extent.records)}{differing}"
    for hole in extent.holes:
        last = before(found.register, hole.before, zone)
        yield _(
            "    missing: {start} to {end}, {records}",
            start=in_zone(hole.after, zone),
            end=in_zone(last, zone),
            records=_records(hole.missing),
        )


def _findings(path: Path, zone: tzinfo) -> Iterator[str]:
    """Of all load profiles, each sum once, with the meter where there are several."""
    load_profiles = contents(path)
    several = len({load_profile.meter for load_profile in load_profiles}) > 1
    told: set[tuple[MeterKey, bool, str]] = set()
    for found in load_profiles:
        load_profile = ArchivedLoadProfile(path, found.meter, found.register, found.incremental, found.summer_time)
        start = before(found.register, found.extent.first, zone)
        for words in findings(load_profile, start, found.extent.last, zone):
            if (found.meter, found.incremental, words) not in told:
                told.add((found.meter, found.incremental, words))
                yield f"{found.meter}: {words}" if several else words


def _records(count: int) -> str:
    return ngettext("{count} record", "{count} records", count)
