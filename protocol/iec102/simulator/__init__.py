"""A simulated meter that behaves like a real one, on the link and behind it."""

from iec102.simulator.config import FAULTS, QUIRKS, LineSpeed, SimulatorConfig, parse_fault
from iec102.simulator.meter import SimulatedMeter
from iec102.simulator.modem import NUMBERS
from iec102.simulator.server import CallingMeter, PtyServer, TcpServer, connect_memory, serve_tcp

__all__ = [
    "FAULTS",
    "NUMBERS",
    "QUIRKS",
    "CallingMeter",
    "LineSpeed",
    "PtyServer",
    "SimulatedMeter",
    "SimulatorConfig",
    "TcpServer",
    "connect_memory",
    "parse_fault",
    "serve_tcp",
]
