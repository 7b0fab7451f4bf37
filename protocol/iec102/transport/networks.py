"""From where others may connect."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from iec102.errors import InvalidSetting
from iec102.sentence import Sentence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOPBACK: tuple[Network, ...] = (ipaddress.IPv4Network("127.0.0.0/8"), ipaddress.IPv6Network("::1/128"))


def network(text: str) -> Network:
    """A network such as 192.0.2.0/24, or one address. Raises InvalidSetting."""
    try:
        return ipaddress.ip_network(text.strip())
    except ValueError:
        raise InvalidSetting(Sentence("gateway.network", text=text)) from None


def is_in(address: str, networks: Iterable[Network]) -> bool:
    """An address, as a socket gives it, is in one of the networks."""
    try:
        peer = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    # A socket for both kinds of addresses shows an IPv4 one as ::ffff:192.0.2.7.
    mapped = peer.ipv4_mapped if isinstance(peer, ipaddress.IPv6Address) else None
    return any((mapped or peer) in net for net in networks)
