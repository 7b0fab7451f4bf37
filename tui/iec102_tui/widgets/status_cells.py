"""What the header and the error row say of a meter: pure functions of the session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Protocol

from iec102.line.state import Phase
from iec102.meter.monitor import Snapshot
from iec102.open import parse_target
from rich.cells import cell_len, set_cell_size

from iec102_tui.archive.visit import number_of
from iec102_tui.meter_side.session import Session
from iec102_tui.widgets.role_line import Span, width_of
from iec102_tui.words.ages import age_text
from iec102_tui.words.numbers import grouped
from iec102_tui.words.plain_text import printable, shortened
from iec102_tui.words.short_errors import short_error
from iec102_tui.words.state_text import ON_THE_WAY, another_meter, state_words, through_words
from iec102_tui.words.text import _, spoken

OK, WARNING, FAULT, WAITING = "●", "▲", "✖", "○"
_NAME_ROOM, _LEAST_NAME = 0.35, 8
_GAP = 3


def header_spans(session: Session, width: int) -> tuple[list[Span], list[Span]]:
    """What stands at the left and at the right end of the header.

    Where there is little room the meter's name gives way, then line and rate; never the state.
    """
    name, state = _name_and_state(session)
    room = width - width_of((*PROGRAM, *state)) - 1
    if room < min(_LEAST_NAME, cell_len(name)):
        name, state = _name_and_state(session, short=True)
        room = width - width_of((*PROGRAM, *state)) - 1
    most = room if session.replayed is not None else min(room, int(width * _NAME_ROOM))
    name = _cut(name, max(_LEAST_NAME, most))
    role = "strong" if session.connection is not None or session.replayed is not None else "muted"
    left = [*PROGRAM, Span(name, role, bold=role == "strong", meaning="app.switch"), *state]
    return left, _fitting(_figures(session), width - width_of(left))


PROGRAM = (Span(" iec102", "accent", bold=True), Span(" │ ", "faint"))


def _name_and_state(session: Session, *, short: bool = False) -> tuple[str, list[Span]]:
    connection, snapshot = session.connection, session.latest
    if session.replayed is not None:
        return session.replayed[0], []
    if connection is None:
        return _("no meter"), []
    name = printable(connection.name)
    if session.failure is not None:
        return name, _state(FAULT, _("stopped"), "error", session, short)
    if snapshot is None:
        return name, _state(WAITING, _("connecting"), "accent", session, short)
    words = state_words(snapshot.state, session.clock.boottime())
    sign, role = sign_of(session, snapshot)
    return name, _state(sign, words, role, session, short)


def _state(sign: str, words: str, role: str, session: Session, short: bool) -> list[Span]:
    spans = [Span(f"  {sign} {words}", role)]
    if age := _age(session, short=short):
        spans.append(Span(f"  {age}", "warn", bold=True))
    return spans


class Ageing(Protocol):
    """A meter whose values may be too old."""

    def is_stale(self) -> bool:
        """They are."""


def sign_of(session: Ageing, snapshot: Snapshot) -> tuple[str, str]:
    """The sign of the state, and its role."""
    phase = snapshot.state.phase
    if phase is Phase.CONNECTED:
        return (WARNING, "warn") if session.is_stale() else (OK, "ok")
    if phase in ON_THE_WAY:
        return WAITING, "accent"
    if phase is Phase.LENT:
        return WARNING, "warn"
    return (WAITING, "muted") if phase is Phase.CLOSED else (FAULT, "error")


def _age(session: Session, *, short: bool) -> str:
    """Of the values, where they are not those of this moment."""
    age = session.age()
    if age is None:
        return _("no values yet")
    if short and (session.frozen is not None or session.is_stale()):
        return _("FROZEN {age}", age=age_text(age)) if session.frozen else _("STALE {age}", age=age_text(age))
    if session.frozen is not None:
        return _("VIEW FROZEN, values {age} old", age=age_text(age))
    return _("VALUES STALE, {age} old", age=age_text(age)) if session.is_stale() else ""


def _fitting(figures: Sequence[tuple[int, list[Span]]], room: int) -> list[Span]:
    """The figures that have room, by their rank, in the order in which they stand."""
    taken: set[int] = set()
    left = room - 1
    for place, (_rank, spans) in sorted(enumerate(figures), key=lambda item: item[1][0]):
        needed = width_of(spans) + _GAP
        if needed > left:
            break
        taken.add(place)
        left -= needed
    shown: list[Span] = []
    for place, (_rank, spans) in enumerate(figures):
        if place in taken:
            shown += [Span(" " * _GAP), *spans] if shown else spans
    return [*shown, Span(" ")] if shown else []


def _figures(session: Session) -> list[tuple[int, list[Span]]]:
    """Rank and text of each figure: the lowest rank stays longest."""
    snapshot, connection = session.latest, session.connection
    if session.replayed is not None or snapshot is None or connection is None:
        return []
    counters = snapshot.counters
    shown: list[tuple[int, list[Span]]] = []
    if clock := clock_spans(session, snapshot):
        shown.append((0, clock))
    if snapshot.remark is not None:
        shown.append((1, [Span(_("summer time: see F1"), "warn")]))
    if session.through is not None:
        shown.append((5, [Span(through_words(by_collector=session.through.by_collector), "accent")]))
    elif line := _line_words(connection.target, connection.settings.baudrate, connection.settings.format):
        shown.append((5, [Span(line, "muted")]))
    if snapshot.rate and not session.is_stale():
        shown.append((4, [Span(_rate(snapshot.rate), "muted")]))
        shown.append((6, [Span(_("line {percent:2.0f} %", percent=counters.line_use), "muted")]))
    shown += [(2, [Span(words, "warn")]) for words in _counts(snapshot)]
    if session.gateway is not None:
        shown.append((3, [Span(_("gateway {count}", count=len(session.gateway.clients)), "accent")]))
    return shown


def _counts(snapshot: Snapshot) -> Iterator[str]:
    """What has gone wrong so far; nothing of what has not."""
    counters = snapshot.counters
    if counters.timeouts:
        yield _("timeouts {count}", count=counters.timeouts)
    if counters.bad_frames:
        yield _("bad frames {count}", count=counters.bad_frames)
    if counters.reconnections:
        yield _("reconnections {count}", count=counters.reconnections)


def clock_spans(session: Session, snapshot: Snapshot) -> list[Span]:
    """The meter's clock as it goes now and how far it is off, or what is wrong with it."""
    reading, verdict = snapshot.reading, snapshot.clock
    if reading is None or session.is_stale():
        return []
    if reading.meter_time is None:
        return [Span(_("meter clock not valid"), "warn")]
    if verdict is not None and not verdict.is_right:
        return [Span(_("meter clock {verdict}", verdict=spoken(verdict.short)), "warn")]
    difference = snapshot.clock_difference
    if difference is None:  # the values' own time has minutes only
        spans = [Span(_("meter "), "muted"), Span(f"{reading.meter_time:%H:%M}")]
        return spans if verdict is None else [*spans, Span(f" ({spoken(verdict.short)})", "muted")]
    now = session.clock.wall().astimezone(session.zone) + timedelta(seconds=difference)
    return [
        Span(_("meter "), "muted"),
        Span(f"{now:%H:%M:%S}"),
        Span(_(" ({seconds:+.1f} s)", seconds=round(difference, 1) + 0.0), "muted"),
    ]


