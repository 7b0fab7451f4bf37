"""What the meter-data pane shows: the state that its parts are made from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import NamedTuple

from iec102.meter.device import CONTRACTS

from iec102_tui.meter_data.documents import Document
from iec102_tui.meter_data.known import CURRENT, Known, of_contract


class View(NamedTuple):
    """``now`` is this machine's time in the meter's ``zone``. ``difference``: seconds that the meter is ahead of it.

    ``is_live``: the difference was read on this connection, and the meter's clock is shown as it goes; else it is that
    of the last reading that was kept. ``closing``: how many pages before the latest one.
    """

    known: Known
    now: datetime
    zone: tzinfo
    difference: float | None = None
    is_live: bool = False
    contract: int = 1
    closing: int = 0
    plain: bool = False


def contracts_of(known: Known) -> list[int]:
    """The contracts of which anything is known; the first where nothing is."""
    return [each for each in CONTRACTS if known.closings.get(each) or known.document(CURRENT, each)] or [1]


def pages(known: Known, contract: int) -> list[Document]:
    """The closings of a contract, oldest first, and the billing period that runs."""
    current = known.document(CURRENT, contract)
    return [*known.closings.get(contract, ()), *([] if current is None else [current])]


def page_of(view: View) -> Document | None:
    """The closing that is shown."""
    found = pages(view.known, view.contract)
    return found[-1 - view.closing] if view.closing < len(found) else None


def first_page(known: Known, contract: int) -> int:
    """The page that a contract opens with: its last closing, not the period that runs."""
    return 1 if known.document(CURRENT, contract) is not None and known.closings.get(contract) else 0


def read_of(view: View, kind: str, contract: int | None = None) -> datetime | None:
    """As of when a kind is known."""
    return view.known.at(kind if contract is None else of_contract(kind, contract))


def day_or_time(when: datetime | None, now: datetime) -> str:
    """``18:05`` of today, else the date with the time."""
    if when is None:
        return "-"
    return f"{when:%H:%M}" if when.date() == now.date() else f"{when:%Y-%m-%d %H:%M}"


def moment_of(text: str | None, zone: tzinfo) -> datetime | None:
    """A time of a document in the meter's zone."""
    return None if text is None else datetime.fromisoformat(text).astimezone(zone)


def doubles(view: View) -> int:
    """In how many ways the meter has given the closing that is shown."""
    shown = page_of(view)
    if shown is None or shown["end"] is None or shown["current"]:
        return 1
    return sum(each["end"] == shown["end"] for each in view.known.closings.get(view.contract, ()))


def of_kinds(kinds: tuple[str, ...], view: View) -> Iterator[datetime]:
    """When each of some kinds was read last, as far as it was."""
    return (at for kind in kinds if (at := view.known.at(kind)) is not None)
