"""Who may connect to a gateway, and what may be asked through it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from iec102.asdu.catalogue import READING_TYPES
from iec102.errors import InvalidSetting

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOPBACK: tuple[Network, ...] = (ipaddress.IPv4Network("127.0.0.0/8"), ipaddress.IPv6Network("::1/128"))


def network(text: str) -> Network:
    """A network such as 192.0.2.0/24, or one address. Raises InvalidSetting."""
    try:
        return ipaddress.ip_network(text.strip())
    except ValueError:
        raise InvalidSetting(
            f"{text!r} is no network: write one such as 192.0.2.0/24, or one address such as 192.0.2.7"
        ) from None


@dataclass(frozen=True, slots=True)
class Policy:
    """Only reading by default; ``pass_types`` are further types (0 to 255), ``read_write`` lets all of them pass.

    Applications in the networks ``lend_to`` get the line for themselves, whatever they send on it.
    """

    networks: tuple[Network, ...] = LOOPBACK
    pass_types: frozenset[int] = frozenset()
    read_write: bool = False
    lend_to: tuple[Network, ...] = ()

    def admits(self, address: str) -> bool:
        """An application at this address may connect."""
        return _is_in(address, (*self.networks, *self.lend_to))

    def lends_to(self, address: str) -> bool:
        """An application at this address gets the line for itself."""
        return _is_in(address, self.lend_to)

    def passes(self, type_: int) -> bool:
        """A request of this type may go to the meter."""
        return self.read_write or type_ in READING_TYPES or type_ in self.pass_types


def _is_in(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        peer = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    # A socket for both kinds of addresses shows an IPv4 one as ::ffff:192.0.2.7.
    mapped = peer.ipv4_mapped if isinstance(peer, ipaddress.IPv6Address) else None
    return any((mapped or peer) in net for net in networks)
