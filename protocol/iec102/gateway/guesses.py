"""Meters lock out after several wrong keys: an application that walks through a list of them gets few tries."""

from __future__ import annotations

from collections import OrderedDict

from iec102.settings import Station

MOST = 3
"""Different keys of one host that a meter may refuse until the gateway is started again."""

_MOST_HOSTS = 1000


class Guesses:
    """The keys that meters have refused, by the host of the application."""

    def __init__(self) -> None:
        self._refused: OrderedDict[tuple[str, int], set[Station]] = OrderedDict()

    def refused(self, host: str, station: Station) -> None:
        """A key of this host was refused; those that were not sent any more do not count."""
        if not self.are_spent(host, station):
            self._refused.setdefault((host, station.link_address), set()).add(station)
        if len(self._refused) > _MOST_HOSTS:
            self._refused.popitem(last=False)

    def are_spent(self, host: str, station: Station) -> bool:
        """Another key of this host must not go to the meter."""
        refused = self._refused.get((host, station.link_address), set())
        return len(refused) >= MOST and station not in refused
