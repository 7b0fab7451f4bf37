"""Link addresses as people give them: a meter ID, or a list with ranges."""

from __future__ import annotations

import re

from iec102.errors import InvalidSetting
from iec102.sentence import Sentence
from iec102.settings import RANGES

_LOWEST, _HIGHEST, _ = RANGES["link_address"]
_DIGITS_OF_ADDRESS = 5
_PART = re.compile(r"\s*([0-9]{1,9})\s*(?:-\s*([0-9]{1,9})\s*)?", re.ASCII)


def link_address_of(meter_id: str) -> int:
    """The link address in the last five digits of a meter ID. Raises InvalidSetting, which says where else to look."""
    digits = _last_digits(meter_id)
    if len(digits) < _DIGITS_OF_ADDRESS:
        raise InvalidSetting(Sentence("search.meter_id_short", text=_shown(meter_id)))
    address = int(digits[-_DIGITS_OF_ADDRESS:])
    if address > _HIGHEST:
        raise InvalidSetting(Sentence("search.meter_id_no_address", address=address, high=_HIGHEST))
    return address


def guess_of(meter_id: str) -> int:
    """The most likely link address: the longest end of up to five digits that is one. Raises InvalidSetting."""
    digits = _last_digits(meter_id)
    if not digits:
        raise InvalidSetting(Sentence("search.meter_id_no_digits", text=_shown(meter_id)))
    ends = (int(digits[-count:]) for count in range(_DIGITS_OF_ADDRESS, 0, -1))
    return next(address for address in ends if address <= _HIGHEST)


def parse_addresses(text: str) -> tuple[int, ...]:
    """``1,5,100-200`` as addresses in this order, each once. Raises InvalidSetting."""
    addresses: dict[int, None] = {}
    for part in text.split(","):
        found = _PART.fullmatch(part)
        if found is None:
            raise InvalidSetting(Sentence("search.no_range", text=_shown(part.strip())))
        first = int(found[1])
        last = first if found[2] is None else int(found[2])
        if last > _HIGHEST or first > last:
            raise InvalidSetting(Sentence("search.range", text=part.strip(), low=_LOWEST, high=_HIGHEST))
        addresses.update(dict.fromkeys(range(first, last + 1)))
    return tuple(addresses)


def _last_digits(meter_id: str) -> str:
    found = re.search(r"[0-9]+(?=\s*\Z)", meter_id, re.ASCII)
    return found[0] if found else ""


def _shown(text: str) -> str:
    return text[:60].encode("unicode_escape").decode("ascii")
