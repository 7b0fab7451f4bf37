"""The form in groups: twelve fields at once, the others behind a head that opens."""

from __future__ import annotations

from pathlib import Path

import pytest
from iec102.open import SCHEMES
from iec102_tui.panes.connection.form_group import GroupHead
from iec102_tui.panes.connection.form_groups import GROUPS, summary
from iec102_tui.panes.connection.form_values import empty_texts, fields_of, texts_of
from iec102_tui.profiles.profile import Profile
from iec102_tui.profiles.settings_table import FORM
from support.connection_pane import Screen, drawn, drive
from support.profile_files import TWO

LABELS = {key: row.label for key, row in FORM.items()}


def test_every_field_stands_in_one_group() -> None:
    keys = [key for group in GROUPS for key in group.keys]
    assert len(keys) == len(set(keys))
    assert (
        set(keys)
        == set(empty_texts())
        == {*FORM, "kind", "meter_id", *(k for s in SCHEMES.values() for k in fields_of(s.title))}
    )


def test_twelve_rows_at_once_and_not_twenty() -> None:
    hidden = set.union(*(set(fields_of(scheme.title)) for scheme in SCHEMES.values()))
    for scheme in SCHEMES.values():
        others = hidden - set(fields_of(scheme.title))
        rows = [row for group in GROUPS if not group.title for row in group.rows if set(row.keys) - others]
        assert 8 <= len(rows) <= 13, scheme.name


def test_a_closed_group_says_what_is_not_as_usual() -> None:
    gateway, advanced = (next(group for group in GROUPS if group.name == name) for name in ("gateway", "advanced"))
    texts = texts_of(Profile(target="simulated:", delay=200, gateway="0.0.0.0:40102"))
    assert summary(gateway, texts, LABELS) == "at 0.0.0.0:40102"
    assert summary(advanced, texts, LABELS) == "Delay between requests 200 ms"
    assert summary(advanced, empty_texts(), LABELS) == "as usual"


def test_enter_on_a_head_opens_and_closes_its_group(tmp_path: Path) -> None:
    async def steps(screen: Screen) -> None:
        head = screen.form.query(GroupHead).first()
        head.focus()
        await screen.press("enter")
        assert "Lend line to" in drawn(screen)
        await screen.press("left")
        assert "Lend line to" not in drawn(screen)
        await screen.press("right", "tab")
        assert screen.field("gateway").control.has_focus

    drive(steps, tmp_path / "profiles.toml", TWO, size=(120, 50))


def test_a_wrong_value_in_a_closed_group_opens_it(tmp_path: Path) -> None:
    async def steps(screen: Screen) -> None:
        screen.form.change({"settle": "x"})
        await screen.press("c")
        assert screen.field("settle").control.has_focus
        assert screen.said.startswith("Not connected. Wait after connect, ms: ")

    drive(steps, tmp_path / "profiles.toml", TWO)


@pytest.mark.parametrize(
    ("target", "kind", "filled"),
    [
        ("tcp://192.0.2.7:40001", "Ethernet", {"host": "192.0.2.7", "tcp_port": "40001"}),
        ("rfc2217://box:2001", "RFC 2217", {"host": "box", "tcp_port": "2001"}),
    ],
)
def test_a_whole_target_fills_in_all_its_fields(target: str, kind: str, filled: dict[str, str], tmp_path: Path) -> None:
    async def steps(screen: Screen) -> None:
        await screen.press("n", "down", "enter")
        assert screen.field("port").control.has_focus
        await screen.type(target)
        await screen.press("enter")
        texts = screen.form.texts
        assert texts["kind"] == kind
        assert {key: texts[key] for key in filled} == filled
        assert texts["format"] == "8E1"
        assert screen.field("meter-id").control.has_focus

    drive(steps, tmp_path / "profiles.toml", TWO)