@lru_cache(maxsize=64)
def _line_words(target: str, baudrate: int, format: str) -> str:  # noqa: A002 - the setting's name
    """Speed and format of a line that has them, else where it leads."""
    if parse_target(target).has_format:
        return f"{baudrate}-{format}"
    return shortened(printable(target.partition("://")[2]), 24)


def _rate(readings: float) -> str:
    return f"{grouped(readings, 1)}/s" if readings < 100 else f"{readings:.0f}/s"


def _cut(text: str, width: int) -> str:
    """At most ``width`` cells, with ``>`` where something is left out."""
    return text if cell_len(text) <= width else f"{set_cell_size(text, width - 1)}>"


def error_of(session: Session) -> str:
    """The sentence on what is wrong now, whole; empty when all is well."""
    return printable(_wrong(session))


def _wrong(session: Session) -> str:
    if session.replayed is not None or session.connection is None:
        return ""
    snapshot = session.latest
    problem = "" if snapshot is None else snapshot.error or snapshot.state.error or ""
    return session.failure or problem or _another(session) or session.fault or ""


def _forms(session: Session) -> Iterator[str]:
    """The sentence whole, without the line that it is about, which the user knows, and in short."""
    wrong = _wrong(session)
    whole = printable(wrong)
    target = "" if session.connection is None else printable(session.connection.target)
    yield whole
    yield whole.removeprefix(f"{target}: ")
    if short := short_error(wrong):
        yield printable(short)


def _another(session: Session) -> str:
    """That it is not the meter of the last visit."""
    visit = session.visit
    if visit is None or not visit.is_another:
        return ""
    return another_meter(number_of(visit.identity), number_of(visit.known))


def with_more(span: Span, width: int | None) -> list[Span]:
    """A sentence in a row; what does not fit ends in dots, and says which key shows all of it."""
    if width is None or cell_len(span.text) < width:
        return [span]
    more = _(" ...  ! shows all")
    kept = set_cell_size(span.text, max(0, width - 1 - cell_len(more)))
    kept = kept.rpartition(" ")[0].rstrip(f" {FAULT}") or kept
    return [span._replace(text=kept), Span(more, "accent", meaning=span.meaning)]


def error_spans(session: Session, width: int | None = None) -> list[Span]:
    """The row under the tabs; what does not fit is said in short, else cut, and says which key shows all of it."""
    if session.replayed is not None:
        return with_more(Span(f" {session.replayed[1]}", "muted", meaning="screen.error"), width)
    texts = [f" {FAULT} {form}" for form in _forms(session) if form]
    if texts:
        fitting = (text for text in texts if width is None or cell_len(text) < width)
        return with_more(Span(next(fitting, texts[-1]), "error", bold=True, meaning="screen.error"), width)
    snapshot = session.latest
    if snapshot is not None and snapshot.state.phase is Phase.CLOSED:
        return [Span(_(" F1 and c connect again"), "muted")]
    return []
