"""What a profile says of its gateway: where it listens, for whom, and what may be asked through it."""

from __future__ import annotations

from dataclasses import dataclass

from iec102.errors import InvalidSetting
from iec102.gateway import LOOPBACK, Address, GatewaySettings, Network, Policy, network

DEFAULT_LISTEN = "127.0.0.1:40102"
ALL_TYPES = "all"
_HIGHEST_TYPE = 255


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks or addresses with commas between them. Raises InvalidSetting."""
    return tuple(network(part) for part in text.split(","))


def parse_types(text: str) -> frozenset[int]:
    """Types of requests, 0 to 255, with commas between them; none for ``all``. Raises InvalidSetting."""
    if text.strip() == ALL_TYPES:
        return frozenset()
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and int(part) <= _HIGHEST_TYPE for part in parts):
        raise InvalidSetting(f"{text!r} are no types of requests: numbers of 0 to 255 with commas, or {ALL_TYPES}")
    return frozenset(map(int, parts))


@dataclass(frozen=True, slots=True)
class GatewayOptions:
    """``allow``: who may connect besides this machine's programs; ``types``: what passes besides reading."""

    listen: str = DEFAULT_LISTEN
    allow: str | None = None
    types: str | None = None

    def settings(self, link_address: int) -> GatewaySettings:
        """For a meter's gateway. Raises InvalidSetting."""
        networks = LOOPBACK if self.allow is None else (*LOOPBACK, *parse_networks(self.allow))
        types = self.types or ""
        return GatewaySettings(
            Address.parse(self.listen),
            frozenset((link_address,)),
            Policy(
                networks,
                parse_types(types) if types else frozenset(),
                read_write=types.strip() == ALL_TYPES,
            ),
        )
