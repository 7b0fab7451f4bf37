"""Who the meter is and how it is set up, in rows; what has changed, and what it does not tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from iec102.asdu.names import CONTRACT_NAMES

from iec102_tui.meter_data.documents import Document
from iec102_tui.meter_data.known import (
    CONFIGURATION,
    IDENTITY,
    POINT,
    RECORDER,
    SUMMER_TIME,
    Change,
    Lack,
)
from iec102_tui.panes.meter_data.view import View, day_or_time, moment_of, of_kinds
from iec102_tui.widgets.picture_view import Line, Piece
from iec102_tui.words import meter_data_text as words
from iec102_tui.words.meter_text import moment_words
from iec102_tui.words.numbers import grouped
from iec102_tui.words.plain_text import printable, wrapped
from iec102_tui.words.text import _, ngettext

LABEL = 18
"""Columns of the labels, at least: a language may have a longer one."""
KINDS = (IDENTITY, CONFIGURATION, RECORDER, POINT, SUMMER_TIME)


class Row(NamedTuple):
    """A label with what stands beside it."""

    label: str
    value: str
    role: str = "foreground"


def about_lines(view: View, width: int, height: int) -> list[Line]:
    """As many rows as there is room for; where some are left out, the last says how many."""
    rows = [*about_rows(view)]
    columns = label_columns(rows)
    drawn = [[*_lines(row, width, columns)] for row in rows]
    if sum(map(len, drawn)) > height > 0:
        kept = len(drawn)
        while kept and sum(map(len, drawn[:kept])) > height - 1:
            kept -= 1
        drawn = [*drawn[:kept], [*_lines(Row("", _(words.MORE, count=len(rows) - kept), "muted"), width, columns)]]
    return [line for lines in drawn for line in lines]


def label_columns(rows: Sequence[Row]) -> int:
    """Columns that the labels take, with a blank behind the longest."""
    return max((LABEL, *(len(row.label) + 1 for row in rows)))


def _lines(row: Row, width: int, columns: int) -> Iterator[Line]:
    """The value goes on below itself where it is too long."""
    for number, part in enumerate(wrapped(row.value, width - columns)):
        yield [Piece(f"{'' if number else row.label:{columns}}", "faint"), Piece(part, row.role)]


def about_rows(view: View) -> Iterator[Row]:
    """Only what the meter has told."""
    known = view.known
    yield from _changes(view, 1)
    identity, configuration = known.document(IDENTITY), known.document(CONFIGURATION)
    if identity is not None or configuration is not None:
        yield from _who(identity or {}, configuration or {})
    yield from _set_up(configuration or {}, known.document(POINT) or {}, known.document(RECORDER) or {})
    if (changes := known.document(SUMMER_TIME)) is not None:
        start, end = (moment_words(moment_of(changes[name], view.zone)) for name in ("begins", "ends"))
        yield Row(_(words.SUMMER_TIME), _(words.FROM_TO, start=start, end=end))
    if identity is not None:
        yield Row(_(words.STANDARD), str(identity["standard"]))
    if known.lacks:
        yield Row(_(words.NOT_TOLD), ngettext(*words.NOT_TOLD_COUNT, len(known.lacks)), "muted")


def _who(identity: Document, configuration: Document) -> Iterator[Row]:
    either = identity | configuration
    yield Row(_(words.MANUFACTURER), _(words.MANUFACTURER_CODE, code=either["manufacturer"]))
    device = identity.get("device", configuration.get("device"))
    if configuration:
        model, firmware = printable(configuration["model"]), configuration["firmware"]
        device = _(words.DEVICE_MODEL, device=device, model=model, firmware=firmware)
    yield Row(_(words.DEVICE), str(device))


def _set_up(configuration: Document, point: Document, recorder: Document) -> Iterator[Row]:
    if point:
        where, link = (point["point_address"], point["points"]), point["link_address"]
        yield Row(_(words.POINT), _(words.POINT_OF, point=where[0], points=where[1], link=link))
    if periods := configuration.get("integration_periods_minutes"):
        yield Row(_(words.PERIODS), _(words.MINUTES, minutes=" / ".join(map(str, periods))))
    if configuration or "ratios" in recorder:
        yield Row(_(words.RATIOS), _ratio_words(configuration.get("ratios") or recorder.get("ratios")))
    for port in configuration.get("ports", ()):
        label = words.OPTICAL_PORT if port["name"] == "optical" else words.PORT
        yield Row(_(label, name=port["name"]), _port_words(port))
    battery = recorder.get("battery_percent", configuration.get("battery_percent"))
    if battery is not None:
        yield Row(_(words.BATTERY), _(words.PERCENT, percent=battery))
    if contracts := configuration.get("contracts"):
        states = (
            _(words.CONTRACT_STATE, contract=each["contract"], state=_state_words(each["state"])) for each in contracts
        )
        yield Row(_(words.CONTRACTS), ", ".join(states))
    yield from _recorder(recorder)


def _recorder(recorder: Document) -> Iterator[Row]:
    source = recorder.get("clock_source_words")
    parts = [] if source is None else [_(words.CLOCK_SOURCES.get(source, words.UNKNOWN))]
    if "automatic_summer_time" in recorder:
        parts.append(_(words.AUTOMATIC if recorder["automatic_summer_time"] else words.NOT_AUTOMATIC))
    if parts:
        yield Row(_(words.CLOCK_SOURCE), ", ".join(parts))
    if "critical_alarm" in recorder or "other_alarm" in recorder:
        critical, other = (_switch(recorder.get(name)) for name in ("critical_alarm", "other_alarm"))
        yield Row(_(words.ALARMS), _(words.ALARM_STATES, critical=critical, other=other))
    if faults := recorder.get("voltage_fault_detection"):
        yield Row(_(words.VOLTAGE_FAULTS), ", ".join(map(_switch, faults)))
    if "program" in recorder:
        yield Row(_(words.PROGRAM), printable(recorder["program"]))
    if "shortest_closing_minutes" in recorder:
        yield Row(_(words.SHORTEST), _(words.MINUTES, minutes=recorder["shortest_closing_minutes"]))
    if "closing_by_button" in recorder:
        yield Row(_(words.BUTTON), _switch(recorder["closing_by_button"]))


def _state_words(state: int) -> str:
    return _(words.STATES[state]) if state < len(words.STATES) else str(state)


def _switch(on: bool | None) -> str:
    return _(words.UNKNOWN if on is None else words.ON if on else words.OFF)


def _ratio_words(ratios: Document | None) -> str:
    if ratios is None:
        return _(words.NONE_SENSIBLE)
    sides = [
        "/".join(_plain(ratios[f"{side}_{unit}"]) for side in ("primary", "secondary"))
        for unit in ("voltage_v", "current_a")
    ]
    return _(words.RATIO_VALUES, volts=sides[0], amperes=sides[1])


def _plain(value: float) -> str:
    return grouped(value, 0 if value == int(value) else 1)


def _port_words(port: Document) -> str:
    speed = str(port["speed_words"]).removesuffix(" bit/s")
    return f"{speed}-{port['format_words']}" if speed.isdigit() else f"{speed}, {port['format_words']}"


def _changes(view: View, most: int) -> Iterator[Row]:
    for change in _worded(view.known.changes)[:most]:
        value = _(
            words.CHANGED_TO,
            name=words.place_of(change.name),
            before=printable(str(change.before)),
            after=printable(str(change.after)),
            time=day_or_time(change.since, view.now),
        )
        yield Row("▲ " + _(words.CHANGED), value, "warn")


def _worded(changes: Sequence[Change]) -> list[Change]:
    """A code that has words beside it is told by those alone."""
    told = {(change.kind, change.since, change.name) for change in changes}
    return [change for change in changes if (change.kind, change.since, f"{change.name}_words") not in told]


def as_of(view: View) -> str:
    """The oldest of what is shown of the meter itself says how sure it is."""
    at = min(of_kinds(KINDS, view), default=None)
    return "" if at is None else _(words.READ_AT, time=day_or_time(at, view.now))


def about_text(view: View) -> list[str]:
    """All rows in full, then the changes, what is not told, and what is not verified."""
    rows = [row for row in about_rows(view) if row.role == "foreground"]
    columns = label_columns(rows)
    lines = [f"{row.label:{columns}}{row.value}" for row in rows]
    ages = ((kind, view.known.at(kind)) for kind in KINDS)
    read = [
        _(words.PART_READ_AT, what=_(words.STEPS[kind]), time=day_or_time(at, view.now))
        for kind, at in ages
        if at is not None
    ]
    changes = [f"{row.label}: {row.value}" for row in _changes(view, len(view.known.changes))]
    lacks = [lack_words(lack, view) for lack in view.known.lacks]
    parts = [part for part in (lines, read, changes, lacks) if part]
    return [line for part in parts for line in (*part, "")] + [_(words.UNVERIFIED)]


def lack_words(lack: Lack, view: View) -> str:
    """What was asked for in vain, and why."""
    kind, _dash, number = lack.kind.partition("-")
    contract = CONTRACT_NAMES.get(int(number), number) if number.isdigit() else ""
    what = (
        _(words.STEPS[kind], contract=contract, record=number) if number and kind in _NUMBERED else _(words.STEPS[kind])
    )
    if number and kind not in _NUMBERED:
        what = _(words.OBJECT, what=what, object=number)
    document = lack.document
    cause = document.get("cause")
    why = _(words.NOT_UNDERSTOOD) if "hex" in document else _(words.LACK_CAUSES.get(cause or 0, words.NO_ANSWER))
    return _(words.LACKS, what=what, why=why, type=document["type"], time=day_or_time(lack.at, view.now))


_NUMBERED = ("powers", "seasons", "holidays", "current", "closings", "events")
