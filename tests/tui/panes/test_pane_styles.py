"""What the panes' style sheets may ask for, since a pane that gets the focus is styled without what stands in it."""

import re
from pathlib import Path

import iec102_tui
import pytest
from iec102_tui.panes.pane import Pane

STYLES = sorted(Path(iec102_tui.__file__).parent.rglob("*.tcss"))
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SELECTORS = re.compile(r"([^{}]+)\{")
_FOCUSED_PANE = re.compile(r"^\w*Pane\b\S*:focus(?!-within)")


def asking_for_a_focused_pane(styles: str) -> list[str]:
    """Selectors of what stands in a pane that has the focus itself."""
    lists = _SELECTORS.findall(_COMMENT.sub("", styles))
    selectors = [selector.split() for each in lists for selector in each.split(",")]
    return [" ".join(parts) for parts in selectors if any(_FOCUSED_PANE.match(part) for part in parts[:-1])]


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
def test_no_style_within_a_pane_asks_for_the_pane_s_own_focus(path: Path) -> None:
    assert not asking_for_a_focused_pane(path.read_text(encoding="utf-8")), Pane.watch_has_focus.__doc__


@pytest.mark.parametrize(
    ("styles", "found"),
    [
        (".together Pane:focus { border: round $accent; }", 0),
        ("Pane:focus-within Static { color: red; }", 0),
        ("Pane:focus Static { color: red; }", 1),
        (".plain Static, LivePane.roomy:focus > .title { color: red; }", 1),
        ("/* Pane:focus Static { } */", 0),
    ],
)
def test_a_style_that_does_is_seen(styles: str, found: int) -> None:
    assert len(asking_for_a_focused_pane(styles)) == found
