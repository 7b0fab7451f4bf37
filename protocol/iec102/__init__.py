"""IEC 60870-5-102 in the Spanish REE profile: frames, application data, client, simulated meter.

The names below are loaded when they are first used, so that decoding frames does not load the client.
"""

TYPE_CHECKING = False  # for type checkers it is true; typing and importlib would take longer to load than all this
if TYPE_CHECKING:
    from iec102.asdu import Asdu, Password, decode
    from iec102.asdu.summer_time import SummerTime, TagConversion
    from iec102.errors import Iec102Error
    from iec102.line import Line
    from iec102.link import Frame, FrameReader, Garbage
    from iec102.load_profile.download import Download, MemoryStore
    from iec102.load_profile.intervals import Register
    from iec102.load_profile.records import Gap, LoadRecord
    from iec102.meter.absence import Absence, KeptBytes
    from iec102.meter.information import InformationReader
    from iec102.meter.meter import Meter
    from iec102.meter.monitor import Monitor, Snapshot
    from iec102.meter.reading import ClockReading, Reading
    from iec102.meter.signals import SIGNALS, Signal, SignalValue
    from iec102.open import connect, open_line
    from iec102.settings import LineSettings, Station

__all__ = [
    "SIGNALS",
    "Absence",
    "Asdu",
    "ClockReading",
    "Download",
    "Frame",
    "FrameReader",
    "Gap",
    "Garbage",
    "Iec102Error",
    "InformationReader",
    "KeptBytes",
    "Line",
    "LineSettings",
    "LoadRecord",
    "MemoryStore",
    "Meter",
    "Monitor",
    "Password",
    "Reading",
    "Register",
    "Signal",
    "SignalValue",
    "Snapshot",
    "Station",
    "SummerTime",
    "TagConversion",
    "connect",
    "decode",
    "open_line",
]

_HOMES = {
    "asdu": ("Asdu", "Password", "decode"),
    "load_profile.records": ("Gap", "LoadRecord"),
    "errors": ("Iec102Error",),
    "load_profile.intervals": ("Register",),
    "line": ("Line",),
    "link": ("Frame", "FrameReader", "Garbage"),
    "load_profile.download": ("Download", "MemoryStore"),
    "meter.absence": ("Absence", "KeptBytes"),
    "meter.information": ("InformationReader",),
    "meter.meter": ("Meter",),
    "meter.monitor": ("Monitor", "Snapshot"),
    "open": ("connect", "open_line"),
    "meter.reading": ("ClockReading", "Reading"),
    "settings": ("LineSettings", "Station"),
    "meter.signals": ("SIGNALS", "Signal", "SignalValue"),
    "asdu.summer_time": ("SummerTime", "TagConversion"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(__import__(f"{__name__}.{_HOME[name]}", fromlist=(name,)), name)
    globals()[name] = value
    return value
