"""Ways to a meter: bytes out, bytes in. Asyncio."""

from iec102.transport.base import Opener, Receiver, Transport
from iec102.transport.tap import TapRecord

__all__ = ["Opener", "Receiver", "TapRecord", "Transport"]
