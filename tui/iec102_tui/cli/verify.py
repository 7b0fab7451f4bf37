"""`iec102-tui verify`: whether a meter is the right one, and wired and set right."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click
from iec102.asdu import Identity, TransformerRatios
from iec102.clock import SYSTEM_CLOCK
from iec102.errors import LinkError
from iec102.meter.information import InformationReader
from iec102.meter.meter import Meter
from iec102.meter.monitor import Monitor, Snapshot
from iec102.meter.reading import Reading
from iec102.open import open_line, parse_target
from iec102.search.check import Check, Step
from iec102.transport.tap import Direction, TapRecord
from iec102.verdict.device import (
    factor_of,
    judge_energy,
    judge_identity,
    judge_ratios,
)
from iec102.verdict.judgement import Judgement, Result, verdict
from iec102.verdict.wiring import LEAST_SECONDS, judge_wiring

from iec102_tui.archive import ArchiveError
from iec102_tui.archive.archive import Archive
from iec102_tui.archive.contents import MeterKey, ask_who
from iec102_tui.archive.visit import number_of
from iec102_tui.captures.frame_text import hex_bytes, meaning_of
from iec102_tui.cli.notices import StepNotices, last_there, tell
from iec102_tui.cli.options import connection, target_options
from iec102_tui.cli.report import report_option
from iec102_tui.cli.run import DONE, FAILED, FOUND, check_output, located, run_async, sentence
from iec102_tui.cli.verify_settings import Settings, ask_settings
from iec102_tui.diagnostics import frame_tap
from iec102_tui.files.output_file import check_free, write_whole
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.check_text import outcome_words
from iec102_tui.words.state_text import another_meter
from iec102_tui.words.text import _
from iec102_tui.words.verdict_text import (
    can_mark,
    findings_table,
    judgement_line,
    proof_of_a_visit,
    report_head,
    verdict_line,
)

_LONGEST_TROUBLE = 60.0
"""Seconds of a line that fails, beyond which nothing is judged: the readings would tell of another time."""
_LONGEST_PERIOD = 5.0
"""Seconds between two readings: a profile may ask for one a day, of which nothing is judged."""
_FIRST_FRAMES, _LAST_FRAMES = 80, 20
"""Kept as proof: the way to the meter, how it was asked who it is, and its last values."""


@click.command()
@target_options
@click.option(
    "--seconds",
    metavar="S",
    type=click.FloatRange(LEAST_SECONDS, 86_400),
    default=60.0,
    show_default=True,
    help="How long values are read; from 900 on the counters are held against the power.",
)
@click.option(
    "--expect-serial", metavar="N", type=click.IntRange(0, 0xFFFFFFFF), help="The number on the meter's label."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@report_option
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@click.pass_context
def verify(
    context: click.Context,
    /,
    target: str,
    seconds: float,
    expect_serial: int | None,
    as_json: bool,
    output: Path | None,
    force: bool,
    **options: Any,
) -> int:
    """Judge whether TARGET is the right meter, and wired and set right.

    TARGET is a profile's name or a URL: tcp://HOST:PORT, serial:/dev/ttyUSB0, modem:/dev/ttyUSB0?dial=NUMBER,
    telnet://HOST:PORT, rfc2217://HOST:PORT, listen://HOST:PORT, simulated:

    It walks the way to the meter as check does, reads values for a minute, and says of each point good, fault or not
    judged, with its figures. Exit status 3 when a fault was found, 1 when the meter or the line failed.
    """
    if output is None:
        check_output()
    else:
        check_free(output, force=force)
    chosen = connection(context, target, options)
    visit = _Visit(chosen, expect_serial, seconds)
    failed = visit.walk(quiet=as_json)
    if failed is not None:
        if as_json:
            click.echo(json.dumps(visit.to_json()))
        why = sentence(located(failed, chosen.name))
        click.echo(why, err=True)
        if output is not None:
            write_whole(output, visit.report(output, why), overwrite=force)
        return FAILED
    run_async(visit.judge(), chosen.name)
    marks = can_mark()
    if as_json:
        click.echo(json.dumps(visit.to_json()))
    else:
        for judgement in visit.judgements:
            click.echo(judgement_line(judgement, marks=marks))
        click.echo(verdict_line(visit.judgements))
    if output is not None:
        write_whole(output, visit.report(output), overwrite=force)
    return FOUND if verdict(visit.judgements) is Result.FAULT else DONE


class _Visit:
    """One look at a meter. ``judgements`` are there when it is over."""

    def __init__(self, chosen: Connection, expected: int | None, seconds: float) -> None:
        self.judgements: list[Judgement] = []
        self._chosen = chosen
        self._expected = expected
        self._seconds = seconds
        self._began = SYSTEM_CLOCK.wall().astimezone(chosen.zone)
        self._steps: list[str] = []
        self._first: list[TapRecord] = []
        self._last: deque[TapRecord] = deque(maxlen=_LAST_FRAMES)
        self._log = frame_tap()
        self._device = ""

    def walk(self, *, quiet: bool) -> str | None:
        """The steps to the meter; the sentence of the one that failed."""
        chosen = self._chosen
        check = Check(
            parse_target(chosen.target),
            chosen.settings,
            chosen.station,
            zone=chosen.zone,
            on_state=StepNotices(chosen.name).state,
            tap=self._record,
        )
        run_async(check.run(), chosen.name)
        self._steps = [outcome_words(outcome) for outcome in check.outcomes]
        if not quiet:
            click.echo("\n".join(self._steps))
        failed = check.failed
        # A clock that is wrong ends the check, and is one of the judgements here.
        return None if failed is None or failed.step is Step.CLOCK else failed.error

    async def judge(self) -> None:
        """Asks and reads. Raises Iec102Error."""
        chosen = self._chosen
        line = open_line(
            chosen.target, chosen.settings, reconnect=True, tap=self._record, on_state=StepNotices(chosen.name).state
        )
        meter = Meter(line, chosen.station, zone=chosen.zone, summer_time=chosen.summer_time)
        beside = Meter(line, chosen.station, zone=chosen.zone, who="settings", summer_time=meter.summer_time)
        reader = InformationReader(beside)
        try:
            identity = await reader.read_identity()
            number = identity.device_id if isinstance(identity, Identity) else None
            key = await ask_who(beside)
            expected = await self._known_serial(key)
            self._device = str(key)
            if None not in (number, expected) and number != expected:
                tell(another_meter(number, expected), chosen.name)  # at once: the readings take their time
            settings, readings = await self._both(ask_settings(reader, key), self._readings(meter))
        finally:
            tell(line.state.remark, chosen.name)
            await line.close()
        told, own = settings.ratios, chosen.ratios
        factor = None if own is None else own.factor
        used = factor_of(told) if factor is None and told is not None else factor
        self.judgements = [
            judge_identity(identity, expected),
            judge_ratios(told, factor),
            *judge_wiring(readings, used, **_rated(told)),
            *settings.judge(chosen.station, SYSTEM_CLOCK.wall()),
            judge_energy(readings),
        ]

    async def _both(
        self, asking: Coroutine[Any, Any, Settings], reading: Coroutine[Any, Any, list[Reading]]
    ) -> tuple[Settings, list[Reading]]:
        """The settings are asked for while the values are read. Raises Iec102Error for the first that fails."""
        tasks = asyncio.ensure_future(asking), asyncio.ensure_future(reading)
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _known_serial(self, key: MeterKey) -> int | None:
        """What was expected: as it was given, else the number of the meter that answered here at the first visit."""
        if self._expected is not None:
            return self._expected
        chosen = self._chosen
        try:
            known = await asyncio.to_thread(last_there, chosen)
            if known is None:
                archive = Archive()
                archive.remember(chosen.target, chosen.station, key)
                await asyncio.to_thread(archive.close)
        except ArchiveError:
            return None
        return None if known is None else number_of(known.identity)

    async def _readings(self, meter: Meter) -> list[Reading]:
        """Those of so many seconds."""
        readings: list[Reading] = []
        over = asyncio.Event()
        trouble: str | None = None

        def on_snapshot(snapshot: Snapshot) -> None:
            nonlocal trouble
            trouble = snapshot.error or trouble
            if snapshot.reading is not None and (not readings or snapshot.reading is not readings[-1]):
                readings.append(snapshot.reading)
                if (readings[-1].time - readings[0].time).total_seconds() >= self._seconds:
                    over.set()

        period = min(self._chosen.poll_period, _LONGEST_PERIOD)
        monitor = Monitor(meter, period=period, on_snapshot=on_snapshot, clock_period=None)
        reading = asyncio.ensure_future(monitor.run())
        waiting = asyncio.ensure_future(over.wait())
        try:
            limit = self._seconds + _LONGEST_TROUBLE
            await asyncio.wait({reading, waiting}, return_when=asyncio.FIRST_COMPLETED, timeout=limit)
            if reading.done():
                reading.result()
            if not over.is_set():
                raise LinkError(trouble or _("the meter was not read for as long as was asked for"))
        finally:
            for task in (reading, waiting):
                task.cancel()
            await asyncio.gather(reading, waiting, return_exceptions=True)
        return readings

    def _record(self, record: TapRecord) -> None:
        (self._first if len(self._first) < _FIRST_FRAMES else self._last).append(record)
        if self._log is not None:
            self._log(record)

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        result = verdict(self.judgements)
        return {"verdict": result.value, "judgements": [judgement.to_json() for judgement in self.judgements]}

    def report(self, path: Path, failure: str | None = None) -> list[str]:
        """The report by the ending of its file; ``failure``: why nothing was judged."""
        frames = [self._frame_line(record) for record in (*self._first, *self._last)]
        heading = self._heading()
        if path.suffix.lower() == ".json":
            told = {name: value for name, _words, value in heading if value}
            failed = {} if failure is None else {"failure": failure}
            whole = {**told, **self.to_json(), **failed, "steps": self._steps, "frames": frames}
            return [json.dumps(whole, indent=1) + "\n"]
        conclusion = failure or verdict_line(self.judgements)
        rows = [(words, value) for _name, words, value in heading]
        head = report_head(_("Verification of a meter"), rows, conclusion)
        found = (*head, "", *findings_table(self.judgements), *proof_of_a_visit(self._steps, frames))
        return [f"{line}\n" for line in found]

    def _heading(self) -> list[tuple[str, str, str]]:
        """By name in JSON: how it is called, and what it is."""
        chosen = self._chosen
        return [
            ("meter", _("Meter"), chosen.name.partition("?")[0]),
            ("device", _("Device"), self._device),
            ("cups", "CUPS", chosen.supply_point.cups),
            (
                "target",
                _("Target"),
                chosen.target.partition("?")[0],
            ),  # behind it may be a password, or a number to dial
            ("link_address", _("Link address"), str(chosen.station.link_address)),
            ("point_address", _("Point address"), str(chosen.station.point_address)),
            ("time", _("Time"), self._began.isoformat(timespec="seconds")),
            ("seconds", _("Seconds of readings"), f"{self._seconds:g}"),
        ]

    def _frame_line(self, record: TapRecord) -> str:
        """In the time of the meter's zone, as the report."""
        arrow = ">" if record.direction is Direction.SENT else "<"
        wall = record.wall.astimezone(self._chosen.zone)
        return f"{wall:%H:%M:%S.%f} {arrow} {' '.join(hex_bytes(record))}  {meaning_of(record)}"


def _rated(told: TransformerRatios | None) -> dict[str, float]:
    return {} if told is None else {"rated_current": told.secondary_current / 10}
