"""All that the screen shows of one meter: widgets pull it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from iec102.clock import Clock
from iec102.meter.monitor import Snapshot

from iec102_tui.archive.visit import Visit
from iec102_tui.captures.frame_ring import FrameRing
from iec102_tui.meter_side.history import History
from iec102_tui.meter_side.meter_data import MeterData
from iec102_tui.meter_side.meter_service import MeterService
from iec102_tui.meter_side.read_meter import ReadMeters, stale_after
from iec102_tui.meter_side.way import Through
from iec102_tui.profiles.connection import Connection
from iec102_tui.profiles.ratio import Ratios

if TYPE_CHECKING:
    from iec102.gateway import GatewayStatus

    from iec102_tui.captures.marks import CaptureHeader
    from iec102_tui.meter_side.frame_recorder import CaptureRecorder


class ContractedPower(NamedTuple):
    """The contracted power of a tariff period, such as P3, in kW."""

    period: str
    power: float


class ShownMeter:
    """The meter that the screen shows, or none; Session says which."""

    clock: Clock
    connection: Connection | None
    frozen: Snapshot | None
    meter_data: MeterData
    meters: ReadMeters
    _service: MeterService | None
    _no_frames: FrameRing

    @property
    def snapshot(self) -> Snapshot | None:
        """What the screen shows: the latest state, or the one that was frozen."""
        return self.frozen or self.latest

    @property
    def latest(self) -> Snapshot | None:
        """The latest state of the meter; None before there is any."""
        return None if self._service is None else self._service.snapshot

    @property
    def frames(self) -> FrameRing:
        """The latest frames of the meter."""
        return self._no_frames if self._service is None else self._service.frames

    @property
    def history(self) -> History | None:
        """The readings since the connection."""
        return None if self._service is None else self._service.history

    @property
    def ratios(self) -> Ratios | None:
        """The transformer ratios: the profile's, else the meter's own."""
        connection, service = self.connection, self._service
        if connection is not None and connection.ratios is not None:
            return connection.ratios
        return None if service is None or service.meeting.ratios is None else Ratios.of_meter(service.meeting.ratios)

    @property
    def contracted(self) -> ContractedPower | None:
        """The contracted power of the tariff period that it is now; None while it is not known."""
        found = self.meter_data.contracted(self.connection, self.clock.wall())
        return None if found is None else ContractedPower(f"P{found.period}", found.power)

    @property
    def failure(self) -> str | None:
        """A fault of the program itself, as one sentence."""
        if self._service is None:
            return None
        return self._service.failure or (None if self.meters.engine is None else self.meters.engine.failure)

    @property
    def fault(self) -> str | None:
        """A fault of the program beside the reading, which goes on."""
        if self._service is None:
            return None
        return self._service.fault or (None if self.meters.engine is None else self.meters.engine.fault)

    @property
    def visit(self) -> Visit | None:
        """Which meter answers, and which did at the last visit; None until it is known."""
        return None if self._service is None else self._service.meeting.visit

    @property
    def is_connected(self) -> bool:
        """A meter is being read, or its line is being opened again and again."""
        return self._service is not None and self._service.is_running

    @property
    def through(self) -> Through | None:
        """The gateway of this machine through which the meter is read, because that has its line."""
        return None if self._service is None else self._service.through

    def holds(self, target: str | None) -> bool:
        """The line of this target is in use here."""
        shown = self.is_connected and self.connection is not None and self.connection.target == target
        return shown or self.meters.holds(target)

    @property
    def gateway(self) -> GatewayStatus | None:
        """Who shares the line; None while the gateway is off."""
        return None if self._service is None else self._service.gateway

    @property
    def gateway_problem(self) -> str | None:
        """Why the gateway could not be switched on."""
        return None if self._service is None else self._service.gateway_problem

    @property
    def gateway_news(self) -> Sequence[tuple[datetime, str]]:
        """What the gateway has said lately, and when, the latest last."""
        return () if self._service is None else self._service.gateway_news

    @property
    def usage(self) -> Mapping[str, float]:
        """Seconds of the line by who has used it."""
        return {} if self._service is None else self._service.usage

    @property
    def service(self) -> MeterService | None:
        """What reads the meter, for work beside the continuous reading; None while no meter is connected."""
        return self._service if self.is_connected else None

    @property
    def frame_recorder(self) -> CaptureRecorder | None:
        """The recording of frames; None while it is off."""
        return None if self._service is None else self._service.frame_recorder

    @property
    def zone(self) -> tzinfo | None:
        """The meter's; None before one is chosen."""
        return None if self.connection is None else self.connection.zone

    @property
    def replayed(self) -> tuple[str, str] | None:
        """What the status says of a capture that is shown instead of a meter."""
        return None

    def header(self) -> CaptureHeader:
        """What a capture of the frames says of where they come from."""
        from iec102_tui.captures.export import header_of  # loaded when it is used

        return header_of(self.connection, self.clock.wall())

    def age(self) -> float | None:
        """Seconds since the values on the screen were read; None while there are none."""
        return self._age_of(self.snapshot)

    def _age_of(self, snapshot: Snapshot | None) -> float | None:
        if snapshot is None or snapshot.read_at is None:
            return None
        return max(0.0, self.clock.boottime() - snapshot.read_at)

    @property
    def stale_after(self) -> float:
        """Age in seconds from which values are stale: two readings and two seconds are missing."""
        return stale_after(self.connection)

    def is_stale(self) -> bool:
        """The values on the screen are no longer what the meter measures now."""
        age = self.age()
        return age is not None and age > self.stale_after

    def is_latest_stale(self) -> bool:
        """The same of the newest values, also where the view is held."""
        age = self._age_of(self.latest)
        return age is not None and age > self.stale_after

    def was_refused(self, connection: Connection) -> bool:
        """This meter has refused this password, or may have: a meter locks out after several wrong ones."""
        return self.meters.was_refused(connection)
