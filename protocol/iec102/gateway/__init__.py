"""The gateway: one line, many applications.

The names below are loaded when they are first used, so that a monitor without a gateway does not load it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iec102.asdu.catalogue import READING_TYPES
    from iec102.gateway.context import GatewaySettings
    from iec102.gateway.gateway import Gateway
    from iec102.gateway.key_attempts import MOST_OF_A_METER, KeptKey, KeptKeys, Outcome, WrongKeys, new_salt
    from iec102.gateway.key_keeper import KeyStore
    from iec102.gateway.policy import LOOPBACK, Network, Policy, network
    from iec102.gateway.status import ClientStatus, GatewayStatus
    from iec102.transport.listen_address import Address

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

_HOMES = {
    "iec102.asdu.catalogue": ("READING_TYPES",),
    "iec102.gateway.context": ("GatewaySettings",),
    "iec102.gateway.gateway": ("Gateway",),
    "iec102.gateway.key_attempts": (
        "MOST_OF_A_METER",
        "KeptKey",
        "KeptKeys",
        "Outcome",
        "WrongKeys",
        "new_salt",
    ),
    "iec102.gateway.key_keeper": ("KeyStore",),
    "iec102.gateway.policy": ("LOOPBACK", "Network", "Policy", "network"),
    "iec102.gateway.status": ("ClientStatus", "GatewayStatus"),
    "iec102.transport.listen_address": ("Address",),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            value = getattr(import_module(module), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
