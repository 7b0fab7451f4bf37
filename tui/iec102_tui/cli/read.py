"""`iec102-tui read`: the 24 signals, once or again and again."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import click
from iec102.errors import Iec102Error
from iec102.line import Line
from iec102.meter import Meter
from iec102.monitor import Monitor, Snapshot
from iec102.reading import Reading
from iec102.signals import SignalValue
from iec102.state import LineState
from iec102.target import open_line

from iec102_tui.cli.options import connection, target_options
from iec102_tui.cli.run import run_async, sentence
from iec102_tui.connection import Connection


@click.command()
@target_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document a reading, one a line with --watch.")
@click.option("--watch", type=click.FloatRange(0), metavar="SECONDS", help="Read again and again; 0: back to back.")
@click.pass_context
def read(context: click.Context, /, target: str, as_json: bool, watch: float | None, **options: Any) -> None:
    """Print the 24 signals of TARGET once, or every --watch SECONDS.

    TARGET is a profile's name or a URL: tcp://HOST:PORT, serial:/dev/ttyUSB0, simulated:
    """
    meter = connection(context, target, options)
    run_async(_once(meter, as_json) if watch is None else _watch(meter, as_json, watch))


async def _once(connection: Connection, as_json: bool) -> None:
    line = open_line(connection.target, connection.settings)
    try:
        reading = await Meter(line, connection.station, zone=connection.zone, who="read").read_instantaneous()
    finally:
        await line.close()
    click.echo(json.dumps(reading.to_json(), indent=1) if as_json else table(reading))


class _Watcher:
    """Prints each reading when it is fresh, and each change of state in one line on standard error."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._reads = 0
        self._said = ""

    def show(self, snapshot: Snapshot) -> None:
        self._say(snapshot.error or snapshot.state.error or str(snapshot.state.phase))
        if snapshot.reading is not None and snapshot.reads != self._reads:
            self._reads = snapshot.reads
            click.echo(json.dumps(snapshot.reading.to_json()) if self._as_json else table(snapshot.reading) + "\n")

    def _say(self, words: str) -> None:
        if words != self._said:
            self._said = words
            click.echo(sentence(words), err=True)


async def _watch(connection: Connection, as_json: bool, period: float) -> None:
    watcher = _Watcher(as_json)
    monitors: list[Monitor] = []

    def state_changed(state: LineState) -> None:
        for monitor in monitors:
            monitor.state_changed(state)

    line: Line = open_line(connection.target, connection.settings, reconnect=True, on_state=state_changed)
    meter = Meter(line, connection.station, zone=connection.zone, who="read")
    monitors.append(Monitor(meter, period=period, on_snapshot=watcher.show))
    try:
        await monitors[0].run()
    except Iec102Error:
        await asyncio.sleep(0)
        raise
    finally:
        await line.close()


def table(reading: Reading) -> str:
    """The 24 signals for people: group, label, value, unit, and what is wrong with it."""
    moment = "no time" if reading.meter_time is None else f"{reading.meter_time:%Y-%m-%d %H:%M %Z}"
    lines = [
        f"Read {reading.time:%Y-%m-%d %H:%M:%S %Z}, meter time {moment}, "
        f"link address {reading.link_address}, point address {reading.point_address}. V and A are secondary values."
    ]
    group = ""
    for value in reading.values.values():
        if value.signal.group != group:
            group = value.signal.group
            lines.append(group)
        lines.append(f"  {value.label:22}{_number(value):>14} {value.unit or '':6}{_remark(value)}".rstrip())
    return "\n".join(lines)


def _number(value: SignalValue) -> str:
    return "no data" if value.value is None else f"{value.value:.{value.signal.decimals}f}"


def _remark(value: SignalValue) -> str:
    return "" if value.valid or value.value is None else "INVALID"
