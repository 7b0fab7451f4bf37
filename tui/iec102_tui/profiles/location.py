"""Where the saved meters are; apart, so that the shell's completion need not load what reads them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

VARIABLE = "IEC102_TUI_PROFILES"
TABLE = "profiles"
"""The table of the file that holds a table for each meter."""


def default_path(environment: Mapping[str, str] = os.environ) -> Path:
    """The file of IEC102_TUI_PROFILES, or the one in the user's configuration folder."""
    named = environment.get(VARIABLE)
    return Path(named).expanduser() if named else platformdirs.user_config_path("iec102-tui") / "profiles.toml"
