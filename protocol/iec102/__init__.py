"""IEC 60870-5-102 in the Spanish REE profile: frames, application data, client, simulated meter."""

from iec102.application import Asdu, Password, decode
from iec102.connect import connect
from iec102.errors import Iec102Error
from iec102.line import Line
from iec102.link import Frame, FrameReader, Garbage
from iec102.meter import Meter, Register
from iec102.monitor import Monitor, Snapshot
from iec102.reading import ClockReading, Reading
from iec102.settings import LineSettings, Station
from iec102.signals import SIGNALS, Signal, SignalValue
from iec102.target import open_line

__all__ = [
    "SIGNALS",
    "Asdu",
    "ClockReading",
    "Frame",
    "FrameReader",
    "Garbage",
    "Iec102Error",
    "Line",
    "LineSettings",
    "Meter",
    "Monitor",
    "Password",
    "Reading",
    "Register",
    "Signal",
    "SignalValue",
    "Snapshot",
    "Station",
    "connect",
    "decode",
    "open_line",
]
