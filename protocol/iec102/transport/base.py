"""What every way to a meter offers, and what it needs."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from iec102.sentence import Sentence
from iec102.settings import LineSettings


class Receiver(Protocol):
    """Takes what the line gives."""

    def data_received(self, data: bytes) -> None:
        """Take bytes, in whatever pieces they come."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the transport is gone; called once. ``exc`` is None where the other side closed it."""


@runtime_checkable
class Greeted(Protocol):
    """A receiver that is also told what came while a line settled, and was dropped."""

    def greeted(self, data: bytes) -> None:
        """Take the beginning of it; called once, before anything else comes."""


@runtime_checkable
class Informed(Protocol):
    """A receiver that is also told how far an opening is that takes its time, such as a call."""

    def opening_step(self, step: Sentence) -> None:
        """Take what is done from now on, as a part of a sentence; called before the opener has given its transport."""


class Transport(Protocol):
    """An open line."""

    def write(self, data: bytes) -> None:
        """Put bytes on the line; never blocks, and drops them when the transport is gone."""

    def close(self) -> None:
        """Give the port or the connection back at once; what is not sent yet is dropped."""


@runtime_checkable
class Tunable(Protocol):
    """A transport whose speed and format can be changed while it is open."""

    async def tune(self, settings: LineSettings) -> None:
        """Change them. Raises InvalidSetting where the port does not offer them, LineError where it is lost."""


@runtime_checkable
class Overlapping(Protocol):
    """An opener of which one attempt may start while others still wait, up to ``deadline`` seconds."""

    @property
    def deadline(self) -> float: ...


@runtime_checkable
class Calling(Protocol):
    """An opener of which every opening is a call, which costs money."""

    @property
    def redial_pauses(self) -> tuple[float, float]:
        """Seconds from a call that has failed to the next: the first pause, which doubles, and the longest."""


@runtime_checkable
class Parting(Protocol):
    """An opener whose transports take a while to give all back after they were closed, such as a call."""

    async def parted(self) -> None:
        """Wait until they have, in bounded time."""


@runtime_checkable
class Expecting(Protocol):
    """An opener that does not choose whom it reaches, and tells meters apart by their answers."""

    def expect(self, link_address: int) -> None:
        """Say which meter the next opening must reach."""


@runtime_checkable
class Pluggable(Protocol):
    """An opener of something that can be pulled out and put back."""

    def is_there(self) -> bool:
        """Whether it can be seen; opening it may still fail."""


class Opener(Protocol):
    """Opens one transport after another to the same place."""

    @property
    def name(self) -> str:
        """The place as a user writes it, such as tcp://192.0.2.7:40001."""

    @property
    def byte_time(self) -> float:
        """Seconds that a byte takes on the line; 0 where it is not known."""

    async def open(self, receiver: Receiver) -> Transport:
        """Open a transport. Raises ConnectFailed with a sentence, or InvalidSetting for what no attempt can mend."""
