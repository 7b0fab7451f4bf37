"""The meter data beside other panes: clock, last closing, period now, and the latest events."""

from __future__ import annotations

from collections.abc import Iterator

from iec102.asdu.names import CONTRACT_NAMES

from iec102_tui.meter_data.clock_drift import drift
from iec102_tui.meter_data.tariff_now import contracted_now
from iec102_tui.panes.meter_data.clock import difference_words
from iec102_tui.panes.meter_data.events import event_pieces
from iec102_tui.panes.meter_data.view import View, moment_of
from iec102_tui.widgets.picture_view import Line, Piece
from iec102_tui.words import meter_data_text as words
from iec102_tui.words.numbers import grouped
from iec102_tui.words.text import _, ngettext


def summary_lines(view: View, width: int, height: int) -> list[Line]:
    """As much as has room."""
    known = view.known
    if known.is_empty:
        return [*[[]] * ((height - 1) // 2), [Piece(_(words.SUMMARY_EMPTY).center(width), "muted")]]
    lines = [*_figures(view)]
    count, new = len(known.events), sum(each.is_new for each in known.events)
    said = [Piece(ngettext(*words.SUMMARY_EVENTS, count), "muted")]
    if new:
        said.append(Piece(f", {_(words.NEW_COUNT, count=new)}", "accent", bold=True))
    lines.append(said)
    latest = known.events[: max(0, height - len(lines))]
    return [*lines, *([Piece(text, role) for text, role in event_pieces(each, width)] for each in latest)]


def _figures(view: View) -> Iterator[Line]:
    if view.difference is not None:
        role = difference_words(view.difference)[1]
        pieces = [Piece(_(words.SUMMARY_CLOCK, seconds=round(view.difference, 1) + 0.0), role)]
        if (found := drift(view.known.clock)) is not None:
            pieces.append(Piece(", " + _(words.SUMMARY_DRIFT, drift=round(found.a_day, 2) + 0.0), "muted"))
        yield pieces
    now = contracted_now(view.known, view.now, view.zone)
    if now is not None:
        yield [Piece(_(words.SUMMARY_NOW, period=f"P{now.period}", power=grouped(now.power)), "foreground")]
    for contract, closings in view.known.closings.items():
        latest, end = closings[-1], moment_of(closings[-1]["end"], view.zone)
        total = next((period for period in latest["periods"] if period["period"] == 0), None)
        if total is None or end is None:
            continue
        yield [
            Piece(
                _(
                    words.SUMMARY_CLOSED,
                    contract=CONTRACT_NAMES[contract],
                    time=f"{end:%Y-%m-%d}",
                    active=grouped(total["active_kwh"]),
                    maximum=grouped(total["maximum_kw"]),
                )
            )
        ]
