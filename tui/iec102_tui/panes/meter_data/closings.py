"""A closing as a table by tariff period, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from iec102.asdu.names import CONTRACT_NAMES

from iec102_tui.meter_data.documents import Document
from iec102_tui.meter_data.known import CURRENT, POWERS, SEASONS
from iec102_tui.panes.meter_data.view import View, day_or_time, doubles, moment_of, page_of, read_of
from iec102_tui.widgets.picture_view import Line, Piece
from iec102_tui.words import meter_data_text as words
from iec102_tui.words.library_text import qualifier_text
from iec102_tui.words.meter_text import period_name
from iec102_tui.words.numbers import grouped
from iec102_tui.words.text import _, ngettext

_INVALID, _NOT_CONFIGURED = 0x80, 0x80
_LEAST_BAR, _MOST_BAR = 8, 40
_FULL, _REST = "\N{BOX DRAWINGS HEAVY HORIZONTAL}", "\N{BOX DRAWINGS LIGHT HORIZONTAL}"
_WIDE = 110
_REMARKS = ("✖", "!")
"""What a qualifier is shown as: invalid, or with a remark that the details say."""
_NEAR, _OVER = 0.85, 1.0


class Cell(NamedTuple):
    """``text`` with its role; ``sign``: what is wrong with the value."""

    text: str
    role: str = "foreground"
    sign: str = " "


class Column(NamedTuple):
    """``width`` with the sign behind it."""

    title: str
    width: int
    cell: Callable[[Document], Cell]
    left: bool = False


def closing_title(view: View) -> str:
    """The contract."""
    return _(words.CLOSINGS_OF, contract=CONTRACT_NAMES[view.contract])


def closing_aside(view: View) -> str:
    """How many are stored, and which one this is."""
    stored = view.known.closings.get(view.contract, ())
    parts = [ngettext(*words.STORED, len(stored))] if stored else []
    if (shown := page_of(view)) is not None:
        parts.append(_which(view, shown))
    if (ways := doubles(view)) > 1:
        parts.append("▲ " + _(words.TWICE, count=ways))
    return " · ".join(parts)


def _which(view: View, shown: Document) -> str:
    if shown["current"]:
        start = moment_of(shown["start"], view.zone)
        since = f"{start:%Y-%m-%d}" if start else _(words.NO_DATE)
        read = day_or_time(read_of(view, CURRENT, view.contract), view.now)
        return _(words.RUNNING, since=since, time=since, read=read)
    end = moment_of(shown["end"], view.zone)
    return _(words.CLOSED, time=f"{end:%Y-%m-%d}" if end else _(words.NO_DATE))


def closing_lines(view: View, width: int) -> list[Line]:
    """The table; a line of words where there is nothing."""
    shown = page_of(view)
    if shown is None:
        return [[Piece(_(words.NO_CLOSINGS, contract=CONTRACT_NAMES[view.contract]), "muted")]]
    columns = [*_columns(view, shown, width)]
    head = [
        Piece(column.title.ljust(column.width) if column.left else _right(column.title, column.width), "faint")
        for column in columns
    ]
    # The periods first, the totals below them.
    periods = sorted(shown["periods"], key=lambda period: (period["period"] == 0, period["period"]))
    return [head, *(_row(columns, period) for period in periods)]


def _right(text: str, width: int) -> str:
    return f"{text} ".rjust(width)


def _row(columns: list[Column], period: Document) -> Line:
    bold = period["period"] == 0
    pieces = []
    for column in columns:
        cell = column.cell(period)
        text = cell.text.ljust(column.width) if column.left else f"{cell.text}{cell.sign}".rjust(column.width)
        pieces.append(Piece(text, "warn" if cell.sign in _REMARKS else cell.role, bold=bold))
    return pieces


def _columns(view: View, shown: Document, width: int) -> Iterator[Column]:
    names, wide = _names(view), width >= _WIDE
    title = {key: _(text, **names) for key, text in words.CLOSING_TITLES.items()}
    limits = contracted_of(view, shown)
    has_excess = any(not period["excess_qualifier"] & _NOT_CONFIGURED for period in shown["periods"])
    columns = [
        Column(
            title["period"],
            8 if wide else 7,
            lambda period: Cell(period_name(period["period"]), "foreground"),
            left=True,
        ),
        Column(title["register"], 13 if wide else 12, _energy("active_register_kwh", "active", "strong")),
        Column(title["added"], 12 if wide else 11, _energy("active_kwh", "active", "import")),
        Column(title["inductive"], 12 if wide else 10, _energy("inductive_register_kvarh", "inductive", "reactive")),
        Column(title["capacitive"], 12 if wide else 10, _energy("capacitive_register_kvarh", "capacitive", "reactive")),
        Column(title["maximum"], 8, _maximum),
        Column(title["at"], 17 if wide else 12, _maximum_time(view, wide=wide), left=True),
    ]
    if has_excess and (wide or not limits):
        columns.append(Column(title["excess"], 7, _excess))
    left = width - sum(column.width for column in columns)
    if limits and wide:
        columns.append(Column(title["contracted"], 12, lambda period: _contracted(period, limits)))
        left -= 12
    if limits and left >= 6:
        bar = min(left - 6, _MOST_BAR)
        if bar >= _LEAST_BAR:
            columns.append(Column(f" {title['use']}", bar + 6, lambda period: _use(period, limits, bar), left=True))
        else:
            columns.append(Column(title["use"], 6, lambda period: _use(period, limits, 0)))
    return iter(columns)


def _names(view: View) -> dict[str, str]:
    """By the direction of the contract: A+ with Q1 and Q4, A- with Q3 and Q2."""
    seasons = view.known.document(SEASONS, view.contract)
    direction = None if seasons is None else seasons["direction"]
    if direction == 1:
        return {"active": "A+", "inductive": "Q1", "capacitive": "Q4"}
    if direction == 2:
        return {"active": "A-", "inductive": "Q3", "capacitive": "Q2"}
    return {"active": "A", "inductive": _(words.INDUCTIVE), "capacitive": _(words.CAPACITIVE)}


def _energy(name: str, quality: str, role: str) -> Callable[[Document], Cell]:
    return lambda period: Cell(grouped(period[name]), role, _sign(period[f"{quality}_qualifier"]))


def _sign(qualifier: int) -> str:
    """Invalid, or with a remark that the details say."""
    return "✖" if qualifier & _INVALID else "!" if qualifier else " "


def _maximum(period: Document) -> Cell:
    return Cell(grouped(period["maximum_kw"]), "strong", _sign(period["maximum_qualifier"]))


def _maximum_time(view: View, *, wide: bool) -> Callable[[Document], Cell]:
    def cell(period: Document) -> Cell:
        at = moment_of(period["maximum_time"], view.zone)
        if at is None or not period["maximum_kw"]:
            return Cell("", "muted")
        return Cell(f"{at:%Y-%m-%d %H:%M}" if wide else f"{at:%m-%d %H:%M}", "muted")

    return cell


def _excess(period: Document) -> Cell:
    if period["excess_qualifier"] & _NOT_CONFIGURED:
        return Cell("-", "muted")
    return Cell(
        grouped(period["excess"]), "warn" if period["excess"] else "foreground", _sign(period["excess_qualifier"])
    )


def contracted_of(view: View, shown: Document) -> dict[int, int]:
    """The contracted power by period, in kW, unless it holds only from a time behind this closing's end."""
    powers = view.known.document(POWERS, view.contract)
    if powers is None:
        return {}
    valid, end = moment_of(powers["valid_from"], view.zone), moment_of(shown["end"], view.zone)
    if valid is not None and end is not None and valid > end and not shown["current"]:
        return {}
    return {each["period"]: each["contracted_kw"] for each in powers["periods"] if each["contracted_kw"]}


