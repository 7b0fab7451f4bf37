"""Any keys in any order, with a bounded budget."""

import asyncio
from pathlib import Path

import keys
import pytest


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_pressed_the_monitor_goes_on(seed: int, tmp_path: Path) -> None:
    asyncio.run(keys.play(seed, 60, tmp_path))


def test_a_monitor_that_has_failed_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iec102_tui.meter_side.session.Session.failure", "the log says where")
    monkeypatch.setattr(keys, "KEYS", ("question_mark",))
    with pytest.raises(keys.Broken, match=r"seed 1, question_mark: .*the log says where"):
        asyncio.run(keys.play(1, 20, tmp_path))
