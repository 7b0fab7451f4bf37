"""What is said about a key of a file that has no meaning there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def misspelt(key: str, known: Iterable[str]) -> str:
    """The end of a sentence that begins with the key, with the key that was perhaps meant."""
    near = difflib.get_close_matches(key, list(known), 1)
    return "is not known and has no effect" + (f"; did you mean {near[0]}?" if near else ".")
