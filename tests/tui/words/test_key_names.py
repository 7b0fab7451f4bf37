"""Keys as they are written."""

from __future__ import annotations

import pytest
from iec102_tui.words.key_names import key_name


@pytest.mark.parametrize(
    ("shown", "written", "plain"), [("↑", "↑", "up"), ("shift+↓", "shift+↓", "shift+down"), ("v", "v", "v")]
)
def test_an_arrow_is_a_word_where_its_character_would_be_another_key(shown: str, written: str, plain: str) -> None:
    assert key_name(shown) == written
    assert key_name(shown, plain=True) == plain
