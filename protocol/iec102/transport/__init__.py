"""Ways to a meter: TCP and serial. A transport pushes its bytes to a receiver, and is opened only once."""

from iec102.transport.base import Opener, Receiver, Transport, Tunable
from iec102.transport.tap import Direction, Note, Tap, TapRecord

__all__ = ["Direction", "Note", "Opener", "Receiver", "Tap", "TapRecord", "Transport", "Tunable"]
