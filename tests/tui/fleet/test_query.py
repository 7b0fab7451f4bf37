"""Filter, order, columns and export of the fleet's rows."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from iec102.errors import InvalidSetting
from iec102.line.state import Phase
from iec102_tui.fleet.bars import header
from iec102_tui.fleet.cells import Moment, age_piece, doubt_words, power_words, seconds_piece, state_words, time_words
from iec102_tui.fleet.columns import STATES, VALUES, fitted, heading, in_order, line, placed
from iec102_tui.fleet.export import COLUMNS, csv_of
from iec102_tui.fleet.meter import Row, Status
from iec102_tui.fleet.model import summary_of
from iec102_tui.fleet.query import completions, parse, sift
from iec102_tui.fleet.subscriber import BrokerStatus
from iec102_tui.publish.settings import broker_settings
from iec102_tui.words.fleet_text import LIVE_COUNT
from iec102_tui.words.text import _, ngettext
from support.spoken import LONGER, spoken_in

NOW = 100.0
WALL = datetime(2026, 11, 28, 18, 7, tzinfo=UTC).timestamp()


def row(name: str, box: str = "box-1", status: Status = Status.LIVE, **more: object) -> Row:
    return Row((box, name), name, box, status, **more)._replace()  # type: ignore[arg-type]


ROWS = [
    row("Puerto", "box-017", Status.LOST, phase=Phase.LOST, phase_text="lost", reason="no reply from address 1"),
    row("FV Tabernas", "box-053", power=-1790.0, reactive=537.0, factor=0.899, volts=229.0, read_at=98.0),
    row("Hospital", "box-031", Status.STALE, power=756.0, read_at=52.0),
    row("Metro", "box-039", power=1189.0, read_at=99.0, new_events=2, gaps=3, identity="5-48304838"),
    row("Acería", "box-095", power=302.0, read_at=97.0, gaps=0, clock_off=7200.0),
]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("state=lost", ["Puerto"]),
        ("lost or stale", ["Puerto", "Hospital"]),
        ("kW>500", ["Hospital", "Metro"]),
        ("KW<0", ["FV Tabernas"]),
        ("export", ["FV Tabernas"]),
        ("kw>=-2000 live", ["FV Tabernas", "Metro", "Acería"]),
        ("box=box-03*", ["Hospital", "Metro"]),
        ("box!=box-03* and not lost", ["FV Tabernas", "Acería"]),
        ("meter=puerto", ["Puerto"]),
        ("age>40", ["Hospital"]),
        ("gaps>0", ["Metro"]),
        ("new", ["Metro"]),
        ("events=2", ["Metro"]),
        ("clock>60", ["Acería"]),
        ("pf<0.9 v>200", ["FV Tabernas"]),
        ("48304838", ["Metro"]),
        ('"no reply"', ["Puerto"]),
        ("acería", ["Acería"]),
        ("marked", ["Metro"]),
    ],
)
def test_the_filter_lets_through(text: str, names: list[str]) -> None:
    assert [each.name for each in sift(ROWS, parse(text), NOW, {("box-039", "Metro")})] == names


@pytest.mark.parametrize("text", ["kW>x", "kW>nan", "box>3", "state", "kw", "(", "nothing=3", ""])
def test_what_is_no_filter_is_said(text: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        parse(text)
    assert str(caught.value)


def test_completions_are_filters_to_be() -> None:
    assert completions("sta") == ["state=", "stale"]
    assert completions("lost and state=l") == ["lost and state=lost", "lost and state=live"]


@pytest.mark.parametrize(
    ("by", "turned", "names"),
    [
        ("state", False, ["Puerto", "Hospital", "Acería", "FV Tabernas", "Metro"]),
        ("meter", False, ["Acería", "FV Tabernas", "Hospital", "Metro", "Puerto"]),
        ("meter", True, ["Puerto", "Metro", "Hospital", "FV Tabernas", "Acería"]),
        ("power", False, ["Metro", "Hospital", "Acería", "FV Tabernas", "Puerto"]),
        ("age", False, ["Hospital", "Acería", "FV Tabernas", "Metro", "Puerto"]),
        ("power", True, ["FV Tabernas", "Acería", "Hospital", "Metro", "Puerto"]),
        ("age", True, ["Metro", "FV Tabernas", "Acería", "Hospital", "Puerto"]),
        ("month", True, ["Acería", "Metro", "FV Tabernas", "Hospital", "Puerto"]),
        ("month", False, ["Metro", "Acería", "FV Tabernas", "Hospital", "Puerto"]),
        ("new", False, ["Metro", "Acería", "FV Tabernas", "Hospital", "Puerto"]),
    ],
)
def test_rows_are_sorted(by: str, turned: bool, names: list[str]) -> None:
    assert [each.name for each in in_order(ROWS, by, turned=turned, now=NOW)] == names


@pytest.mark.parametrize("width", [80, 100, 120, 160, 200])
@pytest.mark.parametrize("columns", [VALUES, STATES])
def test_columns_fit_the_screen(width: int, columns: tuple[object, ...]) -> None:
    there = placed(columns, width)  # type: ignore[arg-type]
    assert there[-1].x + there[-1].width <= width
    assert len(heading(there)) <= width


@pytest.mark.parametrize("language", ["es", LONGER])
@pytest.mark.parametrize("width", [80, 120])
def test_heads_fit_in_another_language(width: int, language: str) -> None:
    with spoken_in(language):
        for columns in (VALUES, STATES):
            there = placed(columns, width)
            shown = heading(there)
            assert len(shown) <= width
            assert "*" not in shown
            if language == "es":
                assert all(_(each.column.head) in shown for each in there)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("age", [12, 119, 7100, 400_000, 300_000_000])
def test_an_age_is_there_however_great_it_is(age: int, language: str) -> None:
    with spoken_in(language):
        old = ROWS[2]._replace(read_at=NOW - age)
        for width in (80, 160):
            there = placed(VALUES, width)
            text = "".join(piece.text for piece in line(old, there, Moment(NOW, WALL, UTC), lambda size: " " * size))
            assert "*" not in text


def test_a_number_is_never_cut() -> None:
    assert fitted("1234567890", 6, left=False) == "   ***"
    assert "1" not in fitted("1234567890", 6, left=False)
    assert fitted("Cantera El Cerro", 10, left=True) == "Cantera >" + " "


@pytest.mark.parametrize(
    ("power", "words"),
    [
        (None, ("-", " ")),
        (0.0, ("0", " ")),
        (1933.0, ("1 933", "↓")),
        (-166.0, ("166", "↑")),
        (123456.0, ("123 456", "↓")),
        (1234567.0, ("1 235 M", "↓")),
        (9e14, ("***", "↓")),
    ],
)
def test_power_has_its_arrow(power: float | None, words: tuple[str, str]) -> None:
    assert power_words(power) == words


def test_states_in_words() -> None:
    now = Moment(NOW, WALL, UTC)
    since = datetime(2026, 11, 28, 16, 12, tzinfo=UTC).timestamp()
    assert state_words(ROWS[0]._replace(since=since), now) == "no reply since 16:12"
    assert state_words(ROWS[0]._replace(box_offline=True, since=since), now) == "box is offline since 16:12"
    assert state_words(ROWS[0]._replace(box_offline=True), now) == "box is offline"
    assert state_words(ROWS[1]._replace(trusted=False), now) == "the box does not tell its state"
    under_way = ROWS[0]._replace(status=Status.STALE, phase=Phase.STARTING, since=since)
    assert state_words(under_way, now) == "starting the link"
    assert time_words(since - 86_400, now) == "2026-11-27 16:12"


@pytest.mark.parametrize(("seconds", "words"), [(-0.04, "+0.0 s"), (0.04, "+0.0 s"), (-0.06, "-0.1 s")])
def test_a_clock_that_is_right_is_not_behind(seconds: float, words: str) -> None:
    assert seconds_piece(seconds).text == words


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("width", [80, 120, 160])
def test_no_part_of_a_time_stands_beside_a_state(width: int, language: str) -> None:
    now = Moment(NOW, WALL, UTC)
    for since in (WALL - 3600, WALL - 40 * 86_400):
        for phase in Phase:
            for columns in (VALUES, STATES):
                for box_offline in (False, True):
                    lost = ROWS[0]._replace(phase=phase, since=since, box_offline=box_offline)
                    with spoken_in(language):
                        there = placed(columns, width)
                        said = "".join(piece.text for piece in line(lost, there, now, lambda size: " " * size))
                    assert ">" not in said


def test_a_row_says_why_its_ages_are_not_to_be_trusted() -> None:
    now = Moment(NOW, WALL, UTC)
    dated = ROWS[1]._replace(heard_at=99.0, stated=WALL)
    assert (doubt_words(dated), age_piece(dated, now).text) == ("", "<5 s")
    undated = dated._replace(stated=None)
    assert (doubt_words(undated), age_piece(undated, now).text) == (
        "its values do not say when they were measured",
        "!<5 s",
    )
    off = dated._replace(clock_off=7140.0)
    assert (doubt_words(off), age_piece(off, now).text) == ("the clock of its box is off: +119 min", "!<5 s")


@pytest.mark.parametrize("language", ["en", "es", LONGER])
def test_the_head_names_the_broker_also_where_words_are_long(language: str) -> None:
    settings = broker_settings({"url": "mqtt://127.0.0.1:18855", "site": "here"}, None)
    every = [ROWS[0]._replace(status=status) for status in Status for _count in range(250)]
    with spoken_in(language):
        heads = {width: header(settings, BrokerStatus(True), 1000, summary_of(every), width) for width in (80, 160)}
        in_words = ngettext(*LIVE_COUNT, 250)
    for left, right in heads.values():
        assert "//127.0.0.1:18855" in "".join(span.text for span in left)
        assert sum("250" in span.text for span in right) == 4
    assert in_words in [span.text for span in heads[160][1]]


def test_the_head_names_the_host_of_a_cluster_that_was_reached() -> None:
    settings = broker_settings({"url": [f"mqtt://node{number}.example" for number in (1, 2, 3)], "site": "here"}, None)
    for host, named in (("", "node1"), ("node2.example:1883", "node2"), ("node3.example:1883", "node3")):
        status = BrokerStatus(True, host, None, 1)
        for width in (80, 120, 160):
            left, _right = header(settings, status, 1000, summary_of(ROWS), width)
            text = "".join(span.text for span in left)
            assert named in text
            assert " +2" in text
            assert "node1" not in text or named == "node1"


def test_the_csv_is_plain_and_holds_no_formula() -> None:
    text = csv_of([ROWS[1], row("=cmd()", "+1", power=1.5)], NOW)
    first, second = csv.DictReader(io.StringIO(text))
    assert list(first) == list(COLUMNS)
    assert (first["power_kw"], first["power_factor"], first["voltage_v"], first["age_s"]) == (
        "-1790",
        "0.899",
        "229.0",
        "2",
    )
    assert (second["meter"], second["box"], second["power_kw"]) == ("'=cmd()", "'+1", "1.5")
