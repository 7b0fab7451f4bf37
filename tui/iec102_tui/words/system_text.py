"""What the operating system says of a file or a connection, in the language: Python has it in English alone."""

from __future__ import annotations

from iec102_tui.words.text import N_, _

SAID = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("Directory not empty"),
    N_("File exists"),
    N_("File too large"),
    N_("File name too long"),
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("Read-only file system"),
    N_("Too many open files"),
    N_("Too many levels of symbolic links"),
    N_("Input/output error"),
    N_("Device or resource busy"),
    N_("No such device"),
    N_("No such device or address"),
    N_("Invalid argument"),
    N_("Cannot allocate memory"),
    N_("Resource temporarily unavailable"),
    N_("Connection refused"),
    N_("Connection reset by peer"),
    N_("Connection timed out"),
    N_("Network is unreachable"),
    N_("No route to host"),
)
"""What there is a translation of; anything else is said as the system says it."""


def why(error: BaseException) -> str:
    """What went wrong, without the file's name: what the system says, else the error's own words."""
    said = getattr(error, "strerror", None)
    return _(said) if said else str(error)
