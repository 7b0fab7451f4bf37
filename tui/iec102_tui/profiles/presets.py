"""The shipped presets: what the meters of a utility are usually set to. They fill in a form and are never written."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from iec102.errors import InvalidSetting

from iec102_tui.profiles.profile import decode_values
from iec102_tui.words.text import _

ASK = "ask"
METER_ID = "meter ID"


class Preset(NamedTuple):
    """Values for keys of a profile; the keys that stay with the user; whether the meter ID gives the link address."""

    values: Mapping[str, Any]
    asked: frozenset[str]
    link_address_from_meter_id: bool


def shipped_file() -> Path:
    """The shipped `profiles.toml`. In an editable install the checkout's: a copy in the package may be stale."""
    package = Path(__file__).parent.parent
    root = package.parent.parent
    if package.parent.name == "tui" and (root / "pyproject.toml").is_file():
        return root / "profiles.toml"
    return package / "profiles.toml"


def read_presets(path: Path | None = None) -> dict[str, Preset]:
    """The presets by name. Raises OSError or ValueError when what was shipped is damaged."""
    tables = tomllib.loads((path or shipped_file()).read_text(encoding="utf-8"))["presets"]
    return {name: _decode(name, table) for name, table in tables.items()}


def _decode(name: str, table: Mapping[str, object]) -> Preset:
    left_open = {key: value for key, value in table.items() if value in (ASK, METER_ID)}
    values, faults = decode_values({key: value for key, value in table.items() if key not in left_open})
    if faults:
        raise InvalidSetting(
            _("preset {name}: {key} {message}", name=name, key=faults[0].key, message=faults[0].message)
        )
    return Preset(values, frozenset(left_open), left_open.get("link_address") == METER_ID)
