"""Where a serial port is, also after its adapter came back under another name."""

from __future__ import annotations

import os

BY_ID = "/dev/serial/by-id"


class PortName:
    """The path that a user wrote, and the link under ``by_id`` that leads to the same adapter.

    An adapter that is pulled out and put back often gets another number: /dev/ttyUSB0 becomes /dev/ttyUSB1, or another
    adapter gets its name. The link under /dev/serial/by-id names the adapter, so it is followed once it is known.
    """

    def __init__(self, path: str, by_id: str = BY_ID) -> None:
        self.written = path
        self._by_id = by_id
        self._link: str | None = None

    @property
    def path(self) -> str:
        """What to open now."""
        return self._link if self._link is not None and os.path.exists(self._link) else self.written

    def is_there(self) -> bool:
        """The path or the link leads to something."""
        return os.path.exists(self.path)

    def opened(self) -> None:
        """The port under ``path`` is open: remembers its link."""
        if self._link is None:
            self._link = self._find()

    def _find(self) -> str | None:
        device = os.path.realpath(self.written)
        try:
            links = sorted(os.path.join(self._by_id, name) for name in os.listdir(self._by_id))
        except OSError:
            return None
        return next((link for link in links if os.path.realpath(link) == device), None)
