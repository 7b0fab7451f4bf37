"""Link addresses as people give them: a meter ID, or a list with ranges."""

from __future__ import annotations

import re

from iec102.errors import InvalidSetting
from iec102.settings import RANGES

_LOWEST, _HIGHEST, _ = RANGES["link_address"]
_DIGITS_OF_ADDRESS = 5
_PART = re.compile(r"\s*([0-9]{1,9})\s*(?:-\s*([0-9]{1,9})\s*)?", re.ASCII)
_ON_DISPLAY = "look at the meter's display, Info, L46 Identifiers, 0.00.5"


def link_address_of(meter_id: str) -> int:
    """The link address in the last five digits of a meter ID. Raises InvalidSetting, which says where else to look."""
    digits = _last_digits(meter_id)
    if len(digits) < _DIGITS_OF_ADDRESS:
        raise InvalidSetting(f'the meter ID "{_shown(meter_id)}" does not end in five digits: {_ON_DISPLAY}.')
    address = int(digits[-_DIGITS_OF_ADDRESS:])
    if address > _HIGHEST:
        raise InvalidSetting(
            f"the last five digits of the meter ID, {address}, are no link address (at most {_HIGHEST}): {_ON_DISPLAY}."
        )
    return address


def guess_of(meter_id: str) -> int:
    """The most likely link address: the longest end of up to five digits that is one. Raises InvalidSetting."""
    digits = _last_digits(meter_id)
    if not digits:
        raise InvalidSetting(f'the meter ID "{_shown(meter_id)}" does not end in digits: {_ON_DISPLAY}.')
    ends = (int(digits[-count:]) for count in range(_DIGITS_OF_ADDRESS, 0, -1))
    return next(address for address in ends if address <= _HIGHEST)


def parse_addresses(text: str) -> tuple[int, ...]:
    """``1,5,100-200`` as addresses in this order, each once. Raises InvalidSetting."""
    addresses: dict[int, None] = {}
    for part in text.split(","):
        found = _PART.fullmatch(part)
        if found is None:
            raise InvalidSetting(
                f'"{_shown(part.strip())}" is no link address and no range: write them like 1,5,100-200'
            )
        first = int(found[1])
        last = first if found[2] is None else int(found[2])
        if last > _HIGHEST or first > last:
            raise InvalidSetting(
                f"{part.strip()} is out of range: link addresses are {_LOWEST} to {_HIGHEST}, the lower one first"
            )
        addresses.update(dict.fromkeys(range(first, last + 1)))
    return tuple(addresses)


def _last_digits(meter_id: str) -> str:
    found = re.search(r"[0-9]+(?=\s*\Z)", meter_id, re.ASCII)
    return found[0] if found else ""


def _shown(text: str) -> str:
    return text[:60].encode("unicode_escape").decode("ascii")
