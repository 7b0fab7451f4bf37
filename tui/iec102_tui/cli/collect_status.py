"""The status of a collector as text for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from iec102.line.state import Phase

from iec102_tui.cli.run import sentence
from iec102_tui.collect.status import CollectorStatus, MeterStatus
from iec102_tui.words.collect_text import WORK_STATUS, reading_words
from iec102_tui.words.plain_text import printable
from iec102_tui.words.state_text import PHASE_WORDS
from iec102_tui.words.text import _


def lines(status: CollectorStatus) -> Iterator[str]:
    """What it says of itself, then of each meter."""
    connected = sum(meter.state == Phase.CONNECTED for meter in status.meters)
    yield sentence(reading_words(len(status.meters), connected))
    time, pid, version = _time(status.started), status.pid, status.version
    yield _("Running since {time}, process {pid}, version {version}.", time=time, pid=pid, version=version)
    if status.site is not None:
        yield from _broker(status)
    if status.archive is not None:
        yield sentence(_("the archive: {why}", why=status.archive))
    yield from map(sentence, status.problems)
    for meter in status.meters:
        yield ""
        yield from _meter(meter)


def _broker(status: CollectorStatus) -> Iterator[str]:
    if status.broker is not None:
        yield sentence(_("the broker: {why}", why=status.broker))
    yield _(
        "Published as {site}; waiting: {waiting}; given up: live {live}, records {records}.",
        site=printable(status.site or ""),
        waiting=status.waiting,
        live=status.dropped_live,
        records=status.dropped_records,
    )


def _meter(meter: MeterStatus) -> Iterator[str]:
    words = _(PHASE_WORDS[Phase(meter.state)]) if meter.state in set(Phase) else printable(meter.state)
    yield f"{printable(meter.name)}  {printable(meter.target)}  {meter.link_address}/{meter.point_address}  {words}"
    if meter.reason:
        yield "  " + sentence(meter.reason)
    if meter.last_reading is None:
        yield "  " + _("No reading yet.")
    else:
        yield "  " + _(
            "Readings: {count}, the last at {time}; late: {late}.",
            count=meter.readings,
            time=_time(meter.last_reading),
            late=meter.late,
        )
    for name, work in meter.work.items():
        done = _("never") if work.done is None else _time(work.done)
        due = _("now") if work.due is None else _time(work.due)
        yield "  " + _(WORK_STATUS.get(name, "{done}"), done=done, due=due)
        if work.problem:
            yield "    " + sentence(work.problem)
    if meter.gateway_problem:
        yield "  " + sentence(meter.gateway_problem)
    elif meter.gateway:
        yield "  " + _("Gateway at {url}.", url=printable(meter.gateway))


def _time(text: str) -> str:
    """By the zone of this machine: the meters may be in several."""
    try:
        return f"{datetime.fromisoformat(text).astimezone():%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return printable(text)
