"""A `profiles.toml` with two meters, and what an editor and a reader do with it."""

import tomllib
from pathlib import Path
from typing import Any

from iec102.asdu.password import Password
from iec102_tui.profiles.profile import Profile

TWO = """\
version = 7

[profiles.north]
target = "tcp://north:40001"
link_address = 5
password = 4242
site = "Substation, North"

[profiles.south]
target = "tcp://south:40001"
poll_period = 2

[other]
kept = [1, 2.5, 2026-11-22, {a = "b"}]
"""
EAST = Profile(target="tcp://east:40001", password=Password(31))


def content(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text())


def names(path: Path) -> list[str]:
    return list(content(path)["profiles"])


def edit(path: Path, old: str, new: str) -> None:
    """What an editor does."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
