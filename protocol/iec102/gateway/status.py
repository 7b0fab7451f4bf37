"""What a gateway tells of its applications, in immutable values that may cross threads."""

from __future__ import annotations

from dataclasses import dataclass

from iec102.gateway.key_attempts import WrongKeys


@dataclass(frozen=True, slots=True)
class ClientStatus:
    """One application. ``since`` is a time of the age clock.

    ``name`` is its address, ``doing`` what the line does for it, in words, empty when nothing; ``frames`` came from it,
    ``requests`` of them asked something, ``refused`` of these did not reach the meter or were refused with a key.
    """

    name: str
    since: float
    doing: str = ""
    frames: int = 0
    requests: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class GatewayStatus:
    """Where a gateway listens, and who is connected; ``url`` is empty while it does not listen.

    ``wrong_keys``: of each meter that has refused any lately, how many, and how many it may.
    """

    url: str = ""
    clients: tuple[ClientStatus, ...] = ()
    wrong_keys: tuple[WrongKeys, ...] = ()
