"""What all parts of a gateway share: its settings, the line, and who hears of what happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import tzinfo

from iec102.asdu import MADRID
from iec102.clock import Clock
from iec102.errors import InvalidSetting
from iec102.gateway.buffer import Traffic
from iec102.gateway.key_attempts import MOST_OF_A_METER
from iec102.gateway.key_keeper import KeyKeeper
from iec102.gateway.policy import LOOPBACK, Policy
from iec102.line import Line
from iec102.sentence import Sentence
from iec102.transport.listen_address import Address
from iec102.transport.tap import Tap

LONGEST_GRANT = 3600
"""Seconds that exclusive access may be quiet at most."""


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """Where a gateway listens, and for whom. ``link_addresses`` are the meters behind the line, ``zone`` is theirs.

    ``max_clients`` 1 to 1000; ``idle``: seconds without a frame after which an application is disconnected, 1 or more.
    ``lend``: an application whose bytes are not of this protocol, or to which the policy lends it, may have the line
    for itself, until nothing has passed for so many seconds, 1 to 3600; None: it may not. ``most_wrong_keys``:
    different keys that a meter may refuse in 24 hours, 1 to 1000; then only those go to it that it has accepted before.
    """

    listen: Address
    link_addresses: frozenset[int] = frozenset((1,))
    policy: Policy = field(default_factory=Policy)
    max_clients: int = 64
    idle: float = 300.0
    zone: tzinfo = MADRID
    lend: float | None = None
    most_wrong_keys: int = MOST_OF_A_METER

    def __post_init__(self) -> None:
        if not 1 <= self.max_clients <= 1000:
            raise InvalidSetting(Sentence("gateway.max_clients", count=self.max_clients))
        if not 1 <= self.most_wrong_keys <= 1000:
            raise InvalidSetting(Sentence("gateway.wrong_keys", count=self.most_wrong_keys))
        if not self.idle >= 1:
            raise InvalidSetting(Sentence("gateway.idle", seconds=self.idle))
        if self.lend is not None and not 1 <= self.lend <= LONGEST_GRANT:
            raise InvalidSetting(Sentence("gateway.lend", high=LONGEST_GRANT, seconds=self.lend))
        if self.policy.lend_to and self.lend is None:
            raise InvalidSetting(Sentence("gateway.lend_time"))
        if not self.listen.is_local and self.policy.networks == LOOPBACK and not self.policy.lend_to:
            raise InvalidSetting(Sentence("gateway.open_to_all", address=self.listen))


@dataclass(frozen=True, slots=True)
class GatewayContext:
    """``tell`` takes a line of text without any key, ``tap`` each frame of an application.

    ``further``: link addresses that are served besides those of the settings.
    """

    line: Line
    settings: GatewaySettings
    keys: KeyKeeper
    clock: Clock
    tap: Tap | None
    tell: Callable[[str], None]
    traffic: Traffic = field(default_factory=Traffic)
    further: set[int] = field(default_factory=set)
