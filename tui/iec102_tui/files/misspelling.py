"""What is said about a key of a file that has no meaning there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from iec102_tui.words.text import _


def misspelt(key: str, known: Iterable[str]) -> str:
    """The end of a sentence that begins with the key, with the key that was perhaps meant."""
    near = difflib.get_close_matches(key, list(known), 1)
    if near:
        return _("is not known and has no effect; did you mean {near}?", near=near[0])
    return _("is not known and has no effect.")