def _contracted(period: Document, limits: dict[int, int]) -> Cell:
    power = limits.get(period["period"])
    return Cell("" if not power or not period["period"] else _(words.POWER, power=grouped(power)), "muted")


def _use(period: Document, limits: dict[int, int], bar: int) -> Cell:
    power = limits.get(period["period"])
    if not power or not period["period"] or period["maximum_qualifier"] & _INVALID:
        return Cell("")
    share = period["maximum_kw"] / power
    role = "error" if share > _OVER else "warn" if share >= _NEAR else "ok"
    percent, over = f"{share:.0%}", "▲" if share > _OVER else " "
    if not bar:
        return Cell(percent, role, over)
    full = min(bar, round(share * bar))
    return Cell(f" {_FULL * full}{_REST * (bar - full)}{over}{percent:>4}", role)


def closing_text(view: View) -> list[str]:
    """The closing in words: each period with all that the meter sent of it."""
    shown = page_of(view)
    if shown is None:
        return [_(words.NO_CLOSINGS, contract=CONTRACT_NAMES[view.contract])]
    names = _names(view)
    lines = [closing_title(view), closing_aside(view)]
    for period in shown["periods"]:
        lines += ["", period_name(period["period"])]
        for name, unit, label in (
            ("active", "kwh", _("{active} kWh", active=names["active"])),
            ("inductive", "kvarh", _("{inductive} kVArh", inductive=names["inductive"])),
            ("capacitive", "kvarh", _("{capacitive} kVArh", capacitive=names["capacitive"])),
        ):
            added, register = grouped(period[f"{name}_{unit}"]), grouped(period[f"{name}_register_{unit}"])
            remarks = qualifier_text(period[f"{name}_qualifier"])
            lines.append(
                _(words.DETAIL_ENERGY, label=label, register=register, added=added)
                + (f" ({remarks})" if remarks else "")
            )
        lines += [*_details_of_power(view, period)]
    return [*lines, "", _(words.UNVERIFIED)]


def _details_of_power(view: View, period: Document) -> Iterator[str]:
    at = moment_of(period["maximum_time"], view.zone)
    time = f"{at:%Y-%m-%d %H:%M}" if at else _(words.NO_DATE)
    maximum = _(words.DETAIL_MAXIMUM, maximum=grouped(period["maximum_kw"]), time=time)
    remarks = qualifier_text(period["maximum_qualifier"])
    yield maximum + (f" ({remarks})" if remarks else "")
    if not period["excess_qualifier"] & _NOT_CONFIGURED:
        yield _(words.DETAIL_EXCESS, excess=grouped(period["excess"]))
