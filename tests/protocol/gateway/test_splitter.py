"""Range readings in pieces give what they give in one piece, whatever the meter makes of bounds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iec102.asdu import (
    MADRID,
    Asdu,
    Cause,
    Password,
    Raw,
    TimeTagA,
    TimeTagB,
    decode_asdu,
    read_blocks,
    read_totals,
)
from iec102.asdu.session import start_session
from iec102.gateway.splitter import LONGEST_PIECE, RangeSplitter, split
from iec102.simulator import SimulatedMeter, SimulatorConfig

NOW = datetime(2026, 11, 22, 9, 0, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
TIMEOUT = 3.0


class Meter:
    """A meter without a link: a request and its answers."""

    def __init__(self, *quirks: str) -> None:
        config = SimulatorConfig(clock=NOW, quirks=frozenset(quirks))
        self.station = SimulatedMeter(config).station()
        self.station.user_data(start_session(1, Password(1)).encode())

    def ask(self, request: Asdu) -> Iterator[Asdu]:
        self.station.user_data(request.encode())
        while (data := self.station.next_data()) is not None:
            answer = decode_asdu(data)
            assert answer is not None
            yield answer


class Events(Meter):
    """Events and closings by their times; ``rule`` is how the meter chooses closings."""

    def __init__(self, times: list[datetime], rule: str = "end") -> None:
        super().__init__()
        self.times = sorted(times)
        self.rule = rule

    def ask(self, request: Asdu) -> Iterator[Asdu]:
        body = request.content.encode_body()
        start, end = TimeTagA.from_bytes(body, 0).utc(), TimeTagA.from_bytes(body, 5).utc()
        assert start is not None
        assert end is not None
        data = list(self.events(start, end) if request.type == 102 else self.closings(start, end))
        if not data:
            yield Asdu(
                request.type, Cause.RECORD_NOT_AVAILABLE, 1, request.record, request.content, count=request.count
            )
            return
        yield Asdu(request.type, Cause.CONFIRMATION, 1, request.record, request.content, count=request.count)
        yield from data
        yield Asdu(request.type, Cause.TERMINATION, 1, request.record, request.content, count=request.count)

    def events(self, start: datetime, end: datetime) -> Iterator[Asdu]:
        events = [
            bytes((1, number % 3 * 2)) + TimeTagB.of(time).encode()
            for number, time in enumerate(self.times)
            if start <= time < end + timedelta(minutes=1)
        ]
        for at in range(0, len(events), 20):
            part = events[at : at + 20]
            yield Asdu(1, Cause.REQUEST, 1, 52, Raw(b"".join(part)), count=len(part))

    def closings(self, start: datetime, end: datetime) -> Iterator[Asdu]:
        for first, last in zip(self.times, self.times[1:], strict=False):
            chosen = {
                "end": start <= last <= end,
                "within": start <= first and last <= end,
                "start": start <= first <= end,
                "overlap": first < end and last > start,
            }[self.rule]
            for address in range(20, 23) if chosen else ():
                tags = TimeTagA.of(first).encode() + TimeTagA.of(last).encode()
                yield Asdu(136, Cause.REQUEST, 1, 134, Raw(bytes((address,)) + bytes(52) + tags), count=1)


def alone(meter: Meter, request: Asdu) -> list[Asdu]:
    return list(meter.ask(request))


def in_pieces(
    meter: Meter,
    splitter: RangeSplitter,
    seconds_an_asdu: float = 0.08,
    broken_at: frozenset[int] = frozenset(),
    late_at: frozenset[int] = frozenset(),
) -> tuple[list[Asdu], list[float]]:
    """As the gateway does it; ``broken_at`` are ASDUs, counted from the beginning, behind which the line fails.

    Those of ``late_at`` come only when they have been asked for again.

    Also gives the seconds of each piece.
    """
    out: list[Asdu] = []
    times: list[float] = []
    confirmed = False
    count = 0
    while (piece := splitter.request) is not None:
        assert len(times) < 20_000
        seconds = 0.1
        refused, left = False, ""
        for asdu in meter.ask(piece):
            seconds += seconds_an_asdu
            if asdu.type == piece.type:
                refused = refused or asdu.is_error
                if refused:
                    splitter.refused(asdu)
                elif asdu.cause == Cause.CONFIRMATION and not confirmed:
                    confirmed = True
                    out.append(Asdu(piece.type, 7, 1, piece.record, splitter.asked.content, count=piece.count))
                continue
            count += 1
            seconds += TIMEOUT * (count in late_at)
            out += splitter.take(asdu)
            if count in broken_at:
                left = "broken"
                break
            if splitter.overruns(seconds):
                left = "short"
                break
        times.append(seconds)
        if left == "broken":
            splitter.broken()
        elif left == "short":
            splitter.cut_short(seconds)
        elif not refused:
            splitter.done(seconds)
    return out + splitter.finish(confirmed=confirmed), times


def totals(start: datetime, end: datetime, record: int = 11, block: int | None = None) -> Asdu:
    first, last = TimeTagA.of(start), TimeTagA.of(end)
    if block is None:
        return read_totals(1, record, 1, 8, first, last)
    return read_blocks(1, record, block, first, last)


def plain(answers: list[Asdu]) -> list[bytes]:
    """The bytes; for events and blocks the bodies joined, because a meter may put fewer into an ASDU than fit."""
    if any(asdu.type == 1 for asdu in answers):
        body = b"".join(asdu.content.encode_body() for asdu in answers[1:-1])
        return [answers[0].encode(), body, answers[-1].encode()]
    return [asdu.encode() for asdu in answers]


QUIRKS = [
    (),
    ("start-bound-excluded",),
    ("end-bound-excluded",),
    ("start-bound-excluded", "end-bound-excluded"),
    ("su-ignored",),
    ("su-ignored", "end-bound-excluded"),
    ("late-change-label",),
    ("no-su",),
    ("no-su", "end-bound-excluded"),
    ("no-su", "start-bound-excluded"),
    ("standard-time",),
    ("standard-time", "end-bound-excluded"),
    ("standard-time", "start-bound-excluded"),
]


@pytest.mark.parametrize("quirks", QUIRKS, ids="+".join)
@pytest.mark.parametrize(
    ("record", "block", "days"), [(11, None, 31), (11, 9, 31), (11, 11, 9), (12, None, 3), (12, 10, 3), (21, None, 60)]
)
def test_a_load_profile_over_the_change_of_hour(
    quirks: tuple[str, ...], record: int, block: int | None, days: int
) -> None:
    for start in (datetime(2026, 10, 24, tzinfo=MADRID), datetime(2026, 3, 28, tzinfo=MADRID)):
        request = totals(start, start + timedelta(days=days), record, block)
        splitter = split(request, MADRID)
        assert splitter is not None
        found, seconds = in_pieces(Meter(*quirks), splitter)
        assert plain(found) == plain(alone(Meter(*quirks), request))
        assert len(seconds) > 1
        assert max(seconds) <= LONGEST_PIECE + 0.3


@settings(max_examples=60, deadline=None)
@given(
    quirks=st.sampled_from(QUIRKS),
    start=st.datetimes(datetime(2025, 9, 1), datetime(2026, 11, 20)),
    minutes=st.integers(1, 60 * 24 * 40),
    record=st.sampled_from((11, 12, 21)),
    block=st.sampled_from((None, 9, 10, 11)),
    speed=st.sampled_from((0.001, 0.02, 0.08, 0.3, 1.0)),
    broken=st.frozensets(st.integers(1, 400), max_size=4),
    late=st.frozensets(st.integers(1, 400), max_size=4),
)
def test_any_range_on_any_meter(
    quirks: tuple[str, ...],
    start: datetime,
    minutes: int,
    record: int,
    block: int | None,
    speed: float,
    broken: frozenset[int],
    late: frozenset[int],
) -> None:
    begin = start.replace(tzinfo=UTC)
    request = totals(begin, begin + timedelta(minutes=minutes), record, block)
    splitter = split(request, MADRID)
    if splitter is None:
        return
    found, _ = in_pieces(Meter(*quirks), splitter, speed, broken, late)
    assert plain(found) == plain(alone(Meter(*quirks), request))


@pytest.mark.parametrize("block", [None, 9])
@pytest.mark.parametrize("failed", [3, 20, 30, 70])
def test_what_came_before_the_line_failed_does_not_come_twice(block: int | None, failed: int) -> None:
    """Not even where the piece is asked again, is slow then, and goes on as two shorter ones."""
    days = 6 if block is None else 20  # well over a hundred ASDUs
    request = totals(NOW - timedelta(days=days), NOW, 12, block)
    expected = plain(alone(Meter(), request))
    for slow in range(failed + 1, failed + 12):
        splitter = split(request, MADRID)
        assert splitter is not None
        found, _ = in_pieces(Meter(), splitter, broken_at=frozenset((failed,)), late_at=frozenset((slow, slow + 1)))
        assert plain(found) == expected


@settings(max_examples=60, deadline=None)
@given(
    gaps=st.lists(st.integers(0, 300_000), max_size=300),
    speed=st.sampled_from((0.02, 0.2, 0.9)),
    broken=st.frozensets(st.integers(1, 15), max_size=3),
    late=st.frozensets(st.integers(1, 15), max_size=3),
)
def test_events(gaps: list[int], speed: float, broken: frozenset[int], late: frozenset[int]) -> None:
    time = datetime(2026, 3, 1, tzinfo=UTC)
    times = [time := time + timedelta(seconds=gap) for gap in gaps]
    bounds = TimeTagA.of(datetime(2026, 3, 2, tzinfo=UTC)).encode() + TimeTagA.of(NOW).encode()
    request = Asdu(102, Cause.ACTIVATION, 1, 52, Raw(bounds))
    splitter = split(request, MADRID)
    assert splitter is not None
    found, _ = in_pieces(Events(times), splitter, speed, broken, late)
    assert plain(found) == plain(alone(Events(times), request))


@pytest.mark.parametrize("rule", ["end", "within", "start", "overlap"])
@pytest.mark.parametrize("seconds", [0.02, 0.085, 0.5])
def test_closings(rule: str, seconds: float) -> None:
    months = [datetime(2025 + month // 12, month % 12 + 1, 1, tzinfo=MADRID) for month in range(22)]
    for first, last in ((0, 21), (3, 8), (2, 4)):
        bounds = TimeTagA.of(months[first]).encode() + TimeTagA.of(months[last]).encode()
        request = Asdu(134, Cause.ACTIVATION, 1, 134, Raw(bounds), count=1)
        splitter = split(request, MADRID)
        assert splitter is not None
        found, _ = in_pieces(Events(months, rule), splitter, seconds)
        assert plain(found) == plain(alone(Events(months, rule), request))


def test_a_range_of_which_nothing_is_stored_is_refused_as_a_whole() -> None:
    request = totals(datetime(2001, 1, 1, tzinfo=UTC), datetime(2011, 1, 1, tzinfo=UTC))
    splitter = split(request, MADRID)
    assert splitter is not None
    found, seconds = in_pieces(Meter(), splitter)
    assert plain(found) == plain(alone(Meter(), request))
    assert len(seconds) < 20


def test_ten_years_of_which_two_are_stored_take_little_more_than_those() -> None:
    request = totals(NOW - timedelta(days=3650), NOW + timedelta(days=365))
    splitter = split(request, MADRID)
    assert splitter is not None
    found, seconds = in_pieces(Meter("start-bound-excluded"), splitter)
    assert plain(found) == plain(alone(Meter("start-bound-excluded"), request))
    assert max(seconds) < LONGEST_PIECE + 0.3
    assert sum(seconds) < 1.2 * 0.08 * len(found)


@pytest.mark.parametrize(
    "request_",
    [
        totals(NOW, NOW),
        totals(NOW, NOW - HOUR),
        totals(NOW - 400 * HOUR, NOW, record=33),
        Asdu(123, 6, 1, 11, Raw(b"\x01\x08")),
        Asdu(102, 6, 1, 52, Raw(bytes(10))),
        Asdu(190, 6, 1, 11, Raw(b"\x05" + bytes(10))),
        Asdu(133, 6, 1, 134),
        Asdu(101, 6, 1, 52),
    ],
    ids=lambda request: f"{request.type}",
)
def test_what_cannot_be_cut_is_not(request_: Asdu) -> None:
    again = decode_asdu(request_.encode())
    assert again is not None
    assert split(again, MADRID) is None


@pytest.mark.parametrize("cause", [14, 15, 16, 17])
def test_a_refusal_ends_it_at_once(cause: int) -> None:
    request = totals(NOW - 400 * HOUR, NOW)
    splitter = split(request, MADRID)
    assert splitter is not None
    piece = splitter.request
    assert piece is not None
    assert not splitter.refused(Asdu(123, cause, 1, 11, piece.content))
    assert splitter.request is None
    assert splitter.finish(confirmed=False) == [Asdu(123, cause, 1, 11, request.content)]
