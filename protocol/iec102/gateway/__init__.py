"""The gateway: one line, many applications.

The names below are loaded when they are first used, so that a monitor without a gateway does not load it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_HOMES = {
    "iec102.gateway.gateway": ("Gateway", "GatewaySettings"),
    "iec102.gateway.policy": ("LOOPBACK", "Network", "Policy", "network"),
    "iec102.asdu.catalogue": ("READING_TYPES",),
    "iec102.gateway.status": ("ClientStatus", "GatewayStatus"),
    "iec102.transport.listening": ("Address",),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            value = getattr(import_module(module), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
