"""What stands around the rows of the fleet: header, message, sums, place. Spans as pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from iec102_tui.fleet.cells import EXPORT, IMPORT, SIGNS, Moment
from iec102_tui.fleet.columns import column_of
from iec102_tui.fleet.meter import Row, Status
from iec102_tui.fleet.model import Summary
from iec102_tui.fleet.subscriber import BrokerStatus
from iec102_tui.publish.settings import BrokerSettings
from iec102_tui.widgets.role_line import Span, width_of
from iec102_tui.widgets.status_cells import PROGRAM
from iec102_tui.words import fleet_text as words
from iec102_tui.words.numbers import grouped
from iec102_tui.words.plain_text import printable, shortened
from iec102_tui.words.text import _, ngettext

_COUNTS = (
    (Status.LIVE, words.LIVE_COUNT, "ok"),
    (Status.STALE, words.STALE_COUNT, "warn"),
    (Status.LOST, words.LOST_COUNT, "error"),
    (Status.OFF, words.OFF_COUNT, "muted"),
)
_MOST = 10.0
"""A sum is shown in the greatest unit of which it has so many."""
_UNITS = ((1e6, "GW", 1), (1e3, "MW", 1), (1.0, "kW", 0))
_LEAST_URL = 20
_BESIDE = 6
"""Columns of the header that neither the broker nor the counts have."""
GAP_IS_SAID = 900.0
"""Seconds for which a time without the broker is told of after it."""


class Choice(NamedTuple):
    """What the user has chosen: the filter as he wrote it, the column that rows are sorted by."""

    filter: str = ""
    by: str = "state"
    turned: bool = False


def url_of(settings: BrokerSettings, status: BrokerStatus, width: int | None = None) -> str:
    """Where the broker is: of a cluster the host that was reached last, and how many others there are."""
    host = next((each for each in settings.hosts if str(each) == status.host), settings.hosts[0])
    url = f"mqtt{'s' if host.is_secure else ''}://{printable(str(host))}"
    others = f" +{len(settings.hosts) - 1}" if len(settings.hosts) > 1 else ""
    return (url if width is None else shortened(url, max(1, width - len(others)))) + others


def header(
    settings: BrokerSettings, status: BrokerStatus, total: int, summary: Summary, width: int
) -> tuple[list[Span], list[Span]]:
    """Which broker, whether it is there; at the right how many meters are live, stale, lost."""
    sign, role = SIGNS[Status.LIVE if status.is_connected else Status.LOST if status.connections else Status.OFF]
    right = _counts(summary)
    if width - width_of((*PROGRAM, *right)) - _BESIDE < min(_LEAST_URL, len(url_of(settings, status))):
        right = _counts(summary, short=True)  # which broker it is has no other place
    count = f" · {_counted(words.METERS_COUNT, total)}"
    room = width - width_of((*PROGRAM, *right)) - _BESIDE
    if room - len(count) < min(_LEAST_URL, len(url_of(settings, status))):
        count = ""  # the row below the list has it too
    name = url_of(settings, status, room - len(count))
    left = [*PROGRAM, Span(f"{name}{count}  ", "strong", bold=True), Span(sign, role)]
    return left, right


def _counts(summary: Summary, *, short: bool = False) -> list[Span]:
    """Of each status, in words or by its sign."""
    spans: list[Span] = []
    for each, templates, colour in _COUNTS:
        count = summary.counts[each]
        if count or each is Status.LIVE:
            text = f"{SIGNS[each][0]} {grouped(count)}" if short else _counted(templates, count)
            spans += [Span("   " if spans else ""), Span(text, colour)]
    return [*spans, Span(" ")]


def _counted(templates: tuple[str, str], count: int) -> str:
    """With its digits in groups."""
    return ngettext(*templates, count).replace(str(count), grouped(count))


def message(settings: BrokerSettings, status: BrokerStatus, last_heard: float | None, now: Moment) -> list[Span]:
    """What is wrong with the broker, or was a while ago; free when all is well."""
    if not status.is_connected:
        if status.problem is None:
            return [Span(" " + _(words.CONNECTING, host=printable(str(settings.hosts[0]))), "muted")]
        if last_heard is None:
            return [Span(f" ✖ {_(words.AWAY, why=status.problem)}", "error", bold=True, meaning="screen.problem")]
        time = datetime.fromtimestamp(last_heard, now.zone)
        text = _(words.AWAY_VALUES, time=time, why=status.problem)
        return [Span(f" ✖ {text}", "error", bold=True, meaning="screen.problem")]
    if gap := gap_words(status, now):
        return [Span(f" ▲ {gap}", "warn", meaning="screen.problem")]
    return []


def gap_words(status: BrokerStatus, now: Moment) -> str:
    """That the broker was away a while ago; empty where it was not."""
    away = status.away
    if away is None or away.until is None or now.wall - away.until >= GAP_IS_SAID:
        return ""
    since, until = (datetime.fromtimestamp(each, now.zone) for each in (away.since, away.until))
    return _(words.WAS_AWAY, since=since, until=until)


def sums(summary: Summary, choice: Choice, total: int, width: int) -> list[Span]:
    """Search, sums of the meters that are live, and the order, as far as there is room for it."""
    spans = [Span(" / ", "accent", bold=True, meaning="screen.filter")]
    if choice.filter:
        spans.append(Span(shortened(printable(choice.filter), 26), "strong", meaning="screen.filter"))
    else:
        spans.append(Span(_(words.TYPE_TO_SEARCH), "faint", meaning="screen.filter"))
    spans += [Span("     "), *_sums(summary, total)]
    for text in order_words(choice):
        if width_of(spans) + len(text) + 5 < width:
            return [*spans, Span("     "), Span(text, "faint")]
    return spans


def _sums(summary: Summary, total: int) -> Iterator[Span]:
    live = summary.counts[Status.LIVE]
    yield Span(_(words.SUM_OF, count=grouped(live)) if live != total else _(words.SUM), "muted")
    for value, arrow, role in ((summary.imported, IMPORT, "import"), (summary.exported, EXPORT, "export")):
        yield Span(f"  {sum_words(value)} {arrow}", role, bold=True)


def sum_words(value: float) -> str:
    """A sum in kW, or in MW or GW with one decimal."""
    size, unit, decimals = next(each for each in _UNITS if value >= each[0] * _MOST or each[0] == 1)
    return " ".join((grouped(value / size, decimals), unit))


def order_words(choice: Choice) -> list[str]:
    """What the rows are sorted by, in full and in short."""
    column = column_of(choice.by)
    name = _(column.head)
    if column.down is not choice.turned:
        return [_(words.SORTED_DOWN, column=name), _(words.SORTED_BY, column=name)]
    return [_(words.SORTED_BY_THEN, column=name), _(words.SORTED_BY, column=name)]


def place(rows: Sequence[Row], top: int, height: int, total: int, marked: int, refused: int) -> list[Span]:
    """Which rows are in view, of how many."""
    if not rows:
        return []
    last = min(top + height, len(rows))
    text = _(words.OF_ALL, first=grouped(top + 1), last=grouped(last), count=grouped(len(rows)))
    if len(rows) != total:
        text = f"{text}   {_(words.FILTERED_OF, count=grouped(len(rows)), total=grouped(total))}"
    spans = [Span(f" {text}", "faint")]
    if marked:
        spans.append(Span("   " + ngettext(*words.MARKED, marked), "warn"))
    if refused:
        spans.append(Span("   " + ngettext(*words.REFUSED, refused), "warn", meaning="screen.refused"))
    return spans
