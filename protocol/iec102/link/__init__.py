"""The link layer: FT1.2 frames, the incremental reader, primary and secondary station. Sans-IO."""

from iec102.link.counters import LinkCounters
from iec102.link.events import (
    Confirmed,
    Data,
    Dropped,
    Failed,
    LinkEvent,
    NoData,
    Reason,
    Started,
    StatusReceived,
    Transmit,
)
from iec102.link.frame import MAX_ASDU, MAX_FRAME, Answer, Frame, Function, Garbage, GarbageKind, answer, request
from iec102.link.primary import PrimaryStation
from iec102.link.reader import FrameReader
from iec102.link.secondary import Application, SecondaryStation

__all__ = [
    "MAX_ASDU",
    "MAX_FRAME",
    "Answer",
    "Application",
    "Confirmed",
    "Data",
    "Dropped",
    "Failed",
    "Frame",
    "FrameReader",
    "Function",
    "Garbage",
    "GarbageKind",
    "LinkCounters",
    "LinkEvent",
    "NoData",
    "PrimaryStation",
    "Reason",
    "SecondaryStation",
    "Started",
    "StatusReceived",
    "Transmit",
    "answer",
    "request",
]
