"""Text that comes from a file or from a meter, made fit for a sentence on a terminal."""

from __future__ import annotations

LONGEST = 60


def printable(text: str) -> str:
    """The text with invisible characters written as escapes, so that none moves the cursor or hides."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def quoted(value: object) -> str:
    """A value of a TOML file as a sentence shows it: text in quotes, the rest as TOML writes it, one short line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    text = printable(str(value))
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + "…"
    return f'"{text}"' if isinstance(value, str) else text
