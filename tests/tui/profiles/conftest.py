"""A file of two profiles, and the store that reads it."""

from pathlib import Path

import pytest
from iec102_tui.profiles.store import ProfileStore
from support.profile_files import TWO


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "profiles.toml"
    path.write_text(TWO)
    path.chmod(0o600)
    return path


@pytest.fixture
def store(path: Path) -> ProfileStore:
    store = ProfileStore(path)
    store.load()
    return store
