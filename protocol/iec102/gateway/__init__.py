"""The gateway: one line, many applications."""

from iec102.gateway.context import GatewaySettings
from iec102.gateway.gateway import Gateway
from iec102.gateway.key_attempts import MOST_OF_A_METER, KeptKey, KeptKeys, Outcome, WrongKeys, new_salt
from iec102.gateway.key_keeper import KeyStore
from iec102.gateway.policy import LOOPBACK, READING_TYPES, Network, Policy, network
from iec102.gateway.status import ClientStatus, GatewayStatus
from iec102.transport.listening import Address

__all__ = [
    "LOOPBACK",
    "MOST_OF_A_METER",
    "READING_TYPES",
    "Address",
    "ClientStatus",
    "Gateway",
    "GatewaySettings",
    "GatewayStatus",
    "KeptKey",
    "KeptKeys",
    "KeyStore",
    "Network",
    "Outcome",
    "Policy",
    "WrongKeys",
    "network",
    "new_salt",
]
