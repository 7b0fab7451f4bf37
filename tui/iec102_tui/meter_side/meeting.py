"""Who answers over a connection, and of what transformer ratios: asked once each, for it may be another meter."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from iec102.asdu import TransformerRatios
from iec102.errors import Iec102Error
from iec102.line.counters import LineCounters
from iec102.meter.meter import Meter

from iec102_tui.archive.visit import Visit
from iec102_tui.meter_side.work_beside import Work
from iec102_tui.profiles.connection import Connection
from iec102_tui.words.text import _

_log = logging.getLogger(__name__)

Meet = Callable[[Meter], Coroutine[Any, Any, Visit]]


class Meeting:
    """Used on the loop. ``ask`` begins work with the meter, by its name.

    ``meet`` asks the meter who it is; None: nobody wants to know. ``on_news`` is called when something was learned,
    ``on_another`` where another meter answers than over the connection before.
    """

    def __init__(
        self,
        connection: Connection,
        meet: Meet | None,
        ask: Callable[[str, Work], None],
        *,
        on_news: Callable[[], None],
        on_another: Callable[[], None],
    ) -> None:
        self.ratios: TransformerRatios | None = None
        """What the meter says of its transformers; None until it has, or where it does not."""
        self.visit: Visit | None = None
        """Who answers, as far as the meter tells; None before it has been asked."""
        self.is_met = False
        """That is who answers over this connection."""
        self._asks_ratios = connection.voltage_ratio is None or connection.current_ratio is None
        self._meet = meet
        self._ask = ask
        self._on_news = on_news
        self._on_another = on_another
        self._connection = 0

    def begin(self) -> None:
        """Another line leads to the meter: its connections are counted anew."""
        self._connection = 0

    def answered(self, counters: LineCounters) -> None:
        """There is a reading; behind the first of each connection the meter is asked."""
        if counters.connection_number == self._connection:
            return
        self._connection, self.is_met = counters.connection_number, False
        if self._asks_ratios:
            self._ask(_("The question for the transformer ratios"), self._learn_ratios)
        if self._meet is not None:
            self._ask(_("The question who the meter is"), self._ask_who)

    async def _learn_ratios(self, meter: Meter) -> None:
        try:
            self.ratios = await meter.read_ratios()
        except Iec102Error as error:
            _log.info("the meter does not tell its ratios: %s", error)
            self.ratios = None  # those that are known may be of the meter before
        self._on_news()

    async def _ask_who(self, meter: Meter) -> None:
        assert self._meet is not None
        connection = self._connection
        before, self.visit = self.visit, (await self._meet(meter)).after(self.visit)
        if self.visit.replaces(before):
            self._on_another()
        self.is_met = connection == self._connection
        self._on_news()
