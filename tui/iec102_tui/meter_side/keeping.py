"""What becomes of the answers to a reading of what a meter knows: kept as documents, and what it lacks beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from iec102.meter.absence import Absence, KeptBytes
from iec102.meter.closings import Closings
from iec102.meter.device import RecorderSettings
from iec102.meter.tariffs import HolidayCalendar, PowersByPeriod, TariffTables

from iec102_tui.meter_data import documents
from iec102_tui.meter_data.known import CLOSINGS, HOLIDAYS, NOW, POWERS, SEASONS, of_contract

if TYPE_CHECKING:
    from iec102_tui.archive.contents import MeterKey
    from iec102_tui.archive.meter_data_store import MeterDataStore


class Keeper:
    """Keeps the answers of one meter. ``now`` is this machine's time in the meter's zone; ``news``: there is more."""

    def __init__(
        self,
        store: MeterDataStore,
        key: MeterKey,
        now: Callable[[], datetime],
        news: Callable[[], None] = lambda: None,
    ) -> None:
        self.key = key
        self.is_unfinished = False
        """The meter did not end an answer, so that closings may be missing."""
        self._store = store
        self._now = now
        self._news = news

    def answer(self, kind: str, answer: Any, wanted: type[Any], document: Callable[[Any], documents.Document]) -> None:
        """What the meter told of a kind, or that it does not."""
        if isinstance(answer, Absence | KeptBytes):
            self.lack(kind, [answer])
        elif isinstance(answer, wanted):
            if told := document(answer):
                self.tell(kind, told)
            if isinstance(answer, RecorderSettings):
                for absence in answer.absences:
                    self.lack(f"{kind}-{absence.object}", [absence])

    def powers(self, contract: int, answer: object) -> None:
        """Contracted powers."""
        self.answer(of_contract(POWERS, contract), answer, PowersByPeriod, documents.powers)

    def tables(self, contract: int, tables: TariffTables) -> None:
        """Seasons and the period that holds now."""
        self.lack(of_contract(SEASONS, contract), (each for each in tables.absences if not each.object))
        if tables.seasons is not None:
            self.tell(of_contract(SEASONS, contract), documents.seasons(tables.seasons))
        if tables.current_period is not None:
            time = documents.moment(tables.current_time)
            self.tell(of_contract(NOW, contract), {"current_period": tables.current_period, "current_time": time})

    def holidays(self, contract: int, answer: object) -> None:
        """Holidays."""
        self.answer(
            of_contract(HOLIDAYS, contract),
            answer,
            HolidayCalendar,
            lambda told: {"days": documents.holidays(told)},
        )

    def closings(self, contract: int, found: Closings, kind: str) -> None:
        """Stored closings, or the current one."""
        self.lack(kind, (*(each for each in found.absences if not each.is_empty), *found.kept))
        self.is_unfinished |= found.is_unfinished
        if kind.startswith(CLOSINGS):
            self._store.keep_closings(self.key, contract, documents.closed(found, self._now()))
        elif found.closings:
            self.tell(kind, documents.closing(found.closings[-1]))
        self._news()

    def tell(self, kind: str, document: documents.Document) -> None:
        """The meter tells this of itself."""
        self._store.keep_told(self.key, kind, document, self._now())
        self._news()

    def lack(self, kind: str, lacks: Iterable[Absence | KeptBytes]) -> None:
        """The first says enough of a kind."""
        for lack in lacks:
            document = documents.absence(lack) if isinstance(lack, Absence) else documents.kept(lack)
            self._store.keep_lack(self.key, kind, document, self._now())
            break
        self._news()
