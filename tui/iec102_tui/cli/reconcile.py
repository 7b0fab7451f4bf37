"""`iec102-tui reconcile`: whether a month is right, by everything that the meter and the archive know of it."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import click
from iec102.asdu.summer_time import SummerTime
from iec102.clock import SYSTEM_CLOCK
from iec102.errors import InvalidSetting
from iec102.load_profile.records import REGISTER_WORDS
from iec102.meter.meter import Meter
from iec102.open import open_line
from iec102.verdict.month import Proof

from iec102_tui.archive.contents import Contents, MeterKey, contents, default_path, recall
from iec102_tui.archive.months import ArchivedMonths
from iec102_tui.cli.archive import NO_POINT
from iec102_tui.cli.archive_choice import meter_named, of_one_mode
from iec102_tui.cli.archive_data import known_meters
from iec102_tui.cli.load_profile_options import archive_option
from iec102_tui.cli.notices import ProgressLine, StepNotices, tell, tell_another
from iec102_tui.cli.options import connection, resolved, target_options
from iec102_tui.cli.reconcile_report import JudgedMonth, ToldMonths
from iec102_tui.cli.report import report_option
from iec102_tui.cli.run import DONE, FOUND, check_output, run_async
from iec102_tui.diagnostics import frame_tap
from iec102_tui.files.output_file import check_free, write_whole
from iec102_tui.meter_data.month import bounds_of
from iec102_tui.meter_data.tariff_file import read_calendar
from iec102_tui.meter_side.download import LoadProfileDownload
from iec102_tui.meter_side.month_reading import MonthReading
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.progress_text import progress_words
from iec102_tui.words.text import N_, _
from iec102_tui.words.verdict_text import can_mark

_TIME = re.compile(r"(20\d\d)(?:-(0[1-9]|1[0-2]))?", re.ASCII)
_MONTHS = range(1, 13)
_CUPS = 20
_USUAL_ZONE = "Europe/Madrid"
_ONLINE = N_(
    "What the archive lacks is read from the meter by the same command without --offline; "
    "seasons, day types and holidays may also be given with --tariff."
)

Bounds = tuple[datetime, datetime]


@click.command()
@target_options
@click.option("--month", metavar="YYYY-MM", required=True, help="The month, such as 2026-10; 2026 is each of a year.")
@click.option("--offline", is_flag=True, help="Ask nothing of the meter: what is archived must do.")
@click.option(
    "--tariff",
    "tariff_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Seasons, day types and holidays from a TOML file instead of the meter's.",
)
@click.option(
    "--against",
    metavar="SOURCE",
    help="Hold the meter's intervals against an imported file too, by its name in `archive list` (that of its CUPS).",
)
@archive_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@report_option
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@click.pass_context
def reconcile(
    context: click.Context,
    /,
    target: str,
    month: str,
    offline: bool,
    tariff_path: Path | None,
    against: str | None,
    archive_path: Path | None,
    as_json: bool,
    output: Path | None,
    force: bool,
    **options: Any,
) -> int:
    """Prove a month of TARGET: hours, quarter-hours, days, the closing, the maxima and the contract against each other.

    TARGET is a profile's name or a URL: tcp://HOST:PORT, serial:/dev/ttyUSB0, modem:/dev/ttyUSB0?dial=NUMBER,
    telnet://HOST:PORT, rfc2217://HOST:PORT, listen://HOST:PORT, simulated:; with --offline also a meter of the archive.

    What is missing is read into the archive first. Ends with proven, proven with remarks, or not proven and why; exit
    status 0 for the first alone, 3 for the others. Quantities, never prices.

    The FILE of --tariff says by the first day of each season which day types its working days and its holidays have,
    and for each day type the period (1 to 9) of every hour:

    \b
    holidays = ["01-01", "12-25", "2026-04-03"]
    [seasons]
    "01-01" = { working_day = "A", holiday = "D" }
    "03-01" = { working_day = "B", holiday = "D" }
    [day_types]
    A = { "0-8" = 6, "8-9" = 2, "9-14" = 1, "14-18" = 2, "18-22" = 1, "22-24" = 2 }
    B = { "0-8" = 6, "8-24" = 3 }
    D = { "0-24" = 6 }

    Saturdays and Sundays are holidays.
    """
    if output is None:
        check_output()
    else:
        check_free(output, force=force)
    calendar = None if tariff_path is None else read_calendar(tariff_path)
    path = archive_path or default_path()
    now = SYSTEM_CLOCK.wall().replace(microsecond=0)  # ranges are kept in whole seconds
    if offline:
        source = _archived(context, path, target, options)
    else:
        source = _read(connection(context, target, options), path, month, now)
    cups = _cups(context, target, options)
    others = _others(path, source, against, cups)
    months = ArchivedMonths(path, source.meter, source.mode, source.zone, calendar=calendar, others=others)
    judged = [JudgedMonth.of(months.month(bounds, now)) for bounds in _months(month, now, source.zone)]
    told = ToldMonths(target.partition("?")[0], source.meter, source.zone, month, judged, calendar, others, cups)
    _tell(told, as_json=as_json)
    if output is not None:
        write_whole(output, told.report(output), overwrite=force)
    if offline and told.lacks:
        click.echo(_(_ONLINE), err=True)
    return DONE if told.proof is Proof.PROVEN else FOUND


def _tell(told: ToldMonths, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(told.document()))
        return
    for line in told.lines(marks=can_mark()):
        click.echo(line)


class _Source(NamedTuple):
    """Which meter of the archive is judged, and how the times of its records were converted."""

    meter: MeterKey
    mode: SummerTime
    zone: tzinfo


def _months(text: str, now: datetime, zone: tzinfo) -> list[Bounds]:
    """The instants between which the month lies, in the meter's zone, or each month of a year that has begun.

    Raises InvalidSetting.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        raise InvalidSetting(_("{month} is no month: write one like 2026-10", month=text))
    months = [int(found[2])] if found[2] else _MONTHS
    every = [bounds_of(date(int(found[1]), month, 1), zone) for month in months]
    begun = [(start, end) for start, end in every if start < now]
    if not begun:
        raise InvalidSetting(_("{month} has not begun yet", month=text))
    return begun


