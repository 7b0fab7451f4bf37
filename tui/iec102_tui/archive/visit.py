"""Which meter answers at a place now, beside the one that answered there at the last visit."""

from __future__ import annotations

import re
from typing import NamedTuple

_DEVICE = re.compile(r"device (?:\d+-)?(\d{1,10})", re.ASCII)


class Visit(NamedTuple):
    """``identity`` is what the meter says of itself, ``known`` what is remembered of this place; None: nothing."""

    identity: str
    known: str | None

    @property
    def is_another(self) -> bool:
        """Both are known by their number, and differ."""
        return (
            number_of(self.known) is not None and number_of(self.identity) is not None and self.known != self.identity
        )

    def after(self, before: Visit | None) -> Visit:
        """This one behind that of the connection before: another program may have remembered it already."""
        if before is None or self.is_another or not self.replaces(before):
            return self
        return self._replace(known=before.identity)

    def replaces(self, before: Visit | None) -> bool:
        """Another meter answered over the connection before."""
        return before is not None and Visit(self.identity, before.identity).is_another


def number_of(identity: str | None) -> int | None:
    """The number of a meter by its identity; None where it is known by its address alone."""
    found = None if identity is None else _DEVICE.fullmatch(identity)
    return int(found[1]) if found else None
