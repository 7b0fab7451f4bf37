"""All that the monitor shows, in Spanish and in a language 40 % longer: nothing is cut, and no English is left.

``pytest tests/tui/test_tours.py --update-screens`` writes ``tours/`` anew; read the difference before it is kept.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from iec102_tui.app import MonitorApp
from support.screen_states import Size
from support.spoken import HIDDEN, LONGER, spoken_in
from support.tour import WITH_A_METER, WITHOUT_A_METER, Place, walk, with_a_meter, without_a_meter

TOURS = Path(__file__).parent / "tours"
BEGINNINGS: dict[str, tuple[Callable[[Path], MonitorApp], Sequence[Place]]] = {
    "meter": (with_a_meter, WITH_A_METER),
    "first": (without_a_meter, WITHOUT_A_METER),
}


def toured(beginning: str, folder: Path, language: str, size: Size) -> dict[str, list[str]]:
    begin, places = BEGINNINGS[beginning]
    with spoken_in(language):
        return walk(begin(folder), places, size)


def changes(shown: Mapping[str, list[str]]) -> Iterator[str]:
    """The rows of each place that are not those of the place before, with their numbers."""
    before: list[str] = []
    for name, rows in shown.items():
        yield f"== {name}"
        yield from (f"{number:2} {row}".rstrip() for number, row in enumerate(rows) if row not in before[number:][:1])
        yield ""
        before = rows


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", ["es", LONGER])
def test_a_tour(request: pytest.FixtureRequest, tmp_path: Path, language: str, size: Size, beginning: str) -> None:
    shown = toured(beginning, tmp_path, language, size)
    text = "\n".join(changes(shown))
    path = TOURS / f"{beginning}-{language}-{size[0]}x{size[1]}.txt"
    if request.config.getoption("--update-screens"):
        path.write_text(text, encoding="utf-8")
    else:
        stored = path.read_text(encoding="utf-8").splitlines()
        lines = [*difflib.unified_diff(stored, text.splitlines(), "as stored", "as shown now", n=1, lineterm="")]
        assert not lines, "\n".join([f"{path.name} differs; if it is meant, run with --update-screens", *lines])


_CUT = re.compile(r"\N{HORIZONTAL ELLIPSIS}|\w>(?= )")
_MAY_BE_CUT = re.compile(
    r"que no son trama|fecha y hora actuales|iniciar sesión"  # of a frame: its fields say it whole
    r"|Contador simula|(?<=\N{UPPER HALF BLOCK}) +\N{HORIZONTAL ELLIPSIS}$"  # a name, a figure of the sum of a month
    r"|Buscar una acción"  # an invitation
)


@pytest.mark.parametrize("path", sorted(TOURS.glob("*-es-*.txt")), ids=lambda path: path.stem)
def test_nothing_else_is_cut_in_spanish(path: Path) -> None:
    rows = path.read_text(encoding="utf-8").splitlines()
    assert not [row for row in rows if _CUT.search(row) and not _MAY_BE_CUT.search(row)]


_WORD = re.compile(r"[^\W\d_]{2,}")
_DATA = re.compile(
    r"(?<!\w)(?:iec102(-tui)?|demo|north|profiles|limits|[a-z]+\.[a-z_]+"  # names of meters and of actions
    r"|\S+=\S*|dir|new|invalid|and|or|not"  # filters
    r"|k?VArh?|kWh?|bit/s|[A-Z][a-z]?[+-]|Res[12]|F\d|L[123]|[IVX]+|[0-9A-F]{2}(?: [0-9A-F]{2})+"  # units, bytes
    r"|Iberdrola|Endesa|Naturgy|Europe/Madrid|serial|/dev/\S+|ttyUSB0|Identifiers|SM|cnmc|edistribucion|ide"
    r"|CET|Ctrl|super|ACK|inf|true|false|auto|\"[a-z_.0-9]+\")(?!\w)"
)
"""What is the same in every language: names, units, targets, bytes, the language of filters, keys of files."""
_THEMES = {"themes", "options"}
"""Places with names of themes."""


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_no_english_is_left(tmp_path: Path, beginning: str) -> None:
    """What is translated has no letter here: the words that are still on the screen are data, or were forgotten."""
    shown = toured(beginning, tmp_path, HIDDEN, (120, 40))
    words = {
        name: _WORD.findall(_DATA.sub(" ", "\n".join(rows))) for name, rows in shown.items() if name not in _THEMES
    }
    assert not {name: found for name, found in words.items() if found}
