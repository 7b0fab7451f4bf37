"""`iec102-tui read`: the 24 signals, once or again and again."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click
from iec102.asdu import Identity
from iec102.errors import Iec102Error
from iec102.line import Line
from iec102.line.counters import LineCounters
from iec102.line.state import LineState, Phase
from iec102.meter.information import InformationReader
from iec102.meter.meter import Meter
from iec102.meter.monitor import Monitor, Snapshot
from iec102.meter.reading import ClockReading, Reading
from iec102.meter.signals import SignalValue
from iec102.open import open_line

from iec102_tui.archive import ArchiveError
from iec102_tui.cli.notices import ClockNotices, StateNotices, StepNotices, last_there, tell, tell_another
from iec102_tui.cli.options import SECONDS, connection, target_options
from iec102_tui.cli.run import check_output, run_async, sentence
from iec102_tui.diagnostics import frame_tap
from iec102_tui.meter_side.sink import Sink
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.counter_text import counter_words
from iec102_tui.words.live_text import INVALID
from iec102_tui.words.meter_text import difference_row, identity_rows, lines_of
from iec102_tui.words.text import _

if TYPE_CHECKING:
    from iec102_tui.archive.contents import MeterKey


class _About:
    """What is known of the meter beside its signals, by now."""

    identity: Identity | None = None
    clock_difference: float | None = None


Write = Callable[[Reading, LineCounters], None]
_NOBODY = Sink()


@click.command()
@target_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document a reading, one a line with --watch.")
@click.option("--watch", type=SECONDS, metavar="SECONDS", help="Read again and again; 0: back to back.")
@click.option("--identity", is_flag=True, help="Read also who the meter is and how far its clock is off.")
@click.option("--stats", is_flag=True, help="Also the counters of the line: in each document, else on standard error.")
@click.option("--publish", is_flag=True, help="Publish too, to the broker in config.toml; more in docs/publishing.md.")
@click.pass_context
def read(
    context: click.Context,
    /,
    target: str,
    as_json: bool,
    watch: float | None,
    identity: bool,
    stats: bool,
    publish: bool,
    **options: Any,
) -> None:
    """Print the 24 signals of TARGET once, or every --watch SECONDS.

    TARGET is a profile's name or a URL: tcp://HOST:PORT, serial:/dev/ttyUSB0, modem:/dev/ttyUSB0?dial=NUMBER,
    telnet://HOST:PORT, rfc2217://HOST:PORT, listen://HOST:PORT, simulated:

    With --watch it goes on through lost answers and connects again by itself, and reads identity and clock behind its
    first reading. Exported power is negative.
    """
    check_output()
    chosen = connection(context, target, options)
    about = _About()
    write = _writer(as_json, stats, about if as_json or identity else None)
    asked = about if identity else None
    known = _known(chosen)
    with _published(chosen, aloud=watch is not None) if publish else contextlib.nullcontext(_NOBODY) as sink:
        once = _once(chosen, write, asked, sink, known) if watch is None else None
        run_async(once or _watch(chosen, watch or 0.0, write, about, sink, known), chosen.name)


def _known(chosen: Connection) -> MeterKey | None:
    """The meter of the last visit; without an archive that can be read a value is read all the same."""
    try:
        return last_there(chosen)
    except ArchiveError:
        return None


async def _once(
    connection: Connection,
    write: Write,
    about: _About | None = None,
    sink: Sink = _NOBODY,
    known: MeterKey | None = None,
) -> None:
    steps = StepNotices(connection.name)

    def on_state(state: LineState) -> None:
        steps.state(state)
        sink.state(state)

    line = open_line(connection.target, connection.settings, tap=frame_tap(), on_state=on_state)
    try:
        meter = _meter(line, connection)
        reading = await meter.read_instantaneous()
        await tell_another(meter, known, connection.name)
        if about is not None:
            await _ask_about(meter, about)
            sink.about(about.identity, about.clock_difference)
        sink.reading(reading)
        counters = line.counters
        remark = line.state.remark
    finally:
        await line.close()
        sink.end()
    write(reading, counters)
    tell(remark, connection.name)
    ClockNotices(connection.name).verdict(reading.clock)
    if (words := meter.summer_time.remark) is not None:
        click.echo(sentence(words), err=True)


def _meter(line: Line, connection: Connection) -> Meter:
    return Meter(line, connection.station, zone=connection.zone, summer_time=connection.summer_time)


async def _ask_about(meter: Meter, about: _About) -> None:
    """What the meter does not tell stays None. Raises Iec102Error where the line fails."""
    reader = InformationReader(meter)
    identity, clock = await reader.read_identity(), await reader.read_clock()
    about.identity = identity if isinstance(identity, Identity) else None
    about.clock_difference = clock.difference if isinstance(clock, ClockReading) else None


def _published(connection: Connection, *, aloud: bool) -> contextlib.AbstractContextManager[Sink]:
    from iec102_tui.cli.publishing import published  # loaded when it is used

    return published(connection, aloud=aloud)


async def _watch(
    connection: Connection,
    period: float,
    write: Write,
    about: _About | None = None,
    sink: Sink = _NOBODY,
    visited: MeterKey | None = None,
) -> None:
    """Writes each reading when it comes, and no other; ends only with an error that needs the user."""
    ends = (Phase.REFUSED, Phase.STOPPED)
    news, clock = StateNotices(connection.name, ends), ClockNotices(connection.name)

    def on_state(state: LineState) -> None:
        news.state(state)
        sink.state(state)

    line = open_line(connection.target, connection.settings, reconnect=True, tap=frame_tap(), on_state=on_state)
    meter = _meter(line, connection)
    written, said_summer_time, asked_of = 0, False, 0
    known = about or _About()
    asking: asyncio.Task[None] | None = None

    async def ask_about() -> None:
        """Beside the readings, once a connection; a line that fails now is told by them, and the rest stays unknown."""
        with contextlib.suppress(Iec102Error):
            await tell_another(meter, visited, connection.name)
            await _ask_about(meter, known)
            sink.about(known.identity, known.clock_difference)

    def on_snapshot(snapshot: Snapshot) -> None:
        nonlocal written, said_summer_time, asking, asked_of
        if snapshot.reading is not None and snapshot.reads > written:
            written = snapshot.reads
            sink.reading(snapshot.reading)
            write(snapshot.reading, snapshot.counters)
            if snapshot.counters.connection_number != asked_of and (asking is None or asking.done()):
                asked_of = snapshot.counters.connection_number
                asking = asyncio.get_running_loop().create_task(ask_about())
            news.well()
            clock.verdict(snapshot.reading.clock)
            if not said_summer_time and snapshot.remark is not None:
                said_summer_time = True
                click.echo(sentence(snapshot.remark), err=True)
        elif snapshot.error is not None and snapshot.state.phase not in ends:
            news.trouble(snapshot.error)

    try:
        await Monitor(meter, period=period, on_snapshot=on_snapshot, clock_period=None).run()
    finally:
        if asking is not None:
            asking.cancel()
        await line.close()
        sink.end()


def _writer(as_json: bool, stats: bool, about: _About | None = None) -> Write:
    """What a reading becomes, with the counters of the line or without, and with what is known ``about`` the meter."""

    def document(reading: Reading, counters: LineCounters) -> None:
        known = about or _About()
        told = reading.to_json(known.identity, known.clock_difference)
        click.echo(json.dumps(told | ({"stats": counters.to_json()} if stats else {})))

    def table(reading: Reading, counters: LineCounters) -> None:
        _write_table(reading)
        if about is not None:
            _write_about(about)
        if stats:
            click.echo(counter_words(counters), err=True)

    return document if as_json else table


def _write_about(about: _About) -> None:
    rows = [] if about.identity is None else identity_rows(about.identity)
    if about.clock_difference is not None:
        rows.append(difference_row(about.clock_difference))
    if rows:
        click.echo("\n".join(lines_of(rows)) + "\n")


def _write_table(reading: Reading) -> None:
    """For people: group, label, value, unit, and what is wrong with it; an empty line ends it."""
    moment = _("no time") if reading.meter_time is None else f"{reading.meter_time:%Y-%m-%d %H:%M %Z}"
    lines = [
        _(
            "Read {time:%Y-%m-%d %H:%M:%S %Z}, meter time {moment}, link address {link_address}, point address "
            "{point_address}. V and A are secondary values.",
            time=reading.time,
            moment=moment,
            link_address=reading.link_address,
            point_address=reading.point_address,
        )
    ]
    group = ""
    for value in reading.values.values():
        if value.signal.group != group:
            group = value.signal.group
            lines.append(_(group))
        invalid = "" if value.valid or value.value is None else _(INVALID)
        lines.append(f"  {_(value.label):22}{_number(value):>14} {value.unit or '':6}{invalid}".rstrip())
    click.echo("\n".join(lines) + "\n")


def _number(value: SignalValue) -> str:
    return _("no data") if value.value is None else f"{value.value:.{value.signal.decimals}f}"
