"""How many files this process may open, and the sentence for when that is too few."""

from __future__ import annotations

import errno
import os

from iec102.errors import Iec102Error

from iec102_tui.words.text import N_

SENTENCE = N_("this process may not open enough files: allow it more (ulimit -n 64)")

# An event loop takes three, what it opens first a few more.
_DESCRIPTORS = 6


class TooFewDescriptors(Iec102Error):
    """The process may not open enough files."""

    def __init__(self) -> None:
        super().__init__(SENTENCE)
        self.add_note("")  # the first note names the meter where one is at fault


def is_shortage(error: OSError) -> bool:
    """The process, or the machine, has too many files open."""
    return error.errno in (errno.EMFILE, errno.ENFILE)


def check_descriptors() -> None:
    """Raise TooFewDescriptors where an event loop could not be made: half of one cannot be cleaned up quietly."""
    opened: list[int] = []
    try:
        while len(opened) < _DESCRIPTORS:
            opened.append(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
    except OSError as error:
        if is_shortage(error):
            raise TooFewDescriptors from None
    finally:
        for descriptor in opened:
            os.close(descriptor)
