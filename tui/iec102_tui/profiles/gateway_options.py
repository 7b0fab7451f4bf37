"""What a profile says of its gateway: where it listens, for whom, and what may be asked through it."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING, NamedTuple

from iec102.asdu.timetag import MADRID
from iec102.errors import InvalidSetting
from iec102.settings import check_range
from iec102.transport.listen_address import Address

from iec102_tui.words.text import _

if TYPE_CHECKING:
    from iec102.gateway import GatewaySettings, Network

DEFAULT_LISTEN = "127.0.0.1:40102"
ALL_TYPES = "all"
_HIGHEST_TYPE, _LONGEST_TYPE = 255, 3
_LONGEST_ADDRESS = 5  # digits


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks or addresses with commas between them. Raises InvalidSetting."""
    from iec102.gateway import network  # loads the gateway, which most runs never use

    return tuple(network(part) for part in text.split(","))


def parse_types(text: str) -> frozenset[int]:
    """Types of requests, 0 to 255, with commas between them; none for ``all``. Raises InvalidSetting."""
    if text.strip() == ALL_TYPES:
        return frozenset()
    parts = [part.strip() for part in text.split(",")]
    whole = all(part.isascii() and part.isdigit() and len(part) <= _LONGEST_TYPE for part in parts)
    if not whole or max(map(int, parts)) > _HIGHEST_TYPE:
        raise InvalidSetting(
            _(
                "{text!r} are no types of requests: numbers of 0 to 255 with commas, or {all}",
                text=text,
                all=ALL_TYPES,
            )
        )
    return frozenset(map(int, parts))


def parse_addresses(text: str) -> frozenset[int]:
    """Link addresses, 0 to 65535, with commas between them. Raises InvalidSetting."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and len(part) <= _LONGEST_ADDRESS for part in parts):
        raise InvalidSetting(
            _("{text!r} are no link addresses: numbers of 0 to 65535 with commas between them", text=text)
        )
    addresses = frozenset(map(int, parts))
    for address in addresses:
        check_range("link_address", address)
    return addresses


def lending_time(seconds: int) -> int:
    """How long a lent line may be quiet. Raises InvalidSetting."""
    from iec102.gateway import GatewaySettings

    GatewaySettings(Address("127.0.0.1", 0), lend=seconds)
    return seconds


class GatewayOptions(NamedTuple):
    """``allow``: who may connect besides this machine's programs; ``types``: what passes besides reading.

    ``addresses``: link addresses of further meters behind the line. ``lend``: seconds without traffic after which the
    line comes back from an application that does not speak this protocol; None: it is not lent. ``lend_to``: networks
    whose applications get the line for themselves, whatever they speak. ``most_wrong_keys``: None is the gateway's own.
    """

    listen: str = DEFAULT_LISTEN
    allow: str | None = None
    types: str | None = None
    addresses: str | None = None
    lend: int | None = None
    lend_to: str | None = None
    max_clients: int = 64
    idle: float = 300.0
    most_wrong_keys: int | None = None

    def settings(self, link_address: int, zone: tzinfo = MADRID) -> GatewaySettings:
        """For a meter's gateway. Raises InvalidSetting."""
        from iec102.gateway import LOOPBACK, MOST_OF_A_METER, GatewaySettings, Policy

        networks = LOOPBACK if self.allow is None else (*LOOPBACK, *parse_networks(self.allow))
        types = self.types or ""
        return GatewaySettings(
            Address.parse(self.listen),
            frozenset((link_address,)) | (parse_addresses(self.addresses) if self.addresses else frozenset()),
            Policy(
                networks,
                parse_types(types) if types else frozenset(),
                read_write=types.strip() == ALL_TYPES,
                lend_to=parse_networks(self.lend_to) if self.lend_to else (),
            ),
            self.max_clients,
            self.idle,
            zone,
            self.lend,
            MOST_OF_A_METER if self.most_wrong_keys is None else self.most_wrong_keys,
        )
