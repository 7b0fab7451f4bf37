"""What all connections of a gateway share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import tzinfo

from iec102.clock import Clock
from iec102.gateway.key_keeper import KeyKeeper
from iec102.gateway.policy import Policy
from iec102.gateway.reserve import Traffic
from iec102.line import Line
from iec102.transport.tap import Tap


@dataclass(frozen=True, slots=True)
class Service:
    """The line with the link addresses and the time zone of its meters, what may be asked, and who hears of it.

    ``idle`` in seconds; so is ``lend``: how long a lent line may be quiet, None where it is not lent. ``tell`` takes a
    line of text, ``tap`` each frame of an application.
    """

    line: Line
    policy: Policy
    link_addresses: frozenset[int]
    zone: tzinfo
    idle: float
    lend: float | None
    clock: Clock
    keys: KeyKeeper
    tap: Tap | None
    tell: Callable[[str], None]
    traffic: Traffic = field(default_factory=Traffic)
