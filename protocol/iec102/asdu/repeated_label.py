"""Collects totals of which two in a row may be equal without being a copy: those of the hour that comes twice."""

from __future__ import annotations

from datetime import tzinfo

from iec102.asdu import Asdu, Exchange, IntegratedTotals
from iec102.asdu.summer_time import comes_twice


class TotalsExchange(Exchange):
    """As ``Exchange``, which drops an ASDU that is equal to the one before it as a copy of a frame.

    A meter that does not keep the summer time bit sends 02:00 twice on the day of 25 hours, and at night both may have
    the same value. Of such a label two equal ASDUs are kept; a third one that differs shows that one was a copy.
    """

    def __init__(self, request: Asdu, zone: tzinfo) -> None:
        super().__init__(request)
        self._zone = zone

    def receive(self, asdu: Asdu) -> bool:
        """Take one ASDU; True when the exchange is over. Raises as ``Exchange`` does."""
        answers, content = self.answers, asdu.content
        if not isinstance(content, IntegratedTotals) or not comes_twice(content.time, self._zone):
            return super().receive(asdu)
        pair = answers[-2:]
        if len(pair) == 2 and pair[0] == pair[1]:
            if asdu != pair[1] and _label_of(pair[1]) == content.time:
                answers.pop()
                self.doubled += 1
            return super().receive(asdu)
        if answers and asdu == answers[-1]:
            answers.append(asdu)
            return False
        return super().receive(asdu)


def _label_of(asdu: Asdu) -> object:
    return asdu.content.time if isinstance(asdu.content, IntegratedTotals) else None
