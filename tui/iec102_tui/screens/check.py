"""The way to a meter, walked while one looks on."""

from __future__ import annotations

from iec102.checking import Check, Outcome

from iec102_tui.check_text import outcome_words
from iec102_tui.connection import Connection
from iec102_tui.plain_text import printable
from iec102_tui.screens.errand import ErrandScreen


class CheckScreen(ErrandScreen[None]):
    """Each step with its time, and at the first that fails what to check."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(f"Check of {printable(connection.name)}", "Escape stops and goes back")
        self._connection = connection

    async def errand(self) -> None:
        connection = self._connection
        check = Check(connection.target, connection.settings, connection.station, on_outcome=self._told)
        await check.run()

    def _told(self, outcome: Outcome) -> None:
        self.say(outcome_words(outcome))
        if outcome.error is not None:
            self.say(f"! {outcome.error}")
