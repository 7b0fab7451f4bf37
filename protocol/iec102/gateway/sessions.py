"""The sessions that an application believes to have behind one link address."""

from __future__ import annotations

from iec102.asdu import Password
from iec102.settings import Station


class ClientSessions:
    """One for each measuring point; a request to a point without a login of its own runs under the latest one."""

    def __init__(self, link_address: int) -> None:
        self._link_address = link_address
        self._by_point: dict[int, Password] = {}

    def opened(self, station: Station) -> None:
        """Note that the meter has accepted a login of this application."""
        assert station.password is not None
        self._by_point.pop(station.point_address, None)
        self._by_point[station.point_address] = station.password

    def ended(self, point_address: int) -> None:
        """Note that the application has ended its session, or that its key was refused."""
        self._by_point.pop(point_address, None)

    def session_for(self, point_address: int) -> Station | None:
        """The session under which a request to a point runs; None where the application has none."""
        if point_address not in self._by_point:
            if not self._by_point:
                return None
            point_address = next(reversed(self._by_point))
        return Station(self._link_address, point_address, self._by_point[point_address])
