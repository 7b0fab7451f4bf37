"""`iec102-tui info`: the meter itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import click
from iec102.asdu import Identity
from iec102.meter.absence import Absence, KeptBytes
from iec102.meter.device import DeviceConfiguration, MeasuringPointParameters, RecorderSettings, SummerTimeChanges
from iec102.meter.information import InformationReader
from iec102.meter.reading import ClockReading

from iec102_tui.cli.information import from_meter, heading, put_out
from iec102_tui.cli.options import connection, json_option, target_options
from iec102_tui.cli.run import check_output
from iec102_tui.meter_data import documents
from iec102_tui.words import meter_text
from iec102_tui.words.text import N_, _


class _About(NamedTuple):
    """What the meter has said of itself; what it has not is an Absence or its bytes."""

    identity: Identity | Absence | KeptBytes
    configuration: DeviceConfiguration | Absence | KeptBytes
    recorder: RecorderSettings | Absence
    clock: ClockReading | Absence
    point: MeasuringPointParameters | Absence | KeptBytes
    summer_time: SummerTimeChanges | Absence | KeptBytes


class _Part(NamedTuple):
    title: str
    kind: type[Any]
    document: Callable[[Any], documents.Document]
    rows: Callable[[Any], list[meter_text.Row]]


_PARTS = {
    "identity": _Part(N_("Identity"), Identity, documents.identity, meter_text.identity_rows),
    "configuration": _Part(
        N_("Configuration"), DeviceConfiguration, documents.configuration, meter_text.configuration_rows
    ),
    "recorder": _Part(N_("Recorder"), RecorderSettings, documents.recorder, meter_text.recorder_rows),
    "clock": _Part(N_("Clock"), ClockReading, documents.clock, meter_text.clock_rows),
    "point": _Part(N_("Measuring point"), MeasuringPointParameters, documents.point_parameters, meter_text.point_rows),
    "summer_time": _Part(N_("Summer time"), SummerTimeChanges, documents.summer_time, meter_text.summer_time_rows),
}


@click.command()
@target_options
@json_option
@click.pass_context
def info(context: click.Context, /, target: str, as_json: bool, **options: Any) -> None:
    """Print what TARGET says of itself: identity, configuration, recorder, clock, measuring point, summer time.

    TARGET is a profile's name or a URL: tcp://HOST:PORT, serial:/dev/ttyUSB0, modem:/dev/ttyUSB0?dial=NUMBER,
    telnet://HOST:PORT, rfc2217://HOST:PORT, listen://HOST:PORT, simulated:

    What the meter does not offer is named at the end. The password that some meters tell stays masked.
    """
    check_output()
    chosen = connection(context, target, options)
    about = from_meter(chosen, _ask)
    absences, kept = _not_told(about)
    document = {**heading(chosen), "clock_difference": _difference(about)}
    for name, part in _PARTS.items():
        answer = getattr(about, name)
        document[name] = part.document(answer) if isinstance(answer, part.kind) else None
    document |= documents.not_told(absences, kept)
    put_out(document, "\n".join(_lines(about)), None, as_json=as_json, path=None, force=False)


async def _ask(reader: InformationReader) -> _About:
    return _About(
        await reader.read_identity(),
        await reader.read_configuration(),
        await reader.read_recorder(),
        await reader.read_clock(),
        await reader.read_point_parameters(),
        await reader.read_summer_time_dates(),
    )


def _difference(about: _About) -> float | None:
    return round(about.clock.difference, 3) if isinstance(about.clock, ClockReading) else None


def _not_told(about: _About) -> tuple[list[Absence], list[KeptBytes]]:
    absences = [answer for answer in about if isinstance(answer, Absence)]
    kept = [answer for answer in about if isinstance(answer, KeptBytes)]
    if isinstance(about.recorder, RecorderSettings):
        absences += about.recorder.absences
        kept += about.recorder.kept
    return absences, kept


def _lines(about: _About) -> list[str]:
    lines: list[str] = []
    for name, part in _PARTS.items():
        answer = getattr(about, name)
        if isinstance(answer, part.kind) and (rows := part.rows(answer)):
            lines += [_(part.title), *meter_text.lines_of(rows)]
    absences, kept = _not_told(about)
    if absences or kept:
        lines.append(_("Not told"))
        told = dict.fromkeys((*map(meter_text.absence_words, absences), *map(meter_text.kept_words, kept)))
        lines += [f"  {words}" for words in told]
    return lines
