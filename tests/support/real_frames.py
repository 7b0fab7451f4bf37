"""Frames captured from real meters, kept beside the project and not in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

PATH = Path(__file__).parents[3] / "shared" / "real_frames.jsonl"

needs_real_frames = pytest.mark.skipif(not PATH.exists(), reason=f"{PATH} is not there: it is kept beside the project")


def real_frames() -> list[tuple[str, bytes]]:
    """Direction ("request" or "answer") and bytes of each frame; none where the file is not there."""
    if not PATH.exists():
        return []
    lines = (json.loads(line) for line in PATH.read_text().splitlines())
    return [(line["direction"], bytes.fromhex(line["hex"])) for line in lines]
