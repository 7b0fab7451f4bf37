"""The gateway: one line, many applications."""

from iec102.asdu.catalogue import READING_TYPES
from iec102.gateway.gateway import Gateway, GatewaySettings
from iec102.gateway.policy import LOOPBACK, Network, Policy, network
from iec102.gateway.status import ClientStatus, GatewayStatus
from iec102.transport.listening import Address

__all__ = [
    "LOOPBACK",
    "READING_TYPES",
    "Address",
    "ClientStatus",
    "Gateway",
    "GatewaySettings",
    "GatewayStatus",
    "Network",
    "Policy",
    "network",
]
