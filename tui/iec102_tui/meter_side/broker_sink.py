"""A broker as a sink: readings and states of one meter, given to the publisher of this program."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from iec102.asdu import Identity, TransformerRatios
from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import InvalidSetting
from iec102.line.state import LineState
from iec102.meter.reading import Reading

from iec102_tui.load_profile.month_count import MonthCount
from iec102_tui.meter_side.sink import Sink
from iec102_tui.profiles.connection import DEMO, Connection
from iec102_tui.publish import payloads
from iec102_tui.publish.discovery import discovery
from iec102_tui.publish.message import Message, without_query
from iec102_tui.publish.publisher import Publisher, PublishStatus
from iec102_tui.publish.settings import BrokerSettings
from iec102_tui.words.text import _, ngettext

_log = logging.getLogger(__name__)

_FAREWELL = 2.0


class Publishing:
    """What publishes the meters of a program: a sink for each, one connection to the broker for all."""

    def __init__(self, settings: BrokerSettings, queue: Path, changed: Callable[[PublishStatus], None]) -> None:
        """``queue``: the file of what waits. ``changed`` is called on a thread of its own."""
        self.publisher = Publisher(settings, queue, changed=changed)
        self._settings = settings

    def start(self) -> None:
        """Raises InvalidSetting for the files of the settings, QueueError for that of what waits."""
        self.publisher.start()

    def sink(self, connection: Connection) -> BrokerSink:
        """Publishes one meter. Raises InvalidSetting where its name cannot be part of a topic."""
        return BrokerSink(connection, self._settings, self.publisher.publish)

    def sink_of_real(self, connection: Connection) -> BrokerSink | None:
        """As ``sink``, but None for a simulated meter, whose values nobody must take for real ones."""
        try:
            return None if connection.target.lower().startswith(DEMO) else self.sink(connection)
        except InvalidSetting as error:
            _log.warning("not published: %s", error)
            return None

    def close(self, patience: float = _FAREWELL) -> str | None:
        """Delivers what it can in so many seconds. Gives a sentence on what is kept for the next time, if anything."""
        status = self.publisher.close(patience)
        if not status.waiting:
            return None
        return ngettext(
            "{count} reading was not published, it waits and goes out with the next program that publishes: {why}",
            "{count} readings were not published, they wait and go out with the next program that publishes: {why}",
            status.waiting,
            why=status.problem or _("the broker takes its time"),
        )


class BrokerSink(Sink):
    """``publish`` takes a message and returns at once."""

    def __init__(
        self,
        connection: Connection,
        settings: BrokerSettings,
        publish: Callable[[Message], None],
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        """Says which meter it is. Raises InvalidSetting where its name cannot be part of a topic."""
        self.topics = settings.site.meter(connection.name)
        self._connection = connection
        self._name = without_query(connection.name)
        self._publish = publish
        self._clock = clock
        self._identity: Identity | None = None
        self._ratios: TransformerRatios | None = None
        self._month: MonthCount | None = None
        self._clock_difference: float | None = None
        self._said: tuple[object, ...] = ()
        self._inform()
        if settings.discovery:
            for message in discovery(self.topics, self._name):
                publish(message)

    def about(
        self,
        identity: Identity | None = None,
        clock_difference: float | None = None,
        ratios: TransformerRatios | None = None,
    ) -> None:
        """What has been read of the meter beside its signals; goes with the readings from now on."""
        self._clock_difference = clock_difference
        if (identity, ratios) != (self._identity, self._ratios):
            self._identity, self._ratios = identity, ratios
            self._inform()

    def month(self, count: MonthCount | None) -> None:
        """Goes with what is said of the meter, in place of the count before."""
        if count != self._month:
            self._month = count
            self._inform()

    def reading(self, reading: Reading) -> None:
        """Publishes each reading."""
        self._publish(payloads.live(self.topics, reading, self._identity, self._clock_difference))

    def state(self, state: LineState) -> None:
        """Publishes what differs from the state before: steps and attempts do not."""
        said = (state.phase, state.error, state.remark)
        if said != self._said:
            self._said = said
            self._publish(payloads.state(self.topics, state, self._clock.wall().astimezone(self._connection.zone)))

    def end(self) -> None:
        """This machine no longer reads the meter."""
        self.state(LineState())

    def _inform(self) -> None:
        station = self._connection.station
        message = payloads.info(
            self.topics,
            name=self._name,
            link_address=station.link_address,
            point_address=station.point_address,
            timezone=str(self._connection.zone),
            version=version("iec102-tui"),
            identity=self._identity,
            ratios=self._ratios,
            month=self._month,
            gateway=gateway_of(self._connection),
        )
        self._publish(message)


def gateway_of(connection: Connection) -> str | None:
    """Where its gateway listens, if its profile lets other machines connect; None where only this machine may."""
    profile = connection.profile
    return profile.gateway if profile.gateway_allow is not None else None