def _read(chosen: Connection, path: Path, month: str, now: datetime) -> _Source:
    """Reads what is missing into the archive; what is still to come is no gap. Raises Iec102Error."""
    months = _months(month, now, chosen.zone)
    line_of_progress = ProgressLine()

    def on_progress(download: LoadProfileDownload) -> None:
        if download.progress is not None:
            register = REGISTER_WORDS[download.wanted.register]
            line_of_progress.show(
                _("{register}: {progress}", register=register, progress=progress_words(download.progress))
            )

    before = recall(path, chosen.target, chosen.station) if path.exists() else None
    reading = MonthReading(chosen, path, months[0][0], min(months[-1][1], now), on_progress=on_progress)

    async def run() -> None:
        line = open_line(chosen.target, chosen.settings, tap=frame_tap(), on_state=StepNotices(chosen.name).state)
        meter = Meter(line, chosen.station, zone=chosen.zone, summer_time=chosen.summer_time)
        try:
            await tell_another(meter, before, chosen.name)  # what is read makes it the known one
            await reading.run(meter)
        finally:
            line_of_progress.end()
            tell(line.state.remark, chosen.name)
            await line.close()

    run_async(run(), chosen.name)
    assert reading.key is not None
    return _Source(reading.key, reading.mode, chosen.zone)


def _archived(context: click.Context, path: Path, target: str, options: Mapping[str, Any]) -> _Source:
    """A meter of the archive, by its name there, a profile or a URL. Raises InvalidSetting."""
    zone = ZoneInfo(options.get("timezone") or _USUAL_ZONE)
    mode = options.get("summer_time")
    with contextlib.suppress(InvalidSetting):  # the meter may be named as the archive names it
        chosen = resolved(context, target, options)
        zone, mode = chosen.zone, chosen.summer_time.value
    mode = None if mode == SummerTime.AUTO.value else mode
    if not path.exists():
        raise InvalidSetting(_("there is no archive {path}", path=path))
    there = [found for found in contents(path) if found.incremental]
    key = meter_named(context, path, [*(found.meter for found in there), *known_meters(path)], target)
    curves = of_one_mode(path, [found for found in there if found.meter == key], mode)
    return _Source(key, curves[0].summer_time if curves else SummerTime.BIT, zone)


def _cups(context: click.Context, target: str, options: Mapping[str, Any]) -> str | None:
    """The CUPS of the profile, where there is one."""
    try:
        return resolved(context, target, options).supply_point.cups or None
    except InvalidSetting:
        return None


def _others(path: Path, source: _Source, against: str | None, cups: str | None) -> dict[str, MeterKey]:
    """The imported files to hold the meter against: the one that is named, else those of the profile's CUPS.

    Raises InvalidSetting where there is none of that name.
    """
    if against is None and cups is None:
        return {}
    imported = _imported(contents(path), source.meter)
    if against is None:
        return {key.identity: key for key in imported if _is_of(key, cups or "")}
    found = {key.identity: key for key in imported if against == key.identity or _is_of(key, against)}
    if not found:
        raise InvalidSetting(
            _(
                "the archive has no imported file {name}; it has: {known}",
                name=against,
                known="; ".join(key.identity for key in imported) or _("none"),
            )
        )
    return found


def _is_of(key: MeterKey, cups: str) -> bool:
    """Whether a file is of a CUPS. One of the two may leave out the border point, the characters behind the 20th."""
    return any(
        part == cups or (min(len(part), len(cups)) == _CUPS and part[:_CUPS] == cups[:_CUPS])
        for part in key.identity.split()
    )


def _imported(there: Sequence[Contents], meter: MeterKey) -> list[MeterKey]:
    keys = dict.fromkeys(found.meter for found in there if found.incremental and found.meter != meter)
    return [key for key in keys if key.point_address == NO_POINT]
